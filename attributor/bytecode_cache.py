"""What was made of a source, kept where Python keeps bytecode, while the source is the same.

That is `__pycache__` beside it, or below `PYTHONPYCACHEPREFIX`. Where nothing may be written there,
or `PYTHONDONTWRITEBYTECODE` is set, nothing is kept, and nobody told: it is made anew every time.
"""

from __future__ import annotations

import marshal
import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source, source_hash
from pathlib import Path
from typing import Any


def kept(place: Path, source: bytes) -> Any:
    """What was kept for `place`, if it was made of this source; else None.

    Args:
        place: the source's file, or a name beside it.
        source: what it is to be made of.
    """
    digest = source_hash(source)
    try:
        data = Path(cache_from_source(place)).read_bytes()
        return marshal.loads(data[len(digest) :]) if data.startswith(digest) else None  # noqa: S302  # as Python does
    except (OSError, EOFError, TypeError, ValueError, NotImplementedError):
        return None


def keep(place: Path, source: bytes, made: Any) -> None:
    """Keep what was made of a source, plain values or code; see `kept`."""
    if sys.dont_write_bytecode:
        return
    with suppress(OSError, NotImplementedError):
        file = Path(cache_from_source(place))
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f"{file.stem}.{os.getpid()}{file.suffix}")
        unfinished.write_bytes(source_hash(source) + marshal.dumps(made))
        unfinished.replace(file)
