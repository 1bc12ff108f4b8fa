"""Signals: which of its processes hears them, and how the first one ends a batch in order."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from attributor.archive.stopping import Stop

FROM_A_TERMINAL = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)
)
"""Signals that a terminal sends to all of its processes: Ctrl-C, and that it is closed. They are
for the batch, which ends what works for it."""


def listen(stop: Stop, on_first: Callable[[], None]) -> list[int]:
    """Have a first signal end the batch in order, a second one at once, a third one the process.

    A terminal that is closed says so once or twice, and that is no impatience.

    Args:
        stop: of the batch that the current task runs; that task is cancelled by a second signal.
        on_first: is called once the batch has been asked to end.

    Returns:
        The numbers of the signals that were heard; it grows.
    """
    heard: list[int] = []
    loop, running = asyncio.get_running_loop(), asyncio.current_task()
    hangup = getattr(signal, "SIGHUP", None)  # none on Windows
    numbers = [signal.SIGINT, signal.SIGTERM]
    if hangup is not None and signal.getsignal(hangup) != signal.SIG_IGN:  # as nohup has it
        numbers.append(hangup)

    def on_signal(number: int) -> None:
        if heard and number == hangup:
            return
        heard.append(number)
        if len(heard) == 1:
            reason = "Ended by a signal. To go on, run the same command again."
            stop.ask("interrupted", reason, 128 + number)
            on_first()
            return
        for each in numbers:
            loop.remove_signal_handler(each)
        if running is not None:
            running.cancel()

    for each in numbers:
        with suppress(NotImplementedError):  # Windows: Ctrl-C ends at once
            loop.add_signal_handler(each, on_signal, each)
    return heard


@contextmanager
def deaf() -> Iterator[None]:
    """A process or a thread that is begun here, by this thread, never hears the terminal."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, FROM_A_TERMINAL)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)


def get_ready_to_spawn() -> None:
    """Begin Python's tracker of what processes share: begun with one, it would end `deaf`."""
    from multiprocessing import resource_tracker

    with deaf():  # it ignores Ctrl-C alone
        resource_tracker.ensure_running()


@contextmanager
def heard_by_nobody_else() -> Iterator[None]:
    """The same, while this process goes on hearing it: by a thread that does nothing else."""
    get_ready_to_spawn()
    ended = threading.Event()
    threading.Thread(target=ended.wait, daemon=True).start()
    try:
        with deaf():
            yield
    finally:
        ended.set()
