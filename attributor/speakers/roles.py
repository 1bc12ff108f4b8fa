"""What an article says that somebody is: whole noun phrases around a name, and nobody else's."""

from __future__ import annotations

from attributor.speakers.names import Name
from attributor.speakers.story import Story

_LONGEST = 24
"""A role has at most so many words."""
_BEFORE = 8
"""The small words before a name that describe it ("the dyke engineer") are at most so many."""
_LINKS = frozenset(
    [
        "of",
        "for",
        "at",
        "in",
        "from",
        "with",
        "to",
        "on",
        "and",
        "&",
        "the",
        "a",
        "an",
        "under",
        "about",
        "de",
        "la",
        "du",
        "des",
        "der",
        "die",
        "das",
        "im",
        "am",
        "von",
        "vom",
        "für",
        "bei",
        "zu",
        "zur",
        "zum",
        "za",
        "u",
        "na",
        "iz",
    ]
)
_COPULA = 5
"""The verb by which somebody is something has at most so many words: "was sworn in as"."""
_BEFORE_OFFICE = 3
"""Before the noun of such an office stand no more words: "the new deputy mayor"."""
_PLACES = frozenset(["in", "at", "from", "of", "for", "near", "to", "on", "with", "by", "under"])


class Roles:
    """Reads the roles off the words before and behind a name."""

    def __init__(self, story: Story) -> None:
        self.story, self.lexicon = story, story.lexicon
        self.language = story.language
        self.covered: list[tuple[int, int]] = []

    def of(self, name: Name) -> list[str]:
        """The roles that stand with a name, the best first, as the article writes them."""
        found = (self.behind(name), self.in_front(name), self.before_comma(name))
        return [role for role in (*found, self.predicated(name)) if role]

    # --- behind -----------------------------------------------------------------------------------

    def behind(self, name: Name) -> str:
        """The description between commas: "…, the mayor of Dunford,"; "" if none is there."""
        i = self._over_asides(name.last)
        if self.story.low(i) not in (",", "–", "—"):
            return ""
        first = i + 1
        if self.story.low(first).isdigit() and self.story.low(first + 1) == ",":
            first += 2  # "Ana Holt, 66, a teacher"
        last = self.phrase_end(first)
        if not self._is_description(first, last):
            return ""
        return self._text(first, last)

    def predicated(self, name: Name) -> str:
        """The office that the clause gives them: "is the mayor", "was elected mayor of Lesk".

        What a clause says besides is of the moment, and others are it as well: "is a mother".
        """
        i = name.last
        if self.story.low(i) == "," and self.story.low(i + 1) in self.language.relatives:
            i += 2
        first, becomes = i, False
        while first - i < _COPULA and self._is_copula(first):
            low, lang = self.story.low(first), self.language
            becomes |= low in lang.passive or (low in lang.becoming and low not in lang.adjuncts)
            first += 1
        denied = self.story.low(first) in self.language.negations
        if not becomes or denied or name.owner:
            return ""
        last = self.phrase_end(first)
        return self._text(first, last) if self._is_office(first, last) else ""

    def _is_copula(self, i: int) -> bool:
        low, lang = self.story.low(i), self.language
        if low in lang.auxiliaries and low not in lang.passive:
            return self.story.low(i + 1) in lang.passive  # "has been"
        return low in lang.passive or low in lang.becoming or low in lang.adverbs

    def _is_office(self, first: int, last: int) -> bool:
        head = self.head(first, last)
        if head is None or head - first > _BEFORE_OFFICE:
            return False
        word, lexicon = self.story.word(head), self.lexicon
        listed = word in lexicon.roles and word not in lexicon.casual | lexicon.relations
        return listed and self._is_description(first, last)

    def _over_asides(self, i: int) -> int:
        """Index behind "'s" brackets: "Ana Holt (D-Ohio), chair"."""
        if self.story.low(i) == "(":
            for k in range(i, min(i + 8, len(self.story.tokens))):
                if self.story.low(k) == ")":
                    return k + 1
        return i

    def phrase_end(self, first: int) -> int:
        """Index behind the noun phrase that begins at token `first`; `first` if none does."""
        lang, i = self.language, first
        head = False
        while i < min(first + _LONGEST, len(self.story.tokens)):
            low, word = self.story.low(i), self.story.word(i)
            if i > first and i in self.story.sentence_firsts:
                break
            if not low[0].isalnum() and low not in ("&", "’", "'", "-"):
                break
            if low in lang.relatives or low in lang.auxiliaries or low in lang.pronouns:
                break
            verb = (
                low in lang.verbs
                and not self.lexicon.is_role(word)
                and low not in lang.nominal_forms
            )
            if verb and head and low not in lang.nouns:
                break
            if head and low not in _LINKS and low in lang.adjuncts and low not in lang.particles:
                break
            head |= self.lexicon.is_role(word)
            i += 1
        while i > first and (
            self.story.low(i - 1) in _LINKS
            or self.story.low(i - 1) in lang.determiners
            or self.story.low(i - 1) in lang.possessives
            or self.story.low(i - 1) in lang.times
        ):
            i -= 1
        return i

    def _is_description(self, first: int, last: int) -> bool:
        """Whether the phrase says what somebody is: its head is a noun for a person."""
        if last <= first or self.story.low(first) in self.language.verbs:
            return False
        low, word = self.story.low(first), self.story.word(first)
        lang = self.language
        opens = low in lang.determiners or low in lang.possessives or low == "former"
        head = self.head(first, last)
        if head is None:
            return False
        if self.lexicon.is_role(word) and not self.story.tokens[first].capital:
            return True
        return opens or head - first <= 4

    def head(self, first: int, last: int) -> int | None:
        """Index of the noun for a person that the phrase is about: the last before a link."""
        found = None
        for i in range(first, last):
            word, low = self.story.word(i), self.story.low(i)
            if i > first and low in _LINKS and found is not None:
                break
            if i > first and low in _PLACES:
                break
            if low.endswith("'s") and i + 1 < last:
                found = None
                continue
            if self.lexicon.is_role(word) or word in self.lexicon.relations:
                found = i
        return found

    # --- before -----------------------------------------------------------------------------------

    def in_front(self, name: Name) -> str:
        """Titles and small words right before the name: "Mayor", "the dyke engineer"."""
        first = self.story.index(name.outer)
        head = name.first
        i = first
        lang = self.language
        while first - i < _BEFORE and i > 0:
            low, word = self.story.low(i - 1), self.story.word(i - 1)
            if i in self.story.sentence_firsts:
                break
            if low in lang.determiners or low in lang.possessives:
                i -= 1
                break
            known = self.lexicon.is_role(word) or word in self.lexicon.relations
            known = known or self._completes_office(i - 1)
            closed = (
                not low[0].isalpha() or (low in lang.verbs and not known) or low in lang.auxiliaries
                or low in lang.adjuncts or low in lang.relatives or low in lang.conjunctions
                or low in lang.pronouns or low in _LINKS or low in lang.not_names
                or (low in self.lexicon.acts and not known)
            )  # fmt: skip
            if closed or (i == first and not known and first == head):
                break
            i -= 1
        start = i
        role = [self.story.word(k) for k in range(start, head)]
        told = [w for w in role if w not in self.lexicon.honorifics or self._is_role_too(w)]
        if not any(self.lexicon.is_role(w) or w in self.lexicon.relations for w in told):
            return ""
        while (
            start < head
            and self.story.word(start) in self.lexicon.honorifics
            and not self._is_role_too(self.story.word(start))
        ):
            start += 1
        end = head
        while end > start and (
            not self.story.low(end - 1)[0].isalnum()
            or (
                self.story.word(end - 1) in self.lexicon.honorifics
                and not self._is_role_too(self.story.word(end - 1))
            )
        ):
            end -= 1
        return self._text(start, end)

    def _completes_office(self, i: int) -> bool:
        """Whether a noun says of what the one before it is the head: "predsednica opštine"."""
        lang, low = self.language, self.story.low(i)
        bound = low in lang.nouns or low in lang.titles
        return not lang.has_articles and bound and self.lexicon.is_role(self.story.word(i - 1))

    def _is_role_too(self, word: str) -> bool:
        return (
            word in self.lexicon.roles and word not in self.language.honorifics
        ) or word in self.language.abbreviations

    def before_comma(self, name: Name) -> str:
        """The office that the name stands behind: "The mayor, Ana Holt, said"."""
        i = self.story.index(name.outer) - 1
        if self.story.low(i) != ",":
            return ""
        after = self.story.low(self._over_asides(name.last))
        if (
            after not in (",", ".", "”", '"')
            and after not in self.language.verbs
            and after not in self.language.auxiliaries
        ):
            return ""
        first = self._clause_start(i, closed=after in (",", ".", "”", '"'))
        if first is None:
            return ""
        end = self.phrase_end(first)
        opens = (
            self.story.low(first) in self.language.determiners
            or self.story.low(first) in self.language.possessives
        )
        aside = self._over_asides(end)
        if aside != i or self.head(first, end) is None:
            return ""
        capital = (
            self.story.tokens[first].capital
            and self.story.tokens[self.head(first, end) or first].capital
        )
        owned = self.story.low(first).endswith("'s") or self.story.low(first + 1).endswith("'s")
        return self._text(first, end) if opens or capital or owned else ""

    def _clause_start(self, comma: int, closed: bool) -> int | None:
        """Where the phrase before the comma begins: at the sentence's start, or behind a verb.

        Where the name is `closed` by a comma or full stop, too, anywhere at a determiner.
        """
        lang = self.language
        for i in range(comma - 1, max(comma - _LONGEST, -1), -1):
            if i in self.story.sentence_firsts:
                return i
            low = self.story.low(i - 1)
            if low in ("”", '"', "“", ",", ";", ":", "–", "—") or (
                low in lang.verbs and not self.lexicon.is_role(self.story.word(i - 1))
            ):
                return i
            starts = self.story.low(i) in lang.determiners | lang.possessives
            inside = low in _LINKS and self.lexicon.is_role(self.story.word(i - 2))
            if starts and closed and not inside and not low.endswith("'s"):
                return i
        return None

    def _text(self, first: int, last: int) -> str:
        if last <= first:
            return ""
        self.covered.append((self.story.tokens[first].start, self.story.tokens[last - 1].end))
        text = self.story.text[self.story.tokens[first].start : self.story.tokens[last - 1].end]
        if text.endswith(("’s", "'s")):
            text = text[:-2]
        return text if "\n" not in text else ""
