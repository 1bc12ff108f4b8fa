"""Reading streams that may break off: what came before the break is given first."""

from __future__ import annotations

import io
from typing import BinaryIO

from attributor.errors import ReadingError

_PIECE = 1 << 16  # bytes; what is asked for is reserved, whether it comes or not


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
