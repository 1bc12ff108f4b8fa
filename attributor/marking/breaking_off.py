"""Texts that are only the beginning of an article, as the interface of a news service gives it."""

from __future__ import annotations

import re

_CUT = re.compile(
    r"(?:\[\+?\d[\d,. ]*(?:more )?(?:chars?|characters|words)\]|\[(?:…|\.{3}|&hellip;|&#8230;)\]|"
    r"ONLY AVAILABLE IN [A-Z ]*PLANS?)\s*\Z"
)
_END = 100
"""Of a text so many last characters are looked at."""


def breaks_off(text: str) -> bool:
    """Whether a text says at its end that it goes on elsewhere: "… [+4994 chars]", "[…]"."""
    return _CUT.search(text[-_END:]) is not None
