"""The methods of dataclasses, compiled once and not at every start.

`dataclasses` writes the source of each method of each class, and has it compiled while modules are
imported: for the hundred classes of a short call, pydantic's among them, a sixth of its time. Its
`exec` is given another one here, which keeps what was compiled, source by source, as Python keeps
the bytecode of modules. That is for the process alone, and a Python whose `dataclasses` works in
another way is only slower.
"""

from __future__ import annotations

import atexit
import dataclasses
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from attributor.bytecode_cache import keep, kept
from attributor.version import __version__

_PLACE = Path(__file__).with_name("dataclass-methods.py")
_VERSION = __version__.encode()
"""Another version begins anew, since its classes are others."""
MAX_SOURCES = 5000
"""No more than these are kept: some ten times those of a short call."""


def keep_code_of_dataclasses() -> None:
    """From now on compile a dataclass's methods only if they were never compiled before."""
    vars(dataclasses)["exec"] = _execute


def _execute(source: str, *spaces: dict[str, Any]) -> None:
    """The same as `exec`, of a source that may have been compiled before."""
    codes = _codes()
    code = codes.get(source)
    if code is None:  # as `exec` of that module would, without what this one has from __future__
        code = codes[source] = compile(source, "<string>", "exec", dont_inherit=True)
    exec(code, *spaces)  # noqa: S102  # as `dataclasses` does


@cache
def _codes() -> dict[str, CodeType]:
    """Source -> code: those of earlier calls, and of this one, which are kept at its end."""
    codes: dict[str, CodeType] = kept(_PLACE, _VERSION) or {}
    atexit.register(_keep, codes, len(codes))
    return codes


def _keep(codes: dict[str, CodeType], before: int) -> None:
    if before < len(codes) <= MAX_SOURCES:
        keep(_PLACE, _VERSION, codes)
