"""What a batch would do and cost, without asking anybody or writing anything."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial, reduce
from operator import add
from typing import get_args

from attributor.archive.asking.ledger import Ledger
from attributor.archive.recipe import Recipe
from attributor.archive.sampling import Sample
from attributor.archive.storing.admission import State, content_of, is_wanted, state_of
from attributor.archive.storing.open_requests import open_requests
from attributor.archive.storing.store import Store
from attributor.archive.working.step import NeedsAnswers, advance, guarded
from attributor.errors import ReadingError
from attributor.pipeline import Annotator
from attributor.prompting import Answer, Estimate, rest
from attributor.reading.archives import Entry
from attributor.records import Article, Usage
from attributor.settings import AskAbout

ARTICLES_IN_SAMPLE = 100
"""Articles drawn at random, from which the whole is estimated."""
SECONDS_PER_ANSWER = 5.0
"""Seconds that an answer is assumed to take: what a small model takes for an article's quotes."""


@dataclass(frozen=True, slots=True)
class AskPlan:
    """What asking about doubts, or about all, would take.

    Attributes:
        asked: articles that the model would be asked about.
        estimate: for all of them.
        is_set: whether the settings say so.
    """

    asked: int
    estimate: Estimate
    is_set: bool


@dataclass
class DryRunPlan:
    """What a run would do, and cost.

    Attributes:
        read: places, unreadable ones included.
        unreadable: places without an article.
        copies: places with a text that stood elsewhere before.
        known: articles that the store needs nothing for.
        in_quarantine: articles that stay there.
        todo: articles to be annotated.
        looked_at: how many articles the estimate was made from.
        looked_at_all: whether these are all articles that are to be annotated.
        estimate: for all of `todo`; None for the embedded engine.
        by_ask: what asking about doubts and about all would take; empty without a draft.
        stale_answers: answers in the ledger about drafts that other weights have made.
        seconds_each: of one process an article; None for a model.
        spent: US dollars that all answers in the store have cost.
        requests_out: requests that the Batch API has and has not answered.
    """

    read: int = 0
    unreadable: int = 0
    copies: int = 0
    known: int = 0
    in_quarantine: int = 0
    todo: int = 0
    looked_at: int = 0
    looked_at_all: bool = False
    estimate: Estimate | None = None
    by_ask: dict[AskAbout, AskPlan] = field(default_factory=dict)
    stale_answers: int = 0
    seconds_each: float | None = None
    spent: float = 0.0
    requests_out: int = 0

    def seconds(
        self,
        at_once: int,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
    ) -> tuple[float, float]:
        """The least and the most seconds that it will take under these limits."""
        if self.estimate is None:
            seconds = (self.seconds_each or 0.0) * self.todo / at_once
            return seconds, seconds
        bounds = []
        for end in (0, 1):
            calls = self.estimate.requests[end]
            tokens = self.estimate.input_tokens[end] + self.estimate.output_tokens[end]
            bounds.append(
                max(
                    calls * SECONDS_PER_ANSWER / at_once,
                    60 * calls / requests_per_minute if requests_per_minute else 0.0,
                    60 * tokens / tokens_per_minute if tokens_per_minute else 0.0,
                )
            )
        return bounds[0], bounds[1]


def plan(
    entries: Iterator[Entry],
    annotator: Annotator,
    store: Store | None,
    *,
    retry_failed: bool = False,
    only_changed: bool = False,
    limit: int | None = None,
    seed: int = 0,
) -> DryRunPlan:
    """Read the archive once, and estimate from a sample of what is to be annotated.

    Args:
        entries: the archive.
        annotator: which engine.
        store: what is known already; None if there is no store yet.
        retry_failed: see `Selection`.
        only_changed: see `Selection`.
        limit: the most articles that would be taken up.
        seed: for the sample.
    """
    dry_run, sample = DryRunPlan(), Sample(ARTICLES_IN_SAMPLE, seed)
    if store:
        dry_run.spent = store.value("SELECT COALESCE(SUM(cost_usd), 0) FROM ledger")
        _, dry_run.requests_out = open_requests(store)
    wanted = Recipe.of(annotator)
    recipe = _row_of(wanted, store) if store else None
    dry_run.stale_answers = stale_answers(store, wanted) if store else 0
    seen: set[int] = set()
    characters = 0
    for entry in entries:
        dry_run.read += 1
        if isinstance(entry.article, ReadingError):
            dry_run.unreadable += 1
            continue
        content = content_of(entry.article)
        short = int(content[:16], 16) ^ hash(content[64:])  # 64 bits, as there may be millions
        if short in seen:
            dry_run.copies += 1
            continue
        seen.add(short)
        state = state_of(store, content, recipe) if store else State.NEW
        if not is_wanted(state, retry_failed, only_changed):
            dry_run.in_quarantine += state is State.FAILED
            dry_run.known += state is not State.FAILED
            continue
        dry_run.todo += 1
        characters += len(entry.article.text)
        sample.offer(entry, entry.article)
    share = min(1.0, limit / dry_run.todo) if limit and dry_run.todo else 1.0
    dry_run.looked_at_all = share == 1.0 and dry_run.todo <= ARTICLES_IN_SAMPLE
    dry_run.todo = round(dry_run.todo * share)
    _estimate(dry_run, list(sample), characters * share, annotator, store)
    return dry_run


