"""Dates as archives write them, to ISO 8601, so that they can be compared.

The day comes first where both could be the month: 03.04.2021 and 03/04/2021 are the 3rd of April.
03/25/2021 can only be the 25th of March. A two-digit year is not read. A day is the one that stands
there, in whatever time zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache

_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?$")
_YEAR_FIRST = re.compile(r"(\d{4})[./-](\d\d?)[./-](\d\d?)(?!\d)")
_PACKED = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:T?\d{6}Z?)?")
_YEAR_LAST = re.compile(r"(\d\d?)(?:\. ?|[/-])(\d\d?)(?:\. ?|[/-])(\d{4})(?!\d)")
_SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_LONGEST = 100
"""Characters; what is longer is no date, and would cost the parser time."""
_LANGUAGES = (
    *("en", "de", "sr", "sr-Latn", "hr", "bs", "fr", "es", "it", "pt", "nl", "pl", "cs", "sl"),
    *("hu", "ro", "bg", "sq", "ru", "uk"),
)
_HAS_LETTERS = re.compile(r"[^\W\d_]{3}")


@lru_cache(maxsize=4096)
def iso_day(text: str | None) -> str | None:
    """The day of a date: "2021-03-03"; "2021-03" or "2021" if no more is said, None if nothing is.

    ISO dates, days before or after months in figures, dates in words (of some twenty languages),
    those of e-mails and feeds, and seconds or milliseconds since 1970 are read.
    """
    text = (text or "").strip()
    if not text or len(text) > _LONGEST:
        return None
    if found := _ISO.match(text):
        return _checked(*found.groups())
    if found := _YEAR_FIRST.match(text) or _PACKED.fullmatch(text):
        return _checked(*found.groups())
    if found := _YEAR_LAST.match(text):
        first, second, year = found.groups()
        return _checked(year, second, first) or _checked(year, first, second)
    if _SECONDS.fullmatch(text):
        return _since_1970(float(text))
    return _worded(text) if _HAS_LETTERS.search(text) else None


def _checked(year: str, month: str | None = None, day: str | None = None) -> str | None:
    """The parts as ISO 8601, if there is such a date."""
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])


def _since_1970(number: float) -> str:
    seconds = number / 1000 if number >= 1e11 else number
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _worded(text: str) -> str | None:
    """The day of a date in words, if day, month and year are all said."""
    from email.utils import parsedate

    if "," in text[:12] and (parts := parsedate(text)) and len(text) > len("Fri, 5 Mar 2021"):
        return _checked(f"{parts[0]:04}", str(parts[1]), str(parts[2]))
    import dateparser

    found = dateparser.parse(
        text,
        languages=list(_LANGUAGES),
        settings={
            "DATE_ORDER": "DMY",
            "PARSERS": ["absolute-time"],
            "REQUIRE_PARTS": ["day", "month", "year"],
            "TIMEZONE": "UTC",
        },
    )
    return found.date().isoformat() if found else None
