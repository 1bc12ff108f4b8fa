"""CSV and TSV of any size: the encoding, the delimiter, the header, then row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO

from attributor.errors import ReadingError, quoted
from attributor.reading.articles import MAX_BYTES, FoundArticle
from attributor.reading.decoding import pieces
from attributor.reading.headers import DELIMITERS
from attributor.reading.options import Columns, ReadingOptions
from attributor.reading.streams import filled
from attributor.reading.table_rows import Layout, TableRows, Values, layout

_SAMPLE_LINES = 200
"""How many lines tell what the columns hold."""
_SAMPLE_CHARACTERS = 1_000_000
"""How long these lines are together."""
_MAX_COLUMN_CHARACTERS = 100
"""The longest name of a column: a row with a longer cell is no header."""
_NUMBER_OR_DATE = re.compile(r"[\d\W]*\d[\d\W]*")
"""A number or a date, which is no column's name."""
_BLANK = re.compile(r"[\s,;|\"]*")
"""A line whose cells are all empty."""
_EXCEL_DELIMITER = re.compile(r"sep=(.)\r?\n?")
"""The line before the header that tells Excel the delimiter."""

Line = tuple[str, int]
"""A line with its end, and its quotation marks; of a very long line only the beginning."""


def articles(stream: BinaryIO, name: str, options: ReadingOptions) -> Iterator[FoundArticle]:
    """The articles of a table, one a row; a bad row is an error, and the rest goes on.

    An article without an id is called "{name}:{row}", the row as a spreadsheet counts: the header
    is row 1, and a row of several lines is one. Where the first row is no header, the columns are
    called 1, 2, 3 and so on.

    Raises:
        ReadingError: this is no table of articles, or its encoding cannot be told.
    """
    # The limit on a row is ours; the module's own, for the whole process, must not be below it.
    csv.field_size_limit(max(csv.field_size_limit(), 2 * MAX_BYTES))
    named, lines = _named_delimiter(_lines(pieces(stream, name, options.encoding)))
    above, lines = _beginning(lines, name)
    head, broken = _head(lines)
    sample = [line for line, _ in head]
    delimiter = named or _delimiter(sample, options.columns)
    sampled = _sampled(sample, delimiter)
    if not sampled:
        raise ReadingError(f"{quoted(name)} is empty: give it a header and rows.", article=name)
    first, *others = _readable(sampled)
    is_header = first == sampled[0] and _is_header(first, options.columns)
    names = _trimmed(first) if is_header else [str(at + 1) for at in range(len(first))]
    places = layout(names, others if is_header else [first, *others], name, options)
    rows = TableRows(name, names[places["text"]], options)
    numbered = filled(_rows(chain(head, lines), delimiter), _is_blank, name)
    if is_header:
        next(numbered)
    empty = True
    for number, row in numbered:
        empty = False
        place = f"{name}:{above + number}"
        yield rows.found(place, _values(row, place, places, len(names)))
    if broken:
        raise broken
    if empty:
        raise ReadingError(f"{quoted(name)} has a header and no rows: add some.", article=name)


def _named_delimiter(lines: Iterator[Line]) -> tuple[str, Iterator[Line]]:
    """The delimiter that the first line names for Excel (empty if it does not); other lines."""
    first = next(lines, ("", 0))
    named = _EXCEL_DELIMITER.fullmatch(first[0])
    return (named[1], lines) if named else ("", chain([first], lines))


def _beginning(lines: Iterator[Line], name: str) -> tuple[int, Iterator[Line]]:
    """How many lines are blank before the first that is not, and that one with all others."""
    first = next(filled(lines, _is_blank_line, name), None)
    return (first[0] - 1, chain([first[1]], lines)) if first else (0, iter(()))


def _is_blank_line(line: Line) -> bool:
    return not line[1] % 2 and _BLANK.fullmatch(line[0]) is not None


def _head(lines: Iterator[Line]) -> tuple[list[Line], ReadingError | None]:
    """The first lines, from which everything is guessed; and why they are the last, if they are."""
    head: list[Line] = []
    length = 0
    try:
        for line in islice(lines, _SAMPLE_LINES):
            head.append(line)
            length += len(line[0])
            if length > _SAMPLE_CHARACTERS:
                break
    except ReadingError as error:
        if not head:
            raise
        return head, error
    return head, None


