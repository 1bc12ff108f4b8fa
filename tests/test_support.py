"""What tests share is in tests/support."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROOMS = {path.name for path in TESTS.iterdir() if path.is_dir()} - {"support"}


def imported(code: str) -> set[str]:
    """The modules that the code imports, each whole name; a relative one begins with its dots."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def is_of_a_test(module: str) -> bool:
    first = module.split(".")[0]
    return first in ROOMS or first == "conftest" or first.startswith("test_") or first == ""


@pytest.mark.parametrize(
    "code",
    [
        "from .test_batch import always",
        "from . import working",
        "from archive.conftest import text_of",
        "import prompting.test_client",
        "def late():\n    from test_pipeline import TEXT",
        "from conftest import home",
    ],
)
def test_an_import_of_a_test_is_noticed(code: str) -> None:
    assert any(map(is_of_a_test, imported(code)))


def test_tests_share_only_what_is_in_support() -> None:
    shared = {
        path.relative_to(TESTS).as_posix(): sorted(filter(is_of_a_test, imported(text)))
        for path in TESTS.rglob("*.py")
        if (text := path.read_text(encoding="utf-8"))
    }
    assert len(shared) > 100
    assert {path: modules for path, modules in shared.items() if modules} == {}
