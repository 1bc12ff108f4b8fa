"""How often the Batch API is asked, how long it is waited for, how much it is given at once."""

from __future__ import annotations

from dataclasses import dataclass

from attributor.archive.batch_api.queued_tokens import LONGEST_FULL_SECONDS
from attributor.prompting.batch_api import KEPT_SECONDS, MAX_FILE_BYTES, MAX_FILE_REQUESTS


@dataclass(frozen=True, slots=True)
class Tuning:
    """How often, for how long, and how much at a time. Times are in seconds.

    Attributes:
        round_seconds: between two rounds of handing in and taking in.
        quiet_seconds: without a new request, after which the last file is handed in.
        look_seconds: between two looks at how the server's batches stand.
        busy_seconds: for which a server that has answered before may be busy or out of reach.
        gone_seconds: for which the server has to say, in a run that waits, that it does not have
            something, before its requests are asked anew.
        gone_unseen_seconds: for which it has to say so where no run waits: each looks only once.
        requests_per_file: requests of a file at most.
        bytes_per_file: bytes of a file at most.
        files_waiting: files that may wait at once to be handed in.
        answers_per_write: answers that are written to the store in one transaction.
        full_seconds: for which every file may be refused because the account's queue is full:
            what fills it is answered within a day.
        kept_seconds: for which the server keeps files and answers.
    """

    round_seconds: float = 1.0
    quiet_seconds: float = 3.0
    look_seconds: float = 30.0
    busy_seconds: float = 3600.0
    gone_seconds: float = 300.0
    gone_unseen_seconds: float = 24 * 3600.0
    requests_per_file: int = MAX_FILE_REQUESTS
    bytes_per_file: int = MAX_FILE_BYTES
    files_waiting: int = 32
    answers_per_write: int = 200
    full_seconds: float = LONGEST_FULL_SECONDS
    kept_seconds: float = KEPT_SECONDS
