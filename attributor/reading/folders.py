"""Sources as the user names them to the files that they stand for, in a stable order."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import repeat
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from attributor.errors import ReadingError, quoted

_GLOB = re.compile(r"[*?\[]")
"""A sign that makes a pattern of a name."""
_SUFFIXES_OF_NO_ARTICLES = (
    ".jpg .jpeg .png .gif .bmp .tif .tiff .webp .avif .heic .svg .ico .psd .raw "
    ".mp3 .wav .ogg .flac .m4a .aac .mp4 .m4v .mov .avi .mkv .webm .wmv .srt .vtt "
    ".css .js .mjs .map .woff .woff2 .ttf .otf .eot .py .pyc .sh .bat .exe .dll .so .jar .class "
    ".toml .yaml .yml .ini .cfg .conf .lock .md5 .sha1 .sha256 .sha512 .sig .asc .cdx .cdxj .idx "
    ".log .webmanifest .cur .apng .jfif .ogv .otc .less .scss .ts .wasm .swf "
    ".db .db-wal .db-shm .db-journal .sqlite .sqlite3 .sqlite-wal .sqlite-shm"
)
"""Images, sound, film, programs, settings and databases, parted by spaces."""
_NO_ARTICLE_SUFFIXES = frozenset(_SUFFIXES_OF_NO_ARTICLES.split())
"""Suffixes of files that are no articles: they are passed over in folders and archives."""
_NO_ARTICLE_NAMES = frozenset(("thumbs.db", "desktop.ini", "__macosx"))
"""Names that operating systems give to files of their own, in lower case."""
FOR_MACHINES = (
    *("robots.txt", "ads.txt", "app-ads.txt", "humans.txt", "security.txt", "llms.txt"),
    *("sellers.json", "browserconfig.xml", "crossdomain.xml", "opensearch.xml", "wget-log"),
)
"""Files of a site that are meant for programs, which a mirror of it has too."""
_QUERY = re.compile(r"(.*?\.[a-z0-9]{1,11})(?:[?@#]|%3f)(\S*)")
"""A file's name with the query of its address, as wget writes it: "logo.png?w=200"."""
_APPENDED = re.compile(r"\.(?:download|tmp|part|crdownload|orig|bak|old|gz|bz2|xz|br|zst|\d{1,3})$")
"""A suffix that programs append to a name that has one."""
_MAX_NAME_CHARACTERS = 500
"""The longest name of which appended suffixes are taken off."""
_ARTICLE_SUFFIXES = (".txt", ".text", ".md", ".markdown", ".html", ".htm")
"""Suffixes that a name keeps behind a "?": there it is a title with a question mark."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that a source stands for."""

    path: str
    """Where it is opened."""
    name: str
    """The path from the source on, with slashes: what the ids of its articles begin with."""
    source: str
    """The path for people, from the folder that they are in."""
    named: bool
    """Whether the user named it, or it was found in a folder."""

    def open(self) -> BinaryIO:
        """Its bytes, if it is a regular file; nothing else is ever opened.

        Raises:
            ReadingError: it cannot be opened.
        """
        links = 0 if self.named else getattr(os, "O_NOFOLLOW", 0)
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | links
        try:
            _refuse_special(os.stat(self.path, follow_symlinks=self.named).st_mode, self.source)
            descriptor = os.open(self.path, flags)
        except (OSError, ValueError) as error:
            raise _unreadable(self.source, error, named=self.named) from error
        file = os.fdopen(descriptor, "rb")
        try:  # it may have been replaced in between
            _refuse_special(os.fstat(descriptor).st_mode, self.source)
        except ReadingError:
            file.close()
            raise
        return file


def files(source: str) -> Iterator[File | ReadingError]:
    """The files of a folder, a glob or a file's name; in place of what cannot be listed, an error.

    Folders are read with all below them, names in their order as Unicode has it. Links are
    followed where the user names them, not where they are found.
    """
    shown = printable(source)
    if is_pattern(source):
        yield from _nonempty(_globbed(source), shown, "matches no file: check the pattern")
    elif os.path.isdir(source):
        problem = "holds no file that may be an article: name another folder"
        yield from _nonempty(_below(_Root(source), ""), shown, problem)
    else:
        name = printable(os.path.basename(source))
        yield File(source, name, shown, named=True)


