"""Where a quote names a target, and where its words belong to something else.

"E" is no word of "A&E", "US" is not "us", and "York" is not named by "New York". In doubt a target
is not named: a stance towards the wrong thing is worse than none.
"""

from __future__ import annotations

from attributor.embedded.stance.wording import Wording
from attributor.marking.language import Language

_SHORT = 3
"""Words with at most so many letters may be parts of abbreviations, and tell of a target only as an
abbreviation or where it has no others."""
_ACRONYM = 6
"""An acronym has at most so many letters. A longer one than _SHORT may be written as "Nato"."""
_LOOSE_JOINT = "&"
"""It makes one name of the words beside it: "Hale & Sons"."""
_JOINTS = frozenset("&@_")
"""Marks that do so where no space parts them from the words."""
_JOINTS_OF_LETTERS = frozenset("/+.#*") | _JOINTS
"""Those that do so with short words: "E/F", "E.ON"."""


class Naming:
    """Knows a target's words and finds them in quotes.

    Attributes:
        words: those that tell of it, in lower case.
    """

    def __init__(self, target: str, pack: Language) -> None:
        name = Wording.of(target)
        if len(name) > 1 and target.isupper():  # all in capitals, so they tell nothing
            name = Wording.of(target.lower())
        self._pack, self._name = pack, name
        self._written = dict(zip(name.low, name.written, strict=True))
        told = [word for word in name.low if not self._is_common(word)]
        words = {word for word in told if len(word) > _SHORT or self._is_acronym(word)}
        self.words = words or {word for word in name.low if word[0].isalnum()} or set(name.low)
        self._last = told[-1] if told and self._is_a_name(told) else None

    def _is_common(self, word: str) -> bool:
        """Whether the target's word is one of those that every text has: "the", but not "US"."""
        return word in self._pack.common and not self._is_acronym(word)

    def _is_acronym(self, word: str) -> bool:
        written = self._written[word]
        return written.isupper() and len(written) <= _ACRONYM and not self._is_article(word)

    def _is_article(self, word: str) -> bool:
        """Whether it is the "A" of "A wall", whose capital tells nothing."""
        return len(self._name) > 1 and word == self._name.low[0] and word in self._pack.common

    def _is_a_name(self, told: list[str]) -> bool:
        """Whether capitals and no owner say that the target is a name.

        "Kosovo's independence" is none: who speaks of Kosovo need not speak of that.
        """
        return not any(self._name.owns) and all(self._written[word][0].isupper() for word in told)

    def is_named(self, said: Wording) -> bool:
        """Whether a quote speaks of the target.

        It does where it holds more than half of the target's words, or of a target that is a name
        the last one, with a capital.
        """
        places = self.places(said)
        found = {said.low[at] for at in places}
        last = any(said.low[at] == self._last and said.written[at][0].isupper() for at in places)
        return last or 2 * len(found) > len(self.words)

    def places(self, said: Wording) -> list[int]:
        """Where words of the target stand for it, or for a part of it."""
        return [
            at
            for at, word in enumerate(said.low)
            if word in self.words
            and self._has_its_capitals(said, at)
            and not self._is_joined(said, at)
            and not self._is_in_another_name(said, at)
        ]

    def _has_its_capitals(self, said: Wording, at: int) -> bool:
        """Whether an acronym, or a name that is a common word too ("May"), is written as one."""
        word, written = said.low[at], said.written[at]
        own = self._written[word]
        if own.islower():
            return True
        if self._is_acronym(word) and len(word) <= _SHORT:
            return written.isupper()
        is_closed = word in self._pack.common or word in self._pack.not_names
        return written[0].isupper() or not (is_closed or self._is_acronym(word))

    def _is_joined(self, said: Wording, at: int) -> bool:
        """Whether a mark joins the word to another: "A&E", "Hale & Sons", "E.ON", "E. Hale"."""
        return any(self._joins(said, at, step) for step in (-1, 1))

    def _joins(self, said: Wording, at: int, step: int) -> bool:
        mark, beside = at + step, at + 2 * step
        if not (0 <= beside < len(said) and said.low[beside][0].isalnum()):
            return False
        joint, length = said.low[mark], len(said.low[at])
        if joint in self._written:
            return False
        before, behind = said.glued[max(at, mark)], said.glued[max(mark, beside)]
        is_initial = step > 0 and joint == "." and length == 1
        if joint == _LOOSE_JOINT or (is_initial and before):
            return True
        return before and behind and joint in (_JOINTS if length > _SHORT else _JOINTS_OF_LETTERS)

    def _is_in_another_name(self, said: Wording, at: int) -> bool:
        """Whether a capital beside the word makes another name of both: "New York", "York Hall"."""
        if not said.written[at][0].isupper():
            return False
        goes_on = not said.owns[at] and self._is_strange(said, at + 1)
        return goes_on or self._begins_another(said, at - 1)

    def _begins_another(self, said: Wording, at: int) -> bool:
        """Whether the word there begins another name.

        It is "New" before "York", and "Ann" before "Hale" for "Tom Hale"; but before a target of
        one word it may be a given name that no list has.
        """
        if at < 0 or said.low[at] in self._written or not said.written[at][0].isupper():
            return False
        if said.low[at] in self._pack.begins_names:
            return True
        if len(self._name) == 1 and len(self._name.low[0]) > _SHORT:
            return False
        if said.low[at] in self._pack.given:
            return len(self._name) > 1
        return not said.owns[at] and self._is_strange(said, at)

    def _is_strange(self, said: Wording, at: int) -> bool:
        """Whether a word that is there belongs to a name, and to none of the target's."""
        word, pack = said.low[at] if at < len(said) else "", self._pack
        if word in self._written or pack.nouns_have_capitals or not said.has_capital(at):
            return False
        listed = (pack.titles, pack.nouns, pack.not_names, pack.common, pack.given, pack.suffixes)
        parts = (word, *word.split("-"))
        return word[0].isalpha() and not any(part in words for part in parts for words in listed)
