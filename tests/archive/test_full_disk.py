"""A disk without room: it is told, and what the ledger had is there when there is room again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.batches import archive
from support.chat_server import Shop
from support.programs import Forker, batch
from support.stores import check_integrity, counts, rows

pytestmark = pytest.mark.slow

CALLS = 8
SCHEMA_FITS = 400  # KiB


@dataclass
class Disk:
    """A small disk of its own."""

    path: Path

    def grow(self, kib: int) -> None:
        self._mount("-o", f"remount,size={kib}k", str(self.path))

    @staticmethod
    def _mount(*args: str) -> None:
        subprocess.run(["mount", *args], check=True, capture_output=True, text=True)

    def make(self) -> None:
        self._mount("-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", str(self.path))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "disk")
    disk.path.mkdir()
    if sys.platform != "linux":
        pytest.skip("small disks are made of tmpfs, which only Linux has")
    try:
        disk.make()
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no disk may be mounted here: {getattr(error, 'stderr', error)}")
    yield disk
    subprocess.run(["umount", "-l", str(disk.path)], check=True)


def test_a_disk_that_is_full_again_and_again_costs_no_answer_of_the_ledger(
    shop: Shop, forker: Forker, disk: Disk, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(60)), disk.path / "a.db"
    call = batch(store, "--concurrency", str(CALLS), str(source))
    sizes = [64, 256, SCHEMA_FITS, 700, 1_300, 2_000, 3_000]
    kept: set[tuple[object, ...]] = set()
    for kib in sizes:
        disk.grow(kib)
        full = forker.begin(*call, OPENAI_BASE_URL=shop.url)
        assert full.wait() == 5, full.said
        (told,) = [line for line in full.said.splitlines() if line.startswith("Error: ")]
        assert told.startswith(f"Error: The disk is full, so that the store '{store}' cannot grow")
        assert "free some room and run the same command again" in told
        if kib >= SCHEMA_FITS:
            check_integrity(store)
            answers = set(rows(store, "SELECT id, key, text FROM ledger"))
            assert answers >= kept
            kept = answers
    assert 0 < len(kept) < 60
    disk.grow(100_000)
    roomy = forker.begin(*call, OPENAI_BASE_URL=shop.url)
    assert roomy.wait() == 0, roomy.said
    found = counts(store)
    assert found["articles"] == found["annotated"] == found["answers"] == found["keys"] == 60
    assert set(rows(store, "SELECT id, key, text FROM ledger")) >= kept
    assert shop.sold.total() - 60 <= len(sizes) * CALLS  # what was in flight when it was full
    check_integrity(store)


@pytest.mark.skipif(os.name == "nt", reason="limits on files are set otherwise here")
def test_a_disk_that_refuses_to_write_is_told_with_what_to_do(shop: Shop, tmp_path: Path) -> None:
    import resource

    source, store = archive(tmp_path / "a.jsonl", range(60)), tmp_path / "a.db"

    def narrow() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    refused = subprocess.run(
        [sys.executable, "-m", "attributor", *batch(store, str(source))],
        env=os.environ | {"OPENAI_BASE_URL": shop.url},
        capture_output=True,
        text=True,
        preexec_fn=narrow,
    )
    assert refused.returncode == 5, refused.stderr
    assert f"The disk failed to read or write the store '{store}'" in refused.stderr
    assert "run the same command again; what is in its ledger is kept" in refused.stderr
    check_integrity(store)
    assert 0 < counts(store)["answers"] < 60
