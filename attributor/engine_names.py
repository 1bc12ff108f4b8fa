"""The names of the engines there are, where settings, records and the command line reach them.

`pipeline.ENGINES` has an entry for each, which a type checker holds.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

EngineName: TypeAlias = Literal["embedded", "openai"]
EngineChoice: TypeAlias = Literal["auto", EngineName]
"""What a user may ask for; `auto` asks a model where one is configured."""
ENGINE_CHOICES: Final[tuple[str, ...]] = get_args(EngineChoice)
"""The same to choose from at run time."""
