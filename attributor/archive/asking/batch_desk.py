"""The desk where requests are answered by the Batch API: much later, at half the price.

    answer() -> outbox -> uploaded -> submitted -> looked at -> taken in -> the future is settled

Whoever asks waits; one task carries the files to and fro. What a server has is in the store before
it is submitted, under a name by which it is found again there: after a kill it is neither lost nor
submitted a second time.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import IO

from attributor.archive.asking import submissions
from attributor.archive.asking.budget import Budget
from attributor.archive.asking.ledger import Desk, Ledger, storable
from attributor.archive.asking.queued_tokens import QueuedTokens
from attributor.archive.asking.submissions import Order, Outbox, Submission, on_the_disk
from attributor.archive.stopping import Stop, Stopping
from attributor.archive.storing.store import Store
from attributor.archive.tally import Tally
from attributor.errors import (
    BusyError,
    CreditError,
    ModelError,
    RequestError,
    StoreError,
    panics_as_errors,
)
from attributor.prompting import Answer, Request, tokens
from attributor.prompting.batch_api import UNKNOWN, BatchApi, Result, Status
from attributor.prompting.dialects import REASONING_ROOM
from attributor.prompting.prices import BATCH_API

CHUNK = 200
"""Answers that are written to the store at a time."""
PATIENCE = 3600.0
"""Seconds for which a server that has been heard may be busy or out of reach."""
MOST_OUTBOXES, LET_IN = 32, 1000
"""Files that wait at once to be handed in, and requests that are let in when there is room."""
GONE_AFTER = 300.0
"""Seconds of one run for which a server says that it does not have something, until it is asked
anew."""
GONE_UNSEEN_AFTER = 24 * 3600.0
"""The same where nobody waits for it, and each run looks once."""
FIRST_TRIES = 3
"""Requests that are asked at once, one after the other, if the server rejects them."""
TOO_MANY_TOKENS = "token_limit_exceeded"
_NO_CREDIT = ("billing", "quota")

Given = tuple[int, Answer] | None
"""The answer and its row in the ledger; None if the server gave none, and it may be asked again."""
End = tuple[str, Given | ModelError]
"""A request's key, and what came of it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two rounds, without a new request until a file goes, between two looks."""

    tick: float = 1.0
    quiet: float = 3.0
    look: float = 30.0


