"""CSV and TSV: what stands in a cell comes out of it, and a bad row costs itself alone."""

from __future__ import annotations

import csv
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.archives import (
    CYRILLIC,
    ENGLISH,
    GERMAN,
    LEAD,
    PAGE,
    articles,
    guesses,
    listed,
    table,
    told,
    written,
)

from attributor.errors import ReadingError
from attributor.reading import MAX_BYTES
from attributor.reading.archives import Columns
from attributor.records import Article

DELIMITERS = [",", ";", "\t", "|"]
HEADER = ("id", "title", "date", "text")
NEWS = [(CYRILLIC, "cp1251"), (ENGLISH, "cp1252"), (GERMAN, "cp1252")]


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return tmp_path / "t.csv"


# --- any text survives -------------------------------------------------------------------------

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="<")  # "<br>" is markup
TEXTS = st.text(CHARACTERS, min_size=1, max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=4),
    delimiter=st.sampled_from(DELIMITERS),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_any_text_survives_a_table(
    one: Path, texts: list[str], delimiter: str, encoding: str, quoting: int, end: str
) -> None:
    texts = [f"{LEAD}{text}{LEAD}" for text in texts]
    rows = [HEADER, *((f"no {n}", "T", "2024", text) for n, text in enumerate(texts))]
    if quoting == csv.QUOTE_MINIMAL:
        end = "\r\n"  # with any other, Python's writer leaves a carriage return unquoted
    dialect = {"delimiter": delimiter, "quoting": quoting, "lineterminator": end}
    one.write_bytes(table(rows, encoding, **dialect))
    read = articles(one)
    assert [a.text for a in read] == texts
    assert [a.id for a in read] == [f"no {n}" for n in range(len(texts))]


@pytest.mark.parametrize(("delimiter", "other"), [*permutations(DELIMITERS, 2)])
def test_what_paragraphs_have_more_of_is_not_the_delimiter(
    one: Path, delimiter: str, other: str
) -> None:
    text = f"{LEAD}\n\nWe keep it{other} said Ana{other} and left.\nOne{other} two{other} three."
    rows = [("id", "text"), *((f"no {n}", text) for n in range(3))]
    one.write_bytes(table(rows, delimiter=delimiter, quoting=csv.QUOTE_ALL))
    assert [(a.id, a.text) for a in articles(one)] == rows[1:]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize(("news", "encoding"), NEWS)
def test_old_encodings_are_told_from_the_text(
    one: Path, news: str, encoding: str, delimiter: str
) -> None:
    rows = [HEADER, *((n, "T", "2024", f"{news}{delimiter}\n{n}") for n in range(9))]
    one.write_bytes(table(rows, encoding, delimiter=delimiter))
    assert [article.text for article in articles(one)] == [row[3] for row in rows[1:]]


def test_an_encoding_that_shows_only_far_on_is_told(one: Path) -> None:
    rows = [HEADER, *((n, "T", "2024", LEAD * 40) for n in range(1000))]
    rows += [(n, "T", "2024", CYRILLIC) for n in range(1000, 1020)]
    one.write_bytes(table(rows, "cp1251"))
    assert articles(one)[-1].text == CYRILLIC


def test_an_encoding_that_only_seemed_to_be_told_is_refused_where_it_matters(one: Path) -> None:
    alike = [(n, "T", "2024", GERMAN) for n in range(20_000)]  # the same in Central Europe's
    french = "Le maire a dit à l’élu, très fâché : «\xa0Où êtes-vous allé, grand-père\xa0?\xa0»"
    one.write_bytes(table([HEADER, *alike, ("f", "T", "2024", french)], "cp1252"))
    *_, last = listed(one)
    assert isinstance(last.article, ReadingError)
    assert "cannot be told for sure" in last.article.message


def test_an_encoding_that_cannot_be_told_is_refused(one: Path) -> None:
    one.write_bytes(table([HEADER, (1, "T", "2024", f"{LEAD}\xe9")], "latin-1"))
    (said,) = told(one)
    assert "which encoding it is in cannot be told" in said


def test_bytes_that_are_no_utf8_cost_their_row_alone(one: Path) -> None:
    rows = [HEADER, *((n, "T", "2024", f"{LEAD}“{n}” čćšđž") for n in range(5))]
    one.write_bytes(table(rows).replace("“2”".encode(), b"\xff2\xff"))
    first, second, bad, *rest = told(one)
    assert [first, second, *rest] == ["0", "1", "3", "4"]
    assert "'t.csv:4' has bytes that are no characters" in bad


