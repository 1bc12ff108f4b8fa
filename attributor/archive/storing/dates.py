"""Dates as archives write them, to ISO 8601, so that they can be compared.

The day comes first where both could be the month: 03.04.2021 and 03/04/2021 are the 3rd of April.
03/25/2021 can only be the 25th of March. A two-digit year is not read. A day is the one that stands
there, in whatever time zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?$")
_YEAR_FIRST = re.compile(r"(\d{4})[./-](\d\d?)[./-](\d\d?)(?!\d)")
_PACKED = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:T?\d{6}Z?)?")
_YEAR_LAST = re.compile(r"(\d\d?)(?:\. ?|[/-])(\d\d?)(?:\. ?|[/-])(\d{4})(?!\d)")
_SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_MOST_CHARACTERS = 100
"""Characters of a date at most; a longer text would cost the parser time."""
_LANGUAGES = (
    *("en", "de", "sr", "sr-Latn", "hr", "bs", "fr", "es", "it", "pt", "nl", "pl", "cs", "sl"),
    *("hu", "ro", "bg", "sq", "ru", "uk"),
)
# The parser does not know Serbian's genitive: "3. septembra 2021. godine".
_GENITIVE = re.compile(
    r"\b(januar|februar|mart|april|maj|jun|jul|avgust|јануар|фебруар|март|април|мај|јун|јул|август)"
    r"[aа]\b",
    re.IGNORECASE,
)
_GENITIVE_OF_R = re.compile(r"(emb|ob|емб|об)([rр])([aа])\b", re.IGNORECASE)
_SERBIAN_YEAR = re.compile(r"\.?\s*\b(?:godine|године|god\.|год\.)(?:\s+[uу]\b)?", re.IGNORECASE)
_HAS_LETTERS = re.compile(r"[^\W\d_]{3}")


@lru_cache(maxsize=4096)
def iso_day(text: str | None) -> str | None:
    """The day of a date: "2021-03-03"; "2021-03" or "2021" if no more is said, None if nothing is.

    ISO dates, days before or after months in figures, dates in words (of some twenty languages),
    those of e-mails and feeds, and seconds or milliseconds since 1970 are read.
    """
    text = (text or "").strip()
    if not text or len(text) > _MOST_CHARACTERS:
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
    """The parts as ISO 8601; None if there is no such date."""
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    # By their value: they may be written in other figures than 0 to 9.
    return "-".join([f"{int(year):04}", *(f"{int(part):02}" for part in (month, day) if part)])


def _since_1970(number: float) -> str:
    seconds = number / 1000 if number >= 1e11 else number
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _worded(text: str) -> str | None:
    """The day or the month of a date in words; None if it names no year."""
    from email.utils import parsedate

    if "," in text[:12] and (parts := parsedate(text)) and len(text) > len("Fri, 5 Mar 2021"):
        return _checked(f"{parts[0]:04}", str(parts[1]), str(parts[2]))
    text = _SERBIAN_YEAR.sub("", _GENITIVE_OF_R.sub(r"\1\3\2", _GENITIVE.sub(r"\1", text)))
    whole = _parser("day", "month", "year").get_date_data(text)
    if whole.date_obj:
        return str(whole.date_obj.date())
    part = _parser("month", "year").get_date_data(text)
    # Of any other period its day would be today's.
    if part.date_obj and part.period == "month":
        return str(part.date_obj.date())[: len("2021-03")]
    return None


@cache
def _parser(*required: str) -> DateDataParser:
    from dateparser.date import DateDataParser

    settings = {"DATE_ORDER": "DMY", "PARSERS": ["absolute-time"], "TIMEZONE": "UTC"}
    settings["REQUIRE_PARTS"] = list(required)
    return DateDataParser(languages=list(_LANGUAGES), settings=settings)
