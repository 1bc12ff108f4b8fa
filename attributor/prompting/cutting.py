"""Whether a server cut a prompt that is longer than its context, as some do without a word.

It can be told by the input tokens alone that the server counts, and these may be few for other
reasons: servers leave out what they had in a cache, or name a constant. So a prompt counts as cut
only where both are so: it has more tokens than were counted, whatever the tokenizer and with those
of a cache; and what was counted is what a context holds, a multiple of 1,024 or nearly. Any other
answer is kept. A count that is too small, but not too small for a context, becomes a warning.
"""

from __future__ import annotations

from attributor.errors import TooLongError
from attributor.messages import Answer, Request
from attributor.prompting import token_counts as tokens
from attributor.prompting.windows import harmless

CONTEXT_STEP_TOKENS = 1_024
"""Contexts are multiples of this, unless somebody chose another number."""
TOLERANCE_TOKENS = 2
"""How far the count of a cut prompt may be from the context."""
MIN_CONTEXT_TOKENS = 512
"""No context is smaller, so that a smaller count is no count of what was read."""
COUNTED_FEWER = "The server counted "
"""How a warning of a small count begins, by which it is told from what an answer itself says."""


def check_length(request: Request, answer: Answer) -> None:
    """Refuse an answer to a cut prompt.

    Raises:
        TooLongError: the prompt was cut.
    """
    if _is_short(request, answer) and _is_context(_counted(answer)):
        raise TooLongError(
            f"The server read only {_counted(answer):,} tokens of the request "
            f"about '{harmless(request.article)}', which has at least {tokens.least(request):,}: "
            "it cut the prompt; give the model a larger context (Ollama: OLLAMA_CONTEXT_LENGTH).",
            article=request.article,
        )


def doubts(request: Request, answer: Answer) -> list[str]:
    """The warning that an answer may be to a cut prompt; none where nothing speaks for it."""
    if _counted(answer) < MIN_CONTEXT_TOKENS or not _is_short(request, answer):
        return []
    return [
        f"{COUNTED_FEWER}{_counted(answer):,} tokens for a request that has at least "
        f"{tokens.least(request):,}; if it cut the prompt, something may be missing."
    ]


def _counted(answer: Answer) -> int:
    """The input tokens, with those that came from a cache: servers count them in, or beside."""
    return answer.usage.input_tokens + answer.usage.cached_tokens


def _is_short(request: Request, answer: Answer) -> bool:
    counted = _counted(answer)
    is_told = answer.usage.input_tokens > 0
    return is_told and counted < tokens.at_most(request) and counted < tokens.least(request)


def _is_context(counted: int) -> bool:
    off = (counted + TOLERANCE_TOKENS) % CONTEXT_STEP_TOKENS
    return counted > CONTEXT_STEP_TOKENS - TOLERANCE_TOKENS - 1 and off <= 2 * TOLERANCE_TOKENS
