"""What the log is told: the events of a long run, and nothing that an article or a server says.

Modules log as the standard library has it, each by `logging.getLogger(__name__)`. It goes nowhere
until somebody listens: `attributor batch --log FILE`, or a handler of a program's own. Ids and
paths are given to it by `errors.quoted`, so that none can begin a line.
"""

from __future__ import annotations

import logging
import re

from attributor.errors import quoted

logging.getLogger("attributor").addHandler(logging.NullHandler())

LONGEST = 500
"""Characters of a sentence in a line at most."""
_MASK = "\ufffe"
_WORDS_OF_OTHERS = re.compile(r": |\. |, saying '|, with a web page | \((?!HTTP|error \d)")
"""What stands before the words of an article, a server or a model in the program's sentences."""


def own_words(sentence: str, about: str = "") -> str:
    """A sentence of the program's up to where it gives the words of others, fit for a line.

    Args:
        sentence: why an article has no annotation, or why a run ends.
        about: what the line names already, the article's id or the file.
    """
    named = quoted(about)
    masked = sentence.replace(named, _MASK)  # a name may hold a colon, too
    own = _WORDS_OF_OTHERS.split(masked, maxsplit=1)[0].removesuffix(".")
    return quoted(own.replace(_MASK, named), LONGEST)[1:-1]