@pytest.mark.parametrize("odd", ["\0", "\x1b[2J", "\ufeff", "a\rb\r\nc\nd", '""', "=1+1", "\\"])
def test_odd_characters_keep_their_places(one: Path, odd: str) -> None:
    one.write_bytes(table([HEADER, (1, "T", "2024", f"{LEAD}{odd}{LEAD}")]))
    assert articles(one)[0].text == f"{LEAD}{odd}{LEAD}"


def test_lines_that_end_as_on_old_macs_are_lines(one: Path) -> None:
    one.write_bytes(
        table([HEADER, (1, "T", "2024", f"{LEAD}\r“x”"), (2, "T", "", LEAD)]).replace(
            b"\r\n", b"\r"
        )
    )
    assert [article.text for article in articles(one)] == [f"{LEAD}\r“x”", LEAD]


def test_what_excel_writes_above_the_header_is_understood(one: Path) -> None:
    one.write_bytes(b"sep=;\r\n" + table([HEADER, (1, "T,T", "2024", LEAD)], delimiter=";"))
    assert [(a.id, a.title) for a in articles(one)] == [("1", "T,T")]


# --- columns -----------------------------------------------------------------------------------

HEADERS = {
    "English": ["Article_ID", "Headline", "Publish Date", "fullText"],
    "German": ["Kennung", "Überschrift", "Veröffentlicht", "Inhalt"],
    "French": ["identifiant", "titre", "date", "contenu"],
    "Spanish": ["identificador", "titular", "fecha", "cuerpo"],
    "Serbian": ["ID", "наслов", "датум", "текст"],
    "Croatian": ["id", "Naslov", "Datum", "Sadržaj"],
    "Polish": ["id", "tytuł", "data publikacji", "treść"],
    "Russian": ["id", "Заголовок", "Дата", "Текст"],
}


@pytest.mark.parametrize("language", HEADERS)
def test_columns_are_known_by_name(one: Path, language: str) -> None:
    header = HEADERS[language]
    one.write_bytes(table([["n", *header], ["7", "a/1", "T", "2024-05-01", LEAD]]))
    (article,) = articles(one)
    assert (article.id, article.title, article.published, article.text) == (
        "a/1",
        "T",
        "2024-05-01",
        LEAD,
    )
    (said,) = guesses(one)
    id, title, date, text = header
    assert said == (
        f"'t.csv' is taken to have its text in '{text}', title in '{title}', "
        f"date in '{date}' and id in '{id}'."
    )


def test_the_author_the_address_and_the_language_are_taken_too(one: Path) -> None:
    one.write_bytes(
        table([["text", "Author", "URL", "lang"], [LEAD, "N. B.", "https://x.eu", "en"]])
    )
    (article,) = articles(one)
    assert (article.byline, article.url, article.language) == ("N. B.", "https://x.eu", "en")


def test_a_text_column_of_an_unknown_name_is_the_one_with_the_longest_texts(one: Path) -> None:
    one.write_bytes(table([["code", "xyz", "note"], ["a", LEAD * 2, LEAD], ["b", LEAD * 3, LEAD]]))
    assert [article.text for article in articles(one)] == [LEAD * 2, LEAD * 3]
    assert guesses(one) == ["'t.csv' is taken to have its text in 'xyz'."]


def test_the_text_may_stand_in_a_column_with_another_ones_name(one: Path) -> None:
    one.write_bytes(table([["id", "data"], ["a", LEAD], ["b", LEAD * 2]]))
    assert [(a.text, a.published) for a in articles(one)] == [(LEAD, None), (LEAD * 2, None)]
    one.write_bytes(table([["story", "words"], ["sports", LEAD], ["news", LEAD * 2]]))
    assert [article.text for article in articles(one)] == [LEAD, LEAD * 2]


def test_an_empty_column_is_not_the_text_whatever_its_name(one: Path) -> None:
    one.write_bytes(table([["text", "body"], ["", LEAD], ["", LEAD]]))
    assert [article.text for article in articles(one)] == [LEAD, LEAD]


def test_named_columns_go_before_guessed_ones(one: Path) -> None:
    one.write_bytes(table([["text", "lead", "Key", "id"], ["no", LEAD, "k", "i"]]))
    columns = Columns(text="lead", id="key")
    (article,) = articles(one, columns=columns)
    assert (article.text, article.id) == (LEAD, "k")
    assert guesses(one, columns=columns) == []


def test_a_named_column_that_is_not_there_is_told_with_those_that_are(one: Path) -> None:
    one.write_bytes(table([["a", "b"], [LEAD, LEAD]]))
    (said,) = told(one, columns=Columns(text="body"))
    assert said == "'t.csv' has no column 'body': name one that it has ('a', 'b')."


