"""What was given to the Batch API, in the store: written before it is bought, until it is had."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from attributor.archive.batch_api.outboxes import Outbox
from attributor.archive.storing.store import Row, Store, now
from attributor.errors import StoreError, UsageError, counted, quoted
from attributor.prompting.batch_api import KEPT_SECONDS


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


class Submissions:
    """What one server was given of a store's requests.

    Args:
        store: open for writing.
        server: its address.
    """

    def __init__(self, store: Store, server: str) -> None:
        self._store, self._server = store, server

    def refuse_others(self) -> None:
        """Ask nobody else for what a server may have answered already, and still keeps.

        Raises:
            UsageError: another server has requests of this store.
        """
        oldest = datetime.fromtimestamp(time.time() - KEPT_SECONDS, UTC).isoformat()
        found = self._store.one(
            "SELECT server, SUM(requests) AS requests FROM submissions "
            "WHERE server != ? AND ended IS NULL AND made > ? GROUP BY server",
            (self._server, oldest),
        )
        if found is not None:
            raise UsageError(
                f"The Batch API at {quoted(found['server'])} has "
                f"{counted(found['requests'], 'request')} of this store: take their answers in "
                "from there first (--base-url), so that none is paid twice, or use another store."
            )

    def open_one(self, run: int, outbox: Outbox, file_id: str) -> Submission:
        """Note an uploaded file, before it is submitted."""
        promised, made = sum(order.promised for order in outbox.orders), now()
        count = len(outbox.orders)
        with self._store.transaction():
            row = self._store.insert(
                "submissions",
                {
                    "name": outbox.name,
                    "run_id": run,
                    "server": self._server,
                    "file": file_id,
                    "status": "uploaded",
                    "requests": count,
                    "tokens": outbox.tokens,
                    "promised": promised,
                    "made": made,
                },
            )
            self._store.executemany(
                "INSERT INTO submitted (name, submission_id, article_id, key, purpose, part, state)"
                " VALUES (?, ?, ?, ?, ?, ?, 'open')",
                [(o.name, row, o.article, o.key, o.purpose, o.part) for o in outbox.orders],
            )
        return Submission(row, outbox.name, file_id, outbox.tokens, promised, made, count)

    def all_open(self) -> list[Submission]:
        """What the server was given and has not answered yet."""
        rows = self._store.execute(
            "SELECT id, name, file, tokens, promised, made, requests FROM submissions "
            "WHERE server = ? AND ended IS NULL ORDER BY id",
            (self._server,),
        )
        return [Submission(**dict(row)) for row in rows.fetchall()]

    def is_open(self, key: str) -> bool:
        """Whether the server has been given the request with this key, and not answered it yet."""
        found = self._store.one(
            "SELECT 1 FROM submitted r JOIN submissions s ON s.id = r.submission_id "
            "WHERE r.key = ? AND r.state = 'open' AND s.server = ?",
            (key, self._server),
        )
        return found is not None

    def note(self, submission: Submission, **columns: Any) -> None:
        """Write down what the server says of a submission."""
        changes = ", ".join(f"{name} = ?" for name in columns)
        self._store.execute(
            f"UPDATE submissions SET {changes} WHERE id = ?",  # noqa: S608
            (*columns.values(), submission.id),
        )

    def note_all_seen(self, those: list[Submission]) -> None:
        """Note that the server has them all, as long as it does not say otherwise."""
        with self._store.transaction():
            for submission in those:
                self.note(submission, missing_since=None)

    def seconds_missing(self, submission: Submission, is_there: bool) -> float:
        """Note whether the server has it; gives for how long it has said that it has not.

        That is less than nothing where it has, or has not for the first time.
        """
        since: str | None = self._store.value(
            "SELECT missing_since FROM submissions WHERE id = ?", (submission.id,)
        )
        if is_there or since is None:
            self.note(submission, missing_since=None if is_there else now())
            return -1.0
        return time.time() - datetime.fromisoformat(since).timestamp()

    def batch_of(self, submission: Submission) -> str | None:
        """The id that the server gave its batch; None if the store was not told."""
        found: str | None = self._store.value(
            "SELECT batch FROM submissions WHERE id = ?", (submission.id,)
        )
        return found

    def open_request(self, submission: Submission, name: str) -> Row | None:
        """The request with this name, unless what came of it is known already."""
        return self._store.one(
            "SELECT * FROM submitted WHERE submission_id = ? AND name = ? AND state = 'open'",
            (submission.id, name),
        )

    def settle(self, request: int, state: str) -> None:
        """Note what came of a request. Inside a transaction."""
        self._store.execute("UPDATE submitted SET state = ? WHERE id = ?", (state, request))

    def close(self, submission: Submission) -> list[str]:
        """Note that nothing more comes of it; gives the keys of requests without an answer."""
        with self._store.transaction():
            left = self._store.execute(
                "UPDATE submitted SET state = 'unanswered' WHERE submission_id = ? "
                "AND state = 'open' RETURNING key",
                (submission.id,),
            ).fetchall()
            self.note(submission, ended=now())
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
