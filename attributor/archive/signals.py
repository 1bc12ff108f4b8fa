"""Signals: which process hears them, and how the first one ends a batch in order."""

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
"""Signals that a terminal sends to all of its processes, at Ctrl-C or when it is closed. Only the
batch hears them; it ends its worker processes itself."""


def listen(stop: Stop, on_first: Callable[[], None]) -> list[int]:
    """Have a first signal end the batch in order, a second one at once, a third one the process.

    SIGHUP after another signal is ignored: a terminal that is closed sends it once or twice.

    Args:
        stop: of the batch that the current task runs; that task is cancelled by a second signal.
        on_first: is called once the batch has been asked to end.

    Returns:
        The numbers of the signals that were heard, a list that grows.
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
def terminal_signals_blocked() -> Iterator[None]:
    """Processes and threads that this thread starts inside the block never hear the terminal."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, FROM_A_TERMINAL)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)


def start_resource_tracker() -> None:
    """Start Python's resource tracker now: if a process starts it, signals are unblocked again."""
    from multiprocessing import resource_tracker

    with terminal_signals_blocked():  # by itself the tracker ignores only Ctrl-C
        resource_tracker.ensure_running()


@contextmanager
def only_this_process_hears() -> Iterator[None]:
    """Block the same signals, but in a thread that only waits this process goes on hearing them."""
    start_resource_tracker()
    ended = threading.Event()
    threading.Thread(target=ended.wait, daemon=True).start()
    try:
        with terminal_signals_blocked():
            yield
    finally:
        ended.set()