def test_a_table_without_texts_is_told(one: Path) -> None:
    one.write_bytes(table([["a", "b"], [1, 2], [3, 4]]))
    (said,) = told(one)
    assert "has no column that holds articles ('a', 'b')" in said


def test_a_table_without_a_header_loses_no_row(one: Path) -> None:
    one.write_bytes(table([[1, LEAD * 2], [2, LEAD * 3]]))
    assert [(a.id, a.text) for a in articles(one)] == [
        ("t.csv:1", LEAD * 2),
        ("t.csv:2", LEAD * 3),
    ]
    one.write_bytes(table([["x", LEAD * 2, "T"]]))
    assert articles(one, columns=Columns(title="3"))[0].title == "T"


def test_lines_above_the_header_that_are_blank_are_no_matter(one: Path) -> None:
    one.write_bytes(b"\r\n \r\nid;text\r\n;" + LEAD.encode() + b"\r\n")
    assert told(one) == ["t.csv:4"]


@pytest.mark.parametrize("above", [",,\n", '"","",""\n', " ; ;\n", "\n" * 500, ",,,\n" * 300])
def test_empty_rows_above_the_header_are_no_matter(one: Path, above: str) -> None:
    one.write_bytes(f"{above}id,title,text\n1,Ferry,{LEAD}\n".encode())
    (found,) = articles(one)
    assert (found.id, found.title, found.text) == ("1", "Ferry", LEAD)


@pytest.mark.parametrize("above", ['"\n"\n', '"\n","\n"\n', "sep=#\n###\n"])
def test_a_first_row_that_holds_nothing_is_not_the_header(one: Path, above: str) -> None:
    delimiter = "#" if above.startswith("sep") else ","
    one.write_bytes((above + f"id,text\n1,{LEAD}\n".replace(",", delimiter)).encode())
    assert told(one) == ["1"]
    one.write_bytes(above.encode())
    assert told(one) == ["'t.csv' is empty: give it a header and rows."]


@pytest.mark.parametrize("between", ["   \n", ",,\n", '"",,\n', "\t\n"])
def test_empty_rows_between_others_are_no_matter_and_count(one: Path, between: str) -> None:
    one.write_bytes(f"id,title,text\n{between}1,Ferry,{LEAD}\n{between}2,Ferry,\n".encode())
    assert told(one) == ["1", "'t.csv:5' has no text in 'text': fill it in."]


def test_a_cell_that_begins_with_a_line_end_is_no_empty_row(one: Path) -> None:
    one.write_bytes(f'"\n{LEAD}",1\n"{LEAD}",2\n'.encode())
    assert [article.text.strip() for article in articles(one)] == [LEAD.strip()] * 2


def test_a_first_row_that_cannot_be_read_is_an_error_and_no_guide(one: Path) -> None:
    said = 'The minister said "we will see" to reporters in the capital, and left.'
    rows = table([[n, said, "2020-01-01"] for n in range(2, 25)])
    one.write_bytes(b'1,"He said; "no" to all",2020-01-01\r\n' + rows)
    bad, *good = listed(one)
    assert isinstance(bad.article, ReadingError)
    assert {each.article.text for each in good if isinstance(each.article, Article)} == {said}
    assert len(good) == 23
    one.write_bytes(b'id,"te"xt"\r\na,short\r\n' + table([["b", LEAD * 2]]))
    bad, *good = listed(one)
    assert isinstance(bad.article, ReadingError)
    assert len(good) == 2


def test_a_column_may_stand_alone(one: Path) -> None:
    one.write_bytes(table([["text"], [f"{LEAD}, and; so | on"], ["b"]]))
    assert [article.text for article in articles(one)] == [f"{LEAD}, and; so | on", "b"]


# --- HTML in cells -----------------------------------------------------------------------------


def test_a_cell_of_html_is_its_text_and_this_is_said_once(one: Path) -> None:
    cells = ["<p>“No,” she <b>said</b>.</p><p>2 &lt; 3<br>x</p>", f"{LEAD}\n\n<i>On.</i>", "a < b"]
    one.write_bytes(table([["id", "text"], *enumerate(cells)]))
    texts = [article.text for article in articles(one)]
    assert texts == ["“No,” she said.\n\n2 < 3\nx", f"{LEAD.strip()}\n\nOn.", "a < b"]
    assert guesses(one)[1:] == ["'t.csv' holds HTML in 'text', which is stripped."]


def test_a_whole_page_in_a_cell_is_read_as_a_page_but_the_table_knows_better(one: Path) -> None:
    one.write_bytes(table([["title", "text", "url"], ["T", PAGE, ""], ["", PAGE, "https://x.eu"]]))
    a, b = articles(one)
    assert a.text.startswith("Harbour to close\n\nThe mayor")
    assert (a.title, a.language, a.url) == ("T", "en", None)
    assert (b.title, b.url) == ("Harbour to close", "https://x.eu")


