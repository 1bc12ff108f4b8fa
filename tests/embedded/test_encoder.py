from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import sheets
from support.encoders import random_arrays, reading, tiny_encoder, tokenizer, vocabulary

from attributor.embedded import candidates, encoder_features, link_features
from attributor.embedded.encoder import channels
from attributor.embedded.encoder.session import NETWORK, TOKENIZER, Encoder
from attributor.embedded.encoder.windows import MAX_PIECES, OVERLAP_PIECES, Window, cut, windows
from attributor.embedded.token_arrays import Sheet
from attributor.embedded.training.encoder_graph import onnx_bytes
from attributor.errors import UsageError
from attributor.marking import mark
from attributor.records import Article

TEXT = (
    "Quarry plan is put off\n\n"
    "“The pit stays shut,” said Ana Petric, who runs the quarry.\n"
    "She told reporters that the pumps had failed twice, and left."
)
WORDS = st.lists(st.sampled_from(["quarry", "pit", "zzz", "“", ".", "\n", "ß", "😀", "said"]))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return tiny_encoder(tmp_path_factory.mktemp("encoder"), TEXT)


def windows_of(text: str) -> list[Window]:
    cutter = tokenizer(vocabulary(TEXT))
    return list(windows(cutter, cut(cutter, text)))


# --- windows ------------------------------------------------------------------------------------


def test_short_lines_share_a_window_and_are_kept_apart_in_it() -> None:
    (window,) = windows_of("The pit\n\nThe quarry")
    assert window.pieces == [-1, 0, 1, -1, 2, 3, -1]


def test_a_line_that_does_not_fit_begins_a_window() -> None:
    lines = "\n".join(["pit " * 100] * 3)
    assert [(w.first, w.last) for w in windows_of(lines)] == [(0, 200), (200, 300)]


def test_a_long_line_is_cut_into_windows_that_overlap() -> None:
    found = windows_of("pit " * 500)
    assert len(found) > 2
    for one, other in pairwise(found):
        assert len(set(one.pieces) & set(other.pieces) - {-1}) >= OVERLAP_PIECES


@given(WORDS, st.integers(1, 120))
def test_each_piece_counts_in_one_window_and_no_window_is_too_long(
    words: list[str], times: int
) -> None:
    text = " ".join(words * times)
    counted = [place for w in windows_of(text) for place in range(w.first, w.last)]
    assert counted == list(range(len(cut(tokenizer(vocabulary(TEXT)), text).ids)))
    for window in windows_of(text):
        assert len(window.ids) <= MAX_PIECES + 2
        assert set(range(window.first, window.last)) <= set(window.pieces)


def test_pieces_stand_where_their_letters_stand_in_the_article() -> None:
    pieces = cut(tokenizer(vocabulary(TEXT)), TEXT)
    assert [TEXT[a:b] for a, b in zip(pieces.starts, pieces.ends, strict=True)][:7] == [
        "Quarry", "plan", "is", "put", "off", "“", "The",
    ]  # fmt: skip


# --- the network --------------------------------------------------------------------------------


def test_an_encoder_says_something_of_every_piece(encoder: Encoder) -> None:
    found = encoder.read(TEXT)
    assert len(found.odds) == len(found.starts) > 20
    assert {len(row) for row in found.odds} == {channels.COUNT}


def test_a_text_without_words_is_read_as_nothing(encoder: Encoder) -> None:
    assert encoder.read(" \n\n ").odds == []


def test_what_is_said_of_a_line_does_not_depend_on_what_else_is_read(encoder: Encoder) -> None:
    long = "\n".join(["pit " * 252, "The quarry stays shut"])
    alone = encoder.read("The quarry stays shut").odds
    assert encoder.read(long).odds[-4:] == alone


