"""What the encoder says of each piece of a word: one number each, as log-odds."""

from __future__ import annotations

from typing import Final

CONTENT: Final = 0
"""It is part of what somebody says."""
CONTENT_BEGINS: Final = 1
"""A stretch of content begins with it."""
CONTENT_ENDS: Final = 2
"""A stretch of content ends with it."""
CUE: Final = 3
"""It is part of a cue of speech."""
SOURCE: Final = 4
"""It is part of the words that name a speaker."""
SOURCE_BEGINS: Final = 5
"""The words that name a speaker begin with it."""
THOUGHT_CUE: Final = 6
"""It is part of a cue of thought or belief, which is no speech."""
CUE_FOLLOWS: Final = 7
"""It is part of content whose cue stands behind it: taught with the others, asked by nobody."""
COUNT: Final = 8
"""How many there are."""
