"""The documentation shows the program as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cogapp import Cog  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
PAGES = [
    str(page.relative_to(ROOT))
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    if "[[[cog" in page.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_the_program_prints(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    code = Cog().main(["cog", "--check", page])
    assert code == 0, f"{page} is stale: renew it with 'cog -r {page}'"


def test_a_stale_page_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- [[[cog cog.outl('new') ]]] -->\nold\n<!-- [[[end]]] -->\n", "utf-8")
    assert Cog().main(["cog", "--check", os.fspath(page)]) != 0


def test_there_are_pages_on_the_command_line_and_the_settings() -> None:
    assert {"cli.md", "settings.md"} <= {Path(page).name for page in PAGES}
