"""Real clusters on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OWN_KEY = "sk-of-the-workers"
"""The key that the workers have in their environment."""


@dataclass
class Crowd:
    """A scheduler and its workers, which are replaced when they are killed."""

    process: subprocess.Popen[str]
    address: str

    def pids(self) -> list[int]:
        """The workers' processes, as soon as all are there."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return list(self._told()["pids"])

    def replaced(self, pid: int) -> None:
        """Wait until a worker that was killed has been replaced."""
        while pid in self.pids():
            os.sched_yield()

    def dismiss(self) -> None:
        """End all workers."""
        assert self.process.stdin is not None
        self.process.stdin.write("dismiss\n")
        self.process.stdin.flush()

    def _told(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())


def gathered(workers: int, threads: int, protocol: str = "tcp://", **more: str) -> Iterator[Crowd]:
    """A crowd, whose workers have a key of their own."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("ATTRIBUTOR_", "OPENAI_"))}
    with subprocess.Popen(
        [
            sys.executable,
            str(Path(__file__).with_name("dask_cluster.py")),
            str(workers),
            str(threads),
            protocol,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environ | {"OPENAI_API_KEY": OWN_KEY} | more,
    ) as process:
        crowd = Crowd(process, "")
        crowd.address = crowd._told()["address"]
        try:
            yield crowd
        except BaseException:  # the test failed, and it may hang
            process.kill()
            raise
        assert process.stdin is not None
        process.stdin.close()
