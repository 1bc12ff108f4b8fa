"""JSON files: an article, a list of them, an object with such a list, of any size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.archives import LEAD, PAGE, articles, guesses, lines, told, written

from attributor.reading import MAX_BYTES, jsonlists
from attributor.reading.archives import Columns

A = {"id": "a", "text": LEAD, "title": "T", "published": "2024", "url": "https://x.eu"}
B = {"id": 7, "text": f'{LEAD}b “{{[]}}” \\ "'}


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return tmp_path / "a.json"


def ids(path: Path, data: Any, **options: Any) -> list[str]:
    path.write_text(data if isinstance(data, str) else json.dumps(data, **options))
    return told(path)


@pytest.mark.parametrize("indent", [None, 1])
def test_a_list_of_objects_is_many_articles(one: Path, indent: int | None) -> None:
    assert ids(one, [A, B, {"text": LEAD}], indent=indent) == ["a", "7", "a.json:3"]
    assert articles(one)[1].text == B["text"]


def test_one_object_is_one_article(one: Path) -> None:
    assert ids(one, {"text": LEAD, "comments": [{"text": "no article"}]}, indent=2) == ["a.json"]


@pytest.mark.parametrize(
    "data",
    [
        {"articles": [A, B]},
        {"status": "ok", "response": {"total": 2, "docs": [A, B], "facets": [{"n": 1}]}},
        {"tags": ["x"], "authors": [{"name": "N"}], "items": [A, B], "more": [{"text": "no"}]},
    ],
)
def test_the_list_in_an_object_is_found(one: Path, data: object) -> None:
    assert ids(one, data) == ["a", "7"]


def test_an_object_on_each_line_is_read_as_jsonl(one: Path) -> None:
    one.write_bytes(lines({"body": LEAD, "id": "x"}, {"body": LEAD, "id": "y"}))
    assert told(one) == ["x", "y"]


def test_keys_of_other_programs_are_guessed_and_said(one: Path) -> None:
    ids(one, [{"headline": "H", "pubDate": "2024", "body": LEAD, "guid": 5, "author": "N. B."}])
    (article,) = articles(one)
    known = (article.id, article.title, article.published, article.byline)
    assert known == ("5", "H", "2024", "N. B.")
    assert guesses(one) == [
        "'a.json' is taken to have its text in 'body', title in 'headline', date in 'pubDate', "
        "id in 'guid' and author in 'author'."
    ]


def test_named_keys_go_before_guessed_ones(one: Path) -> None:
    ids(one, [{"text": "no", "lead": LEAD}, {"text": "no"}])
    good, bad = told(one, columns=Columns(text="lead"))
    assert good == "a.json:1"
    assert "it has no 'lead'" in bad


def test_html_in_a_field_is_stripped_and_this_is_said_once(one: Path) -> None:
    ids(one, [{"text": f"<p>{LEAD}</p><p>b</p>"}, {"text": PAGE}, {"text": "1 < 2"}])
    first, page, plain = (article.text for article in articles(one))
    assert first == f"{LEAD.strip()}\n\nb"
    assert page.startswith("Harbour to close\n\nThe mayor")
    assert plain == "1 < 2"
    assert guesses(one) == ["'a.json' holds HTML in 'text', which is stripped."]


def test_a_text_in_jsonl_is_never_altered_but_for_html_under_another_name(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines({"text": "<p>b</p>"}))
    assert articles(path)[0].text == "<p>b</p>"
    assert articles(path, columns=Columns(text="text"))[0].text == "b"
    path.write_bytes(lines({"body": "<p>b</p>"}))
    assert articles(path)[0].text == "b"


def test_a_bad_object_is_an_error_and_the_rest_goes_on(one: Path) -> None:
    first, bad, empty, last = ids(
        one, f'[{json.dumps(A)}, {{"text": x}}, {{"text": ""}}, {{"text": "z"}}]'
    )
    assert "'a.json:2' is no article: it is not valid JSON" in bad
    assert "'a.json:3' is empty" in empty
    assert (first, last) == ("a", "a.json:4")


def test_half_a_character_is_an_error_and_never_another_one(one: Path) -> None:
    bad, good = ids(one, r'[{"text": "a \ud800 b"}, {"text": "\ud83d\ude00"}]')
    assert "half a character" in bad
    assert good == "a.json:2"


def test_what_came_before_a_break_is_kept(one: Path) -> None:
    whole = json.dumps([A, B, B])
    first, second, broken = ids(one, whole[:-30])
    assert (first, second) == ("a", "7")
    assert "'a.json' breaks off before its end" in broken


@pytest.mark.parametrize("data", ["5", '"text"', "[]", "[1, 2]", '{"a": 1}', '{"a": [{"b": 1}]}'])
def test_a_file_without_articles_is_told(one: Path, data: str) -> None:
    (said,) = ids(one, data)
    assert "holds no list of articles" in said


@pytest.mark.parametrize("data", ["[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000])
def test_deep_nesting_is_refused(one: Path, data: str) -> None:
    assert "is nested too deeply" in ids(one, data)[-1]


@pytest.mark.parametrize("data", ["[}", "]", '{"a": [{"text": "b"}}'])
def test_brackets_that_do_not_match_are_refused(one: Path, data: str) -> None:
    assert "is not valid JSON" in ids(one, data)[-1]


def test_json_in_utf16_is_refused(one: Path) -> None:
    one.write_bytes(json.dumps([A]).encode("utf-16"))
    assert "is UTF-16, and JSON is UTF-8" in told(one)[0]


def test_an_object_longer_than_an_article_is_one_error(one: Path) -> None:
    with one.open("wb") as file:
        file.write(b'{"total": 3, "items": [' + json.dumps(A).encode() + b', {"text": "')
        for _ in range(11):
            file.write(b'a\\"{[' * (MAX_BYTES // 50))
        file.write(b'"}, ' + json.dumps(B).encode() + b"]}")
    first, long, last = told(one)
    assert (first, last) == ("a", "7")
    assert "'a.json:2' is longer than 20 MB" in long


CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="<")  # "<br>" is markup
TEXTS = st.text(CHARACTERS, min_size=1, max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=4),
    plain=st.booleans(),
    piece=st.integers(1, 9),
    wrapped=st.booleans(),
)
def test_any_text_survives_wherever_the_file_is_cut_for_reading(
    one: Path, texts: list[str], plain: bool, piece: int, wrapped: bool
) -> None:
    texts = [f"{LEAD}{text}." for text in texts]
    items: object = [{"text": text} for text in texts]
    one.write_text(json.dumps({"n": items} if wrapped else items, ensure_ascii=plain), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonlists, "READ_BYTES", piece)
        assert [article.text for article in articles(one)] == texts


@pytest.mark.parametrize(
    "one",
    [
        {  # mongoexport
            "_id": {"$oid": "a1"},
            "body": LEAD,
            "headline": "Harbour",
            "pub_date": {"$date": {"$numberLong": "1588291200000"}},
        },
        {  # WordPress
            "id": "a1",
            "date": "1588291200000",
            "title": {"rendered": "<em>Har</em>bour"},
            "content": {"rendered": LEAD, "protected": False},
        },
        {  # the NYT's API
            "_id": "a1",
            "body": LEAD,
            "headline": {"main": "Harbour", "kicker": None},
            "byline": {"original": "By Nora Brandt", "person": []},
            "pub_date": "1588291200000",
        },
    ],
)
def test_values_that_exports_wrap_in_objects_are_unwrapped(
    tmp_path: Path, one: dict[str, Any]
) -> None:
    (article,) = articles(written(tmp_path, {"a.json": json.dumps([one])}))
    assert (article.id, article.title) == ("a1", "Harbour")
    assert article.published == "1588291200000"
    assert article.text == LEAD


def test_what_is_empty_in_the_first_object_is_taken_from_the_others(tmp_path: Path) -> None:
    first = {"body": LEAD, "headline": [], "author": {}, "date": False, "guid": None}
    then = {"body": f"{LEAD}2", "headline": "H", "author": "A", "date": "2020", "guid": "g"}
    _, article = articles(written(tmp_path, {"a.json": json.dumps([first, then])}))
    assert (article.id, article.title, article.byline) == ("g", "H", "A")
    assert article.published == "2020"


def test_a_key_is_not_said_to_hold_what_cannot_be_taken_from_it(tmp_path: Path) -> None:
    one = {"body": LEAD, "headline": ["Harbour"], "author": [{"name": "Nora Brandt"}]}
    (said,) = guesses(written(tmp_path, {"a.json": json.dumps([one])}))
    assert said.endswith("is taken to have its text in 'body'.")


@pytest.mark.parametrize("end", ["… [+4994 chars]", "... [1234 chars]", " […]", " [...]\n"])
def test_texts_that_a_service_cut_off_are_read_and_this_is_said_once_a_file(
    tmp_path: Path, end: str
) -> None:
    one = {"content": f"{LEAD}{end}", "url": "https://x.eu"}
    folder = written(tmp_path, {"a.json": json.dumps([one, one])})
    assert [article.text for article in articles(folder)] == [f"{LEAD}{end}"] * 2
    assert guesses(folder)[1:] == [
        "'a.json' holds texts in 'content' that are only the beginnings of articles."
    ]
