"""Offices and titles before a name: where in a run of capitalised words the name begins."""

from __future__ import annotations

from functools import cached_property

from attributor.marking.tokens import without_possessive
from attributor.speakers.lexicon import Lexicon, is_given

JOINTS = frozenset(["of", "the", "for", "and", "&"])
"""Small words inside a body's name."""


class Offices:
    """Tells offices from names, in folded words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon, self.language = lexicon, lexicon.language

    @cached_property
    def _no_names(self) -> frozenset[str]:
        """Words of offices that some are called by, too: "Junior Health Minister"."""
        return self.lexicon.roles | self.lexicon.ranks | JOINTS

    def end(self, words: list[str]) -> int:
        """Index in a run's words where the name itself begins, behind honorifics and offices."""
        last_word = max((k for k, w in enumerate(words) if w[0].isalnum()), default=0)
        bare = without_possessive(words[last_word])
        body = bare in self.lexicon.organizations and last_word > 0 and not is_given(words[0])
        head = int(self._is_unknown_office(words) and not body)
        for k, word in enumerate(words[:last_word]):
            if not word[0].isalnum():
                if head == k:
                    head = k + 1
                continue
            honorific = word in self.lexicon.honorifics and self._is_honorific(k, words)
            named = head < k and any(is_given(w) and w not in self._no_names for w in words[head:k])
            ends = self._ends_office(words, k, last_word)
            if named:
                ends = word in self.lexicon.roles and is_given(self._next_word(words, k))
            if (honorific and not named) or (not body and ends):
                head = k + 1
        while head < last_word and (not words[head][0].isalnum() or words[head] in JOINTS):
            head += 1
        if head and words[head - 1] in JOINTS | {"the"} and not body:
            head = self._behind_complement(words, head, last_word)
        if head and words[head - 1] == "(" and ")" in words[head:last_word]:
            head = words.index(")", head) + 1  # "Deputy Governor (Operations) Ana Holt"
        return head or self._behind_body(words, last_word)

    def _is_unknown_office(self, words: list[str]) -> bool:
        """Whether a given name and a surname follow a first word that is no given name itself.

        Where nobody has three names, that word is an office: "Inženjerka Jasna Kostić".
        """
        full = len(words) == 3 and all(word.isalpha() for word in words)
        known = words[0] in self.lexicon.organizations or is_given(words[0])
        return full and self.language.drops_subject and not known and is_given(words[1])

    def _is_honorific(self, k: int, words: list[str]) -> bool:
        """Whether a word that can be an honorific is one here; some are given names, too."""
        if k == 0 or (k == 1 and words[0] in self.lexicon.honorifics):
            return True
        return (
            words[k - 1] in ("and", ".")
            or self.lexicon.is_role(words[k - 1])
            or (len(words[k]) <= 5 and k + 1 < len(words) and not is_given(words[k]))
        )

    def _ends_office(self, words: list[str], k: int, last: int) -> bool:
        """Whether a title or office ends at the run's `k`th word, a name following."""
        word, following = words[k], self._next_word(words, k)
        if word in self.lexicon.roles or word in self.language.titles:
            return True
        if "-" in word and all(map(self._is_title, word.split("-"))):
            return True  # "Major-Gen"
        if k == 0 and last > 1 and self.lexicon.is_role(word) and not is_given(word):
            return is_given(following)  # "Trumpeter Earl Holt"
        if not self.lexicon.is_office(word):
            return False
        return not is_given(word) and (is_given(following) or last - k >= 2)

    def _next_word(self, words: list[str], k: int) -> str:
        later = (w for w in words[k + 1 :] if w[0].isalnum() and w not in JOINTS)
        return next(later, "")

    def _behind_complement(self, words: list[str], head: int, last: int) -> int:
        """Where the name begins behind "Secretary of State", "Speaker of the House".

        That is at a given name, or behind one word for a body or place if two or three follow that
        are no such word; else nowhere, and all of it is an office.
        """
        found = next((k for k in range(head + 1, last) if is_given(words[k])), 0)
        rest = words[head + 1 : last + 1]
        bound = self._is_body_or_place(words[head])
        named = bound and len(rest) in (2, 3) and not any(map(self._is_known, rest))
        return found or (head + 1 if named else 0)

    def _is_body_or_place(self, word: str) -> bool:
        return word in self.lexicon.organizations or word in self.lexicon.places

    def _is_known(self, word: str) -> bool:
        """Whether a word is part of an office's or a body's name, or no word."""
        known = self._is_body_or_place(word) or self.lexicon.is_office(word)
        return known or word in JOINTS or word in self.language.nouns or not word.isalpha()

    def _behind_body(self, words: list[str], last: int) -> int:
        """Where a person's name begins behind the body of their office; 0 if none does.

        "Minister at the Department of Rural Affairs Ana Holt", but "Institute of John Holt".
        """
        joined = next((k for k, word in enumerate(words) if word in JOINTS), last)
        if not any(word in self.lexicon.organizations for word in words[:joined]):
            return 0
        found = (k for k in range(joined + 2, last) if is_given(words[k]))
        named = next(found, 0)
        return 0 if named and self._is_body_or_place(words[last]) else named

    def is_one(self, words: tuple[str, ...]) -> bool:
        """Whether all that is left is an office: "Permanent Secretary", "Governor of Ohio"."""
        if any(w in ("of", "for") for w in words):
            cut = next(k for k, w in enumerate(words) if w in ("of", "for"))
            return cut > 0 and self.lexicon.is_office(words[cut - 1]) and not is_given(words[0])
        if words[-1] in self.lexicon.papers:
            return False
        if len(words) == 1:
            return words[0] in self.lexicon.roles
        given = is_given(words[0])
        sure = given and words[0] not in self.lexicon.roles
        return not sure and (
            words[-1] in self.lexicon.roles
            or (len(words) > 2 and self.lexicon.is_office(words[-1]) and not is_given(words[-1]))
        )

    def has_mister(self, titles: tuple[str, ...], words: tuple[str, ...]) -> bool:
        """Whether an honorific makes a name of a word that is an office, too: "Dr. King"."""
        last = titles[-1] if titles else ""
        mister = last in self.lexicon.honorifics and (
            last == "dr" or self.lexicon.gender_of_noun(last)
        )
        return bool(mister) and words[0] not in ("president", "speaker", "chairman", "secretary")

    def _is_title(self, word: str) -> bool:
        return word in self.lexicon.honorifics or word in self.lexicon.roles
