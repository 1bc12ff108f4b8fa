"""What a terminal shows while a model works."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str], None]


@contextmanager
def shown(article: str) -> Iterator[Progress | None]:
    """Show that `article` is being read, and what for; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.text import Text

    from attributor.views.escaping import one_line

    name = one_line(article)
    with Console(stderr=True).status(Text(f"{name} …")) as status:
        yield lambda step: status.update(Text(f"{name}: {one_line(step)} …"))
