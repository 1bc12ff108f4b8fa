"""Reaching a scheduler of Dask: somebody else's by its address, or one of this process's own."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack, suppress
from typing import Any
from urllib.parse import urlsplit

from attributor.archive.signals import heard_by_nobody_else
from attributor.archive.stopping import Stop
from attributor.errors import ClusterError, UsageError, quoted

LOCAL, TLS = "local", "tls://"
PATIENCE = 30.0
"""Seconds to wait for a scheduler, and then for a worker."""
LEAVING = 1.0
"""Seconds to close a connection."""


async def reach(
    address: str, processes: int, threads: int, stop: Stop
) -> tuple[Any, AsyncExitStack]:
    """A client of the scheduler, which has a worker, and what leaves both.

    The client's `cluster` is this process's own, if it is.

    Args:
        address: `LOCAL`, or the scheduler's: tcp://host:port, tls://host:port.
        processes: of a local cluster.
        threads: of each of them.
        stop: ends the waiting.

    Raises:
        ClusterError: there is no scheduler, no worker, or no certificate.
        Stopping: the batch shall end.
    """
    for name in ("distributed", "distributed.client"):  # what matters is told in our own words
        logging.getLogger(name).setLevel(logging.CRITICAL)
    _check_certificates(address)
    async with AsyncExitStack() as leaving:
        at: Any = address
        if address == LOCAL:
            leaving.enter_context(heard_by_nobody_else())
            at = _local(processes, threads)
            leaving.push_async_callback(_closed, at)
            await _started(at, stop)
        client = installed().Client(at, asynchronous=True, timeout=PATIENCE, set_as_default=False)
        leaving.push_async_callback(client.close, timeout=LEAVING)
        await stop.unless_asked(_answered(client, address))
        return client, leaving.pop_all()
    raise AssertionError("nothing is suppressed")


def is_address(given: str) -> bool:
    """Whether a scheduler may be reached at this: it names a protocol, a host and a port."""
    try:
        parts = urlsplit(given)
        is_whole = bool(parts.hostname and parts.port) and not parts.path
    except ValueError:
        return False
    return is_whole and given.startswith(("tcp://", TLS))


def installed() -> Any:
    """The library.

    Raises:
        UsageError: it is not there.
    """
    try:
        import distributed
    except ImportError:
        raise UsageError(
            "A cluster needs Dask: install it with pip install 'attributor[cluster]'."
        ) from None
    return distributed


async def _answered(client: Any, address: str) -> None:
    """Wait for the scheduler, and for a worker.

    Raises:
        ClusterError: there is none.
    """
    try:
        async with asyncio.timeout(PATIENCE):  # Dask's own does not hold once it is connected
            await client
    except (OSError, ValueError, MemoryError) as error:  # too late; or it speaks another language
        tls = address.startswith(TLS)
        raise ClusterError(
            f"No scheduler answers at {quoted(address)}: start one there with "
            f"'dask scheduler', or check the address{' and both certificates' * tls}."
        ) from error
    try:
        async with asyncio.timeout(PATIENCE):
            await client.wait_for_workers(1)
    except TimeoutError as error:
        raise ClusterError(
            f"The scheduler at {quoted(address)} has no workers: start some with "
            f"'dask worker {address}'."
        ) from error


def _local(processes: int, threads: int) -> Any:
    """Workers on this machine that only this process can give work to, and that end with it."""
    import dask

    routes: dict[str, Any] = {
        f"distributed.{what}.http.routes": [] for what in ("scheduler", "worker")
    }
    # Python 3.11 may hang for good in what Dask's profiler asks a hundred times a second
    # (python/cpython#106883).
    unprofiled = {"distributed.worker.profile.enabled": False}
    dask.config.set({"distributed.scheduler.allowed-failures": 1, **routes, **unprofiled})
    return installed().LocalCluster(
        n_workers=processes,
        threads_per_worker=threads,
        host="127.0.0.1",
        security=True,  # a certificate of its own: other users of the machine can reach the port
        asynchronous=True,
        memory_limit=0,
        silence_logs=logging.CRITICAL,
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
        preload=["attributor.archive.cluster.worker"],
    )


async def _started(cluster: Any, stop: Stop) -> None:
    """Wait for the workers.

    Raises:
        ClusterError: one did not start.
        Stopping: so it was, as the batch shall end.
    """
    try:
        await cluster
    except (RuntimeError, OSError) as error:
        stop.check()
        raise ClusterError(
            "A worker of the local cluster ended while it was starting; there may be too little "
            "memory. Nothing was bought: run the same command again."
        ) from error


async def _closed(cluster: Any) -> None:
    """Have it end, with its workers."""
    with suppress(AssertionError):  # some are still starting: they end with this process
        await cluster.close()


def _check_certificates(address: str) -> None:
    """See that Dask's settings name certificates, where they are needed.

    Raises:
        ClusterError: they name none, or some that cannot be read.
    """
    if not address.startswith(TLS):
        return
    what = "distributed.comm.tls.ca-file, .client.cert and .client.key"
    try:
        context = installed().Security().get_connection_args("client")["ssl_context"]
    except OSError as error:  # of ssl, too
        raise ClusterError(
            f"The certificates for {quoted(address)} cannot be used ({error.strerror}): see to "
            f"{what} in Dask's settings."
        ) from error
    if context is None:
        raise ClusterError(f"{quoted(address)} needs certificates: name {what} in Dask's settings.")
