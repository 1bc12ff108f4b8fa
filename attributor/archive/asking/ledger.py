"""The ledger: every paid answer, kept before it is read, and found before it is bought again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Protocol
from weakref import WeakValueDictionary

from attributor.archive.asking.budget import Budget
from attributor.archive.progress import Progress
from attributor.archive.stopping import Stop
from attributor.archive.storing.store import Row, Store, now, whole
from attributor.errors import AccessError, CreditError
from attributor.messages import Answer, Request
from attributor.records import Usage

_ANSWER_COLUMNS = ("text", "finish_reason", "refusal", "model", "model_reported")
_USAGE_COLUMNS = ("input_tokens", "cached_tokens", "output_tokens", "cost_usd")


class Ledger:
    """The answers in a store, for one run."""

    def __init__(self, store: Store, run: int) -> None:
        self._store, self._run = store, run

    def find(self, key: str) -> tuple[int, Answer] | None:
        """The row and the answer bought under this key, unless the answer could not be used."""
        row = self._store.one(
            "SELECT * FROM ledger WHERE key = ? AND unusable IS NULL ORDER BY id DESC LIMIT 1",
            (key,),
        )
        return None if row is None else (row["id"], _answer(row))

    def keep(self, key: str, article: int, purpose: str, part: int, answer: Answer) -> int:
        """Write an answer to the store; gives its row. It is on its way to the disk by then."""
        row = {
            "key": key,
            "article_id": article,
            "run_id": self._run,
            "purpose": purpose,
            "part": part,
            **{name: getattr(answer, name) for name in _ANSWER_COLUMNS},
            **{name: getattr(answer.usage, name) for name in _USAGE_COLUMNS},
            "answered": now(),
        }
        return self._store.insert("ledger", row)


class Buyer(Protocol):
    """Buys answers: an `Asker` does, or the workers of a cluster."""

    async def buy(self, request: Request) -> Answer:
        """The answer as it came.

        Raises:
            ModelError: there is none.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class Desk:
    """Where all requests of a run are answered: by the ledger for free, else by the server.

    Args:
        buyer: buys answers.
        ledger: where answers are kept.
        budget: is asked before each purchase.
        stop: nothing is bought once the batch is to end.
    """

    def __init__(self, buyer: Buyer, ledger: Ledger, budget: Budget, stop: Stop) -> None:
        self.budget, self.bought, self.free = budget, 0, 0
        self._buyer, self._ledger, self._stop = buyer, ledger, stop
        # A lock goes away by itself once no task holds it or waits for it.
        self._asking = WeakValueDictionary[str, asyncio.Lock]()

    async def answer(self, key: str, request: Request, article: int) -> tuple[int, Answer]:
        """The answer's row in the ledger, and the answer; two equal requests at once buy it once.

        Raises:
            ModelError: the server gave none.
            Stopping: the batch is ending, and the answer would have to be bought.
        """
        async with self._asking.setdefault(key, asyncio.Lock()):
            found = self._ledger.find(key)
            if found is not None:
                self.free += 1
                return found
            return await self._bought(key, request, article)

    def note(self, progress: Progress) -> None:
        """Note what was bought and spent."""
        progress.bought, progress.free = self.bought, self.free
        progress.spent = self.budget.spent_now

    async def aclose(self) -> None:
        """Close the connections."""
        await self._buyer.aclose()

    async def _bought(self, key: str, request: Request, article: int) -> tuple[int, Answer]:
        self._stop.check()
        async with self.budget.reserved(request) as most:
            try:
                answer = self.budget.counted(storable(await self._buyer.buy(request)), most)
            except (CreditError, AccessError) as error:
                self._stop.ask_over(error)  # before the next in line is sent
                raise
            row = self._ledger.keep(key, article, request.purpose, request.part, answer)
            self.budget.settle(answer.usage)
        self.bought += 1
        return row, answer


def storable(answer: Answer) -> Answer:
    """The answer without lone surrogates, which no file can hold."""
    return replace(
        answer,
        text=whole(answer.text),
        finish_reason=whole(answer.finish_reason),
        refusal=answer.refusal and whole(answer.refusal),
        model_reported=answer.model_reported and whole(answer.model_reported),
    )


def _answer(row: Row) -> Answer:
    usage = Usage(requests=1, **{name: row[name] for name in _USAGE_COLUMNS})
    return Answer(usage=usage, **{name: row[name] for name in _ANSWER_COLUMNS})
