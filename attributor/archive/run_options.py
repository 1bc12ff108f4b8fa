"""How fast, how, and for how much a batch works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attributor.archive.batch_api.tuning import Tuning

CALLS_AT_ONCE = 8
"""Unless --concurrency says otherwise."""
AHEAD = 0.5
"""Articles more than calls, a call: while their answers are read, others' requests are sent."""
WAITING_AT_ONCE = 50_000
"""Articles that wait for the Batch API, unless --concurrency says otherwise."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How fast, how, and for how much annotations are made.

    Attributes:
        concurrency: calls at once (of the Batch API: articles that wait at once), or processes of
            the embedded engine, one a core if None.
        requests_per_minute: see `Limits`.
        tokens_per_minute: see `Limits`.
        max_cost: US dollars; see `Budget`.
        by_batch_api: whether answers come by the OpenAI Batch API.
        queued_tokens: see `BatchDesk`.
        first_at_once: whether the first request is answered at once all the same; see `BatchDesk`.
        batch_api: see `BatchDesk`.
        cluster: "local", or a Dask scheduler's address; no cluster if None.
    """

    concurrency: int | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    max_cost: float | None = None
    by_batch_api: bool = False
    queued_tokens: float | None = None
    first_at_once: bool = True
    batch_api: Tuning | None = None
    cluster: str | None = None
