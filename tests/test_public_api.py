"""What `import attributor` gives, and what it leaves unloaded."""

from __future__ import annotations

import importlib.metadata
import inspect
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

import attributor

SLOW = ("openai", "trafilatura", "httpx2", "rich", "genai_prices", "tiktoken", "asyncio", "yaml")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """What a piece of code prints in a fresh interpreter that finds no settings."""
    folder = tmp_path_factory.mktemp("home")
    homes = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME")
    prefixes = ("ATTRIBUTOR_", "OPENAI_")
    environ = {name: v for name, v in os.environ.items() if not name.startswith(prefixes)}
    environ |= dict.fromkeys(homes, str(folder))

    def call(code: str) -> str:
        command = [sys.executable, "-X", "utf8", "-c", code]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=folder, env=environ)
        return done.stdout.decode("utf-8")

    return call


@pytest.fixture(scope="module")
def loaded_by(run: Callable[[str], str]) -> Callable[[str], set[str]]:
    """Which of the slow modules are loaded after a piece of code."""
    told = f"\nimport sys\nprint(*(m for m in {SLOW!r} if m in sys.modules))"
    return lambda code: set(run(code + told).split())


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


def test_importing_the_package_loads_nothing_slow(
    loaded_by: Callable[[str], set[str]],
) -> None:
    assert loaded_by("import attributor") == set()
    assert loaded_by("from attributor import *") <= {"yaml"}


def test_the_embedded_engine_loads_no_model_and_no_network(
    loaded_by: Callable[[str], set[str]],
) -> None:
    code = "from attributor import annotate; annotate('“Go,” Ana Bell said.', engine='embedded')"
    assert loaded_by(code) == set()


def test_the_example_in_the_docstring_runs(run: Callable[[str], str]) -> None:
    example = inspect.getdoc(attributor)
    assert example is not None
    code = example[example.index("from attributor import") :]
    assert run(code).splitlines() == ["Ana Petric We will win"]
