"""Learns from annotated articles whom mentions mean: the weights in `data/weights.json`.

Needs numpy and SciPy. Two sorts of gold teach: quotes whose speaker's name was read, and chains of
coreference. What is learned are weights of features that have names; no text is in them.

Kinds of names come first, for the other decisions look at them. These are learned twice, since
what a mention means depends on what the pronouns before it were taken to mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from attributor.marking import mark
from attributor.marking.spans import Span
from attributor.records import Article
from attributor.speakers import kinds, model
from attributor.speakers.candidates import Candidate, Candidates, MentionQuery
from attributor.speakers.entities import Entities, Entity
from attributor.speakers.resolver import Resolver, learned
from attributor.speakers.story import Story

Line = dict[str, Any]
STRENGTH = {"kind": 1.0, "pronoun": 5.0, "description": 2.0, "name": 2.0}
"""The L2 penalty by decision, chosen by the likelihood of articles held out."""
LEAST = {"pronoun": 0.6, "description": 0.6, "name": 0.7}
"""The confidence from which a name is given, chosen on PolNeAR's dev part."""
FOLDS = 5
"""Calibration learns from so many parts in turn, and looks at the one that is left out."""
_READ = "read"
_LINKED = ("full-name-in-mention", "surname-link")
_LINKED_WEIGHT = 0.5
"""How much a name counts that stands in its mention and was not read."""
_KIND_WEIGHT = 3.0
"""How much a speaker's kind counts beside that of any name in a chain."""
DESCRIPTIONS = 0.15
"""How much a description in a text counts beside one that somebody is quoted by."""
_LEAST_WEIGHT = 0.01
"""A weight that is smaller is left out."""
_TITLES = 12
"""A chain's span is a name's if it is at most so many code points longer."""


@dataclass(frozen=True, slots=True)
class Example:
    """One decision: the features of each candidate and at last of nobody, and which are right.

    `group` tells the article, so that no article is in two folds; `weight` how much it counts;
    `named` which candidates have a name. `mention` is the place of what is asked about, `places`
    are those of each candidate.
    """

    decision: str
    features: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    named: tuple[bool, ...]
    group: int
    weight: float = 1.0
    priors: tuple[float, ...] = ()
    mention: Span = (0, 0)
    places: tuple[tuple[Span, ...], ...] = ()


class _Teacher:
    """Takes the place of the weights while an article is read: tells the answer, and notes it."""

    def __init__(self, group: int) -> None:
        self.examples: list[Example] = []
        self.group = group
        self.people: Candidates | None = None
        self.answer: Callable[[Entity], bool] | None = None
        self.nobody = False
        self.weight = 1.0

    def __call__(
        self,
        decision: str,
        query: MentionQuery,
        candidates: Sequence[Candidate],
        nobody: Sequence[str],
    ) -> list[float]:
        if self.answer is None:
            return learned(decision, query, candidates, nobody)
        named = [c.entity.unnamed_kind is None for c in candidates]
        right = [self.answer(c.entity) for c in candidates]
        if self.nobody:
            right = [not n for n in named]
        none = self.nobody or not any(right)
        features = (*(tuple(c.features) for c in candidates), tuple(nobody))
        example = Example(
            decision,
            features,
            (*right, none),
            (*named, False),
            self.group,
            self.weight,
            (*(c.prior for c in candidates), 0.0),
            (query.start, query.reading.end),
            tuple(self._places(c.entity) for c in candidates),
        )
        self.examples.append(example)
        chosen = [float(r) for r in right]
        return [c / sum(chosen) for c in chosen] if sum(chosen) else chosen

    def _places(self, entity: Entity) -> tuple[Span, ...]:
        return tuple(map(self.people.span, entity.places)) if self.people else ()

    def resolver(self, article: Article) -> Resolver:
        """What reads the article, and is told the answers."""
        made = Resolver(Story(mark(article)), self)
        self.people = made.people
        return made


def of_quotes(lines: Iterable[Line], known: Callable[[Line], float]) -> Iterator[Example]:
    """Examples of the speakers of quotes.

    Args:
        lines: gold articles with `quotes`.
        known: the weight of a speaker of which the name is known, 0 if it is not.
    """
    for group, line in enumerate(lines):
        speakers = [(q, q["speaker"]) for q in line["quotes"] if q.get("speaker")]
        if not any(known(speaker) for _, speaker in speakers):
            continue
        teacher = _Teacher(group)
        article = Article(id=line["id"], text=line["text"], language=line.get("lang"))
        resolver = teacher.resolver(article)
        for quote, speaker in sorted(speakers, key=lambda pair: pair[1]["mention"][0]):
            (start, end), contents = speaker["mention"][0], [tuple(s) for s in quote["content"]]
            resolver.read_to(start)
            weight = known(speaker)
            name = speaker.get("name") or speaker.get("silver_name")
            target = resolver.entities.proposed(name) if name else None
            if weight:
                teacher.weight, teacher.nobody = weight, not name
                teacher.answer = lambda entity, target=target: entity is target
            cue = tuple(quote["cue"][0]) if quote.get("cue") else None
            decision = resolver.decide(start, end, contents, cue)
            teacher.answer = None
            resolver.speaks(target or decision.entity, start)
        yield from teacher.examples


