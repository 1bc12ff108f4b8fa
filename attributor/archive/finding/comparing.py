"""Compares two runs: quotes gained and lost, speakers and stances changed.

A quote is the same in both if it covers the same code points of its article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field

from attributor.archive.storing.checking import OnDamage, kept, refuse
from attributor.archive.storing.store import Store
from attributor.errors import StoreError, UsageError, counted
from attributor.records import Annotation, DecidedBy
from attributor.views.json import line
from attributor.views.outline import joined
from attributor.views.wording import DECIDED_BY_WORDS

Place = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A quote as it is compared."""

    text: str
    speaker: str
    stances: dict[str, str] = field(default_factory=dict)
    decided_by: DecidedBy | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What is different about one article.

    Attributes:
        article: its name.
        gained: quotes that only the new run has.
        lost: quotes that only the old run has.
        speakers: (words, speaker before, speaker now) of quotes that both have.
        stances: (words, target, label before, label now) of them; "" for none.
        decided_by: who decided the new run's quotes, and how many of each there are: "quotes" in
            all, those "gained", those with other "speakers", and changed "stances" of theirs.
    """

    article: str
    gained: list[Said]
    lost: list[Said]
    speakers: list[tuple[str, str, str]]
    stances: list[tuple[str, str, str, str]]
    decided_by: dict[DecidedBy, dict[str, int]] = field(default_factory=dict)

    @property
    def is_none(self) -> bool:
        """Whether both runs say the same."""
        return not (self.gained or self.lost or self.speakers or self.stances)


def compare(store: Store, old: int, new: int, on_damage: OnDamage = refuse) -> Iterator[Change]:
    """The differences of each article that both runs' recipes have annotated, none left out.

    Args:
        store: where both are.
        old: the number of a run.
        new: that of another.
        on_damage: is told of each article that is not what was written.

    Raises:
        UsageError: there is no such run, or both have the same recipe.
    """
    recipes = [_recipe(store, run) for run in (old, new)]
    if recipes[0] == recipes[1]:
        raise UsageError(
            f"Runs {old} and {new} annotate in the same way: name two with different recipes "
            "(model, prompts, weights, codebook); 'attributor batch status' lists them."
        )
    rows = store.execute(
        "SELECT old.id AS old, new.id AS new, old.article_id AS article FROM annotations old "
        "JOIN annotations new ON new.article_id = old.article_id "
        "WHERE old.recipe_id = ? AND new.recipe_id = ? ORDER BY old.article_id",
        recipes,
    )
    for row in rows:
        try:
            before, after = (kept(store, row[each], row["article"]) for each in ("old", "new"))
        except StoreError as error:
            on_damage(error)
        else:
            yield _change(after.id, _quotes(before), _quotes(after))


def described(changes: Iterable[Change], as_json: bool = False) -> Iterator[str]:
    """The changes in lines, and a last line with their counts."""
    articles, changed = 0, 0
    counts = {"gained": 0, "lost": 0, "speakers": 0, "stances": 0}
    decided: dict[DecidedBy, Counter[str]] = {by: Counter() for by in DECIDED_BY_WORDS}
    for change in changes:
        articles += 1
        for by, numbers in change.decided_by.items():
            decided[by].update(numbers)
        if change.is_none:
            continue
        changed += 1
        for name in counts:
            counts[name] += len(getattr(change, name))
        if as_json:
            yield line(asdict(change))
        else:
            yield from _lines(change)
    if not as_json:
        yield (
            f"{counted(articles, 'article')} compared, {changed:,} changed: "
            f"{counted(counts['gained'], 'quote')} gained, {counts['lost']:,} lost, "
            f"{counted(counts['speakers'], 'speaker')} and "
            f"{counted(counts['stances'], 'stance')} changed."
        )
        yield from _by_decider(decided)


def _by_decider(decided: Mapping[DecidedBy, Mapping[str, int]]) -> Iterator[str]:
    """The sum of the new run by who decided, if a model was asked about a draft there."""
    if any(decided.values()):
        yield "Of the second run, by who decided:"
    for by, numbers in decided.items():
        if numbers:
            yield (
                f"  {DECIDED_BY_WORDS[by]}: {counted(numbers['quotes'], 'quote')}, "
                f"{numbers['gained']:,} gained; {counted(numbers['speakers'], 'speaker')} and "
                f"{counted(numbers['stances'], 'stance')} changed."
            )


def _recipe(store: Store, run: int) -> int:
    recipe = store.value("SELECT CAST(recipe_id AS INTEGER) FROM runs WHERE id = ?", (run,))
    if recipe is None:
        raise UsageError(
            f"There is no run {run} in this store: 'attributor batch status' lists them."
        )
    return int(recipe)


def _quotes(annotation: Annotation) -> dict[Place, Said]:
    names = {speaker.id: speaker.name or speaker.role for speaker in annotation.speakers}
    return {
        tuple((span.start, span.end) for span in quote.spans): Said(
            joined(quote),
            names.get(quote.speaker, "") if quote.speaker is not None else "",
            {stance.target: stance.label for stance in quote.stances},
            quote.decided_by,
        )
        for quote in annotation.quotes
    }


def _change(article: str, old: dict[Place, Said], new: dict[Place, Said]) -> Change:
    both = [(old[place], new[place]) for place in new if place in old]
    return Change(
        article=article,
        gained=[said for place, said in new.items() if place not in old],
        lost=[said for place, said in old.items() if place not in new],
        speakers=[(b.text, a.speaker, b.speaker) for a, b in both if a.speaker != b.speaker],
        stances=[
            (b.text, target, a.stances.get(target, ""), b.stances.get(target, ""))
            for a, b in both
            for target in {**a.stances, **b.stances}
            if a.stances.get(target) != b.stances.get(target)
        ],
        decided_by=_decided(old, new),
    )


def _decided(
    old: Mapping[Place, Said], new: Mapping[Place, Said]
) -> dict[DecidedBy, dict[str, int]]:
    """How many quotes each has decided of the new ones, and what is different about them."""
    found: dict[DecidedBy, dict[str, int]] = {}
    for place, now in new.items():
        if now.decided_by is None:
            continue
        none = {"quotes": 0, "gained": 0, "speakers": 0, "stances": 0}
        numbers = found.setdefault(now.decided_by, none)
        before = old.get(place)
        numbers["quotes"] += 1
        if before is None:
            numbers["gained"] += 1
            continue
        numbers["speakers"] += before.speaker != now.speaker
        numbers["stances"] += sum(
            before.stances.get(target) != now.stances.get(target)
            for target in {**before.stances, **now.stances}
        )
    return found


def _lines(change: Change) -> Iterator[str]:
    yield f"{change.article}:"
    yield from (f"  + {said.speaker or 'unnamed'}: {said.text}" for said in change.gained)
    yield from (f"  - {said.speaker or 'unnamed'}: {said.text}" for said in change.lost)
    for text, before, after in change.speakers:
        yield f"  speaker {before or 'unnamed'} -> {after or 'unnamed'}: {text}"
    for text, target, before, after in change.stances:
        yield f"  {target}: {before or 'none'} -> {after or 'none'}: {text}"
