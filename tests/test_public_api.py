"""What `import attributor` gives, and what it leaves unloaded."""

from __future__ import annotations

import importlib.metadata
import inspect
import subprocess
import sys

import pytest

import attributor

SLOW = ("openai", "trafilatura", "httpx2", "rich", "genai_prices", "tiktoken", "asyncio", "yaml")


def loaded_by(code: str) -> set[str]:
    """Which of the slow modules are loaded after `code` in a fresh interpreter."""
    script = f"{code}\nimport sys\nprint(*(m for m in {SLOW!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return set(done.stdout.split())


def test_there_are_a_dozen_public_names_at_most() -> None:
    assert len(attributor.__all__) <= 12
    assert len(set(attributor.__all__)) == len(attributor.__all__)


@pytest.mark.parametrize("name", attributor.__all__)
def test_every_public_name_is_there_with_a_docstring(name: str) -> None:
    value = getattr(attributor, name)
    assert inspect.getdoc(value)
    assert value.__name__ == name


def test_a_star_import_gives_the_public_names() -> None:
    names: dict[str, object] = {}
    exec("from attributor import *", names)
    assert set(attributor.__all__) <= names.keys()


def test_a_name_that_is_none_is_refused_as_everywhere_in_python() -> None:
    with pytest.raises(AttributeError, match="'anotate'"):
        attributor.anotate  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(ImportError):
        exec("from attributor import anotate")


def test_the_version_is_that_of_the_distribution() -> None:
    assert attributor.__version__ == importlib.metadata.version("attributor")


def test_importing_the_package_loads_nothing_slow() -> None:
    assert loaded_by("import attributor") == set()
    assert loaded_by("from attributor import *") <= {"yaml"}


def test_the_embedded_engine_loads_no_model_and_no_network() -> None:
    code = "from attributor import annotate; annotate('“Go,” Ana Bell said.', engine='embedded')"
    assert loaded_by(code) == set()


def test_the_example_in_the_docstring_runs() -> None:
    example = inspect.getdoc(attributor)
    assert example is not None
    code = example[example.index("from attributor import") :]
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stdout.split("\n")[0] == "Ana Petric We will win"
