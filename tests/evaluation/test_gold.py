"""Gold is read as it was marked, or refused with file and line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.embedded import annotate
from support.gold_articles import DIRECT, TEXT, gold, quote, written

from attributor.errors import ReadingError
from attributor.evaluation.gold import read_gold
from attributor.evaluation.predictions import read_predictions
from attributor.records import Article


def test_an_article_keeps_all_that_was_marked(tmp_path: Path) -> None:
    row = gold(source="desk", split="dev", title="A quarrel", lang="en", discard=[[[3, 9]]])
    (article,) = read_gold(written(tmp_path / "g", [row]))
    first, second, third = article.quotes
    assert (article.source, article.split, article.title) == ("desk", "dev", "A quarrel")
    assert [TEXT[start:end] for start, end in first.content] == [
        "The wall holds,",
        "and it will hold.",
    ]
    assert (first.name, TEXT[slice(*first.mention[0])]) == ("Ada Quill", "Mayor Ada Quill")
    assert TEXT[slice(*first.cue[0])] == "said"
    assert (second.kind, second.name, third.speech_cue) == ("indirect", None, False)
    assert article.discard == (((3, 9),),)
    assert article.codebook is not None
    assert [target.name for target in article.codebook.targets] == ["The Wall", "the gates"]


def test_the_engine_is_given_the_text_as_it_is(tmp_path: Path) -> None:
    (read,) = read_gold(written(tmp_path / "g", [gold(lang="en", title="A quarrel")]))
    assert read.article == Article(id="quarrel", title="A quarrel", language="en", text=TEXT)


def test_annotations_of_our_own_are_gold(tmp_path: Path) -> None:
    made = annotate(Article(id="own", text=TEXT, language="en"))
    (article,) = read_gold(written(tmp_path / "g", [made.model_dump_json()]))
    assert len(article.quotes) == len(made.quotes) > 0
    for ours, theirs in zip(article.quotes, made.quotes, strict=True):
        assert ours.content == tuple((span.start, span.end) for span in theirs.spans)
        assert ours.kind == theirs.kind
        speaker = made.speaker_of(theirs)
        assert ours.name == ((speaker and speaker.name) or None)


def test_a_corrected_annotation_whose_text_was_corrected_too_is_read(tmp_path: Path) -> None:
    row = json.loads(annotate(Article(id="own", text=TEXT)).model_dump_json())
    row["article"]["text"] += " Corrected."
    assert len(read_gold(written(tmp_path / "g", [row]))) == 1


def test_a_span_that_is_not_in_the_article_is_refused(tmp_path: Path) -> None:
    row = json.loads(annotate(Article(id="own", text=TEXT)).model_dump_json())
    row["article"]["text"] = "More. " + row["article"]["text"]
    with pytest.raises(ReadingError, match=r"g:1' cannot be used: quote 1 has a span that is not"):
        read_gold(written(tmp_path / "g", [row]))


def test_a_quote_whose_speaker_is_not_listed_is_refused(tmp_path: Path) -> None:
    row = json.loads(annotate(Article(id="own", text=TEXT)).model_dump_json())
    row["quotes"][0]["speaker"] = 99
    with pytest.raises(ReadingError, match="quote 1 has the speaker 99, who is not listed"):
        read_gold(written(tmp_path / "g", [row]))


BAD: list[tuple[Any, str]] = [
    ("{", "not one JSON object a line"),
    ("[]", "not a JSON object"),
    ({"id": "x", "text": TEXT}, "has no 'quotes'"),
    (gold(quotes=[{"content": [[0, 4]]}]), "has no 'quotes.0.kind'"),
    (gold(quotes=[{**DIRECT, "kind": "shouted"}]), "'quotes.0.kind'"),
    (gold(quotes=[{**DIRECT, "content": [[0, 9999]]}]), "quote 1 has a stretch from 0 to 9999"),
    (gold(quotes=[{**DIRECT, "content": [[9, 3]]}]), "quote 1 has a stretch from 9 to 3"),
    (gold(quotes=[{**DIRECT, "content": "words"}]), "'quotes.0.content'"),
    (gold(quotes=[{**DIRECT, "content": [[1]]}]), "has no 'quotes.0.content.0.1'"),
    ({"article": "x"}, "'article'"),
]


@pytest.mark.parametrize(("row", "problem"), BAD)
def test_what_is_no_gold_is_refused_with_file_and_line(
    tmp_path: Path, row: Any, problem: str
) -> None:
    path = written(tmp_path / "g.jsonl", [gold("fine"), "", row])
    with pytest.raises(ReadingError) as refused:
        read_gold(path)
    assert "g.jsonl:3' cannot be used: " in refused.value.message
    assert problem in refused.value.message
    assert refused.value.message.count("\n") == 0


def test_an_id_that_comes_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    one, other = written(tmp_path / "a", [gold()]), written(tmp_path / "b", [gold("x"), gold()])
    with pytest.raises(ReadingError, match=r"b:2' cannot be used: 'quarrel' stands in '.*a:1'"):
        read_gold(one, other)


@pytest.mark.parametrize(("content", "problem"), [(None, "cannot be read"), ("\n\n", "is empty")])
def test_a_file_without_gold_is_refused(tmp_path: Path, content: str | None, problem: str) -> None:
    path = tmp_path / "g"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ReadingError, match=f"{re.escape(path.name)}' {problem}"):
        read_gold(str(path))


def test_bytes_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "g").write_bytes(b'{"id": "\xff"}\n')
    with pytest.raises(ReadingError, match=r"g:1' cannot be used: it is not UTF-8 at byte 8"):
        read_gold(str(tmp_path / "g"))


def test_a_split_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = written(tmp_path / "g", [gold("a", split="dev"), gold("b", split="train")])
    assert [each.id for each in read_gold(path, split="dev")] == ["a"]
    with pytest.raises(ReadingError, match="split 'test': there are 'dev', 'train'"):
        read_gold(path, split="test")


def test_predictions_are_read_in_both_formats(tmp_path: Path) -> None:
    made = annotate(Article(id="own", text=TEXT))
    short = {"id": "short", "quotes": [quote("The wall holds,", by="Her deputy", name="Nobody")]}
    mention_alone = {"id": "alone", "quotes": [{"content": [[1, 9]], "speaker": [[3, 5]]}]}
    path = written(tmp_path / "p", [made.model_dump_json(), short, mention_alone])
    found = read_predictions(path)
    assert [each.name for each in found["short"].quotes] == ["Nobody"]
    assert found["alone"].quotes[0].mention == ((3, 5),)
    assert len(found["own"].quotes) == len(made.quotes)
    assert (found["own"].engine, found["own"].usage) == (made.engine, made.usage)


def test_a_text_with_a_target_is_one_quote_and_its_stance(tmp_path: Path) -> None:
    row = {"id": "s1", "text": "The wall holds.", "target": "the wall", "stance": "favor"}
    (read,) = read_gold(written(tmp_path / "g", [{**row, "speaker": "Ada Quill", "lang": "en"}]))
    assert read.is_statement
    (only,) = read.quotes
    assert (only.content, only.name) == (((0, 15),), "Ada Quill")
    assert [(each.target, each.label) for each in only.stance] == [("the wall", "favor")]


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"stance": "pro"}, "stance"),
        ({"target": ""}, "target"),
        ({"text": ""}, "text"),
    ],
)
def test_a_text_without_a_proper_stance_is_refused(
    tmp_path: Path, changed: dict[str, str], complaint: str
) -> None:
    row = {"id": "s1", "text": "It holds.", "target": "the wall", "stance": "favor"}
    with pytest.raises(ReadingError, match=rf"g:1' cannot be used: in '{complaint}'"):
        read_gold(written(tmp_path / "g", [{**row, **changed}]))
