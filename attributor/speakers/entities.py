"""Everybody and everything that an article names: one Entity behind a name's many forms."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from attributor.records import SpeakerKind
from attributor.speakers import gender, kinds
from attributor.speakers.forms import FEMALE_FORMS, core, fit
from attributor.speakers.lexicon import fold, is_given, women_of
from attributor.speakers.names import Name, NameReader
from attributor.speakers.roles import Roles
from attributor.speakers.story import Story

_NEAR = 40
"""Of entities that share a word so many are compared with a name, the nearest ones."""
_BENEFIT = 0.6
"""Who speaks, and has no sign of a body, is a person up to such log-odds against it."""
_DISAGREE = 1.5
"""Log-odds of gender from which on a title and a given name can contradict each other."""


@dataclass(eq=False)
class Entity:
    """Somebody or something that the article names.

    `forms` are the folded words of each form without particles and initials, `surfaces` the forms
    as written, `roles` what the article says that it is, `heads` the folded nouns of these and
    `context` their other words, `places` the offsets where it stands, `titles` log-odds of a woman
    by titles and nouns (see `gender`), `clues` what tells its kind, `called` the name that an
    engine gives it.
    """

    forms: list[tuple[str, ...]] = field(default_factory=list)
    surfaces: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    heads: set[str] = field(default_factory=set)
    context: set[str] = field(default_factory=set)
    places: list[int] = field(default_factory=list)
    occurrences: dict[int, Name] = field(default_factory=dict)
    titles: float = 0.0
    learned: float = 0.0
    clues: set[str] = field(default_factory=set)
    inflected: bool = False
    is_relative: bool = False
    unnamed_kind: SpeakerKind | None = None
    called: str = ""
    _kind: tuple[int, float] | None = None
    _given_gender: tuple[int, float] | None = None

    @property
    def name(self) -> str:
        """The longest form, as the article writes it; of inflected forms the shortest."""
        if self.called:
            return self.called
        sign = -1 if self.inflected else 1
        return max(self.surfaces, key=lambda s: (len(s.split()), sign * len(s)), default="")

    @property
    def gender(self) -> float:
        """Log-odds of a woman."""
        if abs(self.titles) >= gender.CERTAIN:
            return self.titles
        if self._given_gender is None or self._given_gender[0] != len(self.surfaces):
            self._given_gender = len(self.surfaces), gender.of_given_name(self._given())
        given = self._given_gender[1] if self.is_person else 0.0
        return max(-gender.CERTAIN, min(gender.CERTAIN, self.titles + given + self.learned))

    def _given(self) -> Iterator[str]:
        """Words that can be given names: all but a longer form's last."""
        if self.inflected:
            yield from self._given_as_written()
        longest = max(self.forms, key=len, default=())
        yield from longest[: max(len(longest) - 1, 1)] if len(longest) > 1 else longest

    def _given_as_written(self) -> Iterator[str]:
        """Given names before a surname without an ending: "Ivana Ilić" is no form of "Ivan".

        If the given name has one all the same ("Ivane Ilić"), the surname is a woman's.
        """
        bare = {form[-1] for form in self.forms if len(form) > 1}
        for name in self.occurrences.values():
            if len(name.words) > 1 and name.words[-1] in bare:
                yield from name.words[:-1]
                yield from (f"{word[:-1]}a" for word in name.words[:-1])

    @property
    def person(self) -> float:
        """Log-odds of a person."""
        if self._kind is None or self._kind[0] != len(self.clues):
            self._kind = len(self.clues), kinds.person(self.clues)
        return self._kind[1]

    @property
    def is_person(self) -> bool:
        """Whether it is somebody rather than a body or a place."""
        return self.unnamed_kind is None and self.person > 0

    @property
    def kind(self) -> SpeakerKind:
        """What the Speaker will be."""
        least = 0.0 if self.clues & kinds.BODIES else -_BENEFIT
        return self.unnamed_kind or ("person" if self.person > least else "organization")

    def last_before(self, offset: int) -> int:
        """Where it stands last before `offset`; -1 if nowhere."""
        i = bisect_left(self.places, offset)
        return self.places[i - 1] if i else -1


