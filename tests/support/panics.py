"""What a library written in Rust raises where it breaks down, by PyO3."""

from __future__ import annotations

from typing import NoReturn


class PanicException(BaseException):
    """Has the name of PyO3's own, which cannot be imported."""


def panic(*_: object) -> NoReturn:
    """In place of a function of such a library."""
    raise PanicException("index out of bounds")
