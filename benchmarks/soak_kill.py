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

from archive.shop import Shop, completion, fault, opened
from replies import Reply

TIMEOUT = 1.0
"""Seconds that the batch waits for an answer; a slow one takes twice as long."""
ENVIRON = {"ATTRIBUTOR_TIMEOUT": str(TIMEOUT)}


def main() -> None:
    arguments = _arguments()
    seeded = random.Random(arguments.seed)
    with opened() as shop, tempfile.TemporaryDirectory() as folder:
        chooser = shop.choose = _Chooser(random.Random(arguments.seed + 1), arguments.faults)
        source, store = Path(folder, "archive.jsonl"), Path(folder, "archive.db")
        _write(source, arguments.articles)
        call = ["batch", "--store", str(store), "--engine", "openai", "--base-url", shop.url]
        call += ["--concurrency", str(arguments.concurrency), "--retry-failed", str(source)]
        kills = 0
        begun = time.perf_counter()
        with _Forker(folder, getattr(signal, f"SIG{arguments.signal}")) as forker:
            while kills < arguments.kills and _left(store, arguments.articles):
                kills += forker.run(call, shop, seeded)
                _check_integrity(store)
            codes = [forker.run(call, shop, None)]
            ended = _ended(store)
            chooser.share = 0.0
            codes.append(forker.run(call, shop, None))
        print(f"{machine()}; seed {arguments.seed}; {_since(begun):.0f} s; {chooser.told}")
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


def _write(path: Path, count: int) -> None:
    text = "Bridge {0} will stay.\n\n“We keep bridge {0} open,” said Ana Petric.\n"
    lines = (json.dumps({"id": f"a{n}", "text": text.format(n)}) for n in range(count))
    path.write_text("\n".join(lines), encoding="utf-8")


class _Chooser:
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


class _Forker:
    """Begins batches without the second that importing takes."""

    def __init__(self, folder: str, number: signal.Signals) -> None:
        self._number = number
        self._output = str(Path(folder, "output"))
        program = [sys.executable, str(ROOT / "tests" / "archive" / "forking.py")]
        self._process = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder
        )

    def __enter__(self) -> _Forker:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, call: list[str], shop: Shop, seeded: random.Random | None) -> int:
        """Run a batch; gives its exit code, or with `seeded` 1 if the signal ended it, else 0."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the pipes that were asked for are not there")
        told = {"args": call, "environ": ENVIRON, "output": self._output}
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        if seeded is not None:
            # Half of the moments are while calls are open, half any time from the very beginning;
            # but right after a fork, Python may lose a SIGINT.
            if seeded.random() < 0.5 or self._number == signal.SIGINT:
                _wait_for_a_call(shop)
            threading.Timer(seeded.uniform(0, 0.15), _kill, (pid, self._number)).start()
        code = int(self._process.stdout.readline())
        return code if seeded is None else int(code in (-self._number, 128 + self._number))


def _wait_for_a_call(shop: Shop) -> None:
    asked, end = shop.asked, time.monotonic() + 10
    while shop.asked == asked and time.monotonic() < end:
        time.sleep(0.001)


def _kill(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _left(store: Path, articles: int) -> bool:
    if not store.exists():
        return True
    try:
        return int(_one(store, "SELECT COUNT(*) FROM annotations")) < articles
    except sqlite3.OperationalError:  # killed before there was a table
        return True


def _one(store: Path, sql: str) -> Any:
    connection = sqlite3.connect(store)
    try:
        return connection.execute(sql).fetchone()[0]
    finally:
        connection.close()


def _check_integrity(store: Path) -> None:
    if store.exists() and _one(store, "PRAGMA integrity_check") != "ok":
        sys.exit(f"{store} is damaged")


def _since(begun: float) -> float:
    return time.perf_counter() - begun


def _ended(store: Path) -> int:
    """How many articles are annotated or in quarantine."""
    return int(
        _one(
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
    kept = _one(store, "SELECT COUNT(*) FROM ledger")
    usable = _one(store, "SELECT COUNT(*) FROM ledger WHERE unusable IS NULL")
    keys = _one(store, "SELECT COUNT(DISTINCT key) FROM ledger WHERE unusable IS NULL")
    annotated = _one(store, "SELECT COUNT(*) FROM annotations WHERE is_current")
    lost = shop.sold.total() - kept
    most = slow + (kills * arguments.concurrency if arguments.signal == "KILL" else 0)
    of = f"of {arguments.articles:,} articles"
    holds = {
        f"{kills} x SIG{arguments.signal}; then exit codes {codes}": codes[0] in (0, 6)
        and codes[1] == 0,
        f"{ended:,} {of} annotated or in quarantine": ended == arguments.articles,
        f"{annotated:,} {of} annotated in the end": annotated == arguments.articles,
        f"{usable:,} usable answers in the ledger, {usable - keys:,} of them bought twice": usable
        == keys,
        f"{kept + lost:,} sold, {lost:,} lost: {slow:,} came too late, "
        f"{lost - slow:,} were in flight at a signal": 0 <= lost <= most,
        "the store is whole": _one(store, "PRAGMA integrity_check") == "ok",
    }
    for what, good in holds.items():
        print(f"{'holds ' if good else 'MISSED'}  {what}")
    return 0 if all(holds.values()) else 1


if __name__ == "__main__":
    main()
