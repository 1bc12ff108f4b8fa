"""A shop that sells answers, a bureau with the Batch API, and real processes that ask them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import batch_api_server as bureaus
from support import chat_server as shops
from support import programs
from support.batch_api_server import Bureau
from support.chat_server import Shop
from support.environment import nothing_set
from support.programs import Forker

from attributor.archive.batch_api.desk import BatchDesk
from attributor.archive.stopping import Stop
from attributor.prompting import prices
from attributor.records import Usage


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with nothing in it, and no setting in the environment."""
    nothing_set(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shop() -> Iterator[Shop]:
    with shops.opened() as shop:
        yield shop


@pytest.fixture
def bureau() -> Iterator[Bureau]:
    with bureaus.opened() as bureau:
        yield bureau


@pytest.fixture
def stops(monkeypatch: pytest.MonkeyPatch) -> list[Stop]:
    """What ends each run that was begun."""
    stops: list[Stop] = []
    begun = BatchDesk.__init__

    def noting(self: BatchDesk, *args: Any, **given: Any) -> None:
        begun(self, *args, **given)
        stops.append(self._stop)

    monkeypatch.setattr(BatchDesk, "__init__", noting)
    return stops


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A price list for the shop: a dollar for a thousand tokens."""

    def cost(model: str, usage: Usage, base_url: str) -> float:
        return (usage.input_tokens + usage.output_tokens) / 1000

    monkeypatch.setattr(prices, "cost", cost)


@pytest.fixture
def forker(tmp_path: Path) -> Iterator[Forker]:
    if not programs.CAN_FORK:
        pytest.skip("there is no fork here")
    with programs.forking(tmp_path) as forker:
        yield forker