def test_scripts_styles_and_comments_in_a_cell_are_not_its_text(one: Path) -> None:
    cell = "<!-- wp:p --><p>Said</p><script>alert(1)</script><style>p {}</style>on"
    one.write_bytes(table([["text"], [cell]]))
    assert articles(one)[0].text == "Said\n\non"


# --- bad rows ----------------------------------------------------------------------------------


def test_a_row_without_a_text_is_an_error(one: Path) -> None:
    one.write_bytes(table([HEADER, (1, "T", "", ""), (2, "T", "", " \n"), (3, "T", "", LEAD)]))
    empty, blank, good = told(one)
    assert empty == "'t.csv:2' has no text in 'text': fill it in."
    assert "Row 't.csv:3': '2' holds nothing but white space" in blank
    assert good == "3"


def test_rows_of_another_width_are_errors(one: Path) -> None:
    rows = [HEADER, (1, "T", "", LEAD), (2, "T", "", LEAD, "more"), (3, "T"), (4, "T", "", LEAD)]
    one.write_bytes(table(rows))
    first, long, short, last = told(one)
    assert "Row 't.csv:3' has 5 cells where the header has 4" in long
    assert "Row 't.csv:4' has 2 cells where the header has 4" in short
    assert (first, last) == ("1", "4")


def test_empty_cells_at_the_end_of_a_row_and_blank_lines_are_no_matter(one: Path) -> None:
    one.write_bytes(b"id,text,note,,\r\n\r\n1," + LEAD.encode() + b",,,,,\r\n\r\n2,b,x\r\n")
    assert told(one) == ["1", "2"]
    one.write_bytes(b"text,note\r\n\r\n" + LEAD.encode() + b",x\r\n")
    assert told(one) == ["t.csv:3"]


def test_quotation_marks_that_are_not_doubled_are_an_error_and_no_altered_text(one: Path) -> None:
    one.write_bytes(b'id,text\r\n1,"He said "no" to us."\r\n2,"He said ""no""."\r\n')
    bad, good = listed(one)
    assert isinstance(bad.article, ReadingError)
    assert "double the quotation marks" in bad.article.message
    assert isinstance(good.article, Article)
    assert good.article.text == 'He said "no".'


def test_a_mark_that_is_never_closed_is_an_error(one: Path) -> None:
    one.write_bytes(b'id,text\r\n1,good\r\n2,"' + LEAD.encode() + b"\r\n3,lost\r\n")
    good, bad = told(one)
    assert good == "1"
    assert "Row 't.csv:3' cannot be read" in bad


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("inside", ["", "\n", '""', '"",\n'])
def test_a_row_longer_than_an_article_is_one_error(one: Path, quote: str, inside: str) -> None:
    if not quote and inside:
        pytest.skip("only a quoted cell holds these")
    size = MAX_BYTES + 1000
    with one.open("wb") as file:
        file.write(b"id,text\n1,good\n2," + quote.encode())
        for _ in range(11):
            file.write(b"a" * (size // 10) + inside.encode())
        file.write(quote.encode() + b"\n3,good\n")
    first, long, last = told(one)
    assert (first, last) == ("1", "3")
    assert "Row 't.csv:3' is longer than 20 MB" in long


def test_a_cell_of_megabytes_is_read(one: Path) -> None:
    one.write_bytes(table([HEADER, (1, "T", "", LEAD * 80_000)]))
    assert articles(one)[0].text == LEAD * 80_000


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_a_table_without_anything_is_told(one: Path, data: bytes) -> None:
    one.write_bytes(data)
    (said,) = told(one)
    assert said == "'t.csv' is empty: give it a header and rows."


def test_a_header_alone_is_told(one: Path) -> None:
    one.write_bytes(table([HEADER]))
    assert told(one) == ["'t.csv' has a header and no rows: add some."]


def test_an_id_that_is_a_text_is_told(one: Path) -> None:
    one.write_bytes(table([HEADER, ("i" * 1001, "T", "", LEAD)]))
    assert "has an id of more than 1,000 characters" in told(one)[0]


def test_a_spreadsheet_that_was_only_renamed_is_told(one: Path) -> None:
    one.write_bytes(b"PK\x03\x04" + bytes(100))
    assert "a ZIP archive or an Office document" in told(one)[0]


def test_tabs_part_the_cells_of_tsv(tmp_path: Path) -> None:
    rows = [HEADER, ("1", "T, T", "", f"{LEAD}, {LEAD}")]
    written(tmp_path, {"a.tsv": table(rows, delimiter="\t")})
    assert articles(tmp_path)[0].title == "T, T"
