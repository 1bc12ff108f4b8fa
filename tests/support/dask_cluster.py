"""A process with a real scheduler and real workers, for batches to connect to.

    python dask_cluster.py WORKERS THREADS [PROTOCOL]

It says one line of JSON: the scheduler's address and the workers' process ids; and so again for
each line that it reads. "dismiss" ends all workers. It ends when nobody writes to it any more. A
worker that is killed is replaced.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys

import dask
from distributed import LocalCluster
from distributed.core import Status


async def main(workers: int, threads: int, protocol: str) -> None:
    dask.config.set({"distributed.scheduler.http.routes": []})
    dask.config.set({"distributed.worker.http.routes": []})
    # Python 3.11 may hang in what the profiler asks for (python/cpython#106883).
    dask.config.set({"distributed.worker.profile.enabled": False})
    # Else one that is starting so long after another was lost is ended with what it does.
    dask.config.set({"distributed.deploy.lost-worker-timeout": "1h"})
    cluster = LocalCluster(
        n_workers=workers,
        threads_per_worker=threads,
        host="127.0.0.1",
        protocol=protocol,
        asynchronous=True,
        memory_limit=0,
        silence_logs=logging.CRITICAL,
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
    )
    async with cluster:
        while True:
            while len(cluster.scheduler.workers) < workers or (
                workers and any(nanny.pid is None for nanny in cluster.workers.values())
            ):
                await asyncio.sleep(0.01)
            pids = [nanny.pid for nanny in cluster.workers.values()]
            told = {"address": cluster.scheduler_address, "pids": pids}
            print(json.dumps(told), flush=True)
            line = await asyncio.to_thread(sys.stdin.readline)
            if line == "dismiss\n":
                workers = 0
                for nanny in cluster.workers.values():
                    nanny.status = Status.closing_gracefully  # it begins no other
                    os.kill(nanny.pid, signal.SIGKILL)
            if not line:
                return


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), (sys.argv[3:] or ["tcp://"])[0]))
