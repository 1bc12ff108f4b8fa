"""Texts that are one quote each are asked about together and answered one by one."""

from __future__ import annotations

from attributor.evaluation.gold import GoldArticle, Statement
from attributor.evaluation.statements import MAX_TEXTS_PER_BATCH, batches, with_known
from attributor.records import Codebook, Example, Provenance, Stance, Target, Usage


def text(number: int, target: str = "the wall", speaker: str | None = None) -> GoldArticle:
    said = {"text": f"Text {number}, as it was said.", "target": target, "stance": "favor"}
    return Statement.model_validate({"id": f"n{number}", "speaker": speaker, **said}).gold


def test_texts_with_one_target_are_asked_about_together() -> None:
    made = batches([text(1), text(2, "the gates"), text(3)])
    assert [[each.id for each in batch.texts] for batch in made] == [["n1", "n3"], ["n2"]]
    assert [batch.codebook for batch in made] == [
        Codebook(targets=(Target(name="the wall"),)),
        Codebook(targets=(Target(name="the gates"),)),
    ]


def test_a_batch_is_no_longer_than_one_request() -> None:
    made = batches([text(n) for n in range(2 * MAX_TEXTS_PER_BATCH + 1)])
    assert [len(batch.texts) for batch in made] == [MAX_TEXTS_PER_BATCH, MAX_TEXTS_PER_BATCH, 1]


def test_every_text_is_a_quote_of_its_speaker() -> None:
    (batch,) = batches([text(1, speaker="Ada"), text(2, speaker="Bo"), text(3, speaker="Ada")])
    asked = batch.annotation("openai")
    for quote, gold in zip(asked.quotes, batch.texts, strict=True):
        (span,) = quote.spans
        assert asked.article.text[span.start : span.end] == span.text == gold.text
        speaker = asked.speaker_of(quote)
        assert speaker
        assert speaker.name == gold.quotes[0].name
    assert asked.engine == Provenance(name="openai")


def test_every_text_gets_its_own_answer_and_the_cost_counts_once() -> None:
    (batch,) = batches([text(1), text(2)])
    asked = batch.annotation("embedded")
    labels = ("against", "neutral")
    quotes = tuple(
        quote.model_copy(update={"stances": (Stance(target="the wall", label=label),)})
        for quote, label in zip(asked.quotes, labels, strict=True)
    )
    answer = asked.model_copy(update={"quotes": quotes, "usage": Usage(requests=1)})
    first, second = batch.predictions(answer)
    assert (first.id, second.id) == ("n1", "n2")
    assert [each.quotes[0].stance[0].label for each in (first, second)] == list(labels)
    assert (first.usage, second.usage) == (Usage(requests=1), None)


def test_what_a_codebook_knows_of_a_target_is_added_by_name() -> None:
    known = Target(
        name="The Wall",
        definition="That it holds.",
        examples=(Example(text="It holds.", label="favor"),),
    )
    plain = Codebook(targets=(Target(name="the wall"), Target(name="the gates")))
    found = with_known(plain, [known])
    assert found
    assert [target.name for target in found.targets] == ["the wall", "the gates"]
    assert [len(target.examples) for target in found.targets] == [1, 0]
    assert with_known(None, [known]) is None