def _lines(texts: Iterable[str]) -> Iterator[Line]:
    end = ""
    parts: list[str] = []
    length = quotes = 0
    for text in texts:
        end = end or next((mark for mark in "\n\r" if mark in text), "")
        *whole, rest = text.split(end) if end else [text]
        for part in (*(line + end for line in whole), rest):
            quotes += part.count('"')
            if length <= MAX_BYTES:
                parts.append(part)
            length += len(part)
            if end and part.endswith(end):
                yield "".join(parts), quotes
                parts = []
                length = quotes = 0
    if length:
        yield "".join(parts), quotes


def _delimiter(sample: Sequence[str], columns: Columns) -> str:
    """The delimiter that gives the header the columns that were named, and the rows its width."""

    def fitness(delimiter: str) -> tuple[int, float, int]:
        rows = _sampled(sample, delimiter)
        first, *others = _readable(rows)
        named = sum(name in first for name in columns.said().values())
        alike = sum(len(row) == len(first) for row in others) / max(len(rows) - 1, 1)
        return named, alike if len(first) > 1 else -1.0, len(first)

    return max(DELIMITERS, key=fitness)


def _sampled(sample: Sequence[str], delimiter: str) -> list[list[str] | str]:
    """The rows of the sample that are not blank, see `_parse`; it may cut off the last one."""
    feed = _Feed((line, 0) for line in sample)
    return [row for row in _parse(feed, delimiter) if not _is_blank(row)]


def _is_blank(row: list[str] | str) -> bool:
    return not isinstance(row, str) and not any(cell.strip() for cell in row)


def _readable(rows: Sequence[list[str] | str]) -> list[list[str]]:
    """Those of the rows that can be read; an empty one if there are none."""
    return [row for row in rows if not isinstance(row, str)] or [[]]


def _is_header(first: Sequence[str], columns: Columns) -> bool:
    named = any(name in first for name in columns.said().values())
    return named or not any(
        len(cell) > _MAX_COLUMN_CHARACTERS or "\n" in cell or _NUMBER_OR_DATE.fullmatch(cell)
        for cell in first
    )


def _trimmed(header: Sequence[str]) -> list[str]:
    """The header without what delimiters at its end would add."""
    width = max((at + 1 for at, name in enumerate(header) if name.strip()), default=1)
    return list(header[:width])


class _TooLong(Exception):
    """A row is longer than an article may be."""


class _Feed:
    """The lines for the csv module, counted from the beginning of a row."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._length = self._quotes = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line, quotes = next(self._lines)
        self._length += len(line)
        self._quotes += quotes
        if self._length > MAX_BYTES:
            raise _TooLong
        return line

    def begin_row(self) -> None:
        """Begin to count the length of a new row."""
        self._length = self._quotes = 0

    def skip_row(self) -> None:
        """Leave out the lines up to where the quotation marks of this row are closed."""
        while self._quotes % 2:
            self._quotes += next(self._lines, ("", 1))[1]


def _rows(lines: Iterator[Line], delimiter: str) -> Iterator[list[str] | str]:
    return _parse(_Feed(lines), delimiter)


def _parse(feed: _Feed, delimiter: str) -> Iterator[list[str] | str]:
    """The rows; in place of one that cannot be read, what is wrong with it."""
    # Strict: the module would else drop quotation marks that are not doubled from the text.
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.begin_row()
        try:
            row: list[str] | str = next(reader)
        except StopIteration:
            return
        except _TooLong:
            feed.skip_row()
            row = (
                f"is longer than {MAX_BYTES // 1_000_000} MB, more than any article: close its "
                "quotation marks, or split it"
            )
        except csv.Error as error:
            row = f"cannot be read ({error}): double the quotation marks within quoted cells"
        yield row


def _values(row: list[str] | str, place: str, places: Layout, width: int) -> Values | ReadingError:
    """What a row says, or why it cannot be trusted."""
    if isinstance(row, str):
        return ReadingError(f"Row {quoted(place)} {row}.", article=place)
    if any(row[width:]) or len(row) < min(places["text"] + 2, width):
        return ReadingError(
            f"Row {quoted(place)} has {len(row)} cells where the header has {width}: "
            "quote the cells that hold delimiters or line ends.",
            article=place,
        )
    return {key: row[at] or None for key, at in places.items() if at < len(row)}
