"""How the engine learns: what counts as an example, and what comes of a tiny gold."""

from __future__ import annotations

import pytest
from support.sheets import candidate, draft, index, mention, sheet_of, words
from support.tiny_gold import known, quotes_of, spans, taught

from attributor.embedded import by_weights, weights
from attributor.embedded.token_arrays import hashed
from attributor.embedded.training import trainer
from attributor.embedded.training.examples import Known, TrainingArticle

# --- what counts as an example ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "held"),
    [
        ("that it", ["that it"]),
        ("hat i", ["that it"]),  # words that are touched count whole
        (" said ", ["said"]),
        ("rained", ["rained"]),
    ],
)
def test_a_span_holds_every_token_it_touches(phrase: str, held: list[str]) -> None:
    text = "Quill said that it rained"
    sheet = sheet_of(text)
    tokens = sorted(trainer.tokens_of(sheet, spans(text, phrase)))
    assert words(sheet, [(tokens[0], tokens[-1] + 1)]) == held
    assert trainer.tokens_of(sheet, []) == set()
    assert trainer.tokens_of(sheet, [(len(text), len(text) + 1)]) <= {sheet.count - 1}


def test_a_word_can_be_a_cue_if_it_often_is_one() -> None:
    """Twice at least, and in more than six of a hundred of its places."""
    text = "Quill said it. " * 2 + "Lund sang it. " + "It was so. " * 40 + "We go. We go."
    sheet = sheet_of(text)
    cues = {"said": (0, 1), "sang": (0,), "was": (0, 1), "go": (0, 1)}
    tokens = [sheet.tokens[index(sheet, word, nth)] for word in cues for nth in cues[word]]
    quotes = tuple(Known([], [(token.start, token.end)], []) for token in tokens)
    heads = trainer.cue_words([(sheet, TrainingArticle(sheet.marking.article, quotes))])
    assert heads == {hashed("said"): 2 / 4, hashed("go"): 2 / 4}


def test_a_quotes_head_is_the_word_of_its_cue_that_is_most_often_one() -> None:
    text = "Quill was quick to say it rained"
    sheet = sheet_of(text)
    quote = known(text, "it rained", "was quick to say", "Quill")
    heads = {hashed("say"): 0.8, hashed("was"): 0.1}
    assert dict(trainer.by_head(sheet, [quote], heads)) == {index(sheet, "say"): quote}
    assert dict(trainer.by_head(sheet, [quote], {})) == {index(sheet, "was"): quote}
    assert dict(trainer.by_head(sheet, [Known([], [], [])], heads)) == {}


TEXT = "Mara Quill told Oskar Lund that it rained. Quill thinks that it was late."


def test_lessons_hold_every_cue_every_mention_and_every_piece() -> None:
    sheet = sheet_of(TEXT)
    example = TrainingArticle(
        sheet.marking.article,
        (
            known(TEXT, "it rained", "told", "Mara Quill"),
            known(TEXT, "it was late", "thinks", "Quill", speech=False),
        ),
    )
    heads = {hashed("told"): 1.0, hashed("thinks"): 1.0}
    data = trainer.lessons([(sheet, example)], heads)
    assert data.cue.labels == [True, False]
    assert data.cue.counts == [1.0, 0.3]  # a thought counts little against a word
    assert sorted(data.source.labels) == [False, False, True]  # Quill, not Lund, not "it"
    assert sum(data.piece.labels) == 1  # "it rained"
    assert len(data.piece.labels) > 5


CONTENT = "the old iron bridge over there is not safe at all"
SAID = f"Mara Quill and Oskar Lund said that {CONTENT} now."


@pytest.mark.parametrize(
    ("phrases", "who", "shares"),
    [
        ([CONTENT], "Mara Quill", [1.0]),  # exact
        ([f"that {CONTENT}"], "Mara Quill", [1.0]),  # nearly
        (["the old iron bridge over there is"], "Mara Quill", [0.3]),  # found
        (["the old iron"], "Mara Quill", [0.0]),  # a part
        ([CONTENT], "Oskar Lund", [0.3]),  # somebody else's
        ([CONTENT, "the old iron"], "Mara Quill", [1.0, 0.0]),  # the best takes all
        ([CONTENT, CONTENT], "Mara Quill", [0.5, 0.5]),  # two as good share it
    ],
)
def test_a_draft_is_right_as_far_as_it_overlaps_the_quote(
    phrases: list[str], who: str, shares: list[float]
) -> None:
    sheet = sheet_of(SAID)
    drafts = [draft(sheet, phrase) for phrase in phrases]
    each = candidate(sheet, index(sheet, "said"), *drafts, source=mention(sheet, who))
    quote = known(SAID, CONTENT, "said", "Mara Quill")
    assert trainer._shares(sheet, each, quote) == shares
    assert trainer._shares(sheet, each, None) == [0.0] * len(drafts)


def test_a_quote_without_a_source_has_any() -> None:
    sheet = sheet_of(SAID)
    each = candidate(sheet, index(sheet, "said"), draft(sheet, CONTENT))
    assert trainer._shares(sheet, each, known(SAID, CONTENT, "said", "")) == [1.0]
    assert trainer._shares(sheet, each, known(SAID, CONTENT, "said", "Mara Quill")) == [0.3]


# --- a tiny gold of a language that nobody speaks -----------------------------------------------


@pytest.fixture(scope="module")
def learned() -> weights.Weights:
    pytest.importorskip("sklearn", reason="training needs the extra 'train'")
    return trainer.train(taught(), "en")


def test_what_the_gold_shows_is_learned_and_holds_of_words_it_never_showed(
    learned: weights.Weights,
) -> None:
    """An unknown verb becomes a cue, a known one stops being one, content ends where it ended."""
    text = "Greta Moor said that all is well. Paul Finch zorbed that the gate is open, of course."
    assert quotes_of(text, learned) == [("zorbed", "Paul Finch", "the gate is open")]


def test_a_right_draft_scores_above_the_others(learned: weights.Weights) -> None:
    sheet = sheet_of("Paul Finch zorbed that the gate is open, of course. We left.")
    (each,) = by_weights.tagged(sheet, learned)
    assert each.likely > 0.5
    assert each.sure >= each.likely


def test_the_same_gold_and_seed_give_the_same_bytes(learned: weights.Weights) -> None:
    again = trainer.train(taught(), "en")
    assert weights.dump(again) == weights.dump(learned)


def test_the_words_that_were_cues_are_kept_as_hashes(learned: weights.Weights) -> None:
    assert learned.words == {hashed("zorbed")}
    assert learned.language == "en"
    assert set(learned.bias) == {"cue", "source", "piece", "draft"}
    assert learned.bias["draft"] == 0  # "no quote" scores 0


def test_a_card_goes_with_the_weights_and_changes_none(learned: weights.Weights) -> None:
    carded = trainer.train(taught(), "en", card={"about": "zorbing"})
    assert carded.card == {"about": "zorbing"}
    assert (carded.table, carded.bias) == (learned.table, learned.bias)
