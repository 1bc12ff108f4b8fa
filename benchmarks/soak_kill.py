"""A batch that is ended at random moments, again and again, by a server that fails; then a count.

    python benchmarks/soak_kill.py [--kills N] [--signal KILL] [--faults SHARE] [--articles N]

A server on this machine sells answers, fails a share of its calls, and counts. After the last kill
the batch is let through, and once more with a server that fails no longer. Exits with 1 unless
every article was annotated or in quarantine and in the end all are annotated, no usable answer that
was in the ledger was sold again, no more was lost than was in flight at a kill (after SIGINT and
SIGTERM: nothing) or came after the time-out, and the store is whole.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from measuring import ROOT, machine

sys.path.insert(0, str(ROOT / "tests"))

from support.chat_server import Shop, completion, fault, opened
from support.replies import Reply

TIMEOUT = 1.0
"""Seconds that the batch waits for an answer; a slow one takes twice as long."""
ENVIRON = {"ATTRIBUTOR_TIMEOUT": str(TIMEOUT)}


def main() -> None:
    arguments = _arguments()
    seeded = random.Random(arguments.seed)
    with opened() as shop, tempfile.TemporaryDirectory() as folder:
        chooser = shop.choose = Chooser(random.Random(arguments.seed + 1), arguments.faults)
        source, store = Path(folder, "archive.jsonl"), Path(folder, "archive.db")
        write_archive(source, arguments.articles)
        call = ["batch", "--store", str(store), "--engine", "openai", "--base-url", shop.url]
        call += ["--concurrency", str(arguments.concurrency), "--retry-failed", str(source)]
        kills = 0
        begun = time.perf_counter()
        number = getattr(signal, f"SIG{arguments.signal}")
        with Forker(folder) as forker:
            while kills < arguments.kills and left(store, arguments.articles):
                kills += run(forker, call, shop, seeded, number)
                check_integrity(store)
            codes = [run(forker, call, shop, None)]
            ended = ended_in(store)
            chooser.share = 0.0
            codes.append(run(forker, call, shop, None))
        print(f"{machine()}; seed {arguments.seed}; {since(begun):.0f} s; {chooser.told}")
        sys.exit(_judge(store, shop, arguments, kills, codes, ended, chooser.given["slow"]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--signal", choices=["KILL", "TERM", "INT"], default="KILL")
    parser.add_argument("--faults", type=float, default=0.1, help="share of calls that fail")
    parser.add_argument("--articles", type=int, default=4_000)
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def write_archive(path: Path, count: int) -> None:
    """Write articles that differ."""
    text = "Bridge {0} will stay.\n\n“We keep bridge {0} open,” said Ana Petric.\n"
    lines = (json.dumps({"id": f"a{n}", "text": text.format(n)}) for n in range(count))
    path.write_text("\n".join(lines), encoding="utf-8")


class Chooser:
    """Fails a share of all calls, each time in another way."""

    def __init__(self, seeded: random.Random, share: float) -> None:
        self.share, self.given = share, Counter[str]()
        self._seeded = seeded
        self._faults: dict[str, Reply | None] = {
            "429": fault(429, retry_after_ms="1"),
            "500": fault(500, retry_after_ms="1"),
            "422": fault(422),
            "reset": Reply(body={}, reset=True),
            "slow": None,
            "broken": Reply(body=completion("Here you are: nothing.")),
            "cut off": Reply(body=completion('{"quotes": [{"at', finish="length")),
        }

    def __call__(self, shop: Shop, number: int, body: dict[str, Any]) -> Reply | None:
        with shop.lock:
            if self._seeded.random() >= self.share:
                return None
            kind = self._seeded.choice(list(self._faults))
            self.given[kind] += 1
        if kind == "slow":
            time.sleep(2 * TIMEOUT)
        return self._faults[kind]

    @property
    def told(self) -> str:
        """How often the server failed, and how."""
        return "failed: " + ", ".join(f"{n:,} {kind}" for kind, n in self.given.most_common())


class Forker:
    """Begins batches without the second that importing takes."""

    def __init__(self, folder: str) -> None:
        self.output = Path(folder, "output")
        program = [sys.executable, str(ROOT / "tests" / "support" / "program_forker.py")]
        self._process = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, cwd=folder
        )

    def __enter__(self) -> Forker:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def begin(self, call: list[str]) -> int:
        """Begin a batch; gives its process id."""
        told = {"args": call, "environ": ENVIRON, "output": str(self.output)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(told).encode() + b"\n")
        return self._told()

    def wait(self, seconds: float = 600.0) -> int:
        """The exit code of the batch that was begun, negative for a signal.

        Raises:
            TimeoutError: it goes on.
        """
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], seconds)[0]:
            raise TimeoutError
        return self._told()

    def _told(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


def run(
    forker: Forker,
    call: list[str],
    shop: Shop,
    seeded: random.Random | None,
    number: signal.Signals = signal.SIGKILL,
) -> int:
    """Run a batch; gives its exit code, or with `seeded` 1 if the signal ended it, else 0."""
    pid = forker.begin(call)
    if seeded is None:
        return forker.wait()
    # Half of the moments are while calls are open, half any time from the very beginning;
    # but right after a fork, Python may lose a SIGINT.
    if seeded.random() < 0.5 or number == signal.SIGINT:
        wait_for_a_call(shop)
    threading.Timer(seeded.uniform(0, 0.15), kill, (pid, number)).start()
    return int(forker.wait() in (-number, 128 + number))


def wait_for_a_call(shop: Shop) -> None:
    """Wait until the shop is asked, ten seconds at most."""
    asked, end = shop.asked, time.monotonic() + 10
    while shop.asked == asked and time.monotonic() < end:
        time.sleep(0.001)


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> bool:
    """Send the signal; gives whether there was such a process."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def left(store: Path, articles: int) -> bool:
    """Whether articles wait for their first annotation."""
    if not store.exists():
        return True
    try:
        return int(one(store, "SELECT COUNT(*) FROM annotations")) < articles
    except sqlite3.OperationalError:  # killed before there was a table
        return True


