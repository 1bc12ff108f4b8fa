"""What was given to the Batch API, in the store: written before it is bought, until it is had."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from attributor.archive.storing.store import Row, Store, now
from attributor.errors import StoreError, UsageError, counted, quoted
from attributor.prompting.batch_api import KEPT, MOST_BYTES, MOST_REQUESTS


@dataclass(frozen=True, slots=True)
class Order:
    """One request on its way: its name in the file, what it takes, whose it is."""

    name: str
    key: str
    article: int
    purpose: str
    part: int
    tokens: int
    promised: float


@dataclass(frozen=True, slots=True)
class Submission:
    """A file of requests that a server has, as the store knows it."""

    id: int
    name: str
    file: str
    tokens: int
    promised: float
    made: str
    requests: int

    @property
    def since(self) -> float:
        """When it was uploaded, in seconds since the epoch."""
        return datetime.fromisoformat(self.made).timestamp()


@dataclass
class Outbox:
    """A file of requests that no server has yet. It is gone with the process.

    Args:
        folder: where it lies; without a name, so that nothing of it stays.
        most_tokens: how many input tokens it may come to.
    """

    folder: Path
    most_tokens: float
    orders: list[Order] = field(default_factory=list)
    size: int = 0
    tokens: int = 0
    name: str = field(default_factory=lambda: f"attributor-{secrets.token_hex(8)}")

    def __post_init__(self) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115

    def takes(self, line: bytes, tokens: int) -> bool:
        """Whether there is room for one more; in an empty one there always is."""
        return not self.orders or (
            len(self.orders) < MOST_REQUESTS
            and self.size + len(line) <= MOST_BYTES
            and self.tokens + tokens <= self.most_tokens
        )

    def put(self, order: Order, line: bytes) -> None:
        """Write a request down."""
        self.file.write(line)
        self.orders.append(order)
        self.size += len(line)
        self.tokens += order.tokens


def opened(store: Store, run: int, server: str, outbox: Outbox, file_id: str) -> Submission:
    """Note an uploaded file, before it is submitted."""
    promised, made = sum(order.promised for order in outbox.orders), now()
    with store.transaction():
        row = store.insert(
            "submissions",
            {
                "name": outbox.name,
                "run_id": run,
                "server": server,
                "file": file_id,
                "status": "uploaded",
                "requests": len(outbox.orders),
                "tokens": outbox.tokens,
                "promised": promised,
                "made": made,
            },
        )
        store.executemany(
            "INSERT INTO submitted (name, submission_id, article_id, key, purpose, part, state) "
            "VALUES (?, ?, ?, ?, ?, ?, 'open')",
            [(o.name, row, o.article, o.key, o.purpose, o.part) for o in outbox.orders],
        )
    count = len(outbox.orders)
    return Submission(row, outbox.name, file_id, outbox.tokens, promised, made, count)


def all_open(store: Store, server: str) -> list[Submission]:
    """What a server was given and has not answered yet."""
    rows = store.execute(
        "SELECT id, name, file, tokens, promised, made, requests FROM submissions "
        "WHERE server = ? AND ended IS NULL ORDER BY id",
        (server,),
    )
    return [Submission(**dict(row)) for row in rows.fetchall()]


def refuse_others(store: Store, server: str) -> None:
    """Ask nobody else for what a server may have answered already, and still keeps.

    Raises:
        UsageError: another server has requests of this store.
    """
    oldest = datetime.fromtimestamp(time.time() - KEPT, UTC).isoformat()
    found = store.one(
        "SELECT server, SUM(requests) AS requests FROM submissions "
        "WHERE server != ? AND ended IS NULL AND made > ? GROUP BY server",
        (server, oldest),
    )
    if found is not None:
        raise UsageError(
            f"The Batch API at {quoted(found['server'])} has "
            f"{counted(found['requests'], 'request')} of this store: take their answers in from "
            "there first (--base-url), so that none is paid twice, or use another store."
        )


def is_open(store: Store, server: str, key: str) -> bool:
    """Whether the server has been given the request with this key and has not answered it yet."""
    found = store.one(
        "SELECT 1 FROM submitted r JOIN submissions s ON s.id = r.submission_id "
        "WHERE r.key = ? AND r.state = 'open' AND s.server = ?",
        (key, server),
    )
    return found is not None


def noted(store: Store, submission: Submission, **columns: Any) -> None:
    """Write down what the server says of it."""
    changes = ", ".join(f"{name} = ?" for name in columns)
    store.execute(
        f"UPDATE submissions SET {changes} WHERE id = ?",  # noqa: S608
        (*columns.values(), submission.id),
    )


def all_seen(store: Store, those: list[Submission]) -> None:
    """Note that the server has them all, as long as it does not say otherwise."""
    with store.transaction():
        for submission in those:
            noted(store, submission, missing_since=None)


def missing_for(store: Store, submission: Submission, is_there: bool) -> float:
    """Note whether the server has it; gives for how many seconds it has said that it has not.

    That is less than nothing where it has, or has not for the first time.
    """
    since: str | None = store.value(
        "SELECT missing_since FROM submissions WHERE id = ?", (submission.id,)
    )
    if is_there or since is None:
        noted(store, submission, missing_since=None if is_there else now())
        return -1.0
    return time.time() - datetime.fromisoformat(since).timestamp()


def batch_of(store: Store, submission: Submission) -> str | None:
    """The id that the server gave its batch; None if the store was not told."""
    found: str | None = store.value("SELECT batch FROM submissions WHERE id = ?", (submission.id,))
    return found


def open_request(store: Store, submission: Submission, name: str) -> Row | None:
    """The request with this name, unless what came of it is known already."""
    return store.one(
        "SELECT * FROM submitted WHERE submission_id = ? AND name = ? AND state = 'open'",
        (submission.id, name),
    )


def settled(store: Store, request: int, state: str) -> None:
    """Note what came of a request. Inside a transaction."""
    store.execute("UPDATE submitted SET state = ? WHERE id = ?", (state, request))


def closed(store: Store, submission: Submission) -> list[str]:
    """Note that nothing more comes of it; gives the keys of the requests that got no answer."""
    with store.transaction():
        left = store.execute(
            "UPDATE submitted SET state = 'unanswered' WHERE submission_id = ? AND state = 'open' "
            "RETURNING key",
            (submission.id,),
        ).fetchall()
        noted(store, submission, ended=now())
    return [row["key"] for row in left]


def abandon(store: Store) -> tuple[int, int]:
    """Wait for nothing any more; gives how many files and requests are given up."""
    with store.transaction():
        found = counts(store)
        store.execute("UPDATE submitted SET state = 'abandoned' WHERE state = 'open'")
        store.execute(
            "UPDATE submissions SET status = 'abandoned', ended = ? WHERE ended IS NULL", (now(),)
        )
    return found


def counts(store: Store) -> tuple[int, int]:
    """How many files, and how many requests of them, servers have and have not answered."""
    files = store.value("SELECT COUNT(*) FROM submissions WHERE ended IS NULL")
    requests = store.value("SELECT COUNT(*) FROM submitted WHERE state = 'open'")
    return int(files), int(requests)


@contextmanager
def on_the_disk(store: Store) -> Iterator[None]:
    """What the disk complains about, as a sentence."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"The files of requests beside the store {quoted(str(store.path))} cannot be written "
            f"({error.strerror or error}): free some room and run the same command again; what "
            "the Batch API has is taken in then."
        ) from error
