"""The desk where requests are answered by the Batch API: much later, at half the price.

Each request is a future; one task, which makes the carrier's rounds, settles them all. Requests for
which there is no room in the budget or in the files are held back until there is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from contextlib import suppress

from attributor.archive.asking.budget import Budget
from attributor.archive.asking.ledger import Desk, Ledger
from attributor.archive.batch_api.carrier import Carrier, End, Given
from attributor.archive.batch_api.outboxes import Order, Outboxes
from attributor.archive.batch_api.queued_tokens import QueuedTokens
from attributor.archive.batch_api.submissions import on_the_disk
from attributor.archive.batch_api.tuning import Tuning
from attributor.archive.progress import Progress
from attributor.archive.stopping import Stop, Stopping
from attributor.archive.storing.open_requests import open_requests
from attributor.archive.storing.store import Store
from attributor.errors import ModelError, RequestError, StoreError, panics_as_errors
from attributor.prompting import Request
from attributor.prompting import token_counts as tokens
from attributor.prompting.batch_api import BatchApi
from attributor.prompting.dialects import REASONING_TOKENS
from attributor.prompting.prices import BATCH_API_SHARE

MAX_RELEASED_PER_ROUND = 1000
"""Held requests that are released in one round at most."""
MAX_REJECTED_FIRST_REQUESTS = 3
"""Rejections of requests that are asked at once, after which the run ends."""


class BatchDesk:
    """Answers requests by the ledger for free, else by the Batch API.

    Args:
        api: the server's.
        store: where submissions are noted.
        ledger: where answers are kept.
        run: the run's row.
        budget: is asked before each submission.
        stop: nothing is submitted once the batch is to end.
        queued_tokens: input tokens that the server may have at once; None for no limit until the
            server names one.
        attempts: how often a request is given to the server at most.
        first: a desk that has the first request of the run answered at once, which shows what the
            server takes before whole files are handed in that it would reject a day later. None to
            do without.
        tuning: how often, and how much at a time.

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
        tuning: Tuning | None = None,
    ) -> None:
        self._api, self._store, self._ledger = api, store, ledger
        self._budget, self._stop, self._tuning = budget, stop, tuning or Tuning()
        queued = QueuedTokens(
            queued_tokens, self._tuning.look_seconds, full_seconds=self._tuning.full_seconds
        )
        self._outboxes = Outboxes(store.path.parent, queued, budget, self._tuning)
        self._carrier = Carrier(
            api,
            run,
            store,
            ledger,
            budget,
            self._outboxes,
            queued,
            attempts,
            self._tuning,
            self._settle,
        )
        self._waiting: dict[str, asyncio.Future[Given]] = {}
        self._held: dict[str, float] = {}
        self._knew_prices = budget.is_known
        self._moved_at = time.monotonic()
        self._first, self._first_tries = first, 0
        self._asking: asyncio.Task[None] | None = None
        self._carrying: asyncio.Task[None] | None = None
        self._ended: BaseException | None = None
        self._untold: Exception | None = None
        self._free = 0

    # --- for makers ------------------------------------------------------------------------------

    def answer(self, key: str, request: Request, article: int) -> Awaitable[Given]:
        """A future of the answer; the request itself is not kept in memory.

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
            if not self._carrier.submissions.is_open(key):
                self._put(key, request, article)
            self._carrying = self._carrying or asyncio.create_task(self._carry())

    def _put(self, key: str, request: Request, article: int) -> None:
        """Write the request into the next file, if there is room for it."""
        promised = self._budget.likely_most(request, REASONING_TOKENS)
        if promised > self._budget.room or self._is_asking:
            self._held[key] = promised
            return
        if self._first and self._asking is None and self._budget.fits(request):
            self._asking = asyncio.create_task(self._ask_at(self._first, key, request, article))
            return
        content = self._store.value("SELECT content FROM articles WHERE id = ?", (article,))
        name = f"{str(content)[:16]}-{request.purpose}-{request.part}-{key[:16]}"
        size, line = tokens.roughly(request), self._api.line(name, request)
        if not self._outboxes.takes(line, size):
            self._held[key] = promised
            return
        order = Order(name, key, article, request.purpose, request.part, size, promised)
        with on_the_disk(self._store):
            self._outboxes.put(order, line)

    def _settle(self, key: str, end: End) -> None:
        self._moved_at = time.monotonic()
        future = self._waiting.pop(key, None)
        if future is None or future.done():
            return
        if isinstance(end, ModelError):
            future.set_exception(end)
        else:
            future.set_result(end)

    def note(self, progress: Progress) -> None:
        """Note what was bought and spent, and what the server has."""
        bought = self._carrier.bought
        progress.bought, progress.free = bought, self._free
        progress.bought += self._first.bought if self._first else 0
        progress.spent = self._budget.spent_now
        # Until the first file is answered, only the first request is, at full price.
        progress.rest_at = 1.0 if bought else BATCH_API_SHARE
        progress.files_out, progress.requests_out = open_requests(self._store)

    # --- the first request -----------------------------------------------------------------------

    @property
    def _is_asking(self) -> bool:
        return self._asking is not None and not self._asking.done()

    async def _ask_at(self, desk: Desk, key: str, request: Request, article: int) -> None:
        """Have a request answered at once; all others are held back meanwhile.

        If it is rejected, that may be its own fault: the next one is asked at once, too, and after
        a few rejections the batch ends.
        """
        try:
            with panics_as_errors():
                self._settle(key, await desk.answer(key, request, article))
                self._carrier.note_heard()
        except ModelError as error:
            self._settle(key, error)
            if type(error) is RequestError:
                self._asking = None
                self._note_rejected(error)
        except Exception as error:  # the store fails, or the batch is ending
            self._let_go(error)

    def _note_rejected(self, error: RequestError) -> None:
        self._first_tries += 1
        if self._first_tries >= MAX_REJECTED_FIRST_REQUESTS:
            which = f"The first {self._first_tries} requests were rejected"
            self._stop.ask_over_failures(which, error.message, error.exit_code)

    # --- the rounds ------------------------------------------------------------------------------

    async def _carry(self) -> None:
        carrier = self._carrier
        carrier.is_waited_for = True
        try:
            carrier.submissions.note_all_seen(carrier.open)  # the time without a run does not count
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
        """Hand in and take in, round after round; each step may be the last, see `carrier`."""
        try:
            with on_the_disk(self._store), panics_as_errors():
                while True:
                    await self._carrier.hand_in()
                    await self._carrier.take_in()
                    self._release_held()
                    await asyncio.sleep(self._tuning.round_seconds)
        except Exception as error:
            self._untold = error
            raise

    def _let_go(self, why: BaseException) -> None:
        self._ended = why
        for future in self._waiting.values():
            if not future.done():
                self._untold = None
                future.set_exception(_again(why))

    def _release_held(self) -> None:
        """Have held requests asked again, as far as there is room for them now."""
        if self._is_asking:
            return
        if self._budget.is_known and not self._knew_prices:  # they were held at estimated prices
            self._knew_prices = True
            self._release(list(self._held))
        if self._held and min(self._held.values()) > self._budget.room:
            is_quiet = time.monotonic() >= self._moved_at + self._tuning.quiet_seconds
            if is_quiet and not (self._carrier.open or self._outboxes):
                self._budget.used_up()
            return
        if self._outboxes.is_full:
            return
        room = self._budget.room
        fitting = [(key, promised) for key, promised in self._held.items() if promised <= room]
        for key, promised in fitting[:MAX_RELEASED_PER_ROUND]:
            if promised <= room:
                room -= promised
                self._release([key])

    def _release(self, keys: list[str]) -> None:
        for key in keys:
            del self._held[key]
            self._settle(key, None)

    # --- the end ---------------------------------------------------------------------------------

    async def aclose(self) -> None:
        """End the rounds; what the server has stays there.

        If no round was made, answers of batches that are over are taken in.
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
            elif self._carrier.open:
                with suppress(ModelError, Stopping), on_the_disk(self._store):
                    await self._stop.unless_asked(self._carrier.take_in())
        finally:
            self._outboxes.close()
            await self._api.aclose()
        if self._untold is not None:
            raise self._untold


def _again(why: BaseException) -> BaseException:
    """The error for one more future; each `Stopping` needs a traceback of its own."""
    return Stopping() if isinstance(why, Stopping | asyncio.CancelledError) else why
