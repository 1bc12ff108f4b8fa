"""What a quote's mention is: a name on the spot, a description of somebody, or a pronoun."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

from attributor.marking.tokens import without_possessive
from attributor.speakers.entities import Entities
from attributor.speakers.lexicon import is_given, women_of
from attributor.speakers.names import NOT_PLURAL, Name
from attributor.speakers.offices import JOINTS
from attributor.speakers.story import Story

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
        "under",
        "about",
        "by",
        "near",
        "against",
        "between",
    ]
)
_RELATIVE_CLAUSE = 9
"""A clause with "who" that defines a subject has no more words than this."""
_SUBJECT = 5
"""Such a subject has no more words than this."""
_PART_OF_OFFICE = 6
"""Between two commas, what an office is for has no more tokens than this."""
_BEHIND = 14
"""A name apposed to a description begins within so many words behind its noun."""

Determiner = Literal["definite", "indefinite", "possessive", "bare"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A mention as it is understood.

    `type` is as in `records.MentionType`. Of a name, `name` is it. Of a description, `head` is its
    folded noun, `article` how it begins, `modifiers` its other folded words, `complement` whether
    "of" and the like follow the noun. `gender` is "f", "m" or ""; `plural` where several are meant.
    """

    start: int
    end: int
    type: Literal["name", "nominal", "pronoun"]
    name: Name | None = None
    head: str = ""
    article: Determiner = "bare"
    modifiers: tuple[str, ...] = ()
    complement: bool = False
    gender: str = ""
    plural: bool = False


