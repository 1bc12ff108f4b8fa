"""attributor: who said what, in which words, and where do they stand?

from attributor import annotate

annotation = annotate("“We will win,” Ana Petric said.", engine="embedded")
for quote in annotation.quotes:
    print(annotation.speaker_of(quote).name, quote.spans[0].text)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attributor.version import __version__ as __version__

if TYPE_CHECKING:
    from attributor.archive.running import annotate_archive
    from attributor.errors import AttributorError
    from attributor.pipeline import annotate, annotate_async
    from attributor.reading import read
    from attributor.records import (
        Annotation,
        Article,
        Codebook,
        Quote,
        Span,
        Speaker,
        Stance,
        Target,
    )

_HOMES = {
    "annotate": "pipeline",
    "annotate_archive": "archive.running",
    "annotate_async": "pipeline",
    "read": "reading",
    "AttributorError": "errors",
} | dict.fromkeys(
    ("Annotation", "Article", "Codebook", "Quote", "Span", "Speaker", "Stance", "Target"), "records"
)

__all__ = [
    "Annotation",
    "Article",
    "AttributorError",
    "Codebook",
    "Quote",
    "Span",
    "Speaker",
    "Stance",
    "Target",
    "annotate",
    "annotate_archive",
    "annotate_async",
    "read",
]


if not TYPE_CHECKING:  # a type checker would take it that every name exists, as Any

    def __getattr__(name: str) -> Any:
        """Each public name from its home, imported when it is first asked for."""
        if name not in _HOMES:
            raise AttributeError(f"module 'attributor' has no attribute '{name}'")
        from importlib import import_module

        return getattr(import_module(f"attributor.{_HOMES[name]}"), name)