def of_chains(lines: Iterable[Line], group: int) -> Iterator[Example]:
    """Examples of the pronouns of coreference chains; their groups count from `group`."""
    for number, line in enumerate(lines, group):
        teacher = _Teacher(number)
        article = Article(id=line["id"], text=line["text"], language="en")
        resolver = teacher.resolver(article)
        chains = Chains(line, resolver)
        for start, end, entities in chains.mentions(resolver):
            teacher.weight = 1.0 if resolver.pronoun_next(start) else DESCRIPTIONS
            teacher.answer = lambda entity, known=entities: id(entity) in known
            resolver.text_mention(start, end)
            teacher.answer = None
        yield from teacher.examples


def of_pairs(lines: Iterable[Line], group: int) -> Iterator[Example]:
    """Examples of pronouns that mean one of two names, as GAP has them.

    Where a pronoun means neither, it is not known whom it means, and nothing is learned from it.
    """
    for number, line in enumerate(lines, group):
        means = [line[key]["span"] for key in "ab" if line[key]["same"]]
        teacher = _Teacher(number)
        resolver = teacher.resolver(Article(id=line["id"], text=line["text"], language="en"))
        start, end = line["pronoun"]
        resolver.read_to(start)
        teacher.answer = lambda entity, means=means: any(
            name.start < last and first < name.end
            for name in entity.occurrences.values()
            for first, last in means
        )
        resolver.text_mention(start, end)
        yield from (example for example in teacher.examples if not example.right[-1])


class Chains:
    """Which entities of an article each chain of its gold holds."""

    def __init__(self, line: Line, resolver: Resolver) -> None:
        self._chain = {(s, e): n for n, chain in enumerate(line["chains"]) for s, e, _ in chain}
        self._type = [chain[0][2] for chain in line["chains"]]
        self._at: dict[int, set[int]] = {}
        starts: dict[int, list[tuple[int, int]]] = {}
        for (start, end), number in self._chain.items():
            starts.setdefault(start, []).append((end, number))
        for start, entity in resolver.entities.at.items():
            name = resolver.entities.names[start]
            near = [
                (end - name.end, number)
                for first in range(max(name.outer - 4, 0), name.start + 1)
                for end, number in starts.get(first, ())
                if name.end <= end
            ]
            if near:
                self._at.setdefault(min(near)[1], set()).add(id(entity))
        for start, entity in resolver.people.described.items():
            for _, number in starts.get(start, ()):
                self._at.setdefault(number, set()).add(id(entity))

    def mentions(self, resolver: Resolver) -> Iterator[tuple[int, int, set[int]]]:
        """The pronouns and descriptions of the article, with the entities of their chains."""
        edges = set(resolver.pronouns())
        covered = resolver.entities.roles.covered
        for start, end in self._chain:
            reading = resolver.reader.read(start, end) if end - start < 60 else None
            if (
                reading
                and reading.type == "nominal"
                and reading.article in ("definite", "possessive")
            ):
                inside = any(a <= start < b for a, b in covered)
                if not inside and not reading.plural and resolver.features.is_telling(reading):
                    edges.add((start, end))
        for start, end in sorted(edges):
            entities = self.of(start, end)
            if entities is not None:
                yield start, end, entities

    def kinds(self, resolver: Resolver) -> Iterator[tuple[Entity, str]]:
        """Each named entity that a chain has, with the chain's type."""
        entities = {id(entity): entity for entity in resolver.entities.all}
        for number, ids in self._at.items():
            for each in ids & entities.keys():
                yield entities[each], self._type[number]

    def of(self, start: int, end: int) -> set[int] | None:
        """Ids of the entities in the chain of a mention; None if no chain has it."""
        number = self._chain.get((start, end))
        return None if number is None else self._at.get(number, set())


