from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.encoders import HEADS, LAYERS, WIDTH, tokenizer, vocabulary

from attributor.embedded import readers
from attributor.embedded.encoder import channels, links
from attributor.embedded.training.encoder_course import _spoken
from attributor.embedded.training.encoder_labels import labelled
from attributor.embedded.training.examples import Known, TrainingArticle
from attributor.errors import UsageError
from attributor.records import Article

TEXT = "“The pit stays shut,” said Ana Petric.\nShe feared that the pumps would fail."


def example(text: str = TEXT, name: str = "a") -> TrainingArticle:
    def at(phrase: str) -> list[tuple[int, int]]:
        start = text.index(phrase)
        return [(start, start + len(phrase))]

    said = Known(at("The pit stays shut,"), at("said"), at("Ana Petric"))
    feared = Known(at("the pumps would fail"), at("feared"), at("She"), speech=False)
    return TrainingArticle(Article(id=name, text=text, language="en"), (said, feared))


def words_with(channel: int) -> list[str]:
    """The pieces of the text that are labelled so."""
    cutter = tokenizer(vocabulary(TEXT))
    (window,) = labelled(cutter, [example()])
    shown = cutter.decode_batch([[number] for number in window.ids], skip_special_tokens=False)
    pairs = zip(shown, window.labels, strict=True)
    return [word for word, label in pairs if label >> channel & 1]


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        (channels.CONTENT, ["the", "pit", "stays", "shut", ","]),
        (channels.CONTENT_BEGINS, ["the"]),
        (channels.CONTENT_ENDS, [","]),
        (channels.CUE, ["said"]),
        (channels.SOURCE, ["ana", "petric"]),
        (channels.SOURCE_BEGINS, ["ana"]),
        (channels.THOUGHT_CUE, ["feared"]),
        (channels.CUE_FOLLOWS, ["the", "pit", "stays", "shut", ","]),
    ],
)
def test_each_piece_is_labelled_with_what_it_is_part_of(channel: int, words: list[str]) -> None:
    assert words_with(channel) == words


def test_thoughts_count_less_and_what_is_no_piece_counts_nothing() -> None:
    cutter = tokenizer(vocabulary(TEXT))
    (window,) = labelled(cutter, [example()])
    shown = cutter.decode_batch([[number] for number in window.ids], skip_special_tokens=False)
    counts = dict(zip(shown, window.counts, strict=True))
    assert (counts["pit"], counts["pumps"], counts["[CLS]"], counts["[SEP]"]) == (1.0, 0.3, 0, 0)


def test_each_cue_of_speech_or_thought_has_its_content_and_its_source() -> None:
    cutter = tokenizer(vocabulary(TEXT))
    (window,) = labelled(cutter, [example()])
    shown = cutter.decode_batch([[number] for number in window.ids], skip_special_tokens=False)
    found = [
        [" ".join(shown[k] for k in part) for part in (linked.cue, linked.content, linked.source)]
        for linked in window.links
    ]
    assert found == [
        ["said", "the pit stays shut ,", "ana petric"],
        ["feared", "the pumps would fail", "she"],
    ]


def test_what_the_language_pack_has_as_a_cue_counts_as_speech_for_the_engine() -> None:
    text = "Ana Petric pointed out that the pit was shut. She feared that the pumps would fail."

    def at(phrase: str) -> list[tuple[int, int]]:
        return [(text.index(phrase), text.index(phrase) + len(phrase))]

    thoughts = (
        Known(at("the pit was shut"), at("pointed out"), at("Ana Petric"), speech=False),
        Known(at("the pumps would fail"), at("feared"), at("She"), speech=False),
    )
    found = _spoken(TrainingArticle(Article(id="a", text=text), thoughts), "en")
    assert [quote.speech for quote in found.quotes] == [True, False]
    assert [quote.cue for quote in found.quotes] == [quote.cue for quote in thoughts]


