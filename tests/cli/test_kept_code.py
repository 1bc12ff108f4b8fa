"""Methods of dataclasses are compiled once, and are what `dataclasses` makes of them."""

from __future__ import annotations

import atexit
import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from attributor.bytecode_cache import kept
from attributor.cli import kept_code


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], list[Any]]:
    """Begins a call of the program; gives what it has to do at its end."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(dataclasses, "exec", exec, raising=False)  # undone after the test

    def begin() -> list[Any]:
        at_end: list[Any] = []
        monkeypatch.setattr(atexit, "register", lambda do, *given: at_end.append((do, given)))
        kept_code._codes.cache_clear()
        kept_code.keep_code_of_dataclasses()
        return at_end

    return begin


def end(call: list[Any]) -> None:
    for do, given in call:
        do(*given)


def made(number: int = 7) -> type:
    """A dataclass with one of everything; its default is `number`."""

    class Rake:
        """A tool."""

        teeth: int
        handle: str = "ash"
        owners: tuple[str, ...] = dataclasses.field(default_factory=tuple)
        weight: int = number

    return dataclasses.dataclass(frozen=True, order=True)(Rake)


def test_a_second_call_compiles_nothing(
    call: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = call()
    made()
    end(first)
    second = call()
    monkeypatch.setattr(kept_code, "compile", None, raising=False)
    assert made()(3).teeth == 3
    end(second)


def test_a_class_of_kept_code_is_like_any_other(call: Callable[[], list[Any]]) -> None:
    plain: Any = made()
    first = call()
    made()
    end(first)
    call()
    again: Any = made(8)  # the same sources, and another default
    assert again(3).weight == 8
    assert again(3) == again(3) != again(4)
    assert again(3) < again(4)
    assert hash(again(3)) == hash(again(3))
    assert repr(again(3)) == repr(plain(3)).replace("weight=7", "weight=8")
    assert again.__init__.__annotations__ == plain.__init__.__annotations__
    with pytest.raises(dataclasses.FrozenInstanceError):
        again(3).teeth = 4


def test_nothing_is_written_where_all_was_known_or_too_much_is(
    call: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(kept_code, "MAX_SOURCES", 1)
    first = call()
    made()
    end(first)
    assert list(tmp_path.rglob("*.pyc")) == []


def test_another_version_begins_anew(call: Callable[[], list[Any]]) -> None:
    first = call()
    made()
    end(first)
    assert kept(kept_code._PLACE, kept_code._VERSION)
    assert kept(kept_code._PLACE, b"0.0.0") is None
