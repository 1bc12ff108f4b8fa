"""The documentation shows the program as it is."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path

import pytest
from cogapp import Cog  # type: ignore[import-untyped]
from support.command_line import Run

from attributor import records

ROOT = Path(__file__).parents[2]
ALL = [
    page.relative_to(ROOT).as_posix()
    for page in (
        *sorted(ROOT.glob("*.md")),
        *sorted((ROOT / "docs").rglob("*.md")),
        *sorted((ROOT / "fixtures").rglob("*.md")),
    )
]
PAGES = [page for page in ALL if "[[[cog" in (ROOT / page).read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_the_program_prints(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("ATTRIBUTOR_LIGHT", "yes")  # pages show what everybody has
    code = Cog().main(["cog", "--check", page])
    assert code == 0, f"{page} is stale: renew it with 'cog -r {page}'"


def test_a_stale_page_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- [[[cog cog.outl('new') ]]] -->\nold\n<!-- [[[end]]] -->\n", "utf-8")
    assert Cog().main(["cog", "--check", os.fspath(page)]) != 0


def headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them of its headings."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def broken_links(page: Path) -> list[str]:
    """The links of a page to files that are not there, and to headings that they do not have."""
    broken = []
    text = re.sub(r"\[\[\[cog.*?\]\]\]", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)", text):
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        if not target.exists() or (anchor and anchor not in headings(target)):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", ALL)
def test_a_link_leads_somewhere(page: str) -> None:
    assert broken_links(ROOT / page) == []


def test_a_link_that_leads_nowhere_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `word`, two\n[a](page.md#a-word-two) [b](gone.md) [c](#gone)\n", "utf-8")
    assert broken_links(page) == ["gone.md", "#gone"]


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert [page for page in sorted(pages) if f"]({page})" not in index] == []


def test_the_example_of_the_readme_runs(run: Run) -> None:
    article = (ROOT / "fixtures" / "articles" / "council.txt").read_text(encoding="utf-8")
    Path("article.txt").write_text(article, encoding="utf-8")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example, "README.md", "exec"), {})
    assert "Orsolya Penhallick direct ['We cannot sign" in printed.getvalue()


@pytest.mark.parametrize("name", ["Article", "Speaker", "Quote", "Span", "Stance", "Annotation"])
def test_every_field_of_the_output_is_explained(name: str) -> None:
    text = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    page = text.split("[[[end]]]")[-1]
    fields = getattr(records, name).model_fields.keys() - {"format", "article"}
    assert [field for field in fields if not re.search(rf"`{field}`|\b{field}\b", page)] == []


def test_every_field_of_engine_and_usage_is_explained() -> None:
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    told = {
        *(f"engine.{field}" for field in records.Provenance.model_fields),
        *(f"usage.{field}" for field in records.Usage.model_fields),
    }
    assert {field for field in told if f"`{field}`" not in page} == set()


def test_there_are_pages_on_the_command_line_and_the_settings() -> None:
    assert {"cli.md", "settings.md"} <= {Path(page).name for page in PAGES}


RELIABILITY = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
PROMISES = [line for line in RELIABILITY.splitlines() if line.startswith("| ") and "test_" in line]


def files_named(promise: str) -> list[Path]:
    """The files of tests that a line of the page names, of which each is there once."""
    found: list[Path] = []
    for folder, name in re.findall(r"`(tests/[\w/]+/)?(test_\w+\.py)`", promise):
        where = ROOT / (folder or "tests/archive")
        (file,) = where.glob(name) if folder else where.rglob(name)
        found.append(file)
    return found


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise[2:50])
def test_every_test_that_the_page_on_reliability_names_is_where_it_says(promise: str) -> None:
    files = files_named(promise)
    assert files
    defined = {
        name
        for file in files
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    for name in re.findall(r"`(test_\w+…?|…_\w+…?)`", promise):
        pattern = name.replace("…", r"\w*")
        assert any(re.fullmatch(pattern, one) for one in defined), name


def test_a_test_that_is_not_there_is_noticed() -> None:
    assert len(PROMISES) > 25
    with pytest.raises(ValueError, match="not enough values"):
        files_named("`test_nowhere.py`")
