from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.encoders import HEADS, WIDTH, random_arrays, tiny_encoder, tokenizer, vocabulary

from attributor.assembling import assemble
from attributor.embedded.encoder import channels, links
from attributor.embedded.encoder.identity import LARGEST_LOG_ODDS, PronounIdentity
from attributor.embedded.encoder.session import NETWORK, TOKENIZER, Encoder, Reading
from attributor.embedded.training.encoder_graph import onnx_bytes
from attributor.embedded.training.encoder_identity import read_identity_gold
from attributor.embedded.training.encoder_network import arrays as network_arrays
from attributor.engines import Proposed
from attributor.errors import UsageError
from attributor.marking import mark
from attributor.records import Article, Piece, Proposal, ProposedQuote, Provenance
from attributor.speakers.resolver import Resolver
from attributor.speakers.story import Story
from attributor.speakers.training import of_pairs

TEXT = "Ana Petric met Ivana Holt.\nShe said that the pit stays shut."
ANA, IVANA, SHE = (0, 10), (15, 25), (27, 30)


def pieces_of(text: str) -> list[tuple[int, int]]:
    found, start = [], 0
    for word in text.split():
        at = text.index(word, start)
        found.append((at, at + len(word)))
        start = at + len(word)
    return found


def knowing(
    odds: dict[tuple[int, int], float], windows: list[tuple[int, int]] | None = None
) -> PronounIdentity:
    """Evidence that every pronoun means whoever stands in these places, with such log-odds."""
    pieces = pieces_of(TEXT)
    rows = np.zeros((len(pieces), 3), np.float32)
    rows[:, 0] = 1.0
    for (start, end), value in odds.items():
        held = [k for k, (a, b) in enumerate(pieces) if a >= start and a < end]
        rows[held[0], 1] += value / 4
        rows[held[-1], 2] += 3 * value / 4
    reading = Reading(
        [a for a, _ in pieces],
        [b for _, b in pieces],
        [[] for _ in pieces],
        rows,
        windows or [(0, len(pieces))],
    )
    known = PronounIdentity.of(reading)
    assert known is not None
    return known


def meant(identity: PronounIdentity | None) -> str | None:
    story = Story(mark(Article(id="a", text=TEXT), "en"))
    resolver = Resolver(story, identity=identity)
    entity = resolver.text_mention(*SHE).entity
    return entity.name if entity else None


def test_a_place_counts_by_its_first_piece_and_its_last() -> None:
    assert knowing({ANA: 2.0, IVANA: -1.0}).log_odds(SHE, [ANA]) == 2.0
    assert knowing({ANA: 2.0, IVANA: -1.0}).log_odds(SHE, [IVANA]) == -1.0


def test_of_several_places_the_one_that_fits_best_counts() -> None:
    assert knowing({ANA: 2.0, IVANA: -1.0}).log_odds(SHE, [IVANA, ANA]) == 2.0


def test_no_evidence_is_larger_than_a_limit() -> None:
    assert knowing({ANA: 50.0}).log_odds(SHE, [ANA]) == LARGEST_LOG_ODDS
    assert knowing({ANA: -50.0}).log_odds(SHE, [ANA]) == -LARGEST_LOG_ODDS


def test_what_stands_in_another_window_is_out_of_reach() -> None:
    assert knowing({}).reach(SHE) == (0, len(TEXT))
    assert knowing({}, windows=[(0, 5), (5, 12)]).reach(SHE) == (27, len(TEXT))


def test_a_place_without_pieces_reaches_nothing() -> None:
    start, end = knowing({}).reach((26, 27))
    assert start == end


@pytest.mark.parametrize(
    ("to", "other", "name"), [(ANA, IVANA, "Ana Petric"), (IVANA, ANA, "Ivana Holt")]
)
def test_the_resolver_believes_strong_evidence(
    to: tuple[int, int], other: tuple[int, int], name: str
) -> None:
    assert meant(knowing({to: 4.0, other: -4.0})) == name


def test_evidence_from_another_window_changes_nothing() -> None:
    apart = knowing({IVANA: 4.0, ANA: -4.0}, windows=[(0, 5), (5, 12)])
    assert meant(apart) == meant(None)


def test_an_annotation_has_the_name_that_the_evidence_speaks_for() -> None:
    said = TEXT.index("said")
    quote = ProposedQuote(
        pieces=(Piece(start=TEXT.index("the pit"), end=len(TEXT) - 1),),
        cue=Piece(start=said, end=said + len("said")),
        mention=Piece(start=SHE[0], end=SHE[1]),
    )
    proposal, made_by = Proposal(quotes=(quote,)), Provenance(name="embedded")
    for to, other, name in ((ANA, IVANA, "Ana Petric"), (IVANA, ANA, "Ivana Holt")):
        identity = knowing({to: 4.0, other: -4.0})
        marking = mark(Article(id="a", text=TEXT), "en")
        made = assemble(marking, Proposed(proposal, made_by, identity=identity))
        assert [speaker.name for speaker in made.speakers] == [name]


# --- reading --------------------------------------------------------------------------------------


def test_an_encoder_that_was_not_taught_says_nothing_of_pronouns(tmp_path: Path) -> None:
    reading = tiny_encoder(tmp_path, TEXT).read(TEXT)
    assert PronounIdentity.of(reading) is None


