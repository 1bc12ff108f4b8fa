"""What `import attributor` gives, and what it leaves unloaded."""

from __future__ import annotations

import asyncio
import importlib.metadata
import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import attributor
from attributor import AttributorError, annotate, annotate_async
from attributor.settings import Settings

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


# --- what may be given --------------------------------------------------------------------------

SAID = "“We will win,” Ana Petric said.\n"


def in_either_way(article: Any, **given: Any) -> list[attributor.Annotation]:
    return [annotate(article, **given), asyncio.run(annotate_async(article, **given))]


def test_a_path_is_read(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text(SAID, encoding="utf-8")
    for made in in_either_way(path, engine="embedded"):
        assert (made.article.id, made.article.text) == (str(path), SAID)
        assert made.quotes[0].spans[0].text == "We will win"
    (read,) = attributor.read(path)
    assert isinstance(read, attributor.Article)
    assert read.text == SAID


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "does not exist"),
        ("", "is empty"),
        ('{"text": "One."}\n{"text": "Two."}\n', "holds not one article but several"),
        ("id,text\n", "has a header and no rows"),
    ],
)
def test_a_path_without_one_article_is_told(
    tmp_path: Path, content: str | None, problem: str
) -> None:
    path = tmp_path / ("a.csv" if content == "id,text\n" else "a.jsonl")
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(AttributorError, match=problem):
        annotate(path, engine="embedded")


@pytest.mark.parametrize(
    "name",
    ["story.txt", "../a/b.docx", "C:\\a\\b.pdf", "https://example.org/1", "there is.one"],
)
def test_a_name_that_is_given_for_a_text_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there is.one").write_text(SAID, encoding="utf-8")
    with pytest.warns(UserWarning, match="looks like the name of a file or a URL") as told:
        in_either_way(name, engine="embedded")
    assert len(told) == 2
    assert told[0].filename == __file__


@pytest.mark.parametrize(
    "text", [SAID, "Yes.", "Ana Petric left.", "See it on example.org.", "x" * 5_000, "a\0b", "..."]
)
def test_a_text_is_a_text(text: str, recwarn: pytest.WarningsRecorder) -> None:
    in_either_way(text, engine="embedded")
    assert not recwarn.list


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"targts": ["NATO"]}, "no argument 'targts': did you mean 'targets'"),
        ({"engin": "embedded"}, "no argument 'engin': did you mean 'engine'"),
        ({"zeppelin": 1}, "no argument 'zeppelin': there are article, targets, client, settings,"),
        ({"zeppelin": 1, "settings": Settings()}, "no argument 'zeppelin'"),
        ({"engine": "embeded"}, "'engine' from the call is not usable"),
        ({"engine": "embeded", "settings": Settings()}, "'engine' from the call is not usable"),
    ],
)
def test_what_is_wrong_with_a_call_is_said_of_the_call(given: dict[str, Any], told: str) -> None:
    with pytest.raises(AttributorError, match=told) as wrong:
        annotate(SAID, **given)
    with pytest.raises(AttributorError) as other:
        asyncio.run(annotate_async(SAID, **given))
    assert wrong.value.message == other.value.message
    assert "command line" not in wrong.value.message
    if "no argument" in told:
        for name in ("targets", "client", "settings", *Settings.model_fields):
            assert name in wrong.value.message
