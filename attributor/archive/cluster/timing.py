"""How long the workers of a cluster and its scheduler are waited for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ClusterTiming:
    """How long, and how often. Times are in seconds.

    Attributes:
        connect_seconds: in which a scheduler has to answer, and then a worker to be there.
        look_seconds: between two looks at which workers are there.
        no_worker_seconds: in which a lost worker may come back, where there is no other.
        answer_seconds: in which the scheduler and each worker have to answer a call.
        goodbye_seconds: in which workers are told, at the end, that the batch is over.
        quiet_seconds: without a finished task, after which workers are asked whether they do
            anything.
        idle_looks: looks in a row at which no worker does anything, before the tasks are handed
            out again: they may be on their way.
        times_handed_out_again: times in a row that tasks are handed out again, before the batch
            ends.
    """

    connect_seconds: float = 30.0
    look_seconds: float = 1.0
    no_worker_seconds: float = 30.0
    answer_seconds: float = 30.0
    goodbye_seconds: float = 5.0
    quiet_seconds: float = 60.0
    idle_looks: int = 10
    times_handed_out_again: int = 5
