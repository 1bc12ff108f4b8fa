"""Texts for Hypothesis to make up: all that a newspaper, a scanner or an attacker may write."""

from __future__ import annotations

from hypothesis import strategies as st

from attributor.marking.language import codes

MARKS = [*"“”„«»‹›‘’‚\"'`″′—–-:.,;!?…()[]", "``", "''"]
SPACES = [" ", "  ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\t", "\u00a0", "\u2009", "\u0085"]
SPACES += ["\u2028", "\u2029"]
ODD = [
    "\x00",
    "\x1b[31m",
    "\u202e",
    "\u202c",
    "\u200b",
    "\ufeff",
    "\U0001f6a2",
    "e\u0301",
    "\u0301",
]
ODD += ["\ud800", "ﬁ", "İ", "ß", "ǅ", "٣", "中"]
WORDS = (
    "Nela", "Brandt", "Mr.", "U.S.", "said", "says", "told", "according", "to", "that", "not",
    "A", "the", "a", "mayor", "report", "he", "she", "they", "who", "I", "it’s", "players’", "12",
    "O'Neill", "'n'", "5'11\"", "rekao", "je", "da", "Она", "каже", "и",
)  # fmt: skip
PROSE = st.lists(st.sampled_from([*MARKS, *SPACES, *ODD, *WORDS, " ", " "]), max_size=60).map(
    "".join
)
TEXTS = st.one_of(PROSE, st.text(max_size=80))
LANGUAGES = st.sampled_from([None, *codes()])
