"""Reading streams that may break off: what came before the break is given first."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, TypeVar

from attributor.errors import ReadingError, quoted

MAX_BLANK_LINES = 1_000_000
"""How many blank lines of a file are passed over, whatever else is in it."""
_BLANK_LINES_PER_LINE = 10
"""How many blank lines more are passed over for each line that is not blank."""
READ_BYTES = 1 << 16
"""How many bytes are asked for at once: memory is reserved for them, whether they come or not."""

Line = TypeVar("Line")


def filled(
    lines: Iterable[Line], is_blank: Callable[[Line], bool], name: str
) -> Iterator[tuple[int, Line]]:
    """The lines of the file `name` that are not blank, with their numbers from 1.

    Raises:
        ReadingError: there are more blank lines than can be passed over in a moment.
    """
    left = MAX_BLANK_LINES
    for number, line in enumerate(lines, 1):
        if not is_blank(line):
            left += _BLANK_LINES_PER_LINE
            yield number, line
        elif left:
            left -= 1
        else:
            raise ReadingError(
                f"{quoted(name)} holds more than {MAX_BLANK_LINES:,} blank lines and is not read "
                f"on from line {number:,}: take them out.",
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
        while size > 0 and (part := read1(min(size, READ_BYTES))):
            parts.append(part)
            size -= len(part)
    except ReadingError:
        if not parts:
            raise
    return b"".join(parts)


def rewound(head: bytes, stream: BinaryIO) -> BinaryIO:
    """`stream`, of which `head` has been read already, from its beginning again."""
    return io.BufferedReader(_Rewound(head, stream), READ_BYTES)


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
