"""Parquet, row group by row group, and of each only the columns that an article is made of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, time
from itertools import islice
from typing import Any, BinaryIO

from attributor.errors import ReadingError, quoted
from attributor.reading.articles import FoundArticle
from attributor.reading.decompress import FREE_BYTES, MAX_RATIO, SizeTally, seekable
from attributor.reading.options import ReadingOptions
from attributor.reading.table_rows import TableRows, Values, layout

_BATCH_ROWS = 64
"""How many rows are read at once, at most."""
_BATCH_BYTES = 64_000_000
"""How large the rows read at once are, if each is as large as its whole row group."""
_SAMPLE_ROWS = 20
"""How many rows tell what the columns hold."""


def articles(stream: BinaryIO, name: str, options: ReadingOptions) -> Iterator[FoundArticle]:
    """The articles of a Parquet file, one a row; a broken row group costs its own rows.

    An article without an id is called "{name}:{row}", from 1.

    Raises:
        ReadingError: this is no Parquet, or no table of articles; or pyarrow is not installed.
    """
    with seekable(stream, name) as whole:
        size = whole.seek(0, os.SEEK_END)
        whole.seek(0)
        yield from _articles(_opened(whole, name), name, options, SizeTally(name, lambda: size))


def _articles(
    file: Any, name: str, options: ReadingOptions, tally: SizeTally
) -> Iterator[FoundArticle]:
    names = _plain_columns(file)
    places = layout(names, _sample(file, names, name), name, options)
    wanted = {key: names[at] for key, at in places.items()}
    rows = TableRows(name, wanted["text"], options)
    last = 0
    for group in range(file.num_row_groups):
        number = last
        last += file.metadata.row_group(group).num_rows
        try:
            for row in _rows(file, group, wanted, name):
                number += 1
                place = f"{name}:{number}"
                values = _values(row, place)
                # A dictionary may give one text to millions of rows.
                tally.add(0 if isinstance(values, ReadingError) else len(values["text"] or ""))
                yield rows.found(place, values)
        except _Broken as broken:
            place = f"{name}:{number + 1}"
            yield FoundArticle(name, place, broken.as_error(place, last))
    if not last:
        raise ReadingError(f"{quoted(name)} has no rows: give a table of articles.", article=name)


class _Broken(Exception):
    """A row group cannot be read on."""

    def as_error(self, place: str, last: int) -> ReadingError:
        """The error that the rows from that at `place` to the row `last` are lost."""
        return ReadingError(
            f"{quoted(place)} and the rows up to {last} cannot be read ({self}): "
            "get a whole copy of the file, or write it anew.",
            article=place,
        )


def _opened(stream: BinaryIO, name: str) -> Any:
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise ReadingError(
            f"{quoted(name)} is Parquet, for which pyarrow is needed: "
            "install attributor with its extra 'archive'.",
            article=name,
        ) from error
    try:
        # With a buffer, a column is read page by page instead of as a whole for each row group.
        return ParquetFile(stream, pre_buffer=False, buffer_size=1 << 16)
    except Exception as error:  # pyarrow's own and others, whatever a hostile file finds
        raise ReadingError(
            f"{quoted(name)} is no whole Parquet file ({_reason(error)}): "
            "get a whole copy of it, or write it anew.",
            article=name,
        ) from error


def _plain_columns(file: Any) -> list[str]:
    """The columns with one value a row; lists and structures are no cells."""
    from pyarrow import types

    return [field.name for field in file.schema_arrow if not types.is_nested(field.type)]


def _sample(file: Any, names: list[str], name: str) -> list[list[object]]:
    if not file.num_row_groups:
        return []
    every = dict(zip(names, names, strict=True))
    try:
        rows = islice(_rows(file, 0, every, name), _SAMPLE_ROWS)
        return [[_plain(scalar) for scalar in row.values()] for row in rows]
    except (_Broken, UnicodeDecodeError):
        return []


def _rows(file: Any, group: int, wanted: dict[str, str], name: str) -> Iterator[dict[str, Any]]:
    """The rows of a group as Arrow's scalars, by the keys of `wanted`."""
    columns = list(dict.fromkeys(wanted.values()))
    size = _size(file.metadata.row_group(group), columns)
    rows = max(min(_BATCH_ROWS, _BATCH_BYTES // max(size, 1)), 1)
    try:
        for batch in file.iter_batches(rows, [group], columns, use_threads=False):
            for at in range(batch.num_rows):
                yield {key: batch.column(column)[at] for key, column in wanted.items()}
    except GeneratorExit:
        raise
    except Exception as error:
        raise _Broken(_reason(error)) from error


def _size(group: Any, columns: list[str]) -> int:
    """What the columns of a row group unpack to, in bytes, by what the file says of itself."""
    known = [group.column(at) for at in range(group.num_columns)]
    wanted = [column for column in known if column.path_in_schema in columns]
    size: int = sum(column.total_uncompressed_size for column in wanted)
    if size > max(FREE_BYTES, MAX_RATIO * sum(column.total_compressed_size for column in wanted)):
        raise _Broken(f"they unpack to more than {MAX_RATIO} times their size, as a bomb does")
    return size


def _values(row: dict[str, Any], place: str) -> Values | ReadingError:
    try:
        return {key: _plain(scalar) for key, scalar in row.items()}
    except UnicodeDecodeError:
        return ReadingError(
            f"Row {quoted(place)} is not UTF-8: write the file anew from the original text.",
            article=place,
        )


def _plain(scalar: Any) -> str | None:
    """A cell as a string: a text as it stands, times as ISO 8601 has them."""
    try:
        value = scalar.as_py()
    except UnicodeDecodeError:
        raise
    except Exception:  # a time that Python has no object for
        return str(scalar.cast("string").as_py())
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return None if value is None or value == "" else str(value)


def _reason(error: BaseException) -> str:
    return quoted(str(error).split("\n")[0] or type(error).__name__, 120).strip("'")