def one(store: Path, sql: str) -> Any:
    """The one value that the store answers."""
    connection = sqlite3.connect(store)
    try:
        return connection.execute(sql).fetchone()[0]
    finally:
        connection.close()


def check_integrity(store: Path) -> None:
    """Exit where the store is damaged."""
    if store.exists() and one(store, "PRAGMA integrity_check") != "ok":
        sys.exit(f"{store} is damaged")


def since(begun: float) -> float:
    """Seconds from then until now."""
    return time.perf_counter() - begun


def ended_in(store: Path) -> int:
    """How many articles are annotated or in quarantine."""
    return int(
        one(
            store,
            "SELECT COUNT(*) FROM articles a WHERE EXISTS (SELECT 1 FROM annotations n WHERE "
            "n.article_id = a.id) OR EXISTS (SELECT 1 FROM failures f WHERE f.article_id = a.id)",
        )
    )


def _judge(
    store: Path,
    shop: Shop,
    arguments: argparse.Namespace,
    kills: int,
    codes: list[int],
    ended: int,
    slow: int,
) -> int:
    kept = one(store, "SELECT COUNT(*) FROM ledger")
    usable = one(store, "SELECT COUNT(*) FROM ledger WHERE unusable IS NULL")
    keys = one(store, "SELECT COUNT(DISTINCT key) FROM ledger WHERE unusable IS NULL")
    annotated = one(store, "SELECT COUNT(*) FROM annotations WHERE is_current")
    lost = shop.sold.total() - kept
    late = min(slow, lost)  # a slow answer may still come, to a batch that is ending
    most = slow + (kills * arguments.concurrency if arguments.signal == "KILL" else 0)
    of = f"of {arguments.articles:,} articles"
    holds = {
        f"{kills} x SIG{arguments.signal}; then exit codes {codes}": codes[0] in (0, 6)
        and codes[1] == 0,
        f"{ended:,} {of} annotated or in quarantine": ended == arguments.articles,
        f"{annotated:,} {of} annotated in the end": annotated == arguments.articles,
        f"{usable:,} usable answers in the ledger, {usable - keys:,} of them bought twice": usable
        == keys,
        f"{kept + lost:,} sold, {lost:,} lost: {late:,} came too late, "
        f"{lost - late:,} were in flight at a signal": 0 <= lost <= most,
        "the store is whole": one(store, "PRAGMA integrity_check") == "ok",
    }
    for what, good in holds.items():
        print(f"{'holds ' if good else 'MISSED'}  {what}")
    return 0 if all(holds.values()) else 1


if __name__ == "__main__":
    main()
