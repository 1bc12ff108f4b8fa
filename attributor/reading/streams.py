"""Reading streams that may break off: what came before the break is given first."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, TypeVar

from attributor.errors import ReadingError, quoted

_PIECE = 1 << 16  # bytes; what is asked for is reserved, whether it comes or not
MAX_BLANK = 1_000_000
"""How many blank lines of a file are passed over, whatever else is in it."""
_BLANK_EACH = 10
"""How many more of them for each line that is not blank."""

Line = TypeVar("Line")


def filled(
    lines: Iterable[Line], is_blank: Callable[[Line], bool], name: str
) -> Iterator[tuple[int, Line]]:
    """The lines of the file `name` that are not blank, with their numbers from 1.

    Raises:
        ReadingError: so many are blank that to pass over them would take hours.
    """
    left = MAX_BLANK
    for number, line in enumerate(lines, 1):
        if not is_blank(line):
            left += _BLANK_EACH
            yield number, line
        elif left:
            left -= 1
        else:
            raise ReadingError(
                f"{quoted(name)} holds more than {MAX_BLANK:,} blank lines and is not read on from "
                f"line {number:,}: take them out.",
                article=name,
            )


def read_up_to(stream: BinaryIO, size: int) -> bytes:
    """The next `size` bytes, or fewer where the stream ends or breaks off.

    Raises:
        ReadingError: it breaks off right here. (`read` would raise it with bytes in hand, and they
            would be lost.)
    """
    read1 = getattr(stream, "read1", stream.read)
    parts: list[bytes] = []
    try:
        while size > 0 and (part := read1(min(size, _PIECE))):
            parts.append(part)
            size -= len(part)
    except ReadingError:
        if not parts:
            raise
    return b"".join(parts)


def rewound(head: bytes, stream: BinaryIO) -> BinaryIO:
    """`stream`, of which `head` has been read already, from its beginning again."""
    return io.BufferedReader(_Rewound(head, stream), 1 << 16)


class _Rewound(io.RawIOBase):
    """A stream after a piece of it that was read before."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        super().__init__()
        self._head = memoryview(head)
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        data = self._head[: len(buffer)] or read_up_to(self._stream, len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)
