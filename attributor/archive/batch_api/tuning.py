"""The numbers by which the Batch API is used."""

from __future__ import annotations

from dataclasses import dataclass

from attributor.prompting.batch_api import MAX_FILE_BYTES, MAX_FILE_REQUESTS


@dataclass(frozen=True, slots=True)
class Tuning:
    """How often, for how long, and how much at a time. Times are in seconds.

    Attributes:
        tick: between two rounds.
        quiet: without a new request, after which the last file goes.
        look: between two looks at what the server has.
        patience: for which a server that has been heard may be busy or out of reach.
        gone_after: of one run for which the server says that it does not have something, until
            that is asked anew.
        gone_unseen_after: the same where nobody waits for it, and each run looks once.
        requests_per_file: at most.
        bytes_per_file: at most.
        files_waiting: files that may wait at once to be handed in.
        answers_per_write: answers that are written to the store in one transaction.
    """

    tick: float = 1.0
    quiet: float = 3.0
    look: float = 30.0
    patience: float = 3600.0
    gone_after: float = 300.0
    gone_unseen_after: float = 24 * 3600.0
    requests_per_file: int = MAX_FILE_REQUESTS
    bytes_per_file: int = MAX_FILE_BYTES
    files_waiting: int = 32
    answers_per_write: int = 200
