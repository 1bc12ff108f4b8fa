"""What tokens cost, from genai-prices' table of the makers' list prices."""

from __future__ import annotations

from attributor.records import Usage

BATCH_API_SHARE = 0.5
"""The share of the usual price that an answer of the OpenAI Batch API costs."""


def cost(model: str, usage: Usage, base_url: str) -> float | None:
    """US dollars for what was used, or None where no price is known for this model and server."""
    import genai_prices

    counted = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_tokens,
        output_tokens=usage.output_tokens,
    )
    try:
        price = genai_prices.calc_price(counted, model, provider_api_url=base_url)
    except (LookupError, ValueError):
        return None
    return float(price.total_price)
