"""Whom a mention may mean: who was named, or described without a name, near enough before it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from attributor.marking.spans import Span
from attributor.speakers.entities import Entities, Entity
from attributor.speakers.gender import CERTAIN
from attributor.speakers.mentions import MentionReader, Reading
from attributor.speakers.story import Story

_PARAGRAPHS = 8
"""A mention looks back over so many paragraphs."""
_OCCURRENCES = 60
"""And over so many names at most."""
_EARLIER = 4
"""Of a candidate's places before the last one so many are looked at."""
_AHEAD = 6
"""Where nobody stands before a mention, so many names behind it are looked at."""
_PARAGRAPHS_AHEAD = 3
"""And so many paragraphs."""
_LEAD = 7
"""A sentence's subject has at most so many words of description before its name."""
PREPOSITIONS = frozenset(
    [
        "of",
        "for",
        "at",
        "in",
        "from",
        "with",
        "to",
        "on",
        "by",
        "about",
        "against",
        "between",
        "under",
        "over",
        "near",
        "than",
        "like",
        "after",
        "before",
        "behind",
        "including",
        "through",
    ]
)


@dataclass(frozen=True, slots=True)
class MentionQuery:
    """A mention whose bearer is asked for.

    `contents` are the edges of what is said, for a quote's mention; `quote` is whether it is one.
    """

    start: int
    reading: Reading
    contents: Sequence[tuple[int, int]] = ()
    quote: bool = True
    own: bool = False
    """Whether the pronoun is a possessive."""
    cue: tuple[int, int] | None = None


class Place(NamedTuple):
    """Where somebody stands: `subject` of its sentence, `marked` by quotation marks, `object` of a
    preposition, `owner` of something."""

    start: int
    sentence: int
    paragraph: int
    subject: bool
    marked: bool
    object: bool
    owner: bool
    first: bool = False
    """Whether it is the first name of its sentence."""


@dataclass(slots=True)
class Candidate:
    """An entity that a mention may mean: its last place before the mention, and how many.

    `rank` counts the persons that were named since, `ahead` is set where it is only named behind.
    """

    entity: Entity
    place: Place
    earlier: list[Place] = field(default_factory=list)
    count: int = 1
    rank: int = 0
    ahead: bool = False
    prior: float = 0.0
    """What is added to the features' weights without being learned."""
    features: list[str] = field(default_factory=list)
    _gender: float | None = None

    @property
    def gender(self) -> float:
        """Log-odds of a woman, which stay what they are while a mention is decided."""
        if self._gender is None:
            self._gender = self.entity.gender
        return self._gender


