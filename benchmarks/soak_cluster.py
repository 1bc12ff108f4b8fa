"""A batch on a Dask cluster whose processes are killed at random moments, again and again; a count.

    python benchmarks/soak_cluster.py [--cluster local|tcp] [--kills N] [--articles N] [--seed N]

With `local` the batch has its own scheduler and two workers: kill -9 hits one worker, both, or the
driver. With `tcp` a scheduler and two workers are begun by hand, as the docs say, and begun again
whenever they end, as a supervisor would: kill -9 hits workers, their nannies, the scheduler, the
driver. The server is that of `soak_kill.py`; it fails a share of its calls, takes a while for each,
and looks in the ledger whenever it is asked. A batch that does not end in time says where it
stands, is ended, and counts as a fault.

Exits with 1 unless in the end every article is annotated, no answer is in the ledger twice, each
answer that was sold and lost was in flight at a kill or came too late, each batch ended in a way
that the docs name, the store is whole, and no process is left behind. What the ledger had when it
was asked for again is counted, too: it has to be an answer whose worker was killed as it came home.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from crews import Crew, family_of, is_there, unended, workers_of
from measuring import ROOT, machine
from soak_kill import (
    Chooser,
    Forker,
    check_integrity,
    ended_in,
    kill,
    left,
    one,
    since,
    wait_for_a_call,
    write_archive,
)

sys.path.insert(0, str(ROOT / "tests"))

from support.chat_server import Shop, opened
from support.replies import Reply

LATENCY = 0.02, 0.2
"""Seconds that the server takes, from and to."""
PATIENCE = 120.0
"""Seconds after the last kill in which a batch has to end."""
NEAR = 0.1
"""Seconds that a kill and what the server sees of it may be apart."""
UNDER_WAY = 1.0
"""Seconds that an answer may take from the server into the ledger."""
GIVEN_OUT = 3.0
"""Seconds after a kill in which workers may still begin calls that they were given before it."""
ENDS = (0, 6, 8)
"""Exit codes of batches whose driver was not killed."""
VICTIMS = {
    "local": {"worker": 5, "both workers": 2, "driver": 3},
    "tcp": {"worker": 4, "both workers": 1, "nanny": 2, "scheduler": 1, "driver": 2},
}
"""How often each is hit."""


def main() -> None:
    arguments = _arguments()
    with opened() as shop, tempfile.TemporaryDirectory() as folder:
        source, store = Path(folder, "archive.jsonl"), Path(folder, "archive.db")
        write_archive(source, arguments.articles)
        books = Books(store, arguments)
        shop.choose = books
        crew = Crew(folder, arguments.concurrency) if arguments.cluster == "tcp" else None
        call = ["batch", "--store", str(store), "--engine", "openai", "--base-url", shop.url]
        call += ["--concurrency", str(arguments.concurrency), "--retry-failed", str(source)]
        call += ["--cluster", crew.address if crew else "local"]
        with Forker(folder) as forker:
            soak = Soak(forker, shop, crew, call, random.Random(arguments.seed))
            while soak.hits.total() < arguments.kills and left(store, arguments.articles):
                soak.run(arguments.kills)
                check_integrity(store)
                _tell(soak, store)
            soak.run(0)
            ended = ended_in(store)
            books.chooser.share = 0.0
            last = soak.run(0)
        if crew is not None:
            soak.left_behind += unended(crew.dismiss())
        print(
            f"{machine()}; seed {arguments.seed}; {since(soak.begun):.0f} s; {books.chooser.told}"
        )
        sys.exit(_judge(soak, books, store, shop, ended, last, arguments))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--cluster", choices=list(VICTIMS), default="local")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--faults", type=float, default=0.05, help="share of calls that fail")
    parser.add_argument("--articles", type=int, default=4_000)
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


@dataclass
class Sale:
    """One answer: which article, from when to when, and whether the ledger had it already."""

    article: str
    asked: float
    sold: float
    had: bool
    fault: str | None


class Books:
    """What the server sold and when."""

    def __init__(self, store: Path, arguments: argparse.Namespace) -> None:
        self.chooser = Chooser(random.Random(arguments.seed + 1), arguments.faults)
        self.sales: list[Sale] = []
        self._store, self._slow = store, random.Random(arguments.seed + 2)

    def __call__(self, shop: Shop, number: int, body: dict[str, Any]) -> Reply | None:
        asked = time.monotonic()
        found = re.search(r"keep bridge (\d+) open", body["messages"][-1]["content"])
        article = f"a{found[1]}" if found else ""
        had = self._had(article)
        time.sleep(self._slow.uniform(*LATENCY))
        reply = self.chooser(shop, number, body)
        if reply is None or (reply.status == 200 and not reply.reset):
            sold = time.monotonic()
            fault = "slow" if sold - asked > 1.0 else "broken" if reply is not None else None
            with shop.lock:
                self.sales.append(Sale(article, asked, sold, had, fault))
        return reply

    def _had(self, article: str) -> bool:
        sql = "SELECT COUNT(*) FROM ledger l JOIN articles a ON a.id = l.article_id"
        sql += " WHERE a.name = ? AND l.unusable IS NULL"
        try:
            connection = sqlite3.connect(f"file:{self._store}?mode=ro", uri=True)
            try:
                return bool(connection.execute(sql, (article,)).fetchone()[0])
            finally:
                connection.close()
        except sqlite3.OperationalError:  # there is no table yet
            return False

    def again(self, kills: list[float]) -> tuple[Counter[str], Counter[str]]:
        """Answers that were sold again, and those of them that the ledger had when they were asked.

        Both by what became of the answer before.
        """
        again, had = Counter[str](), Counter[str]()
        before: dict[str, Sale] = {}
        for sale in sorted(self.sales, key=lambda sale: sale.asked):
            if (last := before.get(sale.article)) is not None:
                reason = last.fault or _reason(last, kills)
                again[reason] += 1
                had[reason] += sale.had
            before[sale.article] = sale
        return again, +had


def _reason(sale: Sale, kills: list[float]) -> str:
    if any(sale.asked - NEAR <= at <= sale.sold + NEAR for at in kills):
        return "in flight"
    if any(sale.sold <= at <= sale.sold + UNDER_WAY for at in kills):
        return "under way"
    if any(sale.asked - GIVEN_OUT <= at <= sale.sold for at in kills):
        return "given out"
    near = [f"{at - sale.asked:+.2f}" for at in kills if abs(at - sale.asked) < 10]
    print(f"  sold again without a kill: {sale}, kills after {near} s", flush=True)
    return "unexplained"


@dataclass
class Soak:
    """Batches, one after the other, and what happened to them."""

    forker: Forker
    shop: Shop
    crew: Crew | None
    call: list[str]
    seeded: random.Random
    begun: float = field(default_factory=time.perf_counter)
    hits: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)
    hangs: int = 0
    left_behind: list[str] = field(default_factory=list)

    def run(self, kills: int) -> int:
        """Begin a batch and kill about it until it ends, or so many were killed in all."""
        driver = self.forker.begin(self.call)
        family: set[psutil.Process] = set()
        end = time.monotonic() + PATIENCE
        self._wait(first=True)
        while self.hits.total() < kills and is_there(driver):
            drivers = self.hits["driver"]
            family |= self._hit(driver)
            end = time.monotonic() + PATIENCE
            if self.hits["driver"] > drivers:
                break
            self._wait()
        family |= set(family_of(driver))
        code = self._ended(driver, end)
        self.left_behind += unended([each for each in family if each.pid != driver])
        self.codes[code] += 1
        output = self.forker.output.read_text("utf-8", "replace")
        if "Traceback" in output or code not in (-signal.SIGKILL, 0, 6):
            print(f"  exit code {code}:\n{output.strip()}", flush=True)
        return code

    def _wait(self, *, first: bool = False) -> None:
        if self.seeded.random() < 0.7:
            wait_for_a_call(self.shop)
            time.sleep(self.seeded.uniform(0, 1.0))
        else:
            time.sleep(self.seeded.uniform(0, 3.0 if first else 1.0))

    def _hit(self, driver: int) -> set[psutil.Process]:
        shares = VICTIMS["tcp" if self.crew else "local"]
        (victim,) = self.seeded.choices(list(shares), list(shares.values()))
        family = {each for each in family_of(driver) if each.pid != driver}
        pids = self._pids(victim, driver)
        if self.crew is not None and victim == "nanny":
            family |= {each for pid in pids for each in family_of(pid)}
        for pid in pids:
            if kill(pid):
                self.hits[victim] += 1
                self.times.append(time.monotonic())
        return family

    def _pids(self, victim: str, driver: int) -> list[int]:
        if victim == "driver":
            return [driver]
        if victim == "scheduler" and self.crew:
            return [self.crew.scheduler]
        nannies = self.crew.nannies if self.crew else [driver]
        if victim == "nanny":
            return [self.seeded.choice(nannies)]
        workers = [pid for nanny in nannies for pid in workers_of(nanny)]
        self.seeded.shuffle(workers)
        return workers if victim == "both workers" else workers[:1]

    def _ended(self, driver: int, end: float) -> int:
        try:
            return self.forker.wait(max(0.0, end - time.monotonic()))
        except TimeoutError:
            self.hangs += 1
            kill(driver, signal.SIGUSR1)
            time.sleep(1.0)
            print(f"  hangs:\n{self.forker.output.read_text('utf-8', 'replace')}", flush=True)
            kill(driver)
            return self.forker.wait()


def _tell(soak: Soak, store: Path) -> None:
    try:
        annotated = one(store, "SELECT COUNT(*) FROM annotations WHERE is_current")
    except sqlite3.OperationalError:  # killed before there was a table
        annotated = 0
    hits = ", ".join(f"{n} {who}" for who, n in sorted(soak.hits.items()))
    print(
        f"{since(soak.begun):5.0f} s  {soak.hits.total()} kills ({hits}), {annotated:,} annotated, "
        f"exit codes {dict(soak.codes)}",
        flush=True,
    )


def _by(reasons: Counter[str]) -> str:
    return ", ".join(f"{n:,} {reason}" for reason, n in reasons.most_common()) or "none"


def _judge(
    soak: Soak,
    books: Books,
    store: Path,
    shop: Shop,
    ended: int,
    last: int,
    arguments: argparse.Namespace,
) -> int:
    kills, articles = soak.hits.total(), arguments.articles
    kept = one(store, "SELECT COUNT(*) FROM ledger")
    usable = one(store, "SELECT COUNT(*) FROM ledger WHERE unusable IS NULL")
    keys = one(store, "SELECT COUNT(DISTINCT key) FROM ledger WHERE unusable IS NULL")
    annotated = one(store, "SELECT COUNT(*) FROM annotations WHERE is_current")
    again, had = books.again(soak.times)
    missing = shop.sold.total() - kept
    ends = {code for code in soak.codes if code != -signal.SIGKILL}
    holds = {
        f"{kills} x SIGKILL: {dict(soak.hits)}; {soak.codes.total()} batches ended by "
        f"{dict(soak.codes)}, the last by {last}": ends <= {*ENDS} and last == 0,
        f"{soak.hangs} batches hung": not soak.hangs,
        f"{ended:,} of {articles:,} articles annotated or in quarantine": ended == articles,
        f"{annotated:,} of {articles:,} articles annotated in the end": annotated == articles,
        f"{usable:,} usable answers in the ledger, {usable - keys:,} of them bought twice": usable
        == keys,
        f"{had.total():,} calls for what the ledger had, whose worker was killed as the answer "
        f"came home: {_by(had)}": set(had) <= {"in flight", "under way"},
        f"{shop.sold.total():,} sold, {missing:,} of them lost": 0
        <= missing
        <= books.chooser.given["slow"] + kills * arguments.concurrency,
        f"sold again, by what became of the answer before: {_by(again)}": not again["unexplained"],
        "the store is whole": one(store, "PRAGMA integrity_check") == "ok",
        f"{len(soak.left_behind)} processes left behind": not soak.left_behind,
    }
    for what, good in holds.items():
        print(f"{'holds ' if good else 'MISSED'}  {what}")
    return 0 if all(holds.values()) else 1


if __name__ == "__main__":
    main()
