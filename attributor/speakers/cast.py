"""Everybody whom an article names, and whom its pronouns and descriptions mean."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from attributor.marking import Marking, Mention
from attributor.marking.evidence import Gender
from attributor.marking.language import Language, load
from attributor.marking.tokens import index_at
from attributor.records import ProposedSpeaker, SpeakerKind
from attributor.speakers.bare import BareNames, on_one_line

_REMEMBERED = 60
"""Of the names in those paragraphs no more than so many, the last ones."""
_APPOSED = 40
"""A name set off by commas follows a description within so many code points."""
_TAIL = 80
"""A description behind a name is looked at, with its comma, for so many code points."""
_LEAD = 6
"""A sentence's subject has at most so many words of description before its name."""
_PARENTHESIS = re.compile(r" \([^()]{1,30}\)")
"""What stands between a name and what describes it, about neither: "Ana Holt (Ohio), chair"."""
_SHORT, _TITLED = 3, 0.8
"""In a headline with capitals so large a share of the words of more letters than this has them."""
_FOCUS = 3
"""A pronoun looks back over so many paragraphs for the person it means."""


@dataclass(eq=False)
class Entity:
    """Somebody or something that the article speaks of, while it is being put together."""

    names: list[tuple[str, ...]] = field(default_factory=list)
    surfaces: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    heads: set[str] = field(default_factory=set)
    places: list[int] = field(default_factory=list)
    gender: Gender = ""
    kind: SpeakerKind = "person"
    human: bool = False
    located: bool = False
    inflected: bool = False

    @property
    def name(self) -> str:
        """The longest name, as the article spells it; of inflected forms the shortest."""
        sign = -1 if self.inflected else 1
        return max(self.surfaces, key=lambda s: (len(s.split()), sign * len(s)), default="")

    def fits(self, words: tuple[str, ...]) -> bool:
        """Whether `words` (lower case) can be another form of one of the names."""
        return any(_same(words, name) for name in self.names)