def check(source: str) -> None:
    """Look whether a source stands for anything.

    Raises:
        ReadingError: there is no such file, or none in the folder or that the pattern matches.
    """
    first = next(files(source), None)
    if isinstance(first, ReadingError) and first.article == printable(source):
        raise first
    if isinstance(first, File) and first.named:
        first.open().close()


def is_pattern(source: str) -> bool:
    """Whether a source is a pattern rather than a file's or a folder's name."""
    return bool(_GLOB.search(source)) and not os.path.lexists(source)


def root_of(pattern: str) -> str:
    """The folder that all that a pattern matches is in."""
    fixed = Path(pattern).parts[: _fixed(pattern)]
    return os.path.join(*fixed) if fixed else "."


def file_of(shown: str) -> str:
    """The file that people are shown as `shown`, or that holds the member which they are shown."""
    return shown.partition("!")[0]


def stands_for(source: str, shown: str) -> bool:
    """Whether a source stands for a file (or a member of it) that people are shown as `shown`.

    Nothing is looked up, so that it can be told of files that are gone, too: where a path is
    relative, it is to the folder that this process is in.
    """
    file = file_of(shown)
    if is_pattern(source):
        pattern = Path(source).parts
        return any(_fits(Path(each).parts, pattern) for each in (shown, file))
    named, there = os.path.abspath(printable(source)), os.path.abspath(file)
    shown = there + shown[len(file) :]
    return named in (shown, there) or shown.startswith((named.rstrip("/") + "/", f"{named}!"))