@pytest.fixture
def taught(tmp_path: Path) -> Encoder:
    """A tiny encoder with a layer of identity that was drawn by lot."""
    encoder = tiny_encoder(tmp_path, TEXT)
    lot = np.random.default_rng(1)
    arrays = random_arrays(len(vocabulary(TEXT)))
    arrays["pronoun_head.weight"] = lot.normal(0, 1, (9, WIDTH)).astype(np.float32)
    arrays["pronoun_head.bias"] = lot.normal(0, 1, 9).astype(np.float32)
    (tmp_path / NETWORK).write_bytes(onnx_bytes(arrays, HEADS))
    return encoder


def test_a_taught_encoder_reads_words_as_one_that_was_not(taught: Encoder, tmp_path: Path) -> None:
    other = tiny_encoder(tmp_path / "other", TEXT)
    assert taught.read(TEXT).odds == other.read(TEXT).odds


def test_each_piece_has_its_row_and_every_window_its_pieces(taught: Encoder) -> None:
    text = "\n".join([TEXT] * 20)
    reading = taught.read(text)
    assert reading.identity is not None
    assert reading.identity.shape == (len(reading.starts), 9)
    assert len(reading.windows) > 1
    held = [place for first, last in reading.windows for place in range(first, last)]
    assert held == list(range(len(reading.starts)))


def test_rows_are_those_of_the_text_at_their_place(taught: Encoder) -> None:
    line = TEXT.split("\n", maxsplit=1)[0]
    alone, after = taught.read(line), taught.read("pit " * 300 + "\n" + line)
    assert alone.identity is not None
    assert after.identity is not None
    np.testing.assert_allclose(after.identity[-len(alone.identity) :], alone.identity, atol=1e-5)


# --- learning -------------------------------------------------------------------------------------

WOMEN = ("Ana Petric", "Ivana Holt", "Mary Quill", "Susan Lark")


def passages() -> list[dict[str, Any]]:
    """Passages in which "she" is always the one who was called."""
    made: list[dict[str, Any]] = []
    for one in WOMEN:
        for other in WOMEN:
            if one == other:
                continue
            for text in (
                f"{one} called {other}. She was glad.",
                f"Called by {other} was {one}. She was glad.",
            ):
                called = other if text.startswith(one) else one
                pronoun = text.index("She")
                spans = {
                    k: [text.index(n), text.index(n) + len(n)]
                    for k, n in (("a", one), ("b", other))
                }
                made.append(
                    {
                        "id": str(len(made)),
                        "text": text,
                        "pronoun": [pronoun, pronoun + 3],
                        "a": {"span": spans["a"], "same": called == one},
                        "b": {"span": spans["b"], "same": called == other},
                    }
                )
    return made


def learned(folder: Path, seed: int = 0) -> Encoder:
    """A tiny encoder drawn by lot, with a layer that these passages taught."""
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch", reason="tuning needs the extra 'train-encoder'")
    from attributor.embedded.training.encoder_identity import taught as teach

    words = vocabulary(" ".join(str(line["text"]) for line in passages()))
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=HEADS,
        intermediate_size=4 * WIDTH, max_position_embeddings=300, initializer_range=0.3,
    )  # fmt: skip

    class Network(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.body = transformers.BertModel(config, add_pooling_layer=False).eval()
            self.head = torch.nn.Linear(WIDTH, channels.COUNT)
            self.link_head = torch.nn.Linear(WIDTH, links.NUMBERS)

    network, cutter = Network(), tokenizer(words)
    arrays = {**network_arrays(network), **teach(network, cutter, passages(), seed)}
    folder.mkdir()
    cutter.save(str(folder / TOKENIZER))
    (folder / NETWORK).write_bytes(onnx_bytes(arrays, HEADS))
    return Encoder(folder)


@pytest.mark.filterwarnings("default")
def test_the_same_gold_and_seed_teach_the_same_layer(tmp_path: Path) -> None:
    one, other = learned(tmp_path / "1"), learned(tmp_path / "2")
    another = learned(tmp_path / "3", seed=1)
    assert one.sha256 == other.sha256 != another.sha256


@pytest.mark.filterwarnings("default")
def test_what_was_taught_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="tuning needs the extra 'train-encoder'")
    monkeypatch.setattr("attributor.embedded.training.encoder_identity.EPOCHS", 150)
    encoder = learned(tmp_path / "made")
    rightly = 0
    for line in passages():
        identity = PronounIdentity.of(encoder.read(line["text"]))
        assert identity is not None
        odds = {
            line[key]["same"]: identity.log_odds(tuple(line["pronoun"]), [tuple(line[key]["span"])])
            for key in "ab"
        }
        rightly += odds[True] > odds[False]
    assert rightly > 0.9 * len(passages())


def test_passages_whose_pronoun_means_neither_teach_nothing() -> None:
    line = passages()[0]
    neither = {**line, "a": {**line["a"], "same": False}, "b": {**line["b"], "same": False}}
    assert list(of_pairs([line], 0))
    assert not list(of_pairs([neither], 0))


def test_a_line_that_teaches_nothing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"text": "a", "chains": []}\n{"text": "b"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="Line 2"):
        read_identity_gold([str(path)])
    with pytest.raises(UsageError, match="cannot be read"):
        read_identity_gold([str(tmp_path / "none.jsonl")])
