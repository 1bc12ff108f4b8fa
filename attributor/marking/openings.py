"""What stands before a paragraph's first sentence and is nobody's: bullet, clock time, dateline.

• Fares would rise, …      10:15 GMT Fares would rise, …      LIMA (Coast News) — Fares would …
"""

from __future__ import annotations

import re

_MAX_CODE_POINTS = 100
"""An opening is no longer than this."""
_BULLET = r"[•·▪◦‣*–—-]\s+"
_CLOCK = r"\(?\d{1,2}[:.h]\d{2}(?:\s?[ap]\.?m\b\.?)?(?:\s[A-Z]{2,4}\b)?\)?\s*[:–—-]?\s+"
_UPPER = r"[A-ZÀ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽА-Я]"
_PLACE = rf"{_UPPER}[\w.'’-]*(?:\s{_UPPER}[\w.'’-]*){{0,3}}"
_CAPITALS = rf"{_UPPER}[\u0027’.-]?{_UPPER}(?:{_UPPER}|[ .'’-](?={_UPPER}))*"
_MORE = r"(?:,[^:;—–()“”\"\n]{1,30}?)?"
_AGENCY = r"\s?\([^()\n]{1,40}\)"
_DASH = r"\s*(?:—|–|--?(?=\s))\s*"
_OPENING = re.compile(
    rf"(?:{_BULLET}|{_CLOCK}"
    rf"|{_CAPITALS}{_MORE}(?:{_AGENCY})?(?:{_DASH}|:\s+)"
    rf"|{_PLACE}{_MORE}{_AGENCY}(?:{_DASH}|:\s+))(?![\sa-zà-ÿа-я])"
)


def end_of_opening(text: str, start: int) -> int:
    """Where the first sentence of the paragraph at `start` begins (code points)."""
    found = _OPENING.match(text, start, start + _MAX_CODE_POINTS)
    return found.end() if found else start