class Entities:
    """The entities of one article, by name and by place."""

    def __init__(self, story: Story) -> None:
        self.story, self.language = story, story.language
        self.roles = Roles(story)
        self.at: dict[int, Entity] = {}
        self.rivals: dict[int, tuple[Entity, ...]] = {}
        self.all: list[Entity] = []
        self._by_word: dict[str, list[Entity]] = defaultdict(list)
        self._by_form: dict[tuple[str, ...], list[Entity]] = defaultdict(list)
        self._acronyms: dict[str, Entity] = {}
        self._reader = NameReader(story)
        found = self._without_epithets(list(self._reader.all()))
        self.names = {name.start: name for name in found}
        top = story.headline_end
        for name in sorted(found, key=lambda n: (n.start < top, len(self.core(n)) == 1)):
            if not name.office:
                self._place(name)
        self.placed = sorted(self.at)

    def add(self, first: int, last: int) -> Name | None:
        """Takes the tokens from `first` to before `last` for a name that was not seen as one."""
        name = self._reader.name(first, last)
        if name is None or name.start in self.names:
            return None
        self.names[name.start] = name
        self._place(name)
        if name.start in self.at:
            insort(self.placed, name.start)
        return name if name.start in self.at else None

    def _without_epithets(self, found: list[Name]) -> list[Name]:
        """The names without a capitalised word before them: "Crooked Ana Holt", "MK Ana Holt".

        Such a word is none of the name if a given name follows it and the rest stands alone
        elsewhere, or if it is no word that a name could begin with.
        """
        alone = {n.words for n in found if len(n.words) > 1 and is_given(n.words[0])}
        surnames = {words[-1] for words in alone}
        return [
            self._cut(n, alone, surnames) if len(n.words) > 2 and not n.nickname else n
            for n in found
        ]

    def _cut(self, name: Name, alone: set[tuple[str, ...]], surnames: set[str]) -> Name:
        words, bodies = name.words, self.story.lexicon.organizations
        if words[-1] in bodies or any(w in ("of", "and", "for") for w in words):
            return name
        if words[-2] in bodies and words[-1] in surnames:
            return self._reader.name_from(name, len(words) - 1)
        for k in range(1, len(words) - 1):
            if any(is_given(w) or len(w) == 1 or "." in w for w in words[:k]):
                return name
            unknown = len(words) > 3 or not any(women_of(w) is not None for w in words[:k])
            small = any(w in self._reader.small or self.story.lexicon.is_role(w) for w in words[:k])
            first = self.story.text[name.start : name.end].split()[0]
            short = first.partition("-")[0].isupper() and len(first) > 1 and k == 1
            if is_given(words[k]) and (
                words[k:] in alone or (unknown and (small or short or len(words) > 3))
            ):
                return self._reader.name_from(name, k)
        return name

    # --- forms ------------------------------------------------------------------------------------

    def core(self, name: Name) -> tuple[str, ...]:
        """The words that tell a name: no particles, no initials, no case endings."""
        return core(name.words, self.language)

    def _place(self, name: Name) -> None:
        words = self.core(name)
        if not words:
            return
        headline = name.start < self.story.headline_end
        entity = self._in_headline(words) if headline else None
        if headline and entity is not None:
            self.at[name.start] = entity
            entity.occurrences[name.start] = name
            insort(entity.places, name.start)
            return
        if headline and self.story.has_title_case:
            return
        entity = entity or self._known(name, words) or self._new(words)
        self.at[name.start] = entity
        self._add(entity, name, words)

    def _in_headline(self, words: tuple[str, ...]) -> Entity | None:
        """Whom the text below names with the first of these words ("Ana Holt Calls …")."""
        for count in range(len(words), 0, -1):
            found = self.fitting(words[:count], -1)
            if found:
                return found[0]
        return None

    def _known(self, name: Name, words: tuple[str, ...]) -> Entity | None:
        """The entity that the name is another form of."""
        if len(name.words) == 1 and name.words[0] in self._acronyms:
            return self._acronyms[name.words[0]]
        title = gender.of_nouns(name.titles, self.story.lexicon)
        found = self.fitting(words, name.start, title)
        if name.titles:  # "Ms Holt" is no company
            found = [e for e in found if kinds.COMPANY not in e.clues] or self._people(words, found)
        if not found:
            return None
        others = [e for e in found[1:] if found[0].is_relative or not e.is_relative]
        if others:
            self.rivals[name.start] = tuple(others)
        if self._is_company(name, words, found[0]):
            company = self._new(words)
            company.clues.add(kinds.COMPANY)
            return company
        return found[0]

    def _people(self, words: tuple[str, ...], found: list[Entity]) -> list[Entity]:
        """Others who share the words where only a company was found."""
        others = [e for e in self._by_word.get(words[-1], []) if kinds.COMPANY not in e.clues]
        return others[-1:] if found else []

    def _is_company(self, name: Name, words: tuple[str, ...], entity: Entity) -> bool:
        """Whether a bare name before that of a company's officer is the company's."""
        officer = entity.heads & self.story.lexicon.officers_of_companies
        first = entity.places[0] > name.start if entity.places else False
        return len(words) == 1 and bool(officer) and first and not name.titles

    def fitting(self, words: tuple[str, ...], offset: int, title: float = 0.0) -> list[Entity]:
        """Entities that a name with these core words may mean, the likeliest first.

        Args:
            words: the name's core words.
            offset: where it stands; -1 for anywhere.
            title: log-odds of a woman by its title.
        """
        scored = []
        for entity in self._sharing(words, offset):
            how = max(self._fit(words, form) for form in entity.forms)
            disagree = title and entity.gender * title < 0 and abs(entity.gender) >= _DISAGREE
            if how and not disagree:
                scored.append((how, entity))
        if not scored:
            return []
        best = max(how for how, _ in scored)
        kept = [entity for how, entity in scored if how == best]
        return sorted(kept, key=lambda e: self._claim(e, offset, title), reverse=True)

    def _fit(self, words: tuple[str, ...], form: tuple[str, ...]) -> int:
        """How well two forms fit; not at all where one is named after the other."""
        short, long = sorted((words, form), key=len)
        return 0 if self._is_named_after(long, short) else fit(words, form)

    def _is_named_after(self, long: tuple[str, ...], short: tuple[str, ...]) -> bool:
        """Whether "Ana Petric Memorial Fund" is long, and short is "Petric" or "Ana Petric"."""
        noun, lexicon = long[-1], self.story.lexicon
        if noun in short or noun not in lexicon.named_after_people:
            return False
        if long[: len(short)] != short:
            return is_given(long[0])
        if len(short) == 1:  # "Velora" may be "Velora Bank", but "Okoro" no "Okoro Speech"
            return noun in lexicon.named_things and not is_given(short[0])
        return is_given(short[0])

    def _claim(
        self, entity: Entity, offset: int, title: float
    ) -> tuple[bool, bool, bool, int, int]:
        """How strongly an entity claims a bare name: introduced, no relative, often, early."""
        before = offset < 0 or (bool(entity.places) and entity.places[0] < offset)
        agrees = bool(title) and entity.gender * title > 0
        return before, agrees, not entity.is_relative, len(entity.places), -entity.places[0]

    def _sharing(self, words: tuple[str, ...], offset: int) -> Iterable[Entity]:
        """Entities that have one of the telling words, those nearest to `offset`."""
        exact = self._by_form.get(words, [])
        yield from exact[-_NEAR:]
        seen = set(map(id, exact[-_NEAR:]))
        for word in {words[-1], words[0]}:
            known = self._by_word.get(word, [])
            if len(known) > _NEAR:
                k = (
                    bisect_left(known, offset, key=lambda e: e.places[0])
                    if offset >= 0
                    else len(known)
                )
                known = known[max(k - _NEAR, 0) : k + _NEAR // 4]
            for entity in known:
                if id(entity) not in seen:
                    seen.add(id(entity))
                    yield entity

    def own(self, written: str) -> Entity:
        """An entity of its own for a name, as the article writes it, that no other one has."""
        entity = self._new(())
        entity.called = written
        entity.forms.append(tuple(fold(written).split()))
        entity.surfaces.append(written)
        entity.places.append(self.story.text.find(written))
        return entity

    def _new(self, words: tuple[str, ...]) -> Entity:
        entity = Entity(inflected=bool(self.language.endings))
        self.all.append(entity)
        return entity

    def _add(self, entity: Entity, name: Name, words: tuple[str, ...]) -> None:
        if words not in entity.forms:
            entity.forms.append(words)
            self._by_form[words].append(entity)
            for word in words:
                if entity not in self._by_word[word][-3:]:
                    self._by_word[word].append(entity)
        if name.nickname:
            self._by_word[name.nickname].append(entity)
            entity.forms.append((name.nickname,))
        entity.surfaces.append(" ".join(self.story.text[name.start : name.end].split()))
        entity.occurrences[name.start] = name
        insort(entity.places, name.start)
        self._describe(entity, name)
        self._learn_acronym(entity, name)

    def _describe(self, entity: Entity, name: Name) -> None:
        """Takes in what stands around the name: titles, roles, and what tells its kind."""
        lexicon = self.story.lexicon
        told = self.roles.of(name)
        for role in told:
            words = [w.strip(".,’'\"") for w in fold(role).split()]
            entity.roles.append(role)
            heads = {w for w in words if lexicon.is_role(w) or w in lexicon.relations}
            entity.heads |= {fold(self.language.abbreviations.get(w, w)) for w in heads}
            entity.context.update(words)
            first = (
                words[0] in self.language.possessives
                or words[0].endswith("'s")
                or any(w.endswith(("'s", "’s")) for w in fold(role).split())
            )
            if first and heads & lexicon.relations and len(entity.places) <= 1:
                entity.is_relative = True
        noun = gender.of_nouns(name.titles, lexicon) or gender.of_nouns(self._nouns(told), lexicon)
        if not entity.titles:
            entity.titles = noun
        if (
            not entity.titles
            and self.language.code.startswith("sr")
            and name.words[-1].endswith(FEMALE_FORMS)
            and len(name.words) == 1
        ):
            entity.titles = gender.CERTAIN
        entity.clues |= kinds.clues(self.story, name, told)

    def _nouns(self, roles: Sequence[str]) -> Iterator[str]:
        """The nouns of roles that mean the bearer: the heads, not "the mother of two boys"."""
        for role in roles:
            for word in fold(role).replace(",", " ").split():
                if word in ("of", "for", "to", "at", "in", "from"):
                    break
                if not word.endswith(("'s", "’s")) and word not in self.language.possessives:
                    yield word

    def _learn_acronym(self, entity: Entity, name: Name) -> None:
        """The initials of a body's name, where they stand in brackets or fit without them."""
        if len(name.words) < 2:
            return
        parts = [
            w
            for w in self.story.text[name.start : name.end].replace("-", " ").split()
            if w[0].isupper()
        ]
        short = fold("".join(w[0] for w in parts))
        i = name.last
        if self.story.low(i) in ("(", "[") and self.story.low(i + 2) in (")", "]"):
            inner = self.story.written(i + 1)
            if inner.isupper() and 1 < len(inner) < 9 and fold(inner)[0] == short[:1]:
                self._acronyms.setdefault(fold(inner), entity)
                entity.clues.add("acronym in brackets")
        if len(short) > 2 and "title" not in entity.clues and "sure given name" not in entity.clues:
            self._acronyms.setdefault(short, entity)

    def proposed(self, name: str) -> Entity | None:
        """The entity with a name that an engine gives, if the article has such a name."""
        lexicon = self.story.lexicon
        words = [fold(w).strip(".,") for w in name.replace("’", "'").split()]
        known = self.language.titles
        bare = [w for w in words if w not in known and w not in lexicon.honorifics] or words
        if not bare:
            return None
        for cut in range(len(bare)):
            wanted = core(tuple(bare[cut:]), self.language)
            if cut and not lexicon.is_role(bare[cut - 1]):
                break
            found = self.fitting(wanted, -1) if wanted else []
            if found:
                return found[0]
        return self._acronyms.get(bare[0]) if len(bare) == 1 else None