class Cast:
    """Everybody whom the article names, and who is in focus as it is read."""

    def __init__(self, marking: Marking) -> None:
        self.marking = marking
        self.text = marking.text
        self.language: Language = load(marking.language)
        self._bare = BareNames(marking.tokens, marking.text, self.language)
        self.others: dict[str, Entity] = {}
        self._other_by_head: dict[str, Entity] = {}
        self.last: tuple[int, Entity] | None = None
        self._by_last: dict[str, list[Entity]] = defaultdict(list)
        self._by_first: dict[str, list[Entity]] = defaultdict(list)
        self._by_head: dict[str, list[Entity]] = defaultdict(list)
        self._entity_at: dict[int, Entity] = {}
        headline = self._headline_end()
        names = sorted(self._names(), key=lambda n: (n[0].start < headline, len(n[1]) == 1))
        for mention, words, surface in names:
            known = self._in_headline(words) if mention.start < headline else None
            self._entity_at[mention.start] = known or self._register(mention, words, surface)
        self._named_at = sorted(self._entity_at)

    # --- names ---------------------------------------------------------------------------------

    def _names(self) -> Iterable[tuple[Mention, tuple[str, ...], str]]:
        for mention in self.marking.mentions:
            if mention.type == "name":
                words, surface = self._bare.name(mention.start, mention.end)
                if words:
                    yield mention, words, surface

    def _headline_end(self) -> int:
        """Where a headline ends in which every longer word has a capital; 0 without one."""
        start, end = self.marking.paragraphs[0] if self.marking.paragraphs else (0, 0)
        words = [word for word in self.text[start:end].split() if len(word) > _SHORT]
        capitals = sum(word.lstrip("“‘\"'(")[:1].isupper() for word in words)
        titled = len(words) > 2 and capitals >= _TITLED * len(words)
        return end if titled and len(self.marking.paragraphs) > 1 else 0

    def _in_headline(self, words: tuple[str, ...]) -> Entity | None:
        """Whom the text below names with the first of these words ("Ana Holt Calls …"), or fits."""
        begins = (words[:count] for count in range(len(words), 0, -1))
        found = [e for name in begins for e in self._candidates(name) if name in e.names]
        fits = [e for e in self._candidates(words) if e.fits(words)]
        full = [e for e in found if len(e.names[0]) > 1]
        return next(iter((*full, *fits, *found)), None)

    def _register(self, mention: Mention, words: tuple[str, ...], surface: str) -> Entity:
        entity = self._fitting(words, mention) or self._new(words)
        if words not in entity.names:
            entity.names.append(words)
        entity.surfaces.append(on_one_line(surface))
        insort(entity.places, mention.start)
        entity.gender = entity.gender or mention.gender
        entity.human |= bool(mention.gender) or self._looks_human(words, mention)
        entity.located |= self._before(mention) in self.language.places
        role = self.text[mention.start : mention.end - len(surface)].strip(" \u00a0,.")
        for said in (role, self._office(mention), self._apposition(mention)):
            described = said.lower().split()
            if any(map(self._is_role, described)):
                entity.human |= entity.kind == "person"
                entity.roles.append(on_one_line(said))
                self._add_heads(entity, described)
        if entity.kind == "organization":
            self._add_heads(entity, words)
        return entity

    def _add_heads(self, entity: Entity, words: Iterable[str]) -> None:
        for word in words:
            head = self.language.abbreviations.get(word.strip(".,"), word)
            if self._names_role(head) and head not in entity.heads:
                entity.heads.add(head)
                self._by_head[self._bare.base(head)].append(entity)

    def _office(self, mention: Mention) -> str:
        """The description before the name, set off by a comma: "The mayor, Mara Quill"."""
        before = self.marking.mention_before(mention.start)
        if before is None or before.type != "nominal" or mention.start - before.end > 2:
            return ""
        gap = self.text[before.end : mention.start]
        return self.text[before.start : before.end] if gap.strip() == "," else ""

    def _before(self, mention: Mention) -> str:
        i = index_at(self.marking.tokens, mention.start)
        return self.marking.tokens[i - 1].low if i else ""

    def _looks_human(self, words: tuple[str, ...], mention: Mention) -> bool:
        if words[0] in self.language.given:
            return True
        first = self.text[mention.start : mention.end].split()[0].lower()
        return len(words) > 1 and first not in self.language.determiners

    def _is_role(self, word: str) -> bool:
        word = word.strip(".,")
        return self._names_role(word) and word not in self.language.honorifics

    def _names_role(self, word: str) -> bool:
        return word in self.language.nouns or word in self.language.titles

    def _apposition(self, mention: Mention) -> str:
        """What follows the name between commas, if it describes a person: "…, the mayor of …,"."""
        tail = self.text[mention.end : mention.end + _TAIL]
        if not tail.startswith(", "):
            return ""
        role = tail[2:].split(",")[0].split(".")[0]
        if len(role) == _TAIL - 2:  # it goes on beyond
            role = role.rpartition(" ")[0]
        words = role.lower().split()
        opens = words and (words[0] in self.language.determiners or self._names_role(words[0]))
        return role if opens and any(w in self.language.nouns for w in words[:6]) else ""

    def _new(self, words: tuple[str, ...]) -> Entity:
        entity = Entity(kind=self._kind_of_name(words), inflected=bool(self.language.endings))
        self._by_last[words[-1]].append(entity)
        self._by_first[words[0]].append(entity)
        return entity

    def _kind_of_name(self, words: tuple[str, ...]) -> SpeakerKind:
        kinds = {self.language.nouns.get(w) for w in words}
        return "organization" if "organization" in kinds else "person"

    def _fitting(self, words: tuple[str, ...], mention: Mention) -> Entity | None:
        """The nearest entity before the mention, else the first after it, that the name fits."""
        fits = [
            e
            for e in self._candidates(words)
            if e.fits(words) and not (mention.gender and e.gender and mention.gender != e.gender)
        ]
        before = [e for e in fits if e.places[0] < mention.start]
        if before:
            return max(before, key=lambda e: (len(e.places), _last_before(e, mention.start)))
        return fits[0] if fits else None

    def _candidates(self, words: tuple[str, ...]) -> list[Entity]:
        """Those who may have the name: a single word can be anybody's first name too."""
        last = self._by_last.get(words[-1], [])
        if len(words) > 1:
            return last
        first = self._by_first.get(words[0], [])
        return [*last, *(e for e in first if e not in last)]

    # --- mentions -------------------------------------------------------------------------------

    def mention(self, edges: tuple[int, int]) -> Mention:
        """The mention candidate at these offsets, or one made of the words there."""
        start, end = edges
        inside = self.marking.mentions_touching(start, end)
        named = [m for m in inside if m.type == "name"]
        if named:
            return named[0]
        if inside:
            return self._apposed_name(inside[0]) or inside[0]
        words = self.text[start:end].lower().split() or [""]
        return Mention(start, end, "nominal", words[-1])

    def _apposed_name(self, mention: Mention) -> Mention | None:
        """The name beside a description: "Ana Holt, director of …", "the mayor, Ana Holt,"."""
        if mention.type != "nominal":
            return None
        for other in self.marking.mentions_beside(mention.start, 1, 3):
            first, second = sorted((other, mention), key=lambda m: m.start)
            gap = _PARENTHESIS.sub("", self.text[first.end : second.start])
            if other.type != "name" or len(gap) > _APPOSED or "." in gap.rstrip("."):
                continue
            before = gap.strip() == "," and first is other
            if before or (first is mention and self._closes(gap, other)):
                return other
            if first is mention and self._leads_to(mention, gap):
                return other
        return None

    def _leads_to(self, mention: Mention, gap: str) -> bool:
        """Whether a description without an article goes on to the name: "talk radio host Ana Holt".

        So does an office of something: "Secretary of State Ana Holt".
        """
        words = gap.split()
        first = self.text[mention.start : mention.end].lower().split()[0]
        if len(words) > _LEAD or not all(word.isalpha() for word in words):
            return False
        if first in self.language.determiners | self.language.possessives:
            return False
        return all(self._describes(word, k) for k, word in enumerate(words))

    def _describes(self, word: str, place: int) -> bool:
        """Whether the word can stand between a description and the name that it belongs to."""
        low, lang = word.lower(), self.language
        if place == 0 and low in lang.joints:
            return True
        closed = (lang.verbs, lang.auxiliaries, lang.conjunctions, lang.relatives, lang.adverbs)
        return not any(low in words for words in (*closed, lang.adjuncts, lang.pronouns))

    def _closes(self, gap: str, name: Mention) -> bool:
        """Whether the name stands between commas right behind a description."""
        after = self.text[name.end : name.end + 1]
        return gap.rstrip().endswith(",") and gap.count(",") == 1 and after in ",."

    def entity(self, mention: Mention) -> Entity | None:
        """Whom `mention` means; a new unnamed entity where nothing ties it to a name."""
        if mention.type == "name":
            return self._entity_at.get(mention.start)
        if mention.type == "pronoun":
            return self._meant_by_pronoun(mention)
        return self._meant_by_description(mention)

    def proposed(self, speaker: ProposedSpeaker) -> Entity | None:
        """The entity with the name that an engine proposes, if the article has such a name."""
        words = tuple(
            self._bare.base(w)
            for w in speaker.name.lower().replace("’", "'").split()
            if w not in self.language.titles
        )
        if not words:
            return None
        return next((e for e in self._candidates(words) if e.fits(words)), None)

    def unnamed(self, speaker: ProposedSpeaker) -> Entity:
        """An entity without a name, known by its role alone."""
        return self._other(speaker.role, speaker.kind)

    def understood(self) -> Entity | None:
        """The speaker whom a verb alone means, in a language that leaves pronouns out."""
        return self.last[1] if self.last and self.language.drops_subject else None

    def _other(self, role: str, kind: SpeakerKind) -> Entity:
        role = on_one_line(role)
        key = role.lower()
        if key not in self.others:
            head = key.split()[-1] if key else ""
            human = self.language.nouns.get(head) == "person" or head.endswith("-old")
            self.others[key] = Entity(roles=[role] if role else [], kind=kind, human=human)
            if kind == "anonymous" and key:
                self._other_by_head[key.split()[-1]] = self.others[key]
        return self.others[key]

    def speaks(self, entity: Entity | None, place: int) -> None:
        """Puts who speaks at `place` (an offset) in focus."""
        if entity is not None:
            self.last = (place, entity)
            entity.human |= entity.kind == "person" and not entity.located

    # --- pronouns and descriptions --------------------------------------------------------------

    def _meant_by_pronoun(self, mention: Mention) -> Entity | None:
        low = self.text[mention.start : mention.end].lower()
        kind = self.language.pronouns.get(low, "")
        if kind == "relative":
            return self._before_relative(mention)
        if kind not in ("m", "f"):
            if kind in ("plural", "thing") and self.last:
                return self.last[1] if self.last[1].kind not in ("person", "anonymous") else None
            return None
        found = self._in_focus(mention, "m" if kind == "m" else "f")
        if found is not None and not found.gender:
            found.gender = "m" if kind == "m" else "f"
        return found

    def _before_relative(self, mention: Mention) -> Entity | None:
        """Who stands right before "who", if it is a name: "Ana Holt, who says …"."""
        before = self.marking.mention_before(mention.start)
        if before is None or self.text[before.end : mention.start].strip(", "):
            return None
        return self._entity_at.get(before.start)

    def _in_focus(self, mention: Mention, gender: Gender) -> Entity | None:
        """The person last put forward before `mention` whom `gender` does not rule out.

        The subject of an earlier sentence outweighs other persons named since; so does the last
        speaker.
        """
        candidates = self._persons_before(mention.start, gender)
        if not candidates:
            return None
        return max(candidates, key=lambda c: (c[2], c[0]))[1]

    def _persons_before(self, offset: int, gender: Gender) -> list[tuple[int, Entity, bool]]:
        floor = self._paragraphs_back(offset, _FOCUS)
        found = []
        named = self._named_at
        stop = bisect_left(named, offset)
        for start in named[max(bisect_left(named, floor), stop - _REMEMBERED) : stop]:
            entity = self._entity_at[start]
            if self._can_be(entity, gender):
                found.append((start, entity, self._is_subject(start)))
        if self.last and floor <= self.last[0] < offset and self._can_be(self.last[1], gender):
            found.append((self.last[0], self.last[1], True))
        return found

    def _is_subject(self, start: int) -> bool:
        """Whether only a description stands between the sentence's start and the name."""
        tokens, lang = self.marking.tokens, self.language
        sentence, _ = self.marking.sentence_at(start)
        lead = tokens[index_at(tokens, sentence) : index_at(tokens, start)]
        known = (lang.determiners, lang.possessives, lang.titles, lang.nouns, (",",))
        return len(lead) <= _LEAD and all(any(t.low in words for words in known) for t in lead)

    def _can_be(self, entity: Entity, gender: Gender) -> bool:
        if entity.kind not in ("person", "anonymous") or not entity.human:
            return False
        return not (gender and entity.gender and entity.gender != gender)

    def _paragraphs_back(self, offset: int, count: int) -> int:
        """Where the paragraph `count` before that of `offset` begins."""
        number = max(self.marking.paragraph_at(offset) - count, 0)
        return self.marking.paragraphs[number][0] if self.marking.paragraphs else 0

    def _meant_by_description(self, mention: Mention) -> Entity | None:
        surface = self.text[mention.start : mention.end]
        words = surface.lower().split()
        kind = self.language.nouns.get(mention.head, "person")
        holder = self._holder(mention, kind) if self._is_definite(words) else None
        return holder or self._other(surface, _unnamed_kind(kind))

    def _is_definite(self, words: Sequence[str]) -> bool:
        """Whether somebody known is meant; a language without articles says so only of the new."""
        lang = self.language
        if not lang.has_articles:
            return words[0] in lang.definite or words[0] not in lang.determiners
        return words[0] in lang.definite

    def _holder(self, mention: Mention, kind: str) -> Entity | None:
        """Who was said to be this before; of persons, else the one in focus."""
        words = self.text[mention.start : mention.end].lower().split()
        before = [
            e
            for e in self._by_head[self._bare.base(mention.head)]
            if e.places[0] < mention.start and (e.kind == "person") == (kind == "person")
        ]
        if before:
            heads = {w for w in words if self._names_role(w)}
            return max(before, key=lambda e: (len(heads & e.heads), _last_before(e, mention.start)))
        if mention.head in self._other_by_head:
            return self._other_by_head[mention.head]
        return self._in_focus(mention, mention.gender) if kind == "person" else None


def _last_before(entity: Entity, offset: int) -> int:
    i = bisect_left(entity.places, offset)
    return entity.places[i - 1] if i else -1


def _unnamed_kind(kind: str) -> SpeakerKind:
    kinds: dict[str, SpeakerKind] = {
        "group": "group",
        "organization": "organization",
        "document": "document",
    }
    return kinds.get(kind, "anonymous")


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names (words in lower case) can be one person's."""
    if one == other:
        return True
    if len(one) == 1 or len(other) == 1:
        short, long = (one, other) if len(one) <= len(other) else (other, one)
        return short[0] in (long[-1], long[0])
    same_last = one[-1] == other[-1]
    return same_last and (
        one[0] == other[0] or (one[0][0] == other[0][0] and 1 in (len(one[0]), len(other[0])))
    )