def test_many_threads_get_the_answer_that_one_gets(encoder: Encoder) -> None:
    expected, found = encoder.read(TEXT), []
    threads = [threading.Thread(target=lambda: found.append(encoder.read(TEXT))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.odds for each in found] == [expected.odds] * 8
    assert {np.asarray(each.links).tobytes() for each in [expected, *found]} == {
        np.asarray(expected.links).tobytes()
    }


def test_eight_bits_say_much_the_same_as_floats(tmp_path: Path) -> None:
    words = vocabulary(TEXT)
    eight = tiny_encoder(tmp_path, TEXT)
    floats = tiny_encoder(tmp_path / "floats", TEXT)
    network = onnx_bytes(random_arrays(len(words)), 2, eight_bits=False)
    (floats.folder / NETWORK).write_bytes(network)
    one, other = np.array(eight.read(TEXT).odds), np.array(floats.read(TEXT).odds)
    assert np.abs(one - other).mean() < 0.1 * np.abs(other).mean()


def test_an_encoder_is_told_from_another_by_its_digest(tmp_path: Path) -> None:
    one, other = tiny_encoder(tmp_path / "1", TEXT), tiny_encoder(tmp_path / "2", TEXT, seed=1)
    again = tiny_encoder(tmp_path / "3", TEXT)
    assert one.sha256 == again.sha256 != other.sha256


@pytest.mark.parametrize("name", [NETWORK, TOKENIZER])
def test_a_folder_without_all_files_is_no_encoder(tmp_path: Path, name: str) -> None:
    encoder = tiny_encoder(tmp_path, TEXT)
    (tmp_path / name).unlink()
    with pytest.raises(UsageError, match=f"holds no encoder: its {name}"):
        encoder.read(TEXT)


def test_a_network_of_another_version_is_refused(tmp_path: Path) -> None:
    encoder = tiny_encoder(tmp_path, TEXT)
    arrays = random_arrays(len(vocabulary(TEXT)))
    arrays |= {name: arrays[name][:5] for name in ("head.weight", "head.bias")}
    (tmp_path / NETWORK).write_bytes(onnx_bytes(arrays, 2))
    with pytest.raises(UsageError, match="of another version"):
        encoder.read(TEXT)


# --- what the engine makes of it ----------------------------------------------------------------


SAID = {
    channels.CONTENT: ["The pit stays shut", "the pumps had failed twice"],
    channels.CUE: ["said", "told"],
    channels.SOURCE: ["Ana Petric", "She"],
}


def sheet_read(text: str = TEXT) -> Sheet:
    return Sheet(mark(Article(id="a", text=text), "en"), reading(text, SAID))


def test_a_token_has_what_is_said_of_its_pieces() -> None:
    sheet = sheet_read()
    evidence = sheet.evidence
    assert evidence is not None
    assert evidence.cue[sheets.index(sheet, "said")] == 4.0
    assert evidence.source[sheets.index(sheet, "Petric")] == 4.0
    assert evidence.content[sheets.index(sheet, "left")] == -4.0


def test_content_is_found_from_word_to_word() -> None:
    sheet = sheet_read()
    assert sheet.evidence is not None
    found = sheet.evidence.stretches(sheet.evidence.content, 0, sheet.count)
    assert sheets.words(sheet, found) == SAID[channels.CONTENT]


def test_content_that_begins_anew_is_a_stretch_of_its_own() -> None:
    text = "Rain will come, snow will go"
    said = {channels.CONTENT: ["Rain will come,", "snow will go"]}
    sheet = Sheet(mark(Article(id="a", text=text), "en"), reading(text, said))
    assert sheet.evidence is not None
    found = sheet.evidence.stretches(sheet.evidence.content, 0, sheet.count)
    assert sheets.words(sheet, found) == ["Rain will come", "snow will go"]


def test_a_word_that_the_encoder_alone_takes_for_a_cue_is_looked_at() -> None:
    text = "The board zinged that the pit was safe"
    said = {channels.CUE: ["zinged"]}
    bare = Sheet(mark(Article(id="a", text=text), "en"))
    read = Sheet(mark(Article(id="a", text=text), "en"), reading(text, said))
    place = sheets.index(read, "zinged")
    assert place not in candidates.cue_candidates(bare, ())
    assert place in candidates.cue_candidates(read, ())


def test_the_encoders_own_spans_are_among_the_drafts() -> None:
    sheet = sheet_read()
    weights = sheets.weights({"cue": 5.0, "source": 5.0, "piece": -9.0}, cues=["said", "told"])
    found = {each.i: each for each in candidates.candidates(sheet, weights)}
    told = found[sheets.index(sheet, "told")]
    words = [sheets.words(sheet, draft.runs) for draft in told.drafts]
    assert ["the pumps had failed twice"] in words


def test_without_an_encoder_there_are_no_features_of_it() -> None:
    bare = Sheet(mark(Article(id="a", text=TEXT), "en"))
    assert encoder_features.of_cue(bare, 3) == []
    assert list(encoder_features.cuts(bare, 3, 0, bare.count)) == []


def test_an_edge_is_measured_from_where_the_encoder_has_it() -> None:
    sheet = sheet_read()
    evidence = sheet.evidence
    assert evidence is not None
    first, last = sheets.tokens_in(sheet, "the pumps had failed twice")

    def offset(outside: int, inside: int) -> int:
        return link_features._offset(sheet, evidence, evidence.content, outside, inside)

    assert offset(last, last - 1) == offset(first - 1, first) == 0
    assert offset(last - 1, last - 2) == 1
    assert offset(last + 2, last + 1) == 8
