"""Columns and keys are known by what their names are put together from, and by what they hold."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.archives import LEAD, articles, guesses, lines, table, told, written

from attributor.errors import ReadingError
from attributor.reading import read
from attributor.reading.archives import Columns
from attributor.reading.naming import NAMES, folded, is_known, rank

DATES = [
    *("date_publish", "published_date", "published_on", "posted_at", "publish_date", "pub_date"),
    *("pubDate", "dateCreated", "date_published", "publishedAt", "firstPublished", "issued"),
    *("published_utc", "created_utc", "PublicationDateTime", "date of publication", "post_time"),
    *("issue-date", "release_date", "released_at", "air_date", "article_date", "news_date", "time"),
    *("publish_time", "pub_timestamp", "first_published_at", "isoDate", "displayDate", "postedOn"),
    *("date_de_publication", "publié le", "fecha_de_publicación", "publicado_el", "fecha_hora"),
    *("data_di_pubblicazione", "pubblicato il", "data_publicação", "Veröffentlichungsdatum"),
    *("veröffentlicht_am", "erschienen_am", "Erscheinungstag", "publicatiedatum", "geplaatst_op"),
    *("data_opublikowania", "opublikowano", "datum_objave", "objavljeno", "datum zveřejnění"),
    *("дата_публикации", "опубликовано", "датум објаве", "yayın_tarihi", "created_date"),
]
NO_DATES = [
    *("updated_at", "date_modify", "date_download", "crawl_date", "indexed_date", "last_modified"),
    *("publication", "publisher", "post", "post_id", "event_date", "birth_date", "candidate"),
]


@pytest.mark.parametrize("name", DATES)
def test_a_date_is_known_by_what_its_name_is_put_together_from(tmp_path: Path, name: str) -> None:
    day = "2024-03-05T08:00:00Z"
    files = {"a.json": json.dumps([{name: day, "text": LEAD}]), "b.csv": ""}
    files["b.csv"] = table([(name, "text"), (day, LEAD)]).decode()
    assert [article.published for article in articles(written(tmp_path, dict(files)))] == [day, day]
    assert f"date in '{name}'" in guesses(tmp_path / "a.json")[0]


@pytest.mark.parametrize("name", NO_DATES)
def test_another_date_or_no_date_is_not_when_it_was_published(tmp_path: Path, name: str) -> None:
    (article,) = articles(written(tmp_path, {"a.csv": table([(name, "text"), ("2024", LEAD)])}))
    assert article.published is None


@pytest.mark.parametrize("other", ["date_download", "created", "date", "time", "release_date"])
def test_the_surest_date_is_taken(tmp_path: Path, other: str) -> None:
    rows = [(other, "date_publish", "text"), ("2020-01-01", "2024-03-05", LEAD)]
    (article,) = articles(written(tmp_path, {"a.csv": table(rows)}))
    assert article.published == "2024-03-05"


def test_what_is_called_a_date_but_holds_none_is_none(tmp_path: Path) -> None:
    rows = [("post_date_time", "text"), ("soon", LEAD), ("2024-03-05", LEAD)]
    found = articles(written(tmp_path, {"a.csv": table(rows)}))
    assert [article.published for article in found] == [None, None]


TEXTS = [
    *("news_content", "article_content", "raw_content", "text_content", "extracted_text"),
    *(
        "cleaned_text",
        "article_text",
        "body_text",
        "document",
        "raw_html",
        "newsBody",
        "fullContent",
    ),
    *("webText", "story-text", "content_raw", "Artikel-Inhalt", "document_text", "post content"),
]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_known_by_what_its_key_is_put_together_from(tmp_path: Path, name: str) -> None:
    one = {"id": "a", name: LEAD, "content_type": "news" * 20, "text_id": "x" * 90}
    (article,) = articles(written(tmp_path, {"a.json": json.dumps([one])}))
    assert (article.id, article.text) == ("a", LEAD)


def test_the_surest_text_is_taken(tmp_path: Path) -> None:
    one = {"raw_content": f"{LEAD}raw", "article_content": LEAD, "document": f"{LEAD}d"}
    assert articles(written(tmp_path, {"a.json": json.dumps([one])}))[0].text == LEAD


@pytest.mark.parametrize("name", ["text_id", "content_type", "summary", "title_text", "bodyguard"])
def test_another_key_is_no_text(tmp_path: Path, name: str) -> None:
    (said,) = told(written(tmp_path, {"a.jsonl": lines({name: LEAD})}))
    assert "has no 'text'" in said


@pytest.mark.parametrize("nested", [{"fields": {"bodyText": LEAD}}, {"text": [LEAD]}])
def test_a_nested_text_is_refused_in_a_sentence(tmp_path: Path, nested: object) -> None:
    (said,) = told(written(tmp_path, {"a.json": json.dumps({"hits": [nested]})}))
    assert said.startswith("'a.json")
    assert said.endswith(".")


# --- addresses ----------------------------------------------------------------------------------

URL = "https://x.eu/2024/03/05/harbour-to-close-in-may"


@pytest.mark.parametrize(
    "header",
    [
        "id,indexed_date,language,media_name,media_url,publish_date,title,url",
        "id,content",
        "id,text",
        "id,source_link",
        "id,story_url",
    ],
)
def test_a_column_of_addresses_is_never_the_text(tmp_path: Path, header: str) -> None:
    names = header.split(",")
    cells = {"title": f"{LEAD}{LEAD}", "publish_date": "2024-03-05", "id": "1", "language": "en"}
    row = [cells.get(name, URL if name != "media_name" else "X") for name in names]
    (said,) = told(written(tmp_path, {"a.csv": table([names, row, row])}))
    assert "has no column that holds articles" in said


def test_paths_under_the_name_of_an_address_are_no_text(tmp_path: Path) -> None:
    rows = [("page_url", "words"), ("/2024/03/05/" + "harbour-" * 20, LEAD)]
    assert articles(written(tmp_path, {"a.csv": table(rows)}))[0].text == LEAD


def test_an_address_that_is_named_as_the_text_is_taken(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a.csv": table([("id", "url"), ("a", URL)])})
    assert articles(folder, columns=Columns(text="url"))[0].text == URL


# --- what to do ---------------------------------------------------------------------------------

UNKNOWN = {"a.csv": table([("a", "b"), (1, 2)]), "a.json": b'{"a": [{"b": 1}]}'}
LONG_ID = {"b.csv": table([("id", "text"), ("x" * 2000, LEAD)])}


@pytest.mark.parametrize(("name", "option"), [*((n, "text") for n in UNKNOWN), ("b.csv", "id")])
def test_an_option_is_advised_only_where_there_is_one(
    tmp_path: Path, name: str, option: str
) -> None:
    written(tmp_path, {**UNKNOWN, **LONG_ID})
    (said,) = told(tmp_path / name)  # as `attributor batch` reads
    assert f"name it with --{option}-column, or call it '{option}'" in said
    (found,) = read(str(tmp_path / name))  # as `attributor annotate` does
    assert isinstance(found, ReadingError)
    assert "--" not in found.message
    assert f"call it '{option}'" in found.message


# --- any name -----------------------------------------------------------------------------------

PARTS = st.sampled_from(
    ["publi", "date", "text", "post", "crea", "data", "content", "on", "x", "de"]
)


@given(st.lists(PARTS, max_size=40).map("".join) | st.text(max_size=60))
def test_any_name_is_judged_in_no_time(name: str) -> None:
    began = time.process_time()
    for key in NAMES:
        surely = rank(key, folded(name), ["2024-03-05"])
        assert surely is None or is_known(key, folded(name))
    assert time.process_time() - began < 1
