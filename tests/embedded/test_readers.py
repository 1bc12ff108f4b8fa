from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import sheets
from support.any_text import TEXTS
from support.encoders import tiny_encoder, with_weights

from attributor.embedded import EmbeddedEngine, engine, readers, weights
from attributor.embedded.readers import Choice
from attributor.errors import UsageError
from attributor.pipeline import Annotator
from attributor.records import Annotation, Article
from attributor.settings import Settings

TEXT = (
    "“The pit stays shut,” said Ana Petric, who runs the quarry.\n"
    "She told reporters that the pumps had failed twice, and left."
)
BIAS = {"cue": 3.0, "source": 3.0, "piece": 0.5, "draft": 3.0}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An encoder with weights that find something nearly everywhere."""
    encoder = tiny_encoder(tmp_path / "encoder", TEXT)
    return with_weights(encoder, sheets.random_weights(1, 0.5, BIAS))


@pytest.fixture
def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, as if it were the data package."""
    monkeypatch.setattr(readers, "installed", lambda: folder)
    return folder


def annotate(text: str = TEXT, **settings: object) -> Annotation:
    annotator = Annotator(Settings.model_validate({"engine": "embedded", **settings}))
    return annotator.annotate_now(Article(id="a", text=text, language="en"))


def test_an_article_is_read_with_the_encoder_that_is_installed(installed: Path) -> None:
    found = annotate()
    assert found.engine.model == "encoder"
    assert found.engine.weights_sha256 == weights.read(installed / "weights.bin").sha256


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Encoders that say what chance has them say, with weights that chance has made."""
    places = [tmp_path_factory.mktemp("encoder") for _ in range(4)]
    encoders = [tiny_encoder(place, TEXT, seed) for seed, place in enumerate(places)]
    made = (sheets.random_weights(seed, 1.0, BIAS) for seed in range(4))
    return [with_weights(each, like) for each, like in zip(encoders, made, strict=True)]


@given(TEXTS, st.integers(0, 3))
def test_every_span_is_verbatim_whatever_an_encoder_says(
    folders: list[Path], text: str, number: int
) -> None:
    found = annotate(text, weights=folders[number])
    for quote in found.quotes:
        for span in (*quote.spans, quote.cue, quote.mention):
            assert span is None or text[span.start : span.end] == span.text


@pytest.mark.parametrize("number", range(4))
def test_something_is_found_with_an_encoder(folders: list[Path], number: int) -> None:
    assert annotate(weights=folders[number]).quotes


def test_the_same_article_is_always_read_the_same_way(folder: Path) -> None:
    assert annotate(weights=folder) == annotate(weights=folder)


@pytest.mark.usefixtures("installed")
def test_light_leaves_the_encoder_aside() -> None:
    found = annotate(light=True)
    shipped = weights.shipped("en")
    assert shipped is not None
    assert found.engine.model is None
    assert found.engine.weights_sha256 == shipped.sha256


@pytest.mark.usefixtures("installed")
def test_the_notice_says_whether_an_encoder_reads() -> None:
    assert "with its encoder" in EmbeddedEngine().notice()
    assert "encoder" not in EmbeddedEngine(light=True).notice()


def test_the_recipe_tells_one_from_the_other(installed: Path) -> None:
    light, encoder = EmbeddedEngine(light=True).recipe(None), EmbeddedEngine().recipe(None)
    assert light.weights_sha256 == weights.digest(None)
    assert encoder.weights_sha256 == weights.read(installed / "weights.bin").sha256
    assert (light.model, encoder.model) == (None, "encoder")


@pytest.mark.usefixtures("installed")
def test_a_language_that_the_encoder_does_not_know_is_read_as_without_it() -> None:
    text = "Der Stollen bleibt zu, sagte Anna Berger."
    article = Article(id="a", text=text, language="de")
    with_it = Annotator(Settings(engine="embedded")).annotate_now(article)
    without = Annotator(Settings(engine="embedded", light=True)).annotate_now(article)
    assert with_it == without


@pytest.mark.usefixtures("installed")
def test_a_text_that_is_too_long_for_the_encoder_is_read_by_the_light_weights() -> None:
    reader = Choice().reader("en", is_long=True)
    assert reader is not None
    assert reader.encoder is None


def test_whoever_gives_a_text_that_is_too_long_is_told(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MAX_ENCODER_CODE_POINTS", len(TEXT) - 1)
    (warning,) = annotate().warnings
    assert "the light engine has read it" in warning
    assert annotate(light=True).warnings == ()
    assert annotate(weights=installed).engine.model == "encoder"


def test_weights_of_ones_own_in_a_file_are_read_without_an_encoder(
    installed: Path, tmp_path: Path
) -> None:
    file = tmp_path / "ours.bin"
    file.write_bytes(weights.dump(sheets.random_weights(3, 0.5, BIAS)))
    assert annotate(weights=file).engine.model is None


def test_weights_that_were_learned_with_an_encoder_are_named_by_their_folder(folder: Path) -> None:
    with pytest.raises(UsageError, match="name their folder"):
        annotate(weights=folder / "weights.bin")


def test_weights_beside_another_encoder_are_refused(folder: Path, tmp_path: Path) -> None:
    other = tiny_encoder(tmp_path / "other", TEXT, seed=5)
    (other.folder / "weights.bin").write_bytes((folder / "weights.bin").read_bytes())
    with pytest.raises(UsageError, match="another encoder"):
        annotate(weights=other.folder)


def test_light_and_weights_with_an_encoder_contradict_each_other(folder: Path) -> None:
    with pytest.raises(UsageError, match="leave one of the two away"):
        annotate(weights=folder, light=True)


@pytest.mark.installed_encoder
@pytest.mark.parametrize("missing", ["attributor_encoder", "onnxruntime", "tokenizers"])
def test_nothing_is_installed_where_a_part_is_missing(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    assert readers.installed() is None
