"""The state of a store in lines: how far it is, what runs cost, what is in quarantine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from attributor.archive.storing.open_requests import open_requests
from attributor.archive.storing.store import Row, Store, this_host
from attributor.errors import UsageError, counted, quoted
from attributor.prompting.belief import NOT_BELIEVED, sentence_on


def status(store: Store) -> Iterator[str]:
    """How far the store is, in lines."""
    counts = {
        table: store.value(f"SELECT COUNT(*) FROM {table}")  # noqa: S608
        for table in ("articles", "places", "quotes", "ledger", "failures")
    }
    annotated = store.value("SELECT COUNT(*) FROM annotations WHERE is_current")
    standing = store.value("SELECT COUNT(DISTINCT article_id) FROM places")
    gone, copies = counts["articles"] - standing, counts["places"] - standing
    near = store.value(
        "SELECT COUNT(*) FROM articles a WHERE near_id IS NOT NULL "
        "AND EXISTS (SELECT 1 FROM places p WHERE p.article_id = a.id)"
    )
    spent = store.value("SELECT SUM(cost_usd) FROM ledger")
    unread = store.value(
        "SELECT COUNT(*) FROM annotations WHERE is_current AND warnings > 0 "
        "AND json LIKE '%nobody could be credited%'"
    )
    doubted = store.value(
        "SELECT COUNT(*) FROM annotations WHERE is_current AND warnings > 0 AND json LIKE ?",
        (f"%{NOT_BELIEVED}%",),
    )
    yield (
        f"{counted(standing, 'article')}, {annotated:,} of them annotated, with "
        f"{counted(counts['quotes'], 'quote')}; {counted(copies, 'copy', 'copies')}, "
        f"{counted(near, 'near-copy', 'near-copies')}."
    )
    if unread:
        yield f"{counted(unread, 'article')} in languages that there is no pack for."
    if doubted:
        yield sentence_on(doubted)
    if gone:
        yield f"{counted(gone, 'text is', 'texts are')} no longer in the archive."
    price = "" if spent is None else f", ${spent:.4f} in all"
    yield f"{counted(counts['ledger'], 'answer')} in the ledger{price}."
    yield from _with_the_batch_api(store)
    yield f"{counts['failures']:,} in quarantine."
    for row in store.execute("SELECT * FROM failures_by_reason"):
        yield f"  {row['articles']:,} {row['kind']}, for example: {row['example']}"
    yield "Runs:"
    for row in store.execute(
        "SELECT c.*, r.recipe_id, r.reason, r.host, CAST(r.pid AS INTEGER) AS pid "
        "FROM costs_of_runs c JOIN runs r ON r.id = c.run_id"
    ):
        yield _run(row)


def _with_the_batch_api(store: Store) -> Iterator[str]:
    files, requests = open_requests(store)
    if files:
        yield f"{counted(requests, 'request')} with the Batch API, in {counted(files, 'file')}:"
    for row in store.execute(
        "SELECT batch, status, made, (SELECT COUNT(*) FROM submitted r "
        "WHERE r.submission_id = s.id AND r.state = 'open') AS requests "
        "FROM submissions s WHERE ended IS NULL ORDER BY id"
    ):
        name = row["batch"] or "not confirmed"
        of = counted(row["requests"], "request")
        yield f"  {name}: {row['status']}, {of}, since {row['made']}"


def _run(row: Row) -> str:
    price = "" if row["cost_usd"] is None else f", ${row['cost_usd']:.4f}"
    reason = f" ({row['reason']})" if row["reason"] else ""
    state = "ended without a word" if _has_gone(row) else row["state"]
    return (
        f"  {row['run_id']}  {row['run']}, recipe {row['recipe_id']}: {state}{reason}; "
        f"{row['annotated']:,} annotated, {row['failed']:,} still in quarantine, "
        f"{counted(row['answers'], 'answer')}{price}"
    )


def _has_gone(run: Row) -> bool:
    """Whether a run that the store says is running has ended, as far as this machine can tell."""
    if run["state"] != "running" or run["host"] != this_host() or os.name == "nt":
        return False
    try:
        os.kill(run["pid"], 0)  # nothing is sent
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass
    return False


def refuse_unknown(store: Store, kind: str | None) -> None:
    """Raise UsageError if nothing of this kind is in quarantine, and say which kinds are."""
    kinds = [str(row["kind"]) for row in store.execute("SELECT * FROM failures_by_reason")]
    if kind is None or kind in kinds:
        return
    there = "; there is " + ", ".join(kinds) if kinds else ", which is empty"
    raise UsageError(f"Nothing of the kind {quoted(kind)} is in quarantine{there}.")


def line_of(failure: dict[str, Any]) -> str:
    """A failure as a line: its kind, its place, and why; the place is not named twice."""
    kind, name, reason = failure["kind"], failure["name"], failure["reason"]
    return f"{kind}: {reason}" if quoted(name) in reason else f"{kind}: {name}: {reason}"


def failures(store: Store, kind: str | None = None) -> Iterator[dict[str, Any]]:
    """What is in quarantine: kind, name, source, reason, answer, happened."""
    columns = ", ".join(
        f"COALESCE(CAST({each} AS TEXT), '') AS {each}"
        for each in ("kind", "name", "source", "reason")
    )
    rows = store.execute(
        f"SELECT {columns}, CAST(answer AS TEXT) AS answer, "  # noqa: S608
        "CAST(happened AS TEXT) AS happened FROM quarantine "
        "WHERE ? IS NULL OR kind = ? ORDER BY 1, 2",
        (kind, kind),
    )
    yield from (dict(row) for row in rows)
