"""Carries files of requests to the Batch API, and their answers back.

    hand in (upload, submit) -> look -> take in -> settle

A run may be killed at each step: a file is noted in the store before it is submitted, under a name
by which the server finds it again. So it is neither lost nor submitted twice.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import IO

from attributor.archive.asking.budget import Budget
from attributor.archive.asking.ledger import Ledger, storable
from attributor.archive.batch_api.outboxes import Outbox, Outboxes
from attributor.archive.batch_api.queued_tokens import QueuedTokens
from attributor.archive.batch_api.submissions import Submission, Submissions
from attributor.archive.batch_api.tuning import Tuning
from attributor.archive.storing.store import Store
from attributor.errors import BusyError, CreditError, ModelError, RequestError, counted, quoted
from attributor.logs import own_words
from attributor.prompting import Answer
from attributor.prompting.batch_api import NAMES, UNKNOWN, BatchApi, Result, Status

logger = logging.getLogger(__name__)

TOO_MANY_TOKENS = "token_limit_exceeded"
"""The server's code for a file that is too large for the account's queue."""
_NO_CREDIT = ("billing", "quota")
"""Words in the server's codes for an account without credit."""

Given = tuple[int, Answer] | None
"""The row in the ledger and the answer; None if the server gave none and may be asked again."""
End = Given | ModelError
"""The outcome of a request."""
Settle = Callable[[str, End], None]
"""Gives the outcome of the request with this key to whoever waits for it."""