def fitted(examples: Sequence[Example], strength: float) -> dict[str, float]:
    """Weights of the features of one decision: a softmax over candidates.

    Args:
        examples: all of the same decision.
        strength: of the L2 penalty.
    """
    names = sorted({f for e in examples for features in e.features for f in features})
    problem = _Problem(examples, {name: k for k, name in enumerate(names)}, strength)
    start = np.zeros(len(names))
    result = minimize(problem, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return {
        n: round(float(w), 3)
        for n, w in zip(names, result.x, strict=True)
        if abs(w) >= _LEAST_WEIGHT
    }


class _Problem:
    """The loss of weights and its gradient: minus the log-likelihood of right candidates."""

    def __init__(
        self, examples: Sequence[Example], number: dict[str, int], strength: float
    ) -> None:
        rows = [features for e in examples for features in e.features]
        self.matrix = csr_matrix(
            (
                np.ones(sum(map(len, rows))),
                [number[f] for features in rows for f in features],
                np.cumsum([0, *map(len, rows)]),
            ),
            shape=(len(rows), len(number)),
        )
        self.sizes = np.array([len(e.features) for e in examples])
        self.starts = np.cumsum([0, *self.sizes[:-1]])
        self.right = np.array([r for e in examples for r in e.right])
        self.priors = np.array([p for e in examples for p in e.priors])
        self.weights = np.array([e.weight for e in examples])
        self.strength = strength

    def __call__(self, w: Any) -> tuple[float, Any]:
        scores = self.matrix @ w + self.priors
        parts = np.exp(scores - self._each(np.maximum.reduceat(scores, self.starts)))
        total = np.add.reduceat(parts, self.starts)
        good_parts = np.where(self.right, parts, 0.0)
        good = np.maximum(np.add.reduceat(good_parts, self.starts), 1e-12)
        value = -(self.weights * np.log(good / total)).sum() + self.strength * (w @ w) / 2
        pull = self._each(self.weights) * (
            parts / self._each(total) - good_parts / self._each(good)
        )
        return value, self.matrix.T @ pull + self.strength * w

    def _each(self, values: Any) -> Any:
        """A value of each example, once for each of its candidates."""
        return np.repeat(values, self.sizes)


def chances(weights: dict[str, float], example: Example) -> Any:
    """The probability of each candidate, and at last of nobody."""
    scores = [sum(weights.get(f, 0.0) for f in features) for features in example.features]
    parts = np.exp(np.array(scores) + example.priors - max(scores))
    return parts / parts.sum()


def best_name(weights: dict[str, float], example: Example) -> tuple[float, bool]:
    """The probability of the likeliest candidate with a name, and whether it is right."""
    found = chances(weights, example)
    named = [(found[k], example.right[k]) for k, named in enumerate(example.named) if named]
    return max(named, default=(0.0, False))


def calibrated(examples: Sequence[Example], strength: float) -> tuple[float, float]:
    """Slope and offset of the log-odds by which probabilities come true on articles held out."""
    pairs: list[tuple[float, bool, float]] = []
    for fold in range(FOLDS):
        weights = fitted([e for e in examples if e.group % FOLDS != fold], strength)
        held = [e for e in examples if e.group % FOLDS == fold]
        pairs += [(*best_name(weights, e), e.weight) for e in held if any(e.named)]
    chance = np.clip([p for p, _, _ in pairs], 1e-6, 1 - 1e-6)
    odds, right = np.log(chance / (1 - chance)), np.array([r for _, r, _ in pairs])
    weight = np.array([w for _, _, w in pairs])

    def loss(line: Any) -> float:
        signed = np.where(right, 1, -1) * (line[0] * odds + line[1])
        return float((weight * np.logaddexp(0, -signed)).sum() + (line[0] - 1) ** 2)

    slope, offset = minimize(loss, [1.0, 0.0]).x
    return round(float(slope), 3), round(float(offset), 3)


def of_kinds(quotes: Sequence[Line], chains: Sequence[Line]) -> Iterator[Example]:
    """Examples of persons and others among names: of chains, and of speakers that were read."""
    for line in chains:
        resolver = Resolver(Story(mark(Article(id=line["id"], text=line["text"], language="en"))))
        for entity, kind in Chains(line, resolver).kinds(resolver):
            if kind in ("person", "organization", "place"):
                yield _of_kind(entity, kind == "person", 1.0)
    for line in quotes:
        speakers = [q["speaker"] for q in line["quotes"] if q.get("speaker")]
        known = {
            s["name"]: s["kind"]
            for s in speakers
            if s.get("name_source") == _READ and s.get("name")
        }
        if not known:
            continue
        entities = Entities(Story(mark(Article(id=line["id"], text=line["text"], language="en"))))
        for name, kind in known.items():
            speaker = entities.proposed(name)
            if speaker is not None and kind in ("person", "organization"):
                yield _of_kind(speaker, kind == "person", _KIND_WEIGHT)


def _of_kind(entity: Entity, person: bool, weight: float) -> Example:
    features = tuple(sorted(kinds.features(entity.clues))), ()
    right = person, not person
    return Example("kind", features, right, (True, False), 0, weight, (0.0, 0.0))


def weight_of(speaker: Line) -> float:
    """How much a speaker of PolNeAR teaches: names that were read most, silver ones not at all."""
    if speaker.get("name_source") == _READ:
        telling = speaker.get("name") or speaker.get("kind") in (
            "person",
            "anonymous",
            "organization",
        )
        return 1.0 if telling else 0.0
    return _LINKED_WEIGHT if speaker.get("name_source") in _LINKED else 0.0


def train(quotes: Sequence[Line], chains: Sequence[Line]) -> dict[str, Any]:
    """What `data/weights.json` holds, learned from articles with quotes and from chains."""
    weights = {"kind": fitted(list(of_kinds(quotes, chains)), STRENGTH["kind"])}
    calibration: dict[str, tuple[float, float]] = {}
    for last in (False, True):
        with model.using(model.Model(weights, {}, {})):
            examples = [*of_quotes(quotes, weight_of), *of_chains(chains, len(quotes))]
        for decision in LEAST:
            asked = [e for e in examples if e.decision == decision]
            weights = {**weights, decision: fitted(asked, STRENGTH[decision])}
            if last:
                calibration[decision] = calibrated(asked, STRENGTH[decision])
    return {"weights": weights, "calibration": calibration, "least": LEAST}
