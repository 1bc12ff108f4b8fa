"""Bytes to text: which encoding, and whether this is text at all.

A text that might have been decoded wrongly is refused: quotes from it would not be verbatim.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from attributor.errors import ReadingError, quoted
from attributor.reading.streams import READ_BYTES, read_up_to

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

_ZIP = "a ZIP archive or an Office document"
"""What a file is called that begins as a ZIP does."""
_WACZ_MEMBERS = (b"datapackage.json", b"pages/pages.jsonl", b".warc")
"""Names that stand in every ZIP that is a WACZ."""
_MAGIC = {
    b"%PDF-": "a PDF document",
    b"PK\x03\x04": _ZIP,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Office document",
    b"{\\rtf": "an RTF document",
    b"\x89PNG\r\n\x1a\n": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF87a": "a GIF image",
    b"GIF89a": "a GIF image",
    b"\x1f\x8b": "gzip-compressed data",
    b"\x28\xb5\x2f\xfd": "zstd-compressed data",
    b"\xfd7zXZ\x00": "xz-compressed data",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"SQLite format 3\x00": "an SQLite database",
    b"bplist00": "a page saved by Safari (webarchive)",
}
"""What a file is that is no text, by the bytes that it begins with."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""The encoding that each mark stands for; UTF-32's little-endian one begins as UTF-16's does."""
_CHARSET = re.compile(r"utf-(8|16|32)|iso|cp\d|koi8|mac|gb|big5|euc|shift|hz|johab|tis|kz")
"""Charsets of articles; Python has other codecs, too, some of them slow or warning."""
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""How browsers read a declared charset: curly quotes stand where ISO 8859 has controls."""
_GUESSES = (
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257", "koi8_r", "mac_roman"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)
"""The encodings of newsrooms' old files; more of them would make short texts ambiguous."""
_WIDE_ENCODINGS = ("utf-16", "utf-32")
"""How the names of encodings begin that have more than one byte in every character."""
_SAMPLE_BYTES = 1_000_000
"""How much of a stream decides which encoding it is in."""
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x1b") + b"\x7f"
"""Control characters that a text seldom holds."""


def charset(name: str) -> str | None:
    """What Python calls the encoding `name`; None if it is none that tells texts without a mark."""
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    read_as = _READ_AS.get(known, known)
    is_usable = _CHARSET.match(read_as) and not read_as.startswith(_WIDE_ENCODINGS)
    return read_as if is_usable else None


