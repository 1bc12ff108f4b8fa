"""How fast, how, and for how much a run works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attributor.archive.batch_api.tuning import Tuning
    from attributor.archive.cluster.timing import ClusterTiming
    from attributor.prompting.retrying import RetryWaits

CALLS_AT_ONCE = 8
"""Calls to a model's server at once, unless --concurrency says otherwise."""
EXTRA_ARTICLES_PER_CALL = 0.5
"""Articles beyond one a call: while their answers are read, requests of others are sent."""
ARTICLES_WAITING_AT_ONCE = 50_000
"""Articles that wait for the Batch API at once, unless --concurrency says otherwise."""


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
        batch_api: how often the Batch API is asked, and how much at a time; the usual if None.
        cluster: "local", or a Dask scheduler's address; no cluster if None.
        cluster_timing: how long a cluster is waited for; the usual if None.
        retry_waits: how long is waited between two attempts at a call; the usual if None.
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
    cluster_timing: ClusterTiming | None = None
    retry_waits: RetryWaits | None = None
