"""Whether a text begins as a table does.

Of most texts that is said without the names that columns have, which take long to make ready.
"""

from __future__ import annotations

DELIMITERS = (",", ";", "\t", "|")
"""What may part the cells of a table."""
_MAX_COLUMN_CHARACTERS = 60
"""The longest name of a column in a header that is told by its looks."""


def is_header(line: str, below: str = "") -> bool:
    """Whether a line is the header of a table: names alone, some of which are known for columns."""
    for delimiter in DELIMITERS:
        names = [cell.strip().strip('"') for cell in line.split(delimiter)]
        if (
            len(names) < 2
            or delimiter not in below
            or max(map(len, names)) > _MAX_COLUMN_CHARACTERS
        ):
            continue
        from attributor.reading.naming import NAMES, folded, is_known

        words = [folded(name) for name in names]
        keys = {key for key in NAMES if any(is_known(key, word) for word in words)}
        if len(keys) > 1 and ("text" in keys or len(keys) > 2):
            return True
    return False
