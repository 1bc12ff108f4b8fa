"""Whose words a relay passes on: "Reuters quoted Ana Holt as saying" credits Ana Holt."""

from __future__ import annotations

from attributor.speakers.story import Story

_QUOTES = frozenset(
    [
        "quoted",
        "quotes",
        "quoting",
        "quote",
        "cited",
        "cites",
        "citing",
        "zitierte",
        "zitiert",
        "citirao",
        "citirala",
    ]
)
_SAYING = frozenset(["saying", "telling", "stating", "writing", "calling", "describing"])
_BY = frozenset(["by", "von"])
"""Words before the relay behind a passive: "was cited by the agency as saying"."""
_REACH = 16
"""The one who is quoted is named within so many words of the verb."""


def relayed(story: Story, mention: tuple[int, int], cue: tuple[int, int] | None) -> tuple[int, int]:
    """The edges of the mention of whoever is quoted where `mention` is a relay's; else its own."""
    if cue is None:
        return mention
    verb = next((i for i in _around(story, cue) if story.word(i) in _QUOTES), None)
    if verb is None:
        return mention
    saying = _saying(story, verb)
    if saying is None:
        return mention
    if saying > verb + 1 and story.low(verb + 1) not in _BY:
        return story.tokens[verb + 1].start, story.tokens[saying - 1].end
    return _subject(story, verb) or mention if mention[0] > cue[0] else mention


def _around(story: Story, cue: tuple[int, int]) -> range:
    first = story.index(cue[0])
    return range(max(first - _REACH, 0), min(first + 3, len(story.tokens)))


def _saying(story: Story, verb: int) -> int | None:
    """Index of "as" in "as saying" behind the verb, or of "mit" in "mit den Worten"."""
    for i in range(verb + 1, min(verb + _REACH, len(story.tokens) - 1)):
        if i in story.sentence_firsts:
            return None
        low, following = story.low(i), story.low(i + 1)
        if low == "as" and following in _SAYING:
            return i
        if low == "mit" and following == "den":
            return i
    return None


def _subject(story: Story, verb: int) -> tuple[int, int] | None:
    """Edges of the words before "was quoted", up to the speech or the sentence's start."""
    last = verb - 1
    while last > 0 and story.low(last) in story.language.auxiliaries | {","}:
        last -= 1
    first = last
    while first > 0 and verb - first < _REACH and first not in story.sentence_firsts:
        if story.low(first - 1) in ("”", '"', "“", ";", ":"):
            break
        first -= 1
    return (story.tokens[first].start, story.tokens[last].end) if last >= first else None
