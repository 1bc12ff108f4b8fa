"""Connecting to a Dask scheduler: a running one by its address, or one that is started here."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack, suppress
from typing import Any
from urllib.parse import urlsplit

from attributor.archive.signals import only_this_process_hears
from attributor.archive.stopping import Stop
from attributor.errors import ClusterError, UsageError, quoted

LOCAL = "local"
"""What stands for workers of this process's own, in place of an address."""
TLS = "tls://"
"""How the address of a scheduler begins that wants certificates."""
CLOSE_SECONDS = 1.0
"""Seconds that closing a connection may take."""


async def reach(
    address: str, processes: int, threads: int, stop: Stop, seconds: float
) -> tuple[Any, AsyncExitStack]:
    """A client of the scheduler, which has a worker by then, and the stack that closes both.

    The client's `cluster` is the local cluster, or None.

    Args:
        address: `LOCAL`, or the scheduler's: tcp://host:port, tls://host:port.
        processes: of a local cluster.
        threads: of each of them.
        stop: ends the waiting.
        seconds: in which the scheduler has to answer, and then a worker to be there.

    Raises:
        ClusterError: there is no scheduler, no worker, or no certificate.
        Stopping: the batch is to end.
    """
    for name in ("distributed", "distributed.client"):  # errors are reported in our own words
        logging.getLogger(name).setLevel(logging.CRITICAL)
    _check_certificates(address)
    async with AsyncExitStack() as leaving:
        at: Any = address
        if address == LOCAL:
            leaving.enter_context(only_this_process_hears())
            at = _local(processes, threads)
            leaving.push_async_callback(_closed, at)
            await _started(at, stop)
        client = installed().Client(at, asynchronous=True, timeout=seconds, set_as_default=False)
        leaving.push_async_callback(client.close, timeout=CLOSE_SECONDS)
        await stop.unless_asked(_answered(client, address, seconds))
        return client, leaving.pop_all()
    raise AssertionError("nothing is suppressed")


def is_address(text: str) -> bool:
    """Whether this names a protocol, a host and a port, as a scheduler's address does."""
    try:
        parts = urlsplit(text)
        is_whole = bool(parts.hostname and parts.port) and not parts.path
    except ValueError:
        return False
    return is_whole and text.startswith(("tcp://", TLS))


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


async def _answered(client: Any, address: str, seconds: float) -> None:
    """Wait for the scheduler, and for a worker.

    Raises:
        ClusterError: there is none.
    """
    try:
        async with asyncio.timeout(seconds):  # Dask's own does not hold once it is connected
            await client
    except (OSError, ValueError, MemoryError) as error:  # too late; or it speaks another language
        tls = address.startswith(TLS)
        raise ClusterError(
            f"No scheduler answers at {quoted(address)}: start one there with "
            f"'dask scheduler', or check the address{' and both certificates' * tls}."
        ) from error
    try:
        async with asyncio.timeout(seconds):
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
        Stopping: one did not start because the batch is ending.
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
    """End the cluster and its workers."""
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
