"""Compressed streams, read piece by piece and never further than an honest archive goes.

A bomb is told by what comes out of it for what went in: text shrinks to a tenth, columns of like
values to a fiftieth, nothing that is worth reading to a two-hundredth.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, Protocol

from attributor.errors import ReadingError, quoted
from attributor.reading.streams import read_up_to

MAX_RATIO = 200
"""How many bytes may come out for each byte that went in, once `FREE_BYTES` have come out."""
FREE_BYTES = 100_000_000
"""How many bytes may come out of anything, whatever went in."""
MAX_UNPACKED_BYTES = 1_000_000_000_000
"""How many bytes may come out of one file at all."""
MAX_SPOOLED_BYTES = 4_000_000_000
"""The largest ZIP or Parquet in an archive, which must be laid down whole before it is read."""

_XZ_MEMORY_BYTES = 256_000_000
"""How much memory an xz file may ask for: the tool's own presets ask for 65 MB, others for more."""

BROKEN = (
    *(EOFError, zlib.error, lzma.LZMAError, OSError, ValueError, NotImplementedError),
    *(zipfile.BadZipFile, tarfile.TarError),
)
"""What the libraries raise where an archive is damaged or ends too early."""


class Readable(Protocol):
    """Anything that gives bytes as they come."""

    def read1(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


class SizeTally:
    """What came out of something compressed, against what went in."""

    def __init__(self, name: str, packed: Callable[[], int]) -> None:
        self.name = name
        self.exceeded = False
        self._packed = packed
        self._unpacked = 0

    def add(self, size: int) -> None:
        """Count `size` bytes more.

        Raises:
            ReadingError: no honest archive unpacks to as much.
        """
        self._unpacked += size
        if self._unpacked <= FREE_BYTES:
            return
        if self._unpacked > MAX_UNPACKED_BYTES:
            problem = f"more than {MAX_UNPACKED_BYTES // 1_000_000_000} GB"
        elif self._unpacked > MAX_RATIO * self._packed():
            problem = f"more than {MAX_RATIO} times its size, as a bomb does"
        else:
            return
        self.exceeded = True
        raise ReadingError(
            f"{quoted(self.name)} unpacks to {problem}, and is not read further: "
            "if you trust it, unpack it and give the files.",
            article=self.name,
        )


class Unpacked(io.RawIOBase):
    """The bytes of a compressed stream, counted; damage in it is a ReadingError."""

    def __init__(self, inner: Readable, name: str, *tallies: SizeTally) -> None:
        super().__init__()
        self._inner = inner
        self._name = name
        self._tallies = tallies
        self._error: ReadingError | None = None

    @property
    def failed(self) -> bool:
        """Whether reading has come upon damage."""
        return self._error is not None

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill `buffer` as far as one read of the stream does; once broken, it stays so."""
        if self._error:
            raise self._error
        try:
            data = self._inner.read1(len(buffer))
            for tally in self._tallies:
                tally.add(len(data))
        except ReadingError as error:
            self._error = error
            raise
        except BROKEN as error:
            self._error = broken_off(self._name, error)
            raise self._error from error
        buffer[: len(data)] = data
        return len(data)


def unpacked(stream: BinaryIO, name: str, packing: str) -> BinaryIO:
    """The bytes in `stream`, compressed by `packing` (.gz, .bz2 or .xz), as a stream."""
    counted = _Counted(stream)
    inner: Readable
    if packing == ".gz":
        inner = gzip.GzipFile(fileobj=counted, mode="rb")
    elif packing == ".bz2":
        inner = bz2.BZ2File(counted, "rb")
    else:
        inner = _Xz(counted)
    tally = SizeTally(name, lambda: counted.size)
    return io.BufferedReader(Unpacked(inner, name, tally), 1 << 16)


def members(stream: BinaryIO, name: str) -> Iterator[BinaryIO]:
    """The members of a gzip file, one after the other; what is left of one is passed over.

    Raises:
        ReadingError: a member is damaged, so that nobody knows where the next one begins.
    """
    counted = _Counted(stream)
    inner = _Gzip(counted)
    tally = SizeTally(name, lambda: counted.size)
    while inner.begins():
        member = io.BufferedReader(Unpacked(inner, name, tally), 1 << 16)
        yield member
        while member.read1():
            pass


@contextmanager
def seekable(stream: BinaryIO, name: str) -> Iterator[BinaryIO]:
    """`stream` as one that can be read at any place: itself, or a nameless temporary file.

    Raises:
        ReadingError: it is too large for that.
    """
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as file:
        size = 0
        while piece := stream.read(1 << 20):
            size += len(piece)
            if size > MAX_SPOOLED_BYTES:
                raise ReadingError(
                    f"{quoted(name)} is larger than {MAX_SPOOLED_BYTES // 1_000_000_000} GB, too "
                    "large to be read within an archive: unpack it and give the files.",
                    article=name,
                )
            file.write(piece)
        file.seek(0)
        yield file


def broken_off(name: str, error: BaseException) -> ReadingError:
    """That `name` is damaged, or ends too early, from what a library says about it."""
    early = isinstance(error, EOFError) or "end of" in str(error)
    problem = "breaks off before its end" if early else f"is damaged ({_reason(error)})"
    return ReadingError(
        f"{quoted(name)} {problem}: what came before was read; "
        "get a whole copy of it for the rest.",
        article=name,
    )


def _reason(error: BaseException) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return quoted(reason.splitlines()[0], 100).strip("'")


class Guarded:
    """A stream of which no more than `left` bytes are read, unless that is None: for headers."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._offset = 0
        self.left: int | None = None

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes."""
        data = read_up_to(self._stream, size)
        self._offset += len(data)
        if self.left is not None:
            self.left -= len(data)
            if self.left < 0:
                raise broken_off(self._name, ValueError("headers without end"))
        return data

    def tell(self) -> int:
        """How many bytes were read."""
        return self._offset


class _Counted(io.RawIOBase):
    """A stream that knows how much was read of it."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self.size = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = read_up_to(self._stream, size)
        self.size += len(data)
        return data


class _Gzip:
    """The members of a gzip file, each to its own end."""

    def __init__(self, stream: _Counted) -> None:
        self._stream = stream
        self._stage = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._packed = b""

    def begins(self) -> bool:
        """Whether there is another member, from whose beginning is read on."""
        self._packed = self._stage.unused_data.lstrip(b"\0")
        while not self._packed:
            piece = self._stream.read(1 << 16)
            if not piece:
                return False
            self._packed = piece.lstrip(b"\0")
        self._stage = zlib.decompressobj(zlib.MAX_WBITS | 16)
        return True

    def read1(self, size: int) -> bytes:
        while not self._stage.eof:
            self._packed = self._packed or self._stream.read(1 << 16)
            if not self._packed:
                raise EOFError
            data = self._stage.decompress(self._packed, size)
            self._packed = self._stage.unconsumed_tail
            if data:
                return data
        return b""


class _Xz:
    """An xz stream, or several one after the other, with bounded memory."""

    def __init__(self, stream: _Counted) -> None:
        self._stream = stream
        self._stage = self._fresh()

    @staticmethod
    def _fresh() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES)

    def read1(self, size: int, /) -> bytes:
        packed = b""
        while True:
            if self._stage.eof:
                packed = self._stage.unused_data.lstrip(b"\0") or self._stream.read(1 << 16)
                if not packed.strip(b"\0"):
                    return b""
                self._stage = self._fresh()
            elif self._stage.needs_input and not packed:
                packed = self._stream.read(1 << 16)
                if not packed:
                    raise EOFError
            if data := self._stage.decompress(packed, size):
                return data
            packed = b""