class MentionReader:
    """Reads mentions at given offsets."""

    def __init__(self, story: Story, entities: Entities) -> None:
        self.story, self.entities = story, entities
        self.lexicon, self.language = story.lexicon, story.language

    def read(self, start: int, end: int) -> Reading:
        """The mention at these offsets."""
        if not self.story.tokens:
            return Reading(start, end, "nominal")
        first, last = self.story.index(start), self.story.index(end)
        first = min(first, len(self.story.tokens) - 1)
        last = max(last, first + 1)
        while first < last - 1 and not self.story.low(first)[0].isalnum():
            first += 1
        first = self._from_head(first)
        start = min(start, self.story.tokens[first].start)
        pronoun = self._pronoun(first, last, start, end)
        if pronoun:
            return pronoun
        name = self._name(first, last)
        if name is not None:
            return Reading(start, end, "name", name)
        return self._description(first, last, start, end)

    def _from_head(self, first: int) -> int:
        """Index where the description begins that the mention only completes.

        Of "a spokeswoman for the board" it may be just "the board".
        """
        for name in self._inside(first, first + 1):
            first = min(first, name.first)
        start = first
        if (subject := self._before_relative_clause(first)) is not None:
            return subject
        while self._is_before_noun(first - 1):
            first -= 1
        before, noun = self.story.low(first - 1), self.story.word(first - 2)
        if before in ("of", "with", "at"):
            for name in self._inside(max(first - 2, 0), first - 1):
                if name.last == first - 1 and self._is_person(name) and not name.owner:
                    return name.first
        lexicon = self.lexicon
        known = noun in lexicon.roles or noun in lexicon.relations or noun in lexicon.groups
        return self._description_before(first) if before in ("of", "for", "at") and known else start

    def _description_before(self, first: int) -> int:
        """Index of the determiner of the phrase that ends with "of" before token `first`."""
        i = first - 2
        while i > 0 and i not in self.story.sentence_firsts and first - i < 8:
            low = self.story.low(i - 1)
            if not low[0].isalnum() or low in self.language.verbs:
                break
            i -= 1
            if low in self.language.determiners:
                break
        return i

    def _is_before_noun(self, i: int) -> bool:
        """Whether it is an article or the like: "the widow of the late Jan Berg"."""
        word = self.story.word(i)
        return self.story.low(i) in self.language.determiners or word in self.lexicon.of_lives

    def _before_relative_clause(self, first: int) -> int | None:
        """Where a subject begins that a clause up to here defines: "Those who knew Jan Berg"."""
        lang = self.language
        for i in range(first - 1, max(first - _RELATIVE_CLAUSE, 0), -1):
            if i in self.story.sentence_firsts or not self.story.low(i)[:1].isalnum():
                return None
            if lang.pronouns.get(self.story.low(i)) == "relative":
                subject = i - 1
                while subject not in self.story.sentence_firsts and subject > i - _SUBJECT:
                    subject -= 1
                goes_on = i < first - 1 or not self.story.tokens[first].capital
                begins = subject in self.story.sentence_firsts and goes_on
                plain = all(self.story.low(k)[:1].isalnum() for k in range(subject, i))
                return subject if begins and plain else None
        return None

    def _pronoun(self, first: int, last: int, start: int, end: int) -> Reading | None:
        word = self.story.word(first).partition("'")[0]
        kind = self.lexicon.pronouns.get(word)
        if last - first == 1 and word in self.lexicon.her_alone:
            kind = "f"
        if first > last:
            return None
        alone = last - first == 1 or self.story.low(first + 1) in self.language.adverbs
        if kind is None or not alone:
            return None
        if word == "sie" and self._is_plural_verb(first):
            kind = "plural"
        gender = kind if kind in ("m", "f") else ""
        return Reading(start, end, "pronoun", head=kind, gender=gender, plural=kind == "plural")

    def _is_plural_verb(self, i: int) -> bool:
        """Whether the verb beside a German "sie" says that it means several: "sagten sie"."""
        verbs = (
            self.story.low(k) for k in (i - 1, i + 1) if self.story.low(k) in self.language.verbs
        )
        return any(verb.endswith("en") for verb in verbs)

    # --- names ------------------------------------------------------------------------------------

    def _inside(self, first: int, last: int) -> list[Name]:
        """The names that have a word in a range of tokens, offices left out."""
        starts, names = self.entities.placed, self.entities.names
        k = max(bisect_left(starts, self.story.tokens[first].start) - 1, 0)
        found = []
        while k < len(starts):
            name = names[starts[k]]
            if self.story.index(name.outer) >= last:
                break
            if name.last > first:
                found.append(name)
            k += 1
        return found

    def _name(self, first: int, last: int) -> Name | None:
        """The name that the mention is headed by, or that is apposed to its description."""
        if self.story.low(first - 1) == "including":
            return None
        if self._is_joined(first, last):
            return None
        for name in self._inside(first, last):
            if not self.language.has_articles and self._completes_role(first, name):
                continue
            if self._is_led_to(first, name) and not self._modifies(name, last):
                before = self.story.index(name.outer) - 1
                return self._behind_part_of_office(before) or name
        return self._apposed(first, last) or self._one_word(first, last)

    def partner(self, name: Name) -> Name | None:
        """The one who speaks together with the name: "Ana Holt and Jan Berg said"; else None."""
        lang = self.language
        if self.story.low(name.last) in lang.pairs:
            for other in self._inside(name.last + 1, name.last + 2):
                if (
                    self._is_person(other)
                    and not other.owner
                    and self._begins_predicate(other.last)
                ):
                    return other
        before = self.story.index(name.outer) - 1
        if self.story.low(before) in lang.pairs:
            for other in self._inside(max(before - 1, 0), before):
                first = self.story.index(other.outer) in self.story.sentence_firsts
                if other.last == before and first and self._is_person(other) and not other.owner:
                    return other
        return None

    def _begins_predicate(self, i: int) -> bool:
        """Whether a verb follows, or a word that counts those who did it together."""
        low, lang = self.story.low(i), self.language
        acts = low in self.lexicon.acts or (lang.code == "en" and low.endswith("ed"))
        verb = acts or low in lang.verbs or low in lang.auxiliaries
        return verb or low in ("both", "all", "each")

    def _is_joined(self, first: int, last: int) -> bool:
        """Whether somebody speaks together with others of theirs: "RT and its defenders"."""
        lang = self.language
        joins = (k for k in range(first, last - 1) if self.story.low(k) in lang.pairs)
        return any(self.story.low(k + 1) in lang.possessives for k in joins)

    def _completes_role(self, first: int, name: Name) -> bool:
        """Whether the name only says whose office it is: "predsednik Vlade Srbije"."""
        oblique = all(word.endswith(("a", "e", "u", "i", "og", "ih")) for word in name.words)
        person = women_of(name.words[0]) is not None or not oblique
        alone = "," not in self._lows(first, name) and not person
        return alone and self._has_single_head(first, self.story.index(name.outer))

    def _is_led_to(self, first: int, name: Name) -> bool:
        """Whether only a description stands between the mention's start and the name."""
        lang = self.language
        comma = False
        lang_new = lang.determiners - lang.definite
        described = first < self.story.index(name.outer)
        if (
            described
            and self.story.low(first) in lang_new
            and lang.has_articles
            and "," not in self._lows(first, name)
        ):
            return False  # "a former Miss Universe"
        inside = {k for n in self._inside(first, name.first) for k in range(n.first, n.last)}
        for i in range(first, self.story.index(name.outer)):
            low, word = self.story.low(i), self.story.word(i)
            if i in inside:
                continue
            if low == ",":
                comma = True
                continue
            if low in ("(", ")", ".", "-", "–", "&"):
                continue
            if comma and not self.lexicon.is_role(word) and low not in lang.determiners:
                return self._closes_apposition(first, i, name)
            if low in _LINKS or low in lang.relatives or low in lang.auxiliaries:
                return self._closes_apposition(first, i, name)
        return True

    def _lows(self, first: int, name: Name) -> list[str]:
        return [self.story.low(k) for k in range(first, self.story.index(name.outer))]

    def _closes_apposition(self, first: int, i: int, name: Name) -> bool:
        """Whether the name stands behind a comma that ends a longer description."""
        outer = self.story.index(name.outer)
        before = self.story.low(outer - 1)
        return before == "," and self._has_single_head(first, i) and self._is_closed(name)

    def _has_single_head(self, first: int, last: int) -> bool:
        return any(self.lexicon.is_role(self.story.word(k)) for k in range(first, last))

    def _is_closed(self, name: Name) -> bool:
        """Whether the name is followed as an apposed one is."""
        low = self.story.low(name.last)
        return (
            low in (",", ".", "”", '"', ":", "(", "")
            or low in self.language.verbs
            or (low in self.language.auxiliaries or low == "who" or low in self.language.adverbs)
        )

    def _modifies(self, name: Name, last: int) -> bool:
        """Whether the name only describes a noun behind it: "Clinton's aide", "Trump campaign"."""
        i, lang = name.last, self.language
        while i < last and self.story.low(i) in lang.suffixes | self.lexicon.postnominals | {"."}:
            i += 1
        if i >= last:  # "Ana's message was": hers; "Ana's aide was": the aide's
            return (
                name.owner and self._is_noun(i) and lang.nouns.get(self.story.low(i)) != "document"
            )
        low = self.story.low(i)
        if name.owner:
            return True
        if self.story.tokens[i].capital and not lang.has_articles:
            return False  # "kazao je Perić Vestima"
        if (
            not low[0].isalnum()
            or low in _LINKS
            or low in lang.auxiliaries
            or low in lang.relatives
        ):
            return False
        if (
            low in lang.adverbs
            or low in lang.adjuncts
            or low in lang.conjunctions
            or low in ("and", "or")
        ):
            return False
        return low not in lang.verbs or self._is_noun(i)

    def _is_noun(self, i: int) -> bool:
        low = self.story.low(i)
        return low in self.language.nouns or self.lexicon.is_role(self.story.word(i))

    def _apposed(self, first: int, last: int) -> Name | None:
        """The name beside a description, outside of the mention or behind a comma in it."""
        head = self.entities.roles.head(first, last)
        if head is None or self._is_plural(self.story.word(head)):
            return None
        behind = head + 1 if self.language.has_articles else max(last, head + 1)
        return self._apposed_before(first) or self._apposed_behind(first, behind)

    def _apposed_behind(self, first: int, behind: int) -> Name | None:
        """ "The director of the museum, Ana Holt,"; "talk radio host Ana Holt"."""
        lang, i = self.language, behind
        while i < min(behind + _BEHIND, len(self.story.tokens)):
            low = self.story.low(i)
            if i in self.story.sentence_firsts:
                return None
            if low == ",":
                return self._behind_part_of_office(i) or self._name_at(i + 1)
            if self.story.tokens[i].capital and (named := self._name_at(i)):
                bare = self.story.low(first) not in lang.determiners
                if self._is_person(named) and (bare or i == behind):
                    return named
            bracket = low in ("(", ")")
            if low in lang.verbs and not self._is_noun(i) and not self.story.tokens[i].capital:
                return None
            if (
                low in lang.auxiliaries
                or low in lang.relatives
                or not (low[0].isalnum() or bracket)
            ):
                return None
            i += 1
        return None

    def _behind_part_of_office(self, comma: int) -> Name | None:
        """Whoever has an office that commas part: "The Director, Public Affairs, Mr. Berg"."""
        if self.story.low(comma) != "," or is_given(self.story.word(comma + 1)):
            return None
        i = comma + 1
        while i <= comma + _PART_OF_OFFICE and (
            self.story.tokens[i].capital or self.story.low(i) in JOINTS
        ):
            i += 1
        named = self._name_at(i + 1) if i > comma + 1 and self.story.low(i) == "," else None
        return named if named and named.titles else None

    def _name_at(self, i: int) -> Name | None:
        """The closed name whose titles begin at token `i`."""
        for name in self._inside(i, i + 1):
            if self.story.index(name.outer) == i and not name.owner and self._is_closed(name):
                return name if name.titles or self._is_person(name) else None
        return None

    def _is_person(self, name: Name) -> bool:
        entity = self.entities.at.get(name.start)
        return entity is not None and entity.is_person

    def _apposed_before(self, first: int) -> Name | None:
        """ "Ana Holt, director of the museum,": the name right before the comma."""
        comma = first - 1
        if self.story.low(comma) != "," or first in self.story.sentence_firsts:
            return None
        if self.story.low(comma - 1) == ")":
            comma = next(
                (k for k in range(comma - 2, comma - 9, -1) if self.story.low(k) == "("), comma
            )
        for name in self._inside(max(comma - 1, 0), comma):
            if name.last == comma and not name.owner and self._is_person(name):
                return name
        return None

    def _one_word(self, first: int, last: int) -> Name | None:
        """A name that nothing but its being a mention tells: "Adeola reportedly told …"."""
        token, word = self.story.tokens[first], self.story.word(first)
        if last - first != 1 or not token.capital or token.start < self.story.headline_end:
            return None
        bare = without_possessive(token.low)
        plural = self.language.code == "en" and bare.endswith("s") and not bare.endswith(NOT_PLURAL)
        plural = plural and word not in self.lexicon.papers and word not in self.lexicon.places
        known = (
            bare in self.language.nouns
            or self.lexicon.is_role(word)
            or word in self.lexicon.demonyms
        )
        closed = (
            bare in self.language.not_names
            or bare in self.language.verbs
            or word in self.lexicon.groups
        )
        single = self.story.low(last) == "," and self.story.low(last + 1) in ("a", "an")
        if (plural and not single) or known or closed or self.language.nouns_have_capitals:
            return None
        return self.entities.add(first, first + 1)

    # --- descriptions -----------------------------------------------------------------------------

    def _description(self, first: int, last: int, start: int, end: int) -> Reading:
        head = self._head(first, last)
        noun = self.story.word(head)
        words = [self.story.word(k) for k in range(first, head) if self.story.low(k)[0].isalnum()]
        plural = self._is_plural(noun)
        return Reading(
            start, end, "nominal", None, noun, self._article(first, head),
            tuple(w for w in words if w not in self.language.determiners),
            self.story.low(head + 1) in _LINKS, "" if plural else self.lexicon.gender_of_noun(noun),
            plural,
        )  # fmt: skip

    def _head(self, first: int, last: int) -> int:
        """Index of the description's noun: the last known one before "of" and the like."""
        found = None
        for i in range(first, last):
            low, word = self.story.low(i), self.story.word(i)
            if i > first and (low in _LINKS or low in self.language.relatives or low == ","):
                break
            known = low in self.language.nouns or self.lexicon.is_role(word)
            if known or word in self.lexicon.relations or word in self.lexicon.organizations:
                found = i
            if found is not None and not self.language.has_articles and self.lexicon.is_role(word):
                break  # "predsednica opštine": whatever body completes the title
        if found is not None:
            return found
        stop = first
        for i in range(first, last):
            low = self.story.low(i)
            if i > first and (
                low in _LINKS or low in self.language.relatives or not low[0].isalnum()
            ):
                break
            stop = i
        return stop

    def _is_plural(self, noun: str) -> bool:
        if noun in self.lexicon.groups:
            return True
        english = self.language.code == "en" and noun.endswith("s")
        known = noun in self.lexicon.organizations or self.lexicon.is_role(noun)
        return english and not noun.endswith(("ss", "us", "is", "'s", "news")) and not known

    def _article(self, first: int, head: int) -> Determiner:
        lang = self.language
        low = self.story.low(first)
        lows = [self.story.low(k) for k in range(first, head)]
        if low in lang.possessives or any(x.endswith(("'s", "s'")) for x in lows):
            return "possessive"
        if not lang.has_articles:
            return (
                "indefinite" if low in lang.determiners and low not in lang.definite else "definite"
            )
        if low in lang.definite:
            return "definite"
        return "indefinite" if low in lang.determiners else "bare"