class Candidates:
    """Finds candidates in an article."""

    def __init__(self, story: Story, entities: Entities, reader: MentionReader) -> None:
        self.story, self.entities, self.reader = story, entities, reader
        self._places: dict[int, Place] = {}
        self.described: dict[int, Entity] = {}
        self._describe()
        self._described_at = sorted(self.described)

    def introduce(self, start: int, entity: Entity) -> None:
        """Takes in somebody without a name who speaks at `start`."""
        if start not in self.described:
            self.described[start] = entity
            insort(self._described_at, start)

    def before(self, offset: int) -> list[Candidate]:
        """Those who stand before `offset`, the last one first."""
        number = self.story.paragraph(offset)
        floor = self.story.paragraph_start(number - _PARAGRAPHS)
        found: dict[int, Candidate] = {}
        for start, entity in self._back(offset, floor):
            known = found.get(id(entity))
            if known is None:
                found[id(entity)] = Candidate(entity, self.place(start), rank=len(found))
            else:
                known.count += 1
                if len(known.earlier) < _EARLIER:
                    known.earlier.append(self.place(start))
        return list(found.values())

    def _back(self, offset: int, floor: int) -> Iterator[tuple[int, Entity]]:
        """Names and descriptions from `offset` back to `floor`."""
        names, described = self.entities.placed, self._described_at
        i, j = bisect_left(names, offset) - 1, bisect_left(described, offset) - 1
        for _ in range(_OCCURRENCES):
            name = names[i] if i >= 0 else -1
            other = described[j] if j >= 0 else -1
            start = max(name, other)
            if start < floor or start < 0:
                return
            if name < other and other not in self.described:
                j -= 1
                continue
            if name >= other:
                yield name, self.entities.at[name]
                i -= 1
            else:
                yield other, self.described[other]
                j -= 1

    def behind(self, offset: int) -> list[Candidate]:
        """Those who are first named soon behind `offset`."""
        names = self.entities.placed
        i = bisect_left(names, offset)
        stop = self.story.paragraph_start(self.story.paragraph(offset) + _PARAGRAPHS_AHEAD)
        found: dict[int, Candidate] = {}
        for start in names[i : i + _AHEAD]:
            entity = self.entities.at[start]
            if start < stop and id(entity) not in found:
                place = self.place(start)
                found[id(entity)] = Candidate(entity, place, rank=len(found), ahead=True)
        return list(found.values())

    # --- places -----------------------------------------------------------------------------------

    def place(self, start: int) -> Place:
        """Where a name or a description that begins at `start` stands."""
        if start not in self._places:
            self._places[start] = self._place(start)
        return self._places[start]

    def span(self, start: int) -> Span:
        """The edges of the name, or of the description, that begins at `start`."""
        name = self.entities.names.get(start)
        if name is not None:
            return start, name.end
        return start, self.story.tokens[self._noun_end(self.story.index(start)) - 1].end

    def _place(self, start: int) -> Place:
        story = self.story
        name = self.entities.names.get(start)
        first = story.index(name.outer if name else start)
        behind = name.last if name else self._noun_end(first)
        return Place(
            start, story.sentence(start), story.paragraph(start), self._is_subject(first, behind),
            story.is_marked(start), self._word_before(first) in PREPOSITIONS,
            name.owner if name else story.low(behind - 1).endswith("'s"), self._is_first(start),
        )  # fmt: skip

    def _is_first(self, start: int) -> bool:
        """Whether no other person is named before it in its sentence."""
        names, sentence = self.entities.placed, self.story.sentence(start)
        for i in range(bisect_left(names, start) - 1, -1, -1):
            if self.story.sentence(names[i]) < sentence:
                break
            if self.entities.at[names[i]].is_person:
                return False
        return True

    def _noun_end(self, first: int) -> int:
        """Index behind a description's noun."""
        for i in range(first, min(first + _LEAD, len(self.story.tokens))):
            if self.story.lexicon.is_person(self.story.word(i)):
                return i + 1
        return first + 1

    def _word_before(self, first: int) -> str:
        """The word before a name and its description."""
        lang = self.story.language
        for i in range(first - 1, max(first - _LEAD, -1), -1):
            low, word = self.story.low(i), self.story.word(i)
            described = self.story.lexicon.is_role(word) or low in lang.determiners
            if not described and low not in lang.possessives:
                return low
        return ""

    def _is_subject(self, first: int, behind: int) -> bool:
        """Whether it begins its sentence or clause, or stands right before a verb."""
        lang, story = self.story.language, self.story
        i = first - 1
        for _ in range(_LEAD):
            if i + 1 in story.sentence_firsts or i < 0:
                return True
            low, word = story.low(i), story.word(i)
            if low in lang.determiners or low in lang.possessives or story.lexicon.is_role(word):
                i -= 1
                continue
            break
        after = story.low(behind)
        if after == "," and story.low(behind + 1) == "who":
            return True
        if story.low(i) in PREPOSITIONS:
            return False
        if after.endswith(lang.adverb_endings or ("\0",)):
            after = story.low(behind + 1)
        acts = after in story.lexicon.acts or (lang.code == "en" and after.endswith("ed"))
        return acts or after in lang.verbs or after in lang.auxiliaries or after == "who"

    # --- descriptions without a name --------------------------------------------------------------

    def _is_noun(self, i: int) -> bool:
        """Whether the word at `i` makes a compound's first part of the one before it."""
        low, lang = self.story.low(i), self.story.language
        known = low in lang.nouns and low not in lang.verbs
        word, lexicon = self.story.word(i), self.story.lexicon
        return known or word in lexicon.organizations or lexicon.is_person(word)

    def _describe(self) -> None:
        """Finds who is introduced by a description alone: "a bus driver waited"."""
        covered = self._covered()
        known: dict[str, Entity] = {}
        story, lang = self.story, self.story.language
        is_person = story.lexicon.is_person
        for i in (i for i, word in enumerate(story.folded) if is_person(word)):
            token = story.tokens[i]
            if (token.capital and not lang.nouns_have_capitals) or token.start < story.headline_end:
                continue
            if self._is_noun(i + 1):
                continue
            if story.low(i) in lang.pronouns or story.low(i) in lang.possessives:
                continue
            first = self._determiner(i)
            if first is not None and not self._introduces(first, i):
                continue
            if first is None or story.tokens[first].start in covered or token.start in covered:
                continue
            self._introduce(known, first, i)

    def _covered(self) -> set[int]:
        """Offsets of the words that describe somebody who has a name."""
        found: set[int] = set()
        for start, end in self.entities.roles.covered:
            i = self.story.index(start)
            while i < len(self.story.tokens) and self.story.tokens[i].start < end:
                found.add(self.story.tokens[i].start)
                i += 1
        return found

    def _determiner(self, head: int) -> int | None:
        """Index where a description begins; None if it has no determiner."""
        lang, story = self.story.language, self.story
        if not lang.has_articles:
            return head
        for i in range(head - 1, max(head - _LEAD, -1), -1):
            low = story.low(i)
            if low in lang.determiners or low in lang.possessives or low.endswith("'s"):
                return i
            closed = low in lang.verbs or low in lang.auxiliaries or low in PREPOSITIONS
            if not low[0].isalnum() or closed or i in story.sentence_firsts:
                return None
        return None

    def _introduces(self, first: int, head: int) -> bool:
        """Whether a description stands for somebody of its own: "a driver", "his wife".

        "The senator" is more likely somebody who has a name.
        """
        lang, lexicon, low = self.story.language, self.story.lexicon, self.story.low(first)
        noun = self.story.word(head)
        gendered = bool(lexicon.gender_of_noun(noun))
        if noun in lexicon.casual or noun in lexicon.relations or gendered or not lang.has_articles:
            return True
        return low in lang.determiners and low not in lang.definite

    def _introduce(self, known: dict[str, Entity], first: int, head: int) -> None:
        story = self.story
        noun, start = story.word(head), story.tokens[first].start
        new = story.low(first) in story.language.determiners - story.language.definite
        entity = known.get(noun)
        if entity is None or (new and story.low(first) != "the"):
            entity = Entity(unnamed_kind="anonymous")
            entity.roles.append(story.text[start : story.tokens[head].end])
            entity.heads.add(noun)
            entity.context.update(story.word(k) for k in range(first, head))
            gender = story.lexicon.gender_of_noun(noun)
            entity.titles = {"f": CERTAIN, "m": -CERTAIN}.get(gender, 0.0)
            known[noun] = entity
        entity.places.append(start)
        self.described[start] = entity