def _row_of(recipe: Recipe, store: Store) -> int | None:
    row = store.value("SELECT id FROM recipes WHERE digest = ?", (recipe.digest,))
    return None if row is None else int(row)


def stale_answers(store: Store, recipe: Recipe) -> int:
    """How many answers the store has about drafts that other weights than the recipe's have made.

    The same model was asked with the same prompts. Since a request holds the draft, such an answer
    is of use only where both weights make the same draft. Articles that this recipe has annotated
    do not count.
    """
    if recipe.weights_sha256 is None or recipe.model is None:
        return 0
    runs = store.execute(
        "SELECT r.id FROM runs r JOIN recipes c ON c.id = r.recipe_id WHERE c.engine = ? "
        "AND c.model = ? AND c.prompt_sha256 = ? AND c.weights_sha256 <> ?",
        (recipe.engine, recipe.model, recipe.prompt_sha256, recipe.weights_sha256),
    ).fetchall()
    count = (
        "SELECT COUNT(*) FROM ledger l WHERE l.run_id = ? AND l.purpose <> 'stance' AND NOT EXISTS "
        "(SELECT 1 FROM annotations a WHERE a.article_id = l.article_id AND a.recipe_id = ?)"
    )
    row = _row_of(recipe, store)
    return sum(int(store.value(count, (run[0], row))) for run in runs)


def _estimate(
    dry_run: DryRunPlan,
    sample: list[Entry],
    characters: float,
    annotator: Annotator,
    store: Store | None,
) -> None:
    articles = [e.article for e in sample if not isinstance(e.article, ReadingError)]
    dry_run.looked_at = len(articles)
    if not articles:
        return
    scale = characters / sum(len(article.text) for article in articles)
    if not annotator.engine.asks:
        begun = time.perf_counter()
        for article in articles:
            annotator.annotate_now(article)
        dry_run.seconds_each = (time.perf_counter() - begun) * scale / max(dry_run.todo, 1)
        return
    settings = annotator.settings
    for ask in get_args(AskAbout):
        is_set = ask == settings.ask
        if not is_set and not settings.draft:
            continue
        who = annotator if is_set else _asking(annotator, ask)
        each = [_left_to_buy(who, article, store) for article in articles]
        estimate = reduce(add, each).times(scale)
        if is_set:
            dry_run.estimate = estimate
        if settings.draft:
            asked = round(sum(one.asks for one in each) / len(each) * dry_run.todo)
            dry_run.by_ask[ask] = AskPlan(asked, estimate, is_set)


def _asking(annotator: Annotator, ask: AskAbout) -> Annotator:
    """One that is like this, and asks about doubts, or about all."""
    settings = annotator.settings.model_copy(update={"ask": ask})
    return Annotator(settings, annotator.codebook)


def _left_to_buy(annotator: Annotator, article: Article, store: Store | None) -> Estimate:
    """The estimate for one article without the answers that the ledger has already."""
    settings, whole = annotator.settings, annotator.estimate(article)
    assert whole is not None  # noqa: S101  # somebody is asked
    if store is None:
        return whole
    ledger, conversation = Ledger(store, 0), annotator.conversation(article)
    answers: dict[str, Answer] = {}
    while isinstance(
        step := guarded(partial(advance, conversation, settings, answers)), NeedsAnswers
    ):
        new = {key: found[1] for key in step.requests if (found := ledger.find(key))}
        if not new:
            bought = reduce(add, (answer.usage for answer in answers.values()), Usage())
            requests = list(step.requests.values())
            return rest(whole, bought, requests, settings.model, settings.base_url)
        answers |= new
    return whole.times(0)