def _fits(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Whether a pattern matches a path or a folder that it is in."""
    if not pattern:
        return True
    if pattern[0] == "**":
        return any(_fits(parts[at:], pattern[1:]) for at in range(len(parts)))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _fits(parts[1:], pattern[1:])


def printable(name: str) -> str:
    """A file's name as text: bytes that are none become U+FFFD."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def is_no_article(path: str) -> bool:
    """Whether a file found in a folder or an archive is plainly no article, by its name."""
    parts = PurePosixPath(path.replace("\\", "/").lower()).parts
    if any(part.startswith(".") and part.strip(".") for part in parts):
        return True
    if not parts or not _NO_ARTICLE_NAMES.isdisjoint(parts):
        return bool(parts)
    name = _original(parts[-1])
    suffix = PurePosixPath(name).suffix
    is_sitemap = suffix == ".xml" and "sitemap" in name
    return suffix in _NO_ARTICLE_SUFFIXES or name in FOR_MACHINES or is_sitemap


def _original(name: str) -> str:
    """A file's name as its site has it, without what browsers and wget append."""
    shorter = name if len(name) <= _MAX_NAME_CHARACTERS else ""
    while shorter:
        name, shorter = shorter, _APPENDED.sub("", shorter)
        query = _QUERY.fullmatch(shorter)
        if query and ("=" in query[2] or not query[2].endswith(_ARTICLE_SUFFIXES)):
            shorter = query[1]
        if shorter == name:
            break
    return name


def _nonempty(
    found: Iterator[File | ReadingError], shown: str, problem: str
) -> Iterator[File | ReadingError]:
    empty = True
    for one in found:
        empty = False
        yield one
    if empty:
        yield _refusal(shown, problem)


def _globbed(pattern: str) -> Iterator[File | ReadingError]:
    """The files that a pattern matches, and all in the folders that it matches."""
    root = _Root(root_of(pattern))
    if os.path.lexists(root.path):
        yield from _matched(root, "", Path(pattern).parts[_fixed(pattern) :])


def _fixed(pattern: str) -> int:
    """How many parts of a pattern are names."""
    return next(at for at, part in enumerate(Path(pattern).parts) if _GLOB.search(part))


@dataclass(frozen=True, slots=True)
class _Root:
    """The folder that the names of files are told from."""

    path: str

    def at(self, relative: str) -> str:
        """Where a path below it is."""
        return os.path.join(self.path, relative) if relative else self.path

    def shown(self, relative: str) -> str:
        """The path below it, as a text for people."""
        base = "" if self.path == "." else printable(self.path)
        return printable(os.path.join(base, relative) if relative else self.path)

    def holds(self, target: str) -> bool:
        """Whether a real path is in this folder."""
        real = os.path.realpath(self.path)
        try:
            return os.path.commonpath((real, target)) == real
        except ValueError:  # another drive
            return False


def _matched(
    root: _Root, relative: str, segments: tuple[str, ...]
) -> Iterator[File | ReadingError]:
    """What is in a folder that the rest of a pattern matches, segment by segment."""
    head, rest = segments[0], segments[1:]
    names = _listed(root, relative)
    if isinstance(names, ReadingError):
        yield names
    elif head == "**" and rest[:1] == ("**",):
        yield from _matched(root, relative, rest)
    elif head == "**":
        yield from _matched(root, relative, rest) if rest else _below(root, relative)
        for below in (_joined(relative, name) for name in names if rest):
            if _is_folder(root.at(below)) and not is_no_article(below):
                yield from _matched(root, below, segments)
    else:
        for below in (_joined(relative, name) for name in names if fnmatchcase(name, head)):
            if not rest:
                yield from _below(root, below)
            elif _is_folder(root.at(below)):
                yield from _matched(root, below, rest)


def _below(root: _Root, relative: str) -> Iterator[File | ReadingError]:
    """The file at `relative`, or all files of the folder there; no deeper in Python than here."""
    stack = [iter((relative,))]
    while stack:
        here = next(stack[-1], None)
        if here is None:
            stack.pop()
        elif not is_no_article(here):
            found = _entry(root, here)
            if isinstance(found, list):
                stack.append(map(_joined, repeat(here), found))
            elif found is not None:
                yield found


def _entry(root: _Root, relative: str) -> File | ReadingError | list[str] | None:
    """A file; the names in a folder; nothing if it is read at another place; or what is wrong."""
    path, shown = root.at(relative), root.shown(relative)
    try:
        mode = os.lstat(path).st_mode if relative else stat.S_IFDIR
        if stat.S_ISLNK(mode):
            return _linked(root, path, shown)
        if stat.S_ISDIR(mode):
            return _listed(root, relative)
        _refuse_special(mode, shown)
    except ReadingError as error:
        return error
    except (OSError, ValueError) as error:
        return _unreadable(shown, error)
    return File(path, printable(relative.replace(os.sep, "/")), shown, named=False)


def _listed(root: _Root, relative: str) -> list[str] | ReadingError:
    try:
        return sorted(os.listdir(root.at(relative)))
    except (OSError, ValueError) as error:
        return _unreadable(root.shown(relative), error)


def _linked(root: _Root, path: str, shown: str) -> ReadingError | None:
    """Why a link that was found is not followed; nothing if what it leads to is read anyway."""
    try:
        target = os.path.realpath(path, strict=True)
    except OSError:
        return _refusal(shown, "is a link that leads nowhere or in a circle: remove it")
    if not root.holds(target):
        problem = "is a link that leads out of the folder, and is not followed"
        return _refusal(shown, f"{problem}: name what it leads to as a source of its own")
    if _Root(target).holds(os.path.realpath(os.path.dirname(path))):
        return _refusal(shown, "is a link to a folder that it lies in: remove it")
    if is_no_article(os.path.relpath(target, os.path.realpath(root.path))):
        problem = "is a link to a hidden file, and is not followed"
        return _refusal(shown, f"{problem}: name what it leads to as a source of its own")
    return None


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def _joined(folder: str, name: str) -> str:
    return os.path.join(folder, name) if folder else name


def _refuse_special(mode: int, shown: str) -> None:
    """Raise ReadingError for what may block, never end or do things when it is opened."""
    if stat.S_ISDIR(mode):
        raise _refusal(shown, "is a folder now: start again")
    if not stat.S_ISREG(mode):
        raise _refusal(shown, "is a pipe, a socket or a device, and is not opened: give a file")


def _unreadable(shown: str, error: OSError | ValueError, *, named: bool = False) -> ReadingError:
    if isinstance(error, FileNotFoundError) and named:
        return _refusal(shown, "does not exist: check the name and the folder you are in")
    if isinstance(error, FileNotFoundError):
        return _refusal(
            shown, "has vanished since its folder was listed: start again if it is back"
        )
    if isinstance(error, PermissionError):
        return _refusal(shown, "may not be read by you: change its permissions")
    if isinstance(error, ValueError):  # a NUL in the name
        return _refusal(shown, "is no file's name")
    reason = error.strerror or type(error).__name__
    return _refusal(shown, f"cannot be read ({reason}): check the disk and the name")


def _refusal(shown: str, problem: str) -> ReadingError:
    return ReadingError(f"{quoted(shown)} {problem}.", article=shown)
