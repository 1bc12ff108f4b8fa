"""What speaks for and against a candidate, as named features of a linear model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from math import exp, log

from attributor.speakers.candidates import PREPOSITIONS, Candidate, MentionQuery
from attributor.speakers.entities import Entities, Entity
from attributor.speakers.gender import CERTAIN
from attributor.speakers.history import History
from attributor.speakers.mentions import Reading
from attributor.speakers.story import Story

_TIES = ("role", "kind of role", "part of the name", "kind of body")
"""Ways in which an article says that somebody, or a body, is what a description says."""
_NOT_HELD = 2.0
"""So much less log-odds has a candidate where others are what the description says."""
_NOT_THE_SAME = 5.0
"""The same where somebody else is called just that: "the mayor"."""
_OFTEN, _NAMED_OFTEN = 3, 0.8
"""A name that stands in an article so many times has so much more log-odds of being one."""
_ONLY_SPEAKER = 2.2
"""So much more has the only one of its sort who spoke, if nothing is known of what it is."""
_OUTDONE = 1.0
"""So much less has somebody of unknown gender beside another one who is known to be "she"."""
_STRONG, _WEAK = 2.5, 0.7
"""Log-odds of gender from which on it is all but sure, or likely."""


_TOLD_BY_KIND = ("sentences", "subject", "first", "fits")
"""How the features begin that count otherwise for each kind of pronoun."""


def _near(sentences: int) -> str:
    """How many sentences lie between, in words of few values."""
    return str(sentences) if sentences < 3 else "3-4" if sentences < 5 else "far"


@cache  # few values
def _stands(subject: bool, first: bool, near: str) -> tuple[str, ...]:
    """How somebody stands in a sentence, and how near that one is."""
    ways = {"subject": subject, "first": first, "first and subject": first and subject}
    return tuple(f"{how}, sentences {near}" for how, holds in ways.items() if holds)


@cache  # few values
def _of_kind(kind: str, feature: str) -> str:
    return f"{kind}: {feature}"


class Features:
    """Names what there is to be said of candidates."""

    def __init__(self, story: Story, entities: Entities, history: History) -> None:
        self.story, self.entities, self.history = story, entities, history
        self.lexicon = story.lexicon
        self.most = max((len(e.places) for e in entities.all if e.is_person), default=0)

    # --- shared -----------------------------------------------------------------------------------

    def _where(self, query: MentionQuery, candidate: Candidate) -> Iterator[str]:
        """Distance, salience and who spoke before."""
        place = candidate.place
        if candidate.ahead:
            yield from self._ahead(query, candidate)
            return
        here = self.story.sentence(query.start)
        yield f"sentences {_near(here - place.sentence)}"
        yield f"paragraphs {min(self.story.paragraph(query.start) - place.paragraph, 4)}"
        yield f"rank {min(candidate.rank, 4)}"
        if place.object:
            yield "object of a preposition"
        if place.owner:
            yield "owner"
        if place.marked:
            yield "in marks"
        yield "once" if candidate.count == 1 else "twice" if candidate.count == 2 else "often"
        yield from dict.fromkeys(
            feature
            for each in (place, *candidate.earlier)
            if (each.subject or each.first) and not (each.marked or each.owner)
            for feature in _stands(each.subject, each.first, _near(here - each.sentence))
        )

    def _ahead(self, query: MentionQuery, candidate: Candidate) -> Iterator[str]:
        """Where somebody stands who is named only behind the mention."""
        place = candidate.place
        yield f"ahead {min(candidate.rank, 2)}"
        if place.subject:
            yield "ahead, subject"
        if place.paragraph > self.story.paragraph(query.start):
            yield "ahead, new paragraph"
        if place.sentence - self.story.sentence(query.start) < 2:
            yield "ahead, sentence"

    def _told(self, query: MentionQuery, candidate: Candidate) -> Iterator[str]:
        """What the article as a whole says of the candidate, and what was decided before."""
        entity, history = candidate.entity, self.history
        if len(entity.places) == self.most and entity.is_person:
            yield "most frequent person"
        spoke = history.spoke(entity)
        if spoke is not None:
            yield f"speaker {min(spoke, 3)}"
            last = history.speakers[-1]
            if spoke == 0:
                same = self.story.paragraph(last.start) == self.story.paragraph(query.start)
                gap = self.story.paragraph(query.start) - self.story.paragraph(last.start)
                yield (
                    "speaker of this paragraph"
                    if same
                    else f"speaker {min(gap, 3)} paragraphs before"
                )
        if any(self._is_in(entity, span) for span in query.contents):
            yield "named in what is said"
        if entity.is_relative:
            yield "introduced as somebody's relative"

    def _is_in(self, entity: Entity, span: tuple[int, int]) -> bool:
        return entity.last_before(span[1]) >= span[0]

    def _gender(self, wanted: str, candidate: Candidate) -> str:
        odds = candidate.gender if wanted == "f" else -candidate.gender
        if odds >= CERTAIN:
            return "gender sure"
        if odds >= _STRONG:
            return "gender agrees"
        if odds >= _WEAK:
            return "gender may agree"
        if odds > -_WEAK:
            return "gender unknown"
        return "gender may differ" if odds > -_STRONG else "gender differs"

    # --- pronouns ---------------------------------------------------------------------------------

    def pronoun(self, query: MentionQuery, candidates: Sequence[Candidate]) -> None:
        """Fills in the features of the candidates for "he" or "she"."""
        wanted = query.reading.gender
        fitting = [c for c in candidates if self._can_be(wanted, c)]
        rank = {id(c): k for k, c in enumerate(fitting)}
        known = self._known(wanted, fitting)
        kind = "possessive" if query.own else "quote" if query.quote else "text"
        for candidate in candidates:
            found = candidate.features
            found += self._where(query, candidate)
            found += self._told(query, candidate)
            found += self._of_person(wanted, candidate)
            if id(candidate) in rank:
                found.append(f"fits, {min(rank[id(candidate)], 3)}")
                if len(fitting) == 1:
                    found.append("alone fits")
            found += self._chained(query, candidate)
            beside = candidate.place.sentence in known
            if beside and self._gender(wanted, candidate) == "gender unknown":
                candidate.prior -= _OUTDONE
            found += [_of_kind(kind, f) for f in found if f.startswith(_TOLD_BY_KIND)]

    def _known(self, wanted: str, candidates: Sequence[Candidate]) -> set[int]:
        """The sentences that name somebody who is surely of a gender."""
        sure = ("gender sure", "gender agrees")
        found = (c for c in candidates if not c.ahead)
        return {c.place.sentence for c in found if self._gender(wanted, c) in sure}

    def _likelihood(self, wanted: str, candidate: Candidate) -> float:
        """Log-probability that somebody of that name is a woman, or a man."""
        odds = candidate.gender if wanted == "f" else -candidate.gender
        return -log(1 + exp(-odds))

    def _can_be(self, wanted: str, candidate: Candidate) -> bool:
        entity = candidate.entity
        odds = candidate.gender if wanted == "f" else -candidate.gender
        return odds > -_WEAK and (entity.is_person or entity.unnamed_kind == "anonymous")

    def _of_person(self, wanted: str, candidate: Candidate) -> Iterator[str]:
        entity = candidate.entity
        candidate.prior = self._likelihood(wanted, candidate)
        if entity.unnamed_kind:
            yield "unnamed"
            yield f"unnamed, {self._gender(wanted, candidate)}"
        else:
            candidate.prior -= log(1 + exp(-entity.person))

    def _chained(self, query: MentionQuery, candidate: Candidate) -> Iterator[str]:
        """Whether the last pronoun of this gender meant the candidate."""
        last = self.history.pronouns.get(query.reading.gender)
        if last is None:
            return
        sentences = self.story.sentence(query.start) - self.story.sentence(last.start)
        paragraphs = self.story.paragraph(query.start) - self.story.paragraph(last.start)
        near = (
            "here"
            if sentences == 0
            else "before"
            if sentences == 1
            else "paragraph"
            if paragraphs == 0
            else "paragraph before"
            if paragraphs == 1
            else "far"
        )
        same = last.entity is candidate.entity
        yield f"last pronoun {near}" if same else f"last pronoun {near} meant another"
        if same and candidate.place.start < last.start and not candidate.ahead:
            yield f"not named since, {near}"

    def no_pronoun(self, query: MentionQuery, candidates: Sequence[Candidate]) -> list[str]:
        """The features of there being nobody whom the pronoun means."""
        wanted = query.reading.gender
        named = [c for c in candidates if c.entity.unnamed_kind is None and not c.ahead]
        fitting = [c for c in named if self._can_be(wanted, c)]
        sure = [c for c in fitting if self._gender(wanted, c) in ("gender sure", "gender agrees")]
        return [
            "nobody",
            f"nobody, {min(len(fitting), 3)} fit",
            f"nobody, {min(len(sure), 2)} surely fit",
            f"nobody, {'quote' if query.quote else 'text'}",
        ]

    # --- descriptions -----------------------------------------------------------------------------

    def description(self, query: MentionQuery, candidates: Sequence[Candidate]) -> None:
        """Fills in the features of the candidates for "the mayor", "her lawyer", "the ministry"."""
        reading = query.reading
        ties = self._ties(reading, candidates)
        holders = [c for c in candidates if ties[id(c)] in _TIES]
        human = self.is_human(reading)
        alone = (
            sum((c.entity.kind == "person") == human for c in candidates if c.entity.surfaces) == 1
        )
        for candidate in candidates:
            tie, found = ties[id(candidate)], candidate.features
            found += self._where(query, candidate)
            found += self._told(query, candidate)
            found += [f"tie: {tie}", f"{reading.article}: {tie}", f"{self._class(reading)}: {tie}"]
            found += self._body(query, candidate)
            if alone and (candidate.entity.kind == "person") == human:
                found.append("alone of its sort")
                if tie == "no role" and self.history.spoke(candidate.entity) is not None:
                    candidate.prior += _ONLY_SPEAKER
            if candidate in holders:
                rank = min(holders.index(candidate), 2)
                found.append("alone holds it" if len(holders) == 1 else f"holds it, {rank}")
            elif holders:
                held = any(ties[id(c)] == "role" for c in holders)
                candidate.prior -= _NOT_THE_SAME if held else _NOT_HELD
            if reading.gender:
                found.append(self._gender(reading.gender, candidate))
                candidate.prior += self._likelihood(reading.gender, candidate)
            if reading.modifiers and tie in ("role", "kind of role"):
                found.append(f"{tie}, {self._modified(reading, candidate.entity)}")
            elif candidate.entity.context & set(reading.modifiers):
                found.append("shares a modifier")
            if candidate.entity.unnamed_kind:
                found.append(f"unnamed, {tie}")

    def _ties(self, reading: Reading, candidates: Sequence[Candidate]) -> dict[int, str]:
        """How each candidate is tied to the description, by id; of ministers only the same one."""
        ties = {id(c): self._tie(reading, c.entity) for c in candidates}
        same = {
            id(c)
            for c in candidates
            if ties[id(c)] == "role" and self._modified(reading, c.entity) == "same modifier"
        }
        if same:
            ties |= {
                key: "another office"
                for key, tie in ties.items()
                if tie in _TIES and key not in same
            }
        return ties

    def _tie(self, reading: Reading, entity: Entity) -> str:
        """How the description's noun is tied to the entity."""
        head, past = reading.head, self.lexicon.past
        if head in entity.heads:
            over = past & set(reading.modifiers) and not past & entity.context
            return "another role" if over and entity.roles else "role"
        if any(self.lexicon.means(head, role) for role in entity.heads):
            return "kind of role"
        if (
            entity.unnamed_kind is None
            and any(head in form for form in entity.forms)
            and not entity.is_person
        ):
            return "part of the name"
        words = {w for form in entity.forms for w in form} if not entity.is_person else set()
        if any(self.lexicon.is_named_for(head, word) for word in words):
            return "kind of body"
        if entity.heads:
            return "another role"
        return "no role"

    def may_be_named(self, reading: Reading) -> bool:
        """Whether a description can mean somebody whose name is known: "a driver" cannot."""
        kind = self._class(reading)
        known = reading.article in ("definite", "possessive") or (
            reading.article == "bare" and kind == "role"
        )
        return known and kind not in ("several", "document") and not self._is_number(reading)

    def _is_number(self, reading: Reading) -> bool:
        return reading.head in ("percent", "one", "another", "other") or reading.head.isdigit()

    def is_human(self, reading: Reading) -> bool:
        """Whether the noun is one of people rather than of bodies."""
        return self._class(reading) != "body"

    def is_casual(self, reading: Reading) -> bool:
        """Whether the noun is one of somebody who often stays unnamed: the judge, her mother."""
        return self._class(reading) in ("casual", "relation", "man or woman")

    def is_held_by(self, reading: Reading, entity: Entity) -> bool:
        """Whether the article says that the entity is what the description says."""
        if reading.article == "possessive" and reading.head in self.lexicon.relations:
            return entity.is_relative and self._tie(reading, entity) == "role"
        return self._tie(reading, entity) in ("role", "kind of role")

    def is_untold(self, reading: Reading, entity: Entity | None) -> bool:
        """Whether the article names somebody, but does not say that they are the description.

        A description that says more than an office may be another word for them all the same: "the
        New York businessman".
        """
        if entity is None or entity.unnamed_kind is not None or reading.article == "possessive":
            return False
        if self._tie(reading, entity) in _TIES:
            return self._is_another_office(reading, entity)
        is_number = any(letter.isdigit() for letter in reading.head)
        return not (reading.modifiers or reading.complement or is_number)

    def _is_another_office(self, reading: Reading, entity: Entity) -> bool:
        """Whether it is of another rank or portfolio: the mayor is not Deputy Mayor Ana Holt.

        Whom an article is about may have more than one, and not all of them are told.
        """
        lexicon, modifiers = self.lexicon, set(reading.modifiers)
        if len(entity.places) >= _OFTEN:
            return False
        if modifiers & (lexicon.ranks - entity.context):
            return True
        return not modifiers and bool(entity.context & lexicon.lesser)

    def is_telling(self, reading: Reading) -> bool:
        """Whether a description's noun is one of people or bodies at all."""
        return self._class(reading) not in ("other noun", "several", "document")

    def _modified(self, reading: Reading, entity: Entity) -> str:
        """Whether the office is the same one: "foreign minister" and "prime minister" are two."""
        known = entity.context - {"the", "a", "an", reading.head}
        if known & set(reading.modifiers):
            return "same modifier"
        return "other modifier" if known else "no modifier"

    def _class(self, reading: Reading) -> str:
        """What kind of noun describes the speaker."""
        head, lexicon = reading.head, self.lexicon
        if reading.plural or head in lexicon.groups:
            return "several"
        if head.startswith("spokes"):
            return "spokesperson"
        if head in lexicon.documents and not lexicon.is_role(head):
            return "document"
        if lexicon.is_body(head):
            return "body"
        if head in lexicon.casual:
            return "casual"
        if head in lexicon.relations:
            return "relation"
        if head in ("man", "woman", "boy", "girl", "person", "guy"):
            return "man or woman"
        return "role" if lexicon.is_role(head) else "other noun"

    def _body(self, query: MentionQuery, candidate: Candidate) -> Iterator[str]:
        """Whether a body is asked for and the candidate is one of that sort."""
        entity, kind = candidate.entity, self._class(query.reading)
        person = entity.is_person or entity.unnamed_kind == "anonymous"
        human = kind in ("role", "casual", "relation", "man or woman", "spokesperson")
        yield f"{kind}: {'person' if person else 'no person'}"
        yield "kinds agree" if person == human else "kinds differ"

    def no_description(self, query: MentionQuery, candidates: Sequence[Candidate]) -> list[str]:
        """The features of there being nobody with a name whom the description means."""
        reading, kind = query.reading, self._class(query.reading)
        ties = [
            self._tie(query.reading, c.entity) for c in candidates if c.entity.unnamed_kind is None
        ]
        held = "role" in ties
        close = bool(set(ties) & set(_TIES))
        found = [
            "nobody", f"nobody, {reading.article}", f"nobody, {kind}",
            f"nobody, {reading.article} {kind}",
            "nobody, held" if held else "nobody, nearly held" if close else "nobody, not held",
        ]  # fmt: skip
        found.append(f"nobody, {'quote' if query.quote else 'text'}")
        if reading.complement:
            found.append("nobody, with a complement")
        if reading.modifiers:
            found.append("nobody, with a modifier")
        return found

    # --- names ------------------------------------------------------------------------------------

    def name(self, query: MentionQuery, candidates: Sequence[Candidate]) -> None:
        """Fills in the features of the entities that a name on the spot may be a form of."""
        name = query.reading.name
        for k, candidate in enumerate(candidates):
            entity, found = candidate.entity, candidate.features
            found.append("the first that fits" if k == 0 else "a rival")
            words = len(self.entities.core(name)) if name else 0
            longest = max(map(len, entity.forms))
            found.append(
                "one word, never more"
                if longest == 1
                else "one word of more"
                if words == 1
                else "whole"
            )
            if len(candidates) > 1:
                found.append("has rivals" if k == 0 else "rival")
                found += self._told(query, candidate)
                if words == 1:
                    found.append("one word, with rivals")
                earlier = candidate.place.start < query.start
                found.append("before" if earlier else "behind")
            if len(entity.places) == 1:
                found.append("named once")
            elif len(entity.places) >= _OFTEN:
                candidate.prior = _NAMED_OFTEN

    def _is_governed(self, offset: int) -> bool:
        """Whether a preposition (but for one that credits) governs the name."""
        i = self.story.index(offset) - 1
        i -= self.story.low(i) in self.story.language.determiners
        low = self.story.low(i)
        credits = low == "to" and self.story.low(i - 1) == "according"
        return low in PREPOSITIONS and not credits

    def _is_aside(self, start: int, end: int) -> bool:
        """Whether what stands there is between commas: "Quill, for his part, said"."""
        first, last = self.story.index(start), self.story.index(end) - 1
        return first < last and self.story.low(first) == self.story.low(last) == ","

    def no_name(self, query: MentionQuery, candidates: Sequence[Candidate]) -> list[str]:
        """The features of the name being nobody's."""
        name = query.reading.name
        found = ["nobody"]
        if name is None:
            return found
        if name.initial and len(name.words) == 1:
            found.append("nobody, initial")
        if candidates and candidates[0].entity.places[-1] < self.story.headline_end:
            found.append("nobody, headline")
        if name.outer > query.reading.start + 30 or name.end < query.reading.start:
            found.append("nobody, apart")
        credited = query.cue is not None and query.cue[0] <= name.start < query.cue[1]
        if name.owner and not credited:  # "in Quill’s words" credits Quill
            found.append("nobody, owner")
        if not credited and self._is_governed(name.outer):
            found.append("nobody, behind a preposition")
        if query.cue:
            between = abs(self.story.index(query.cue[0]) - self.story.index(query.reading.end))
            behind = abs(self.story.index(query.reading.start) - self.story.index(query.cue[1]))
            aside = self._is_aside(query.reading.end, query.cue[0])
            near = 0 if credited or aside else min(between, behind)
            found.append(
                f"nobody, {'beside' if near < 2 else 'near' if near < 6 else 'far from'} the cue"
            )
        if len(candidates) > 1:
            found.append("nobody, rivals")
        return found
