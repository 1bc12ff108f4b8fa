"""ZIP and tar: their members as a stream, nothing ever written under a member's name."""

from __future__ import annotations

import os
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, BinaryIO, Self

from attributor.errors import ReadingError, quoted
from attributor.reading.decompress import Guarded, SizeTally, Unpacked, broken_off, seekable
from attributor.reading.folders import is_no_article
from attributor.reading.streams import READ_BYTES

MAX_DIRECTORY_BYTES = 32_000_000
"""The longest directory of a ZIP that is read: one of some 400,000 members."""
_TAR_HEADER_BYTES = 1_000_000
"""How long the headers of one member of a tar may be."""

Member = tuple[str, Unpacked | ReadingError]
"""A member's path in the archive, and its bytes or why they are not read."""


def members(stream: BinaryIO, name: str, suffix: str) -> Iterator[Member]:
    """The members of an archive in its order, each called "{name}!{its path}".

    Those that are no articles by their name are left out. Each is to be read before the next one
    is asked for.

    Args:
        stream: the archive's bytes.
        name: what the archive is called.
        suffix: ".zip" or ".tar".

    Raises:
        ReadingError: the archive itself is none, breaks off, or holds nothing to read.
    """
    empty = True
    for path, content in (_of_zip if suffix == ".zip" else _of_tar)(stream, name):
        if is_no_article(path):
            continue
        empty = False
        member = f"{name}!{path}"
        if leads_out := _leads_out(path):
            content = ReadingError(f"{quoted(member)} {leads_out}.")
        if isinstance(content, ReadingError):
            content = ReadingError(content.message, article=member)
        yield member, content
    if empty:
        raise ReadingError(
            f"{quoted(name)} holds no file that may be an article: give another.", article=name
        )


def _leads_out(path: str) -> str | None:
    """What is wrong with a path that would be unpacked outside the archive's own folder."""
    windows = PureWindowsPath(path)
    if ".." in windows.parts or windows.anchor or PurePosixPath(path).is_absolute():
        return "has a path that leads out of the archive, and is not read: pack it anew"
    return None


def _of_zip(stream: BinaryIO, name: str) -> Iterator[Member]:
    with seekable(stream, name) as whole:
        _refuse_long_directory(whole, name)
        try:
            archive = zipfile.ZipFile(whole)
        except Exception as error:  # BadZipFile and others, whatever a hostile directory finds
            raise broken_off(name, error) from error
        yield from _in_zip(archive, whole.seek(0, os.SEEK_END), name)


def _in_zip(archive: zipfile.ZipFile, size: int, name: str) -> Iterator[Member]:
    whole = SizeTally(name, lambda: size)
    files = [info for info in archive.infolist() if not info.is_dir()]
    encrypted = [info for info in files if info.flag_bits & 1]
    if encrypted:
        yield (
            encrypted[0].filename,
            ReadingError(
                f"{quoted(name)} has encrypted members ({len(encrypted)} of {len(files)}), "
                "which are not read: unpack it with its password and give the files."
            ),
        )
    for info in files:
        if not info.flag_bits & 1:
            yield info.filename, _zipped(archive, info, f"{name}!{info.filename}", whole)
        if whole.exceeded:
            return


def _zipped(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: str, whole: SizeTally
) -> Unpacked | ReadingError:
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return _special(member)
    try:
        inner: Any = archive.open(info)
    except Exception as error:
        return broken_off(member, error)
    return Unpacked(inner, member, SizeTally(member, lambda: info.compress_size), whole)


def _refuse_long_directory(stream: BinaryIO, name: str) -> None:
    """Raise ReadingError for a ZIP whose directory, which is read whole, would fill the memory."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(size - 70_000, 0))
    tail = stream.read()
    stream.seek(0)
    end, end64 = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    length = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if end64 >= 0:
        length = max(length % 0xFFFFFFFF, int.from_bytes(tail[end64 + 40 : end64 + 48], "little"))
    if length > MAX_DIRECTORY_BYTES:
        raise ReadingError(
            f"{quoted(name)} has a directory of more than {MAX_DIRECTORY_BYTES // 1_000_000} MB "
            "(some 400,000 members): unpack it and give the folder, or pack it as tar.",
            article=name,
        )


def _of_tar(stream: BinaryIO, name: str) -> Iterator[Member]:
    guarded = Guarded(stream, name)
    guarded.left = _TAR_HEADER_BYTES
    try:
        archive = tarfile.open(fileobj=guarded, mode="r|", tarinfo=_Header)  # type: ignore[call-overload]  # noqa: SIM115
    except ReadingError:
        raise
    except Exception as error:
        raise broken_off(name, error) from error
    while info := _next(archive, name):
        guarded.left = None
        member = f"{name}!{info.name}"
        content = archive.extractfile(info) if info.isreg() and not info.issparse() else None
        if content is not None:
            unpacked = Unpacked(content, member)
            yield info.name.removeprefix("./"), unpacked
            if unpacked.failed:  # the archive breaks off here, and that has been said
                return
            _drain(unpacked)
        elif not info.isdir():
            yield info.name, _special(member)
        guarded.left = _TAR_HEADER_BYTES + (0 if content is not None else info.size)


def _next(archive: tarfile.TarFile, name: str) -> tarfile.TarInfo | None:
    try:
        info = archive.next()
    except ReadingError:
        raise
    except Exception as error:
        raise broken_off(name, error) from error
    archive.members = []  # type: ignore[attr-defined]  # it would keep all of them
    return info


def _drain(stream: Unpacked) -> None:
    while stream.read(READ_BYTES):
        pass


class _Header(tarfile.TarInfo):
    """A member's header, of which a broken one is no silent end of the archive."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
        """The next header in the archive."""
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.HeaderError as error:
            kind = type(error).__name__
            if kind == "EOFHeaderError":  # what ends every whole archive
                raise
            early = kind in ("EmptyHeaderError", "TruncatedHeaderError")
            raise tarfile.ReadError("end of data" if early else str(error)) from error


def _special(member: str) -> ReadingError:
    return ReadingError(
        f"{quoted(member)} is a link or a special file, which is not followed: "
        "pack what it stands for."
    )