class Carrier:
    """Hands files in to the server, and takes its answers in.

    Args:
        api: the server's.
        run: the run's row.
        store: where submissions and answers are kept.
        ledger: where answers are kept.
        budget: where the likely cost of submissions is set aside.
        outboxes: the files that wait to be handed in.
        queued: how many tokens the server may have at once.
        attempts: how often a request is given to the server at most.
        tuning: how often, and how much at a time.
        settle: is given the outcome of each request.

    Raises:
        UsageError: another server has requests of this store.
    """

    def __init__(
        self,
        api: BatchApi,
        run: int,
        store: Store,
        ledger: Ledger,
        budget: Budget,
        outboxes: Outboxes,
        queued: QueuedTokens,
        attempts: int,
        tuning: Tuning,
        settle: Settle,
    ) -> None:
        self._api, self._run, self._store, self._ledger = api, run, store, ledger
        self._budget, self._outboxes, self._queued = budget, outboxes, queued
        self._attempts, self._tuning, self._settle = attempts, tuning, settle
        self.submissions = Submissions(store, api.address)
        self.submissions.refuse_others(tuning.kept_seconds)
        self.open = self.submissions.all_open()
        for submission in self.open:
            budget.promise(submission.promised)
        self.bought = 0
        self.is_waited_for = False
        self._of_this_run: set[int] = set()
        self._seen: dict[int, tuple[str, int]] = {}
        self._tries: Counter[str] = Counter()
        self._heard_at = float("-inf")
        self._look_at = self._hand_in_at = 0.0

    def note_heard(self) -> None:
        """Note that the server has answered just now."""
        self._heard_at = time.monotonic()

    # --- to the server ---------------------------------------------------------------------------

    async def hand_in(self) -> None:
        """Submit the files that are full, and the last one once no more requests come."""
        while time.monotonic() >= max(self._hand_in_at, self._queued.refuses_until):
            outbox = self._outboxes.next(self._tuning.quiet_seconds)
            if outbox is None or not self._has_room_for(outbox):
                return
            self._outboxes.take_out(outbox)
            try:
                await self._submit(outbox)
            except BusyError as error:
                self._hand_in_at = time.monotonic() + self._tuning.look_seconds
                self._bear(error)

    def _has_room_for(self, outbox: Outbox) -> bool:
        queued = sum(submission.tokens for submission in self.open)
        return not self.open or queued + outbox.tokens <= self._queued.most

    async def _submit(self, outbox: Outbox) -> None:
        try:
            file_id = await self._api.upload(outbox.name, outbox.file)
        except BaseException:
            self._outboxes.put_back(outbox)
            raise
        self.note_heard()
        outbox.file.close()
        submission = self.submissions.open_one(self._run, outbox, file_id)
        logger.info(
            "file %s is uploaded: %s, %s",
            quoted(submission.name),
            counted(submission.requests, "request"),
            counted(submission.tokens, "token"),
        )
        self.open.append(submission)
        self._of_this_run.add(submission.id)
        await self._confirm(submission)

    async def _confirm(self, submission: Submission) -> str:
        """Have the server answer an uploaded file; gives the batch's id."""
        try:
            batch_id = await self._api.submit(submission.name, submission.file)
        except RequestError:  # the server will never take it
            logger.warning("file %s is rejected", quoted(submission.name))
            self._close(submission)
            raise
        self.submissions.note(submission, batch=batch_id, status="submitted")
        logger.info("file %s is submitted as %s", quoted(submission.name), quoted(batch_id))
        return batch_id

    async def _found(self, submission: Submission) -> str | None:
        """The batch of an uploaded file whose id the end of a run or a fault kept from the store.

        If the server has had none for long, a file of this run is submitted again. A file of an
        earlier run is given up, as nothing was bought: requests that are still wanted are asked
        again, within the budget of this run.
        """
        batch_id = await self._api.find(submission.name, submission.file, submission.since)
        if batch_id is not None:
            self.submissions.note(submission, batch=batch_id, status="submitted")
            logger.info("file %s is found as %s", quoted(submission.name), quoted(batch_id))
            return batch_id
        if not self._is_gone(submission, is_there=False):
            return None
        if submission.id in self._of_this_run:
            return await self._confirm(submission)
        for key in self._close(submission):
            self._settle(key, None)
        return None

    # --- from the server -------------------------------------------------------------------------

    async def take_in(self) -> None:
        """Look how the server's batches stand, and take in the answers of those that are over."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + self._tuning.look_seconds
        for submission in list(self.open):
            try:
                await self._look(submission)
                self.note_heard()
            except BusyError as error:
                self.submissions.note(submission, missing_since=None)  # the server did not say so
                self._bear(error)

    def _bear(self, error: BusyError) -> None:
        """Raise the error if the server has never answered in this run, or not for long."""
        logger.warning("the Batch API is busy or out of reach: %s", own_words(error.message))
        if time.monotonic() > self._heard_at + self._tuning.busy_seconds:
            raise error

    async def _look(self, submission: Submission) -> None:
        batch_id = self.submissions.batch_of(submission)
        if batch_id is None and (batch_id := await self._found(submission)) is None:
            return
        status = await self._api.look(batch_id, submission.file, submission.since)
        self.submissions.note(submission, status=status.name)
        self._log_look(submission, status)
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

    def _log_look(self, submission: Submission, status: Status) -> None:
        """Log what a look has shown, once: days pass in which nothing is new."""
        seen = (status.name if status.name in NAMES else "of no known status", status.completed)
        if self._seen.get(submission.id) != seen:
            self._seen[submission.id] = seen
            logger.info("file %s is %s, %d answered", quoted(submission.name), *seen)

    def _is_gone(self, submission: Submission, is_there: bool) -> bool:
        """Whether the server has said for long enough that it does not have it."""
        tuning = self._tuning
        seconds = tuning.gone_seconds if self.is_waited_for else tuning.gone_unseen_seconds
        return self.submissions.seconds_missing(submission, is_there) >= seconds

    async def _read(self, submission: Submission, file: IO[bytes]) -> int:
        """Take in the outcomes in a file of answers; gives how many there are."""
        results, count = self._api.results(file), 0
        while chunk := list(islice(results, self._tuning.answers_per_write)):
            count += len(chunk)
            with self._store.transaction():
                ends = [self._kept(submission, result) for result in chunk]
            for end in ends:
                if end is not None:
                    self._settle(*end)
            await asyncio.sleep(0)
        return count

    def _kept(self, submission: Submission, result: Result) -> tuple[str, End] | None:
        """The key and outcome of a request, once they are in the store; None if known before."""
        row = self.submissions.open_request(submission, result.custom_id)
        if row is None:
            return None
        key: str = row["key"]
        if result.answer is not None:
            most = submission.promised / submission.requests
            answer = self._budget.counted(storable(result.answer), most)
            kept = self._ledger.keep(key, row["article_id"], row["purpose"], row["part"], answer)
            self._budget.settle(answer.usage)
            self.bought += 1
            self.submissions.settle(row["id"], "answered")
            return key, (kept, answer)
        if result.error is not None:
            self.submissions.settle(row["id"], "refused")
            return key, result.error
        return None  # counts as a request that the file does not mention

    def _end(self, submission: Submission, status: Status) -> None:
        """Close a submission that is over; its requests without an answer may be asked again."""
        left = self._close(submission)
        logger.info(
            "file %s is over: %s left without an answer",
            quoted(submission.name),
            counted(len(left), "request"),
        )
        if status.code == TOO_MANY_TOKENS and self._queued.refused(
            submission.tokens, submission.requests, status.complaint
        ):
            logger.warning(
                "file %s was too large for the account: %.0f tokens at once from now on",
                quoted(submission.name),
                self._queued.most,
            )
            for order in self._outboxes.resized():
                self._settle(order.key, None)
        elif status.name == "failed":
            raise self._rejected(status)
        elif not status.completed or status.name == "completed":
            self._tries.update(left)
        if status.completed and self._queued.answered():
            for order in self._outboxes.emptied():  # together they make larger files
                self._settle(order.key, None)
        for key in left:
            is_last_try = self._tries[key] >= self._attempts
            self._settle(key, self._unanswered(key) if is_last_try else None)

    def _close(self, submission: Submission) -> list[str]:
        self.open.remove(submission)
        self._budget.promise(-submission.promised)
        return self.submissions.close(submission)

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
