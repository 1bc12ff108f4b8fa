"""What a server says about one article ends that article; the run goes on, and the next one too."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.batch_api_server import Bureau, Line, result
from support.batches import PRICED, annotator, archive, go, run
from support.chat_server import Shop, always, fault, only_about
from support.replies import Reply
from support.stores import rows
from support.stub_client import Stub, Told, good

from attributor.archive.asking.limits import Limits
from attributor.archive.batch_run import MAX_FAILURES_IN_A_ROW
from attributor.archive.storing.checking import current_annotations
from attributor.archive.storing.store import Store
from attributor.pipeline import Annotator
from attributor.settings import Settings

FLAGGED = "m requires moderation. Your input was flagged. No credits were charged."
CONTEXT = "'max_tokens' is too large: 500. This model's maximum context length is 600 tokens and"
PAGE = "<html><title>Attention Required! | Cloudflare</title>You have been blocked"


def said(status: int, message: str, **error: Any) -> Reply:
    return Reply(status, {"error": {"message": message} | error})


ABOUT_ONE = [
    (said(403, FLAGGED), "filtered", FLAGGED[:40]),
    (Reply(200, {"error": {"message": FLAGGED, "code": 403}}), "filtered", FLAGGED[:40]),
    (said(400, "Content Exists Risk"), "filtered", "Content Exists Risk"),
    (Reply(451, ""), "filtered", "HTTP 451"),
    (said(400, f"{CONTEXT} your request has 599 input tokens"), "too long", "too large: 500"),
    (said(400, "no", type="exceed_context_size_error"), "too long", "'no'"),
    (Reply(403, PAGE), "rejected", "'Attention Required! | Cloudflare'"),
    (said(403, "no"), "rejected", "forbids the request (HTTP 403): 'no'"),
    (Reply(200, {"detail": "out of order"}), "busy", "'out of order'"),
    (Reply(200, "odd", {"Content-Encoding": "gzip"}), "broken", "cannot be read"),
]


@pytest.mark.parametrize(("reply", "kind", "words"), ABOUT_ONE)
def test_a_refusal_of_one_article_ends_that_article_with_the_servers_words(
    shop: Shop, tmp_path: Path, reply: Reply, kind: str, words: str
) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(6)), tmp_path / "a.db"
    shop.choose = only_about("bridge 1 ", reply)
    work = run(path, annotator(shop), source, concurrency=1)
    assert (work.tally.annotated, work.stop.reason) == (5, None)
    ((found, name, reason),) = rows(path, "SELECT kind, name, reason FROM failures")
    assert (found, name) == (kind, "a1")
    assert words in reason
    again = run(path, annotator(shop), source, concurrency=1)
    assert (again.exit_code_at_end, again.stop.reason) == (6, None)
    assert len({json.dumps(body, sort_keys=True) for body in forms(shop, source, path)}) == 1


def forms(shop: Shop, source: Path, path: Path) -> list[dict[str, Any]]:
    """How articles are asked about, but for what they say, by one client after such a refusal."""
    sent: list[dict[str, Any]] = []
    before = shop.choose

    def choose(shop: Shop, number: int, body: dict[str, Any]) -> Reply | None:
        sent.append({key: value for key, value in body.items() if key != "messages"})
        return before(shop, number, body)

    shop.choose = choose
    run(path.with_name("b.db"), annotator(shop), source, concurrency=1)
    return sent


def test_errors_within_answers_slow_the_run_down_and_cost_no_article(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = Reply(200, {"error": {"message": "Provider returned error", "code": 429}})
    seen: Counter[str] = Counter()

    def choose(shop: Shop, number: int, body: dict[str, Any]) -> Reply | None:
        seen[body["messages"][-1]["content"]] += 1
        return busy if seen[body["messages"][-1]["content"]] < 3 else None

    held: list[float] = []
    monkeypatch.setattr(Limits, "hold", lambda self, seconds: held.append(seconds))
    shop.choose = choose
    work = run(tmp_path / "a.db", annotator(shop), archive(tmp_path / "a.jsonl", range(8)))
    assert (work.exit_code_at_end, work.tally.annotated) == (0, 8)
    assert len(held) == 16


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (said(404, "The model `x` does not exist", code="model_not_found"), "does not exist"),
        (said(400, "Your credit balance is too low"), "credit balance is too low"),
        (said(429, "no", type="exceeded_current_quota_error"), "no credit left"),
        (said(403, "Your team has used all available credits"), "used all available credits"),
        (Reply(200, {"error": {"message": "Insufficient credits", "code": 402}}), "Insufficient"),
        (said(400, "API key not valid. Please pass a valid API key."), "API key not valid"),
    ],
)
def test_what_concerns_all_articles_ends_the_run_and_leaves_all_to_the_next(
    shop: Shop, tmp_path: Path, reply: Reply, words: str
) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(12)), tmp_path / "a.db"
    shop.choose = lambda shop, number, body: reply if number > 5 else None
    work = run(path, annotator(shop), source)
    assert work.exit_code_at_end == 4
    assert words in str(work.stop.reason)
    assert shop.asked <= 5 + 4
    assert rows(path, "SELECT COUNT(*) FROM failures") == [(0,)]
    shop.choose = lambda shop, number, body: None
    assert run(path, annotator(shop), source).exit_code_at_end == 0


def test_a_403_of_every_article_ends_the_run_with_what_came(shop: Shop, tmp_path: Path) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(40)), tmp_path / "a.db"
    shop.choose = always(Reply(403, PAGE))
    work = run(path, annotator(shop), source)
    assert work.exit_code_at_end == 4
    assert "Attention Required!" in str(work.stop.reason)
    assert shop.asked <= MAX_FAILURES_IN_A_ROW + 2 * (4 + 2)
    shop.choose = lambda shop, number, body: None
    assert run(path, annotator(shop), source, retry_failed=True).tally.annotated == 40


# --- what a first answer gave is kept ----------------------------------------------------------

LATER = [
    (fault(500), "is busy or has a fault"),
    (said(403, FLAGGED), FLAGGED[:40]),
    (said(413, "no"), "too long"),
    (Reply(200, "<html>"), "no chat completion"),
]


def stances_answered_by(reply: Reply) -> Any:
    return only_about("<quotes>", reply)


@pytest.mark.parametrize(("reply", "words"), LATER)
def test_an_article_whose_stances_fail_keeps_its_quotes_and_says_so(
    shop: Shop, tmp_path: Path, reply: Reply, words: str
) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(3)), tmp_path / "a.db"
    shop.choose = stances_answered_by(reply)
    work = run(path, annotator(shop, "the bridge"), source)
    assert (work.exit_code_at_end, work.tally.annotated) == (0, 3)
    with Store.read(path) as store:
        for annotation in current_annotations(store):
            (warning,) = annotation.warnings
            assert len(annotation.quotes) == 1
            assert "1 quote stayed without stances" in warning
            assert words in warning


def test_credit_that_ends_before_the_stances_leaves_the_article_to_the_next_run(
    shop: Shop, tmp_path: Path
) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(3)), tmp_path / "a.db"
    shop.choose = stances_answered_by(said(402, "no"))
    assert run(path, annotator(shop, "the bridge"), source).exit_code_at_end == 4
    assert rows(path, "SELECT COUNT(*) FROM annotations") == [(0,)]
    shop.choose = lambda shop, number, body: None
    assert run(path, annotator(shop, "the bridge"), source).exit_code_at_end == 0
    assert set(shop.sold.values()) == {1}


# --- the Batch API -----------------------------------------------------------------------------


def test_the_batch_api_reads_errors_as_calls_do(bureau: Bureau, tmp_path: Path) -> None:
    told: dict[str, tuple[int, Any]] = {
        "bridge 0 ": (200, {"error": {"message": FLAGGED, "code": 403}}),
        "bridge 1 ": (400, {"detail": "prompt is too long"}),
        "bridge 2 ": (400, [{"error": {"message": "odd"}}]),
        "<quotes>": (403, {"error": FLAGGED}),
    }

    def line(bureau: Bureau, line: Line) -> Line | None:
        user = line["body"]["messages"][-1]["content"]
        return next((result(line, *what) for word, what in told.items() if word in user), None)

    bureau.line = line
    source = archive(tmp_path / "a.jsonl", range(5))
    assert go(bureau, source, "the bridge").tally.annotated == 2
    kinds = rows(tmp_path / "a.db", "SELECT name, kind FROM failures ORDER BY name")
    assert kinds == [("a0", "filtered"), ("a1", "too long"), ("a2", "rejected")]
    assert rows(tmp_path / "a.db", "SELECT DISTINCT warnings FROM annotations") == [(1,)]


# --- whatever comes ----------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=10) | st.sampled_from([FLAGGED, "no", 429]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["error", "message", "detail", "code", "choices", "content", "usage"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
ODD = st.builds(
    Told,
    st.sampled_from([200, 200, 200, 400, 403, 404, 413, 429, 500, 503]),
    JSON | st.text(max_size=20) | st.binary(max_size=20),
    st.dictionaries(st.just("retry-after"), st.sampled_from(["nan", "-1", "1e400"]), max_size=1),
)
QUOTE = {"at": "2", "cue": "said", "mention": "Ana Petric", "name": "Ana Petric", "own": True}
RIGHT = good(json.dumps({"quotes": [QUOTE], "not_speech": []}))


def annotated(folder: Path, told: list[Told], **options: Any) -> dict[str, str]:
    """What a batch of four articles comes to, about the first of which this is told."""
    coming = iter(told)

    def choose(body: dict[str, Any]) -> Told:
        is_first = "bridge 0 " in body["messages"][-1]["content"]
        return next(coming, RIGHT) if is_first else RIGHT

    given = {"engine": "openai", "model": PRICED, "attempts": 2}
    who, path = Annotator(Settings(**given), client=Stub(choose).client()), folder / "a.db"
    run(path, who, archive(folder / "a.jsonl", range(4)), concurrency=1, **options)
    failed = rows(path, "SELECT name, kind || ': ' || reason FROM failures")
    assert not any("should not have happened" in reason for _, reason in failed)
    with Store.read(path) as store:
        done = [(found.article.id, found.model_dump_json()) for found in current_annotations(store)]
    assert {name for name, _ in failed} | {name for name, _ in done} == {f"a{n}" for n in range(4)}
    return dict(failed) | dict(done)


@pytest.mark.slow
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=st.lists(ODD, min_size=1, max_size=3))
def test_whatever_is_told_of_one_article_all_come_to_their_end_as_if_it_had_not(
    told: list[Told],
) -> None:
    with tempfile.TemporaryDirectory() as odd, tempfile.TemporaryDirectory() as ever:
        as_ever = annotated(Path(ever), [])
        found = annotated(Path(odd), told)
        assert {n: found[n] for n in ("a1", "a2", "a3")} == {
            n: as_ever[n] for n in ("a1", "a2", "a3")
        }
        again = annotated(Path(odd), [], retry_failed=True)
        assert len(json.loads(again["a0"])["quotes"]) == 1
