"""What docs/architecture.md says of adding an engine is done, on a copy of the package."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from attributor.engine_names import EngineName
from attributor.pipeline import ENGINES

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ARTICLE = """Mara Quill opened the bridge. “It will stand,” she said.

Nobody is named here. “Quiet.”
"""


def blocks_on_an_engine() -> list[str]:
    """The Python of that section: the class, its entry, its name."""
    section = PAGE.split("### an engine\n")[1].split("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)


def put(file: Path, new: str, instead_of: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(instead_of) == 1, file
    file.write_text(text.replace(instead_of, new), encoding="utf-8")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with the package, to which the page's engine was added."""
    written, entry, name = blocks_on_an_engine()
    package = tmp_path / "attributor"
    shutil.copytree(ROOT / "attributor", package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "first_name.py").write_text(written, encoding="utf-8")
    table = entry.splitlines()[-2] + "\n"
    put(package / "pipeline.py", entry, instead_of=table)
    names = package / "engine_names.py"
    before = re.search(r"^EngineName.*\n", names.read_text(encoding="utf-8"), re.MULTILINE)
    assert before
    put(names, name, instead_of=before[0])
    (tmp_path / "article.txt").write_text(ARTICLE, encoding="utf-8")
    return tmp_path


def attributor(house: Path, *words: str) -> str:
    environment = os.environ | {"PYTHONPATH": os.fspath(house), "PYTHONUTF8": "1"}
    call = [sys.executable, "-m", "attributor", *words]
    done = subprocess.run(call, cwd=house, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_engine_that_the_page_adds_annotates(house: Path) -> None:
    call = ["annotate", "--engine", "first-name", "--format", "json", "article.txt"]
    made = json.loads(attributor(house, *call))
    assert made["engine"]["name"] == "first-name"
    assert [speaker["name"] for speaker in made["speakers"]] == ["Mara Quill"]
    assert [span["text"] for quote in made["quotes"] for span in quote["spans"]] == [
        "It will stand"
    ]


def test_a_reader_is_told_which_added_engine_it_was(house: Path) -> None:
    printed = attributor(house, "annotate", "--engine", "first-name", "article.txt")
    assert "Made by the first-name engine" in printed


def test_every_name_of_an_engine_has_an_entry_and_no_other_has() -> None:
    assert set(ENGINES) == set(get_args(EngineName))