# --- with torch, where it is installed ----------------------------------------------------------


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A base of a few kilobytes, as a package of one holds it."""
    pytest.importorskip("torch", reason="tuning needs the extra 'train-encoder'")
    transformers = pytest.importorskip("transformers")
    words = vocabulary(TEXT)
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        intermediate_size=4 * WIDTH,
        max_position_embeddings=300,
    )
    folder = tmp_path / "base"
    transformers.BertModel(config).save_pretrained(folder)
    tokenizer(words).save(str(folder / "tokenizer.json"))
    return folder


def course(base: Path, folder: Path, **options: Any) -> Any:
    from attributor.embedded.training.encoder_course import EncoderCourse

    return EncoderCourse(folder, str(base), **options)


def train(base: Path, folder: Path, **options: Any) -> Path:
    from attributor.embedded.training.encoder_course import train_encoder

    towns = ("The pit", "The mine", "The quarry", "The shaft", "The road", "The bridge")
    texts = [TEXT + f"\n{town} is old." for town in towns]
    examples = [example(text, str(i)) for i, text in enumerate(texts)]
    train_encoder(examples, "en", course(base, folder, **options))
    return folder


def test_what_is_missed_is_least_where_each_piece_chooses_its_cue() -> None:
    torch = pytest.importorskip("torch", reason="tuning needs the extra 'train-encoder'")
    from attributor.embedded.training import encoder_tuning as tuning

    (window,) = labelled(tokenizer(vocabulary(TEXT)), [example()])
    size = len(window.ids)
    is_piece = torch.tensor([window.counts]) > 0

    def missed(shift: int) -> float:
        rows = torch.zeros((size, len(links.KINDS), 2, links.RANK))
        for number, linked in enumerate(window.links):
            rows[linked.cue, :, 0, number] = 20.0
            for kind, own in enumerate((linked.content, linked.source)):
                rows[own, kind, 1, (number + shift) % len(window.links)] = 1.0
        return float(tuning._link_loss(rows.reshape(1, size, -1), is_piece, [window]))

    assert missed(0) < 0.001
    assert missed(1) > 10


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_trained_encoder_reads_with_the_weights_beside_it(base: Path, tmp_path: Path) -> None:
    reader = readers.of_folder(train(base, tmp_path / "made", card={"about": "a test"}))
    assert reader.weights.card["about"] == "a test"
    assert reader.encoder is not None
    assert reader.encoder.read(TEXT).odds
    assert sorted(p.name for p in (tmp_path / "made").iterdir()) == [
        "encoder.onnx", "tokenizer.json", "weights.bin",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_an_encoder_can_be_taught_whom_pronouns_mean(base: Path, tmp_path: Path) -> None:
    text = "Ana Petric called Ivana Holt. She was glad."
    names = {"a": {"span": [0, 10], "same": True}, "b": {"span": [18, 28], "same": False}}
    line = {"id": "1", "text": text, "pronoun": [30, 33], **names}
    plain = readers.of_folder(train(base, tmp_path / "plain")).encoder
    taught = readers.of_folder(train(base, tmp_path / "taught", identity=[line])).encoder
    assert plain is not None
    assert taught is not None
    assert plain.read(TEXT).identity is None
    assert taught.read(TEXT).identity is not None
    assert taught.read(TEXT).odds == plain.read(TEXT).odds


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_same_articles_and_seed_give_the_same_encoder(base: Path, tmp_path: Path) -> None:
    one, other = train(base, tmp_path / "1"), train(base, tmp_path / "2")
    another = train(base, tmp_path / "3", seed=1)
    read = [(folder / "encoder.onnx").read_bytes() for folder in (one, other, another)]
    assert read[0] == read[1] != read[2]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_run_that_was_cut_ends_like_one_that_was_not(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from attributor.embedded.training import encoder_tuning as tuning

    whole = train(base, tmp_path / "whole", epochs=6)
    monkeypatch.setattr(tuning, "CHECKPOINT_STEPS", 1)
    lines: list[str] = []

    def cut(line: str) -> None:
        lines.append(line)
        if line.startswith("step 4"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(base, tmp_path / "cut", epochs=6, said=cut)
    train(base, tmp_path / "cut", epochs=6, said=lines.append)
    assert any("taken up at step" in line for line in lines)
    for name in ("encoder.onnx", "weights.bin"):
        assert (tmp_path / "cut" / name).read_bytes() == (whole / name).read_bytes()


def test_a_base_that_is_not_there_is_told(tmp_path: Path) -> None:
    from attributor.embedded.training.encoder_network import base_folder

    with pytest.raises(UsageError, match="no package or folder 'nothing_of_the_kind'"):
        base_folder("nothing_of_the_kind", tmp_path)


def test_a_base_in_a_folder_is_taken_from_there(tmp_path: Path) -> None:
    from attributor.embedded.training.encoder_network import base_folder

    (tmp_path / "config.json").write_text(json.dumps({}), encoding="utf-8")
    assert base_folder(str(tmp_path), tmp_path / "elsewhere") == tmp_path
