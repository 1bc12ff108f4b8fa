"""Making characters visible that would act on a reader's screen instead of being read."""

from __future__ import annotations

import re

# Invisible characters and those that command a terminal or turn the direction of text.
_ACTING = re.compile(
    "\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0"
    "\ufff9-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


# Those of them that command a terminal or turn the direction, and half characters.
_COMMANDING = re.compile(
    "\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f"
    "\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    r"""`text` with every character that acts or hides replaced by a visible sign for it.

    The sign is an escape (`\x1b`, `\u202e`): every font has its letters. Newline and tab stay, and
    a Windows line end becomes a newline.
    """
    return _ACTING.sub(_sign, text).replace("\r\n", "\n")


def commanding_nothing(text: str) -> str:
    """`text` with a visible sign for each character that commands or turns; what hides stays."""
    return _COMMANDING.sub(_sign, text)


def in_json(dumped: str) -> str:
    """JSON with an escape of its own for every character that acts or hides: the same JSON."""
    return _ACTING.sub(_json_sign, dumped)


def one_line(text: str) -> str:
    """`text` visible, with each run of white space as one space."""
    return " ".join(visible(text).split())


def web_address(url: str) -> str | None:
    """`url` fit to be a link, or None where it is not http or https."""
    if not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
        return None
    from urllib.parse import quote

    return quote(url, safe="!#$%&'*+,/:;=?@~[]", errors="replace")


def _sign(match: re.Match[str]) -> str:
    if match[0] in "\u200c\u200d" and _is_spelling(match.string, match.start()):
        return match[0]
    code = ord(match[0])
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _json_sign(match: re.Match[str]) -> str:
    sign = _sign(match)
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return sign if sign == match[0] else re.sub("....", r"\\u\g<0>", units)


def _is_spelling(text: str, joiner: int) -> bool:
    """Whether a joiner stands where it belongs: in Arabic and Indic words, and in emoji."""
    around = text[max(joiner - 1, 0) : joiner + 2]
    return len(around) == 3 and all(
        "\u0590" <= each <= "\u1fff" or "\u2070" <= each <= "\U0001faff" for each in around[::2]
    )
