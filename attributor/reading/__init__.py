"""From a file, a URL or standard input to an Article."""

from attributor.reading.articles import MAX_BYTES, article_from_text
from attributor.reading.codebooks import read_codebook
from attributor.reading.sources import read, read_stream

__all__ = ["MAX_BYTES", "article_from_text", "read", "read_codebook", "read_stream"]