def decode(
    data: bytes, name: str, declared: str | None = None, otherwise: str | None = None
) -> str:
    """The text in `data`, unaltered but for a byte order mark that is dropped.

    Tried in turn: a byte order mark, UTF-8, the charset that was `declared`, what it is in
    `otherwise` as the user says, a guess that must be clear. A few control characters, even NUL, do
    not make a text binary.

    Raises:
        ReadingError: this is no text, or its encoding cannot be told.
    """
    mark, encoding = _marked(data, name)
    if encoding:
        return _decode_as(encoding, data[len(mark) :], name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_controls(data, name, share=0.01)
        _refuse_mixed(data, name, error)
        stated = _declared(data, declared) or otherwise
        return _decode_as(stated or _guessed(data, name)[0], data, name)
    _refuse_controls(data, name, share=0.3)
    return text


def pieces(stream: BinaryIO, name: str, otherwise: str | None = None) -> Iterator[str]:
    """The text of a stream of any length, as `decode` would give it, piece by piece.

    What it is in is decided by the first `_SAMPLE_BYTES` bytes from where it is not ASCII on.
    Bytes that do not fit come as lone surrogates (as `surrogateescape` makes them), so that only
    the rows they stand in are lost.

    Raises:
        ReadingError: as `decode` does.
    """
    data = read_up_to(stream, _SAMPLE_BYTES)
    mark, encoding = _marked(data, name)
    data = data[len(mark) :]
    encodings = [encoding]
    if not encoding:
        _refuse_controls(data, name, share=0.3)
        while data and data.isascii():
            yield data.decode("ascii")
            data = read_up_to(stream, READ_BYTES)
        data += _more(stream)
        encodings = _sampled(data, name, otherwise)
    encoding = encodings[0]
    wide = encoding.startswith(_WIDE_ENCODINGS)  # a byte of these is nothing by itself
    decoder = codecs.getincrementaldecoder(encoding)("strict" if wide else "surrogateescape")
    doubt = _Doubt(encodings, name)
    try:
        while data:
            doubt.settle(data)
            yield decoder.decode(data)
            data = read_up_to(stream, READ_BYTES)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise ReadingError(
            f"{quoted(name)} begins as {encoding.upper()} but does not go on so: what came before "
            "was read; save it anew as UTF-8 for the rest.",
            article=name,
        ) from error


def _more(stream: BinaryIO) -> bytes:
    """What there is to judge by; if nothing more is, what was read already has to do."""
    try:
        return read_up_to(stream, _SAMPLE_BYTES)
    except ReadingError:  # which the next reading raises again
        return b""


class _Doubt:
    """The encodings that a text may be in, as long as they give the same characters."""

    def __init__(self, encodings: list[str], name: str) -> None:
        self._encodings = encodings
        self._name = name

    def settle(self, data: bytes) -> None:
        """Guess again if it makes a difference for `data`.

        Raises:
            ReadingError: the guess is another now, or none.
        """
        best, *others = self._encodings
        if not others:
            return
        texts = {encoding: data.decode(encoding, "surrogateescape") for encoding in self._encodings}
        self._encodings = [encoding for encoding in texts if texts[encoding] == texts[best]]
        if len(self._encodings) < len(texts) and best not in _guessed(data, self._name):
            raise _untold(self._name)


def _sampled(data: bytes, name: str, otherwise: str | None) -> list[str]:
    """The encodings of a text without a mark that begins with `data`: the best, then its like."""
    sample = data[: data.rfind(b"\n") + 1] or data  # a cut must not go through a character
    # Lines that are ASCII say nothing, and there may be very many of them.
    sample = b"".join(line for line in sample.splitlines(keepends=True) if not line.isascii())
    if not sample or _is_utf8(sample) or _is_mostly_utf8(sample):
        return ["utf-8"]
    _refuse_controls(sample, name, share=0.01)
    return [otherwise] if otherwise else _guessed(sample, name)


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def refuse_binary(data: bytes, name: str) -> None:
    """Raise ReadingError if `data` begin as a document or an archive that is no text."""
    if not data.startswith(tuple(_MAGIC)):
        return
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            if kind == _ZIP and any(path in data for path in _WACZ_MEMBERS):
                raise _binary(name, "a crawl packed as WACZ", "unpack it and give its WARC files")
            raise _binary(name, kind)


def _marked(data: bytes, name: str) -> tuple[bytes, str]:
    """The byte order mark that `data` begin with, and what it says; b"" and "" if there is none."""
    refuse_binary(data, name)
    return next((marked for marked in _BYTE_ORDER_MARKS if data.startswith(marked[0])), (b"", ""))


def _decode_as(encoding: str, data: bytes, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadingError(
            f"{quoted(name)} begins as {encoding.upper()} but is not at byte {error.start}: "
            "it is damaged or no text; save it anew as UTF-8.",
            article=name,
        ) from error


def _refuse_mixed(data: bytes, name: str, error: UnicodeDecodeError) -> None:
    if _is_mostly_utf8(data):
        line = data.count(b"\n", 0, error.start) + 1
        raise ReadingError(
            f"{quoted(name)} is UTF-8 but for the byte 0x{data[error.start]:02x} in line "
            f"{line} (byte {error.start}): encodings are mixed in it, or it was cut off; "
            "save it anew as UTF-8.",
            article=name,
        )


def _declared(data: bytes, declared: str | None) -> str | None:
    try:
        charset = codecs.lookup(declared or "").name
        charset = _READ_AS.get(charset, charset)
        if not _CHARSET.match(charset):
            return None
        data.decode(charset)
    except (LookupError, ValueError):  # an unknown charset, or the wrong one
        return None
    return charset


def _guessed(data: bytes, name: str) -> list[str]:
    """The encoding that `data` are in by a clear guess, and others that give the same text."""
    import charset_normalizer

    guesses = list(charset_normalizer.from_bytes(data, cp_isolation=list(_GUESSES)))
    if not guesses or not _is_clear(*guesses):
        raise _untold(name)
    return guesses[0].could_be_from_charset


def _untold(name: str) -> ReadingError:
    return ReadingError(
        f"{quoted(name)} is not UTF-8, and which encoding it is in cannot be told for sure: "
        "name it with --encoding (for example --encoding windows-1250), or save it as UTF-8.",
        article=name,
    )


def _is_clear(best: CharsetMatch, *others: CharsetMatch) -> bool:
    """Whether the best guess looks like language, and every guess at another text looks worse."""
    return best.chaos < 0.05 and all(
        other.chaos - best.chaos >= 0.01 or best.coherence - other.coherence >= 0.04
        for other in others
    )


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether most of what is not ASCII is well-formed UTF-8, which other encodings never are."""
    replaced = data.decode("utf-8", "replace")
    broken = replaced.count("\ufffd")
    return len(re.findall(r"[^\x00-\x7f]", replaced)) > 2 * broken


def _refuse_controls(data: bytes, name: str, share: float) -> None:
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if controls > share * len(data):
        wide = data.count(0) > 0.4 * len(data)
        kind = "UTF-16 without a byte order mark, or binary data" if wide else "binary data"
        raise _binary(name, kind)


def _binary(name: str, kind: str, advice: str = "give its text, saved as UTF-8") -> ReadingError:
    return ReadingError(
        f"{quoted(name)} is not text but looks like {kind}: {advice}.",
        article=name,
    )