class BatchDesk:
    """Answers requests by the ledger for free, else by the Batch API.

    Args:
        api: the server's.
        store: where is written what the server has.
        ledger: where answers are kept.
        run: the run's row.
        budget: is asked before anything is submitted.
        stop: nothing is submitted once the batch shall end.
        queued_tokens: input tokens that may be with the server at once, None for no limit; one
            that the server names counts from then on.
        attempts: how often a request is given to the server at most.
        first: where the first request of the run is answered at once: that shows what the server
            takes, before whole files go that it would reject a day later. None to leave it out.
        pace: how often to do what.

    Raises:
        UsageError: another server has requests of this store.
    """

    def __init__(
        self,
        api: BatchApi,
        store: Store,
        ledger: Ledger,
        run: int,
        budget: Budget,
        stop: Stop,
        *,
        queued_tokens: float | None = None,
        attempts: int = 3,
        first: Desk | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._api, self._store, self._ledger, self._run = api, store, ledger, run
        self._budget, self._stop, self._attempts = budget, stop, attempts
        self._pace = pace or Pace()
        self._queued = QueuedTokens(queued_tokens, self._pace.look)
        self._waiting: dict[str, asyncio.Future[Given]] = {}
        self._tries: Counter[str] = Counter()
        self._held: dict[str, float] = {}
        self._knew_prices = budget.is_known
        self._own: set[int] = set()
        self._outboxes: list[Outbox] = []
        submissions.refuse_others(store, api.address)
        self._open = submissions.all_open(store, api.address)
        for submission in self._open:
            budget.promise(submission.promised)
        self._asked_at = self._moved_at = time.monotonic()
        self._heard_at = float("-inf")
        self._look_at = self._hand_in_at = 0.0
        self._first, self._first_tries = first, 0
        self._asking: asyncio.Task[None] | None = None
        self._carrying: asyncio.Task[None] | None = None
        self._ended: BaseException | None = None
        self._untold: Exception | None = None
        self._bought = self._free = 0

    def answer(self, key: str, request: Request, article: int) -> Awaitable[Given]:
        """The answer, sooner or later; the request is not kept for so long.

        Raises:
            ModelError: when awaited: there is none, and there will be none.
            Stopping: when awaited: the batch is ending.
            StoreError: when awaited: it cannot be asked for.
        """
        future = self._waiting.get(key)
        if future is None:
            future = asyncio.get_running_loop().create_future()
            try:
                self._take(future, key, request, article)
            except StoreError as error:
                self._waiting.pop(key, None)
                future.set_exception(error)
        return future

    def _take(
        self, future: asyncio.Future[Given], key: str, request: Request, article: int
    ) -> None:
        self._moved_at = time.monotonic()
        found = self._ledger.find(key)
        if found is not None:
            self._free += 1
            future.set_result(found)
        elif self._ended is not None:
            future.set_exception(_again(self._ended))
        else:
            self._waiting[key] = future
            if not submissions.is_open(self._store, self._api.address, key):
                self._put(key, request, article)
            self._carrying = self._carrying or asyncio.create_task(self._carry())

    def note(self, tally: Tally) -> None:
        """Write down what has been bought and spent, and what the server has."""
        tally.bought, tally.free = self._bought, self._free
        tally.bought += self._first.bought if self._first else 0
        tally.spent = self._budget.spent_now
        tally.rest_at = 1.0 if self._bought else BATCH_API  # only the first was asked at once
        tally.files_out, tally.requests_out = submissions.counts(self._store)

    async def aclose(self) -> None:
        """Carry nothing any more; what the server has stays there.

        If nobody waited for any of it, at least what is over is taken in.
        """
        try:
            if self._asking is not None:
                if (ending := asyncio.current_task()) and ending.cancelling():
                    self._asking.cancel()
                await asyncio.wait((self._asking,))  # it is paid for
            if self._carrying is not None:
                self._carrying.cancel()
                with suppress(asyncio.CancelledError):
                    await self._carrying
            elif self._open:
                with suppress(ModelError, Stopping), on_the_disk(self._store):
                    await self._stop.unless_asked(self._take_in())
        finally:
            for outbox in self._outboxes:
                outbox.file.close()
            await self._api.aclose()
        if self._untold is not None:
            raise self._untold

    def _put(self, key: str, request: Request, article: int) -> None:
        """Write the request into the file that goes next, if there is room for it."""
        promised = self._budget.likely_most(request, REASONING_ROOM)
        if promised > self._budget.room or self._is_asking:
            self._held[key] = promised
            return
        if self._first and self._asking is None and self._budget.fits(request):
            self._asking = asyncio.create_task(self._ask_at(self._first, key, request, article))
            return
        content = self._store.value("SELECT content FROM articles WHERE id = ?", (article,))
        name = f"{str(content)[:16]}-{request.purpose}-{request.part}-{key[:16]}"
        size = tokens.roughly(request)
        line = self._api.line(name, request)
        if not (self._outboxes and self._outboxes[-1].takes(line, size)):
            if len(self._outboxes) >= MOST_OUTBOXES:
                self._held[key] = promised
                return
            with on_the_disk(self._store):
                self._outboxes.append(Outbox(self._store.path.parent, self._queued.most))
        order = Order(name, key, article, request.purpose, request.part, size, promised)
        with on_the_disk(self._store):
            self._outboxes[-1].put(order, line)
        self._budget.promise(promised)
        self._asked_at = time.monotonic()

    @property
    def _is_asking(self) -> bool:
        return self._asking is not None and not self._asking.done()

    async def _ask_at(self, desk: Desk, key: str, request: Request, article: int) -> None:
        """Have a request answered at once; all others are held meanwhile.

        One that is rejected says little of the others: the next is asked at once, too, and after
        a few the batch ends.
        """
        try:
            with panics_as_errors():
                self._settle(key, await desk.answer(key, request, article))
                self._heard_at = time.monotonic()
        except ModelError as error:
            self._settle(key, error)
            if type(error) is RequestError:
                self._asking = None
                self._note_rejected(error)
        except Exception as error:  # the store fails, or the batch is ending
            self._let_go(error)

    def _note_rejected(self, error: RequestError) -> None:
        self._first_tries += 1
        if self._first_tries >= FIRST_TRIES:
            which = f"The first {self._first_tries} requests were rejected"
            self._stop.ask_over_failures(which, error.message, error.exit_code)

    async def _carry(self) -> None:
        try:
            submissions.all_seen(self._store, self._open)  # what earlier runs missed is forgotten
            await self._stop.unless_asked(self._rounds())
        except ModelError as error:
            self._untold = None
            self._stop.ask_over(error)
            self._let_go(Stopping())
        except BaseException as error:
            self._let_go(error)
            if not isinstance(error, Exception):
                raise

    async def _rounds(self) -> None:
        """Each of its steps may be the last: what the server has is in the store."""
        try:
            with on_the_disk(self._store), panics_as_errors():
                while True:
                    await self._hand_in()
                    await self._take_in()
                    self._release_held()
                    await asyncio.sleep(self._pace.tick)
        except Exception as error:
            self._untold = error
            raise

    def _let_go(self, why: BaseException) -> None:
        self._ended = why
        for future in self._waiting.values():
            if not future.done():
                self._untold = None
                future.set_exception(_again(why))

    async def _hand_in(self) -> None:
        """Submit the files that are full, and the last one once nothing more comes."""
        while self._outboxes and time.monotonic() >= max(
            self._hand_in_at, self._queued.refuses_until
        ):
            outbox = self._outboxes[0]
            grows = outbox is self._outboxes[-1]
            if grows and time.monotonic() < self._asked_at + self._pace.quiet:
                return
            queued = sum(submission.tokens for submission in self._open)
            if self._open and queued + outbox.tokens > self._queued.most:
                return
            self._outboxes.pop(0)
            try:
                await self._submit(outbox)
            except BusyError as error:
                self._hand_in_at = time.monotonic() + self._pace.look
                self._bear(error)

    async def _submit(self, outbox: Outbox) -> None:
        try:
            file_id = await self._api.upload(outbox.name, outbox.file)
        except BaseException:
            outbox.file.seek(0, io.SEEK_END)  # more may be written to it
            self._outboxes.insert(0, outbox)
            raise
        self._heard_at = time.monotonic()
        outbox.file.close()
        submission = submissions.opened(self._store, self._run, self._api.address, outbox, file_id)
        self._open.append(submission)
        self._own.add(submission.id)
        await self._confirm(submission)

    async def _confirm(self, submission: Submission) -> str:
        """Have an uploaded file answered; gives the batch's id."""
        try:
            batch_id = await self._api.submit(submission.name, submission.file)
        except RequestError:  # it will never be taken
            self._close(submission)
            raise
        submissions.noted(self._store, submission, batch=batch_id, status="submitted")
        return batch_id

    async def _found(self, submission: Submission) -> str | None:
        """The batch of an uploaded file, where the end of a run or a fault kept it from us.

        If there is none for long, a file of this run is submitted again. One of an earlier run is
        given up: nothing was bought, and who still wants its requests answered asks again, within
        the budget of this run.
        """
        batch_id = await self._api.find(submission.name, submission.file, submission.since)
        if batch_id is not None:
            submissions.noted(self._store, submission, batch=batch_id, status="submitted")
            return batch_id
        if not self._is_gone(submission, is_there=False):
            return None
        if submission.id in self._own:
            batch_id = await self._confirm(submission)
        else:
            for key in self._close(submission):
                self._settle(key, None)
        return batch_id

    async def _take_in(self) -> None:
        """Look at what the server has, and take in what is over."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + self._pace.look
        for submission in list(self._open):
            try:
                await self._look(submission)
                self._heard_at = time.monotonic()
            except BusyError as error:
                submissions.noted(self._store, submission, missing_since=None)  # nobody said so
                self._bear(error)

    def _bear(self, error: BusyError) -> None:
        """Try again later, unless the server has never been heard, or not for long."""
        if time.monotonic() > self._heard_at + PATIENCE:
            raise error

    async def _look(self, submission: Submission) -> None:
        batch_id = submissions.batch_of(self._store, submission)
        if batch_id is None and (batch_id := await self._found(submission)) is None:
            return
        status = await self._api.look(batch_id, submission.file, submission.since)
        submissions.noted(self._store, submission, status=status.name)
        is_there = status.name != UNKNOWN and not status.withholds
        for file_id in filter(None, (status.output, status.errors) if status.is_over else ()):
            with tempfile.TemporaryFile(dir=self._store.path.parent) as file:
                if await self._api.download(file_id, file):
                    count = await self._read(submission, file)
                    is_there = is_there and (file_id != status.output or count >= status.completed)
                else:
                    is_there = False
        is_gone = self._is_gone(submission, is_there)
        if is_gone or (is_there and status.is_over):
            self._end(submission, status)

    def _is_gone(self, submission: Submission, is_there: bool) -> bool:
        """Whether the server has said for long that it does not have it."""
        patience = GONE_AFTER if self._carrying else GONE_UNSEEN_AFTER
        return submissions.missing_for(self._store, submission, is_there) >= patience

    async def _read(self, submission: Submission, file: IO[bytes]) -> int:
        """Take in what a file says of the requests; gives of how many it says something."""
        results, count = self._api.results(file), 0
        while chunk := list(islice(results, CHUNK)):
            count += len(chunk)
            with self._store.transaction():
                ends = [self._kept(submission, result) for result in chunk]
            for end in ends:
                if end is not None:
                    self._settle(*end)
            await asyncio.sleep(0)
        return count

    def _kept(self, submission: Submission, result: Result) -> End | None:
        """What came of a request, written down first; None if that was known already."""
        row = submissions.open_request(self._store, submission, result.custom_id)
        if row is None:
            return None
        key: str = row["key"]
        if result.answer is not None:
            most = submission.promised / submission.requests
            answer = self._budget.counted(storable(result.answer), most)
            kept = self._ledger.keep(key, row["article_id"], row["purpose"], row["part"], answer)
            self._budget.settle(answer.usage)
            self._bought += 1
            submissions.settled(self._store, row["id"], "answered")
            return key, (kept, answer)
        if result.error is not None:
            submissions.settled(self._store, row["id"], "refused")
            return key, result.error
        return None  # counted with those that the file says nothing of

    def _end(self, submission: Submission, status: Status) -> None:
        """Nothing more comes of it: what is left may be asked again."""
        left = self._close(submission)
        if status.code == TOO_MANY_TOKENS and self._queued.refused(
            submission.tokens, submission.requests, status.complaint
        ):
            self._split()
        elif status.name == "failed":
            raise self._rejected(status)
        elif not status.completed or status.name == "completed":
            self._tries.update(left)
        if status.completed and self._queued.answered():
            for outbox in list(self._outboxes):
                self._empty(outbox)  # they make larger ones together
        for key in left:
            tired = self._tries[key] >= self._attempts
            self._settle(key, self._unanswered(key) if tired else None)

    def _close(self, submission: Submission) -> list[str]:
        self._open.remove(submission)
        self._budget.promise(-submission.promised)
        return submissions.closed(self._store, submission)

    def _settle(self, key: str, end: Given | ModelError) -> None:
        self._moved_at = time.monotonic()
        future = self._waiting.pop(key, None)
        if future is None or future.done():
            return
        if isinstance(end, ModelError):
            future.set_exception(end)
        else:
            future.set_result(end)

    def _release_held(self) -> None:
        """Have some ask again for whom there was no room, as far as there is some now."""
        if self._is_asking:
            return
        if self._budget.is_known and not self._knew_prices:  # they were held at other prices
            self._knew_prices = True
            self._let_in(list(self._held))
        if self._held and min(self._held.values()) > self._budget.room:
            is_quiet = time.monotonic() >= self._moved_at + self._pace.quiet
            if is_quiet and not (self._open or self._outboxes):
                self._budget.used_up()
            return
        if len(self._outboxes) >= MOST_OUTBOXES:
            return
        room = self._budget.room
        fitting = [(key, promised) for key, promised in self._held.items() if promised <= room]
        for key, promised in fitting[:LET_IN]:
            if promised <= room:
                room -= promised
                self._let_in([key])

    def _let_in(self, keys: list[str]) -> None:
        for key in keys:
            del self._held[key]
            self._settle(key, None)

    def _split(self) -> None:
        """Empty the files that are too large now."""
        for outbox in list(self._outboxes):
            outbox.most_tokens = self._queued.most
            if outbox.tokens > outbox.most_tokens and len(outbox.orders) > 1:
                self._empty(outbox)

    def _empty(self, outbox: Outbox) -> None:
        """Have its requests asked again, for a file of another size."""
        self._outboxes.remove(outbox)
        outbox.file.close()
        for order in outbox.orders:
            self._budget.promise(-order.promised)
            self._settle(order.key, None)

    def _rejected(self, status: Status) -> ModelError:
        if any(word in status.code for word in _NO_CREDIT):
            return CreditError(f"The account at '{self._api.host}' has no credit left; add some.")
        why = status.complaint or status.code or "no reason given"
        return RequestError(f"The Batch API of '{self._api.host}' rejects the requests: '{why}'.")

    def _unanswered(self, key: str) -> BusyError:
        return BusyError(
            f"The Batch API of '{self._api.host}' gave no answer in {self._tries[key]} attempts; "
            "try again later."
        )


def _again(why: BaseException) -> BaseException:
    """The same for one more that waits; each has a traceback of its own."""
    return Stopping() if isinstance(why, Stopping | asyncio.CancelledError) else why
