"""Exports of press databases with many articles in one text are told, not read as one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.archives import LEAD, told, written

from attributor.reading.exports import articles_in


def numbered(template: str, count: int) -> str:
    return "\n\n".join(
        f"{template.format(n=n, all=count)}\n\nThe Daily\n\nHarbour {n}\n\n{LEAD}"
        for n in range(1, count + 1)
    )


def each(*lines: str) -> str:
    """Three articles, each with these lines."""
    return "\n\n".join("\n".join(line.format(n=n, text=LEAD) for line in lines) for n in (1, 2, 3))


FACTIVA = "Document DAILY00020240305ek3500{n}aa"
EXPORTS = {
    "LexisNexis": numbered("                {n} of {all} DOCUMENTS", 3),
    "LexisNexis in German": numbered("{n} von {all} DOKUMENTEN", 3),
    "LexisNexis in French": numbered("{n} de {all} DOCUMENTS", 3),
    "ProQuest": numbered("Document {n} of {all}", 3),
    "ProQuest in Spanish": numbered("Documento {n} de {all}", 3),
    "Windows": numbered("Document {n} of {all}", 3).replace("\n", "\r\n"),
    "ProQuest without numbers": each(
        "Harbour {n}", "Full text: {text}", "ProQuest document ID: {n}"
    ),
    "Nexis Uni": each("Harbour {n}", "Length: 512 words", "{text}", "End of Document"),
    "Nexis by length": each("Harbour {n}", "LENGTH: 512 words", "{text}", "LOAD-DATE: May 1, 2024"),
    "Factiva": each("Harbour {n}", "By Nora Brandt", "512 words", "{text}", FACTIVA),
    "Factiva's fields": each("HD\nHarbour {n}", "BY\nNora Brandt", "PD\n1 May 2024", "LP\n{text}"),
    "Factiva's fields with texts": each("HD Harbour", "BY N", "WC 5", "PD 1 May", "TD {text}"),
}


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize("name", ["a.txt", "a"])
def test_an_export_of_many_articles_is_told_with_their_number(
    tmp_path: Path, kind: str, name: str
) -> None:
    assert told(written(tmp_path, {name: EXPORTS[kind]})) == [
        f"'{name}' is an export of 3 articles in one text, which would be taken for one: "
        "save each in a file of its own, or export a table."
    ]


def test_an_export_as_a_page_is_told_too(tmp_path: Path) -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in EXPORTS["ProQuest"].split("\n\n"))
    page = f"<html><body><article>{paragraphs}</article></body></html>"
    (said,) = told(written(tmp_path, {"a.html": page}))
    assert "is an export of 3 articles" in said


@pytest.mark.parametrize(
    "text",
    [
        numbered("{n} of {all} DOCUMENTS", 1),
        f"2 of 3 DOCUMENTS\n\n{LEAD}\n\n2 of 3 DOCUMENTS\n",
        f"Harbour\nLENGTH: 512 words\n{LEAD}\nLOAD-DATE: May 1\nEnd of Document\n",
        f"ProQuest document ID: 1\nDocument URL: https://x.eu\nAccession Number: 2\n{LEAD}",
        f"HD Harbour\nBY N\nWC 5\nPD 1 May\nTD {LEAD}\n{FACTIVA.format(n=1)}",
        f"Page 1 of 3\n{LEAD}\nPage 2 of 3\n{LEAD}\nPage 3 of 3",
        f"He read document 1 of 3 and document 2 of 3. {LEAD}",
        f"HD is sharp.\nHD is new.\nBY and BY.\nLA is far.\nLA is near. {LEAD}",
    ],
)
def test_a_single_article_is_read_whatever_a_database_wrote_around_it(
    tmp_path: Path, text: str
) -> None:
    assert told(written(tmp_path, {"a.txt": text})) == ["a.txt"]


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(["\n", "\r\n"]))
def test_each_number_counts_once(count: int, repeated: int, end: str) -> None:
    text = numbered("Document {n} of {all}", count) + "\n\nDocument 1 of 9" * repeated
    assert articles_in(text.replace("\n", end)) == count
