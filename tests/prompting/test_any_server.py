"""Whatever a server says about one article is told, and the next is asked as if it had not."""

from __future__ import annotations

import asyncio
import unicodedata
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.dialogues import answer, dialogue
from support.error_bodies import shapes
from support.stub_client import KEY, Stub, Told, good

from attributor.errors import ModelError
from attributor.prompting.client import converse
from attributor.prompting.windows import harmless
from attributor.records import Annotation

GOOD = good(answer().text)
WORDS = st.sampled_from(
    [
        "the river is high today",
        "Rate limit reached",
        "prompt is too long: 9000 tokens",
        "Your input was flagged",
        "Failed to generate JSON. Please adjust your prompt.",
        "maximum context length is 8192 tokens and your request has 7900 input tokens",
        "Insufficient Balance",
        f"Incorrect API key provided: {KEY}",
        "敏感内容",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS
KEYS = st.sampled_from(
    [
        *("error", "errors", "message", "detail", "code", "status", "type", "param", "metadata"),
        *("raw", "loc", "msg", "choices", "usage", "content", "finish_reason", "base_resp"),
        *("prompt_tokens", "prompt_tokens_details", "cached_tokens", "model", "refusal", "index"),
    ]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
BODIES = (
    st.builds(lambda words, shape: shapes(words)[shape], WORDS, st.sampled_from([*shapes("")]))
    | JSON
    | st.dictionaries(KEYS, JSON, max_size=5)
    | st.text(max_size=60)
    | st.binary(max_size=60)
    | st.builds(lambda words: f"<html><title>{words}</title>".encode("utf-16"), WORDS)
    | st.builds(lambda choice: {"choices": [choice]}, st.dictionaries(KEYS, JSON, max_size=4))
    | st.builds(
        lambda message: {"choices": [{"message": message, "finish_reason": "stop"}]},
        st.dictionaries(KEYS, JSON, max_size=3),
    )
)
VALUES = st.sampled_from(["-1", "nan", "1e400", "3", "1m", "gzip", "utf-99", "½"]) | st.text(
    st.characters(min_codepoint=32, max_codepoint=126), max_size=12
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("retry-after", "retry-after-ms", "content-type", "content-encoding"),
            *("x-ratelimit-limit-requests", "x-ratelimit-remaining-tokens"),
        ]
    ),
    VALUES,
    max_size=3,
)
STATUSES = st.sampled_from(
    [
        *[200] * 6,
        201,
        204,
        302,
        400,
        401,
        402,
        403,
        404,
        405,
        413,
        422,
        429,
        451,
        500,
        501,
        503,
        599,
    ]
)
TOLD = st.builds(Told, STATUSES, BODIES, HEADERS)


def two(told: list[Told]) -> tuple[Annotation | ModelError, Annotation, list[dict[str, Any]]]:
    """What becomes of an article about which this is told, and of the next, which is answered."""
    stub = Stub([*told, GOOD])

    async def both() -> tuple[Annotation | ModelError, Annotation]:
        asker = stub.asker(attempts=2)
        try:
            first: Annotation | ModelError = await converse(dialogue(), asker)
        except ModelError as error:
            first = error
        stub.asked.clear()
        stub.say([GOOD])
        return first, await converse(dialogue(), asker)

    return *asyncio.run(both()), stub.asked


_, AS_EVER, (ASKED,) = two([GOOD])


@settings(max_examples=120, deadline=None)
@given(st.lists(TOLD, min_size=1, max_size=3))
def test_the_next_article_is_asked_about_and_annotated_as_if_nothing_had_been(
    told: list[Told],
) -> None:
    first, second, asked = two(told)
    assert asked == [ASKED]
    assert second == AS_EVER
    if isinstance(first, ModelError):
        assert KEY not in first.message
        assert first.message.endswith(".")
        assert not any(unicodedata.category(c) in ("Cc", "Cf") for c in first.message)
    else:
        assert KEY not in first.model_dump_json()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([400, 402, 403, 404, 413, 422, 429, 451, 500, 503]),
    WORDS,
    st.sampled_from([*shapes("")]),
)
def test_the_words_of_an_error_are_told(status: int, words: str, shape: str) -> None:
    first, _, _ = two([Told(status, shapes(words)[shape])] * 20)
    assert isinstance(first, ModelError)
    assert harmless(words.replace(KEY, "…")).rstrip(".") in first.message
