"""A scheduler and workers of Dask that are begun by hand, and who is a child of whom."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil

GONE = 20.0
"""Seconds in which a dead one's children have to end."""


class Crew:
    """A scheduler and two workers, begun by hand; whoever ends is begun again."""

    def __init__(self, folder: str, concurrency: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        self.address = f"tcp://127.0.0.1:{port}"
        dask = str(Path(sys.executable).with_name("dask"))
        threads = str(concurrency // 2 + 1)
        worker = [dask, "worker", self.address, "--nworkers", "1", "--nthreads", threads]
        worker += ["--no-dashboard", "--local-directory", folder]
        self._commands = [
            [dask, "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"],
            worker,
            worker,
        ]
        self._log = Path(folder, "crew")
        self._processes = [self._begun(command) for command in self._commands]
        self._dismissed = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    @property
    def scheduler(self) -> int:
        """Its process."""
        return self._processes[0].pid

    @property
    def nannies(self) -> list[int]:
        """The workers' parents."""
        return [each.pid for each in self._processes[1:]]

    def dismiss(self) -> list[psutil.Process]:
        """End all; gives those that should be gone soon."""
        self._dismissed.set()
        self._keeper.join()
        ending = [p for each in self._processes for p in family_of(each.pid)]
        for each in reversed(self._processes):
            each.terminate()
            each.wait()
        return ending

    def _begun(self, command: list[str]) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log)

    def _keep(self) -> None:
        while not self._dismissed.wait(0.1):
            for n, process in enumerate(self._processes):
                if process.poll() is not None:
                    self._processes[n] = self._begun(self._commands[n])


def family_of(pid: int) -> list[psutil.Process]:
    """The process and all that it began."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def is_there(pid: int) -> bool:
    """Whether it has not ended."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def workers_of(nanny: int) -> list[int]:
    """The workers that a nanny, or the driver of a local cluster, began."""
    found = []
    for process in family_of(nanny)[1:]:
        with suppress(psutil.NoSuchProcess):
            if "spawn_main" in " ".join(process.cmdline()):
                found.append(process.pid)
    return sorted(found)


def unended(processes: list[psutil.Process]) -> list[str]:
    """Those that do not end in time, which are then killed."""
    end, found = time.monotonic() + GONE, []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                if time.monotonic() > end:
                    found.append(f"{process.pid}: {' '.join(process.cmdline())}")
                    print(f"  left behind: {found[-1]}", flush=True)
                    process.kill()
                    break
                time.sleep(0.01)
    return found
