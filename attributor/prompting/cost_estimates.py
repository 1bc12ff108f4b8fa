"""What a dialogue would cost, without asking anybody."""

from __future__ import annotations

import math
from collections.abc import Sequence

from attributor.estimates import Estimate
from attributor.marking.evidence import Marking
from attributor.messages import Request
from attributor.prompting import prices
from attributor.prompting import token_counts as tokens
from attributor.prompting.attribution_dialogue import AttributionDialogue
from attributor.prompting.prompts import Prompts
from attributor.prompting.stance_dialogue import MAX_OPEN_TARGETS, MAX_QUOTES_PER_REQUEST, listed
from attributor.records import Codebook, Usage
from attributor.settings import OPENAI_URL

OUTPUT_TOKENS_PER_QUOTE = 35
"""How many output tokens a quote takes on the average where there is no draft of it."""
OUTPUT_TOKENS_PER_LINE = (5, 20)
"""How many output tokens a line of a draft takes: of each three or four one is changed."""
OUTPUT_TOKENS_PER_STANCE = 16
"""How many output tokens a stance takes on the average."""
REPAIR_SHARE = 0.5
"""The answer to a repair is seldom longer than this share of the first answer."""


def estimate(
    marking: Marking,
    asking: AttributionDialogue,
    prompts: Prompts,
    codebook: Codebook | None,
    model: str,
    base_url: str | None = None,
) -> Estimate:
    """What asking about this article is likely to take; nobody is asked.

    The least is one answer per window that is asked about, with no more than the draft's lines or
    a quote for each marked passage, the most a quote for every second segment, a repair per window
    and all stances.
    """
    requests, lines = asking.requests(), asking.lines
    read = sum(tokens.of_request(request, model) for request in requests)
    extra = tokens.count(prompts.repair.body, model) * len(requests)
    few = len(lines) or (max(len(marking.passages), 1) if requests else 0)
    many = max(few, len(marking.segments) // 2)
    each = OUTPUT_TOKENS_PER_LINE if lines else (OUTPUT_TOKENS_PER_QUOTE, OUTPUT_TOKENS_PER_QUOTE)
    written = [quotes * tokens_each for quotes, tokens_each in zip((few, many), each, strict=True)]
    low = Usage(
        requests=len(requests), input_tokens=read, output_tokens=written[0] * bool(requests)
    )
    high = Usage(
        requests=2 * len(requests),
        input_tokens=2 * read + extra,
        output_tokens=int(written[1] * (1 + REPAIR_SHARE)) * bool(requests),
    )
    few, many = max(few, asking.drafted), max(many, asking.drafted)  # each is asked for its stances
    if codebook and few:
        shown = tokens.count(marking.text, model)
        low += _stances(few, 1, _static(prompts, codebook, model), shown // 3)
        targets = len(codebook.targets) or MAX_OPEN_TARGETS
        high += _stances(many, targets, _static(prompts, codebook, model), shown)
    return _between(low, high, model, base_url or OPENAI_URL)


def rest(
    whole: Estimate,
    bought: Usage,
    requests: Sequence[Request],
    model: str,
    base_url: str | None = None,
) -> Estimate:
    """What is left of an estimate once some answers are there, and these requests come next.

    The output that is left is the part that the requests are of all.
    """
    read = sum(tokens.of_request(request, model) for request in requests)
    is_last = all(request.purpose == "stance" for request in requests)
    bounds = []
    for end in (0, 1):
        left, input_tokens = len(requests), read
        if not is_last:
            left = max(whole.requests[end] - bought.requests, left)
            input_tokens = max(whole.input_tokens[end] - bought.input_tokens, read)
        part = min(1.0, left / max(whole.requests[end], 1))
        output_tokens = round(whole.output_tokens[end] * part)
        bounds.append(Usage(requests=left, input_tokens=input_tokens, output_tokens=output_tokens))
    low, high = bounds
    return _between(low, high, model, base_url or OPENAI_URL)


def _static(prompts: Prompts, codebook: Codebook, model: str) -> int:
    prompt = prompts.stance if codebook.targets else prompts.open_stance
    return tokens.count("\n".join([prompt.body, *listed(codebook.targets)]), model)


def _stances(quotes: int, each: int, static: int, shown: int) -> Usage:
    requests = math.ceil(quotes / MAX_QUOTES_PER_REQUEST)
    return Usage(
        requests=requests,
        input_tokens=requests * static + shown,
        output_tokens=quotes * each * OUTPUT_TOKENS_PER_STANCE,
    )


def _between(low: Usage, high: Usage, model: str, base_url: str) -> Estimate:
    prices_of = [prices.cost(model, usage, base_url) for usage in (low, high)]
    known = [price for price in prices_of if price is not None]
    return Estimate(
        requests=(low.requests, high.requests),
        input_tokens=(low.input_tokens, high.input_tokens),
        output_tokens=(low.output_tokens, high.output_tokens),
        cost_usd=(known[0], known[1]) if len(known) == 2 else None,
    )
