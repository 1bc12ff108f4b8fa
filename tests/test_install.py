"""The wheel, built and installed for real: an editable install would hide what it lacks."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

import attributor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("pip") is None, reason="this environment has no pip"
    ),
]

ROOT = Path(__file__).parents[1]
PAGE = """<!doctype html><html lang="en"><head><title>Bridge stays</title></head><body><article>
<h1>Bridge stays</h1><p>The old bridge of Ravnik will stay open, its keepers were told.</p>
<p>“Nobody will tear it down,” the engineer Ada Moravec said on Monday in the town hall.</p>
</article></body></html>"""


def pip(*args: str) -> None:
    """Run this environment's pip without a registry."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *args, "--no-index"]
    subprocess.run([*command, "--quiet", "--no-deps"], check=True, capture_output=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@dataclass
class Installed:
    """A fresh environment that holds the wheel, beside a home and a folder with nothing in them."""

    folder: Path

    @property
    def site(self) -> Path:
        base = {"base": str(self.folder / "env"), "platbase": str(self.folder / "env")}
        return Path(sysconfig.get_path("purelib", "venv", base))

    @property
    def scripts(self) -> Path:
        return self.folder / "env" / ("Scripts" if os.name == "nt" else "bin")

    def run(self, *command: str) -> str:
        """What a program of the environment prints, called as a user without settings would."""
        home = self.folder / "home"
        kept = {k: v for k, v in os.environ.items() if k in ("SYSTEMROOT", "PATH", "TEMP", "TMP")}
        done = subprocess.run(
            [str(self.scripts / command[0]), *command[1:]],
            cwd=home,
            env=kept | {"HOME": str(home), "USERPROFILE": str(home), "LANG": "C"},
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    made = Installed(tmp_path_factory.mktemp("a place", numbered=True))
    (made.folder / "home").mkdir()
    venv.create(made.folder / "env")
    pip("--python", str(made.folder / "env"), "install", str(wheel))
    # The dependencies are this environment's. What a .pth file adds comes last and its own .pth
    # files are not read, so the editable install that may be among them is out of sight.
    mine = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (made.site / "dependencies.pth").write_text("\n".join(sorted(mine)), encoding="utf-8")
    return made


def test_the_wheel_holds_what_the_program_reads_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {name for name in names if ".dist-info/" not in name}
    package = (path for path in (ROOT / "attributor").rglob("*") if path.is_file())
    code = {path.relative_to(ROOT).as_posix() for path in package if path.suffix != ".pyc"}
    prompts = {f"attributor/prompts/{path.name}" for path in (ROOT / "prompts").glob("*.md")}
    assert shipped == code | prompts
    assert {"attributor/py.typed", "attributor/views/page.css", "attributor/views/page.js"} < code
    assert "attributor/marking/languages/sr-Latn.toml" in code
    assert "attributor/prompts/attribute.md" in prompts
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_what_runs_is_the_installed_package(installed: Installed) -> None:
    place = installed.run("python", "-c", "import attributor; print(attributor.__file__)")
    assert Path(place.strip()).is_relative_to(installed.site)


def test_the_program_says_its_version(installed: Installed) -> None:
    assert installed.run("attributor", "--version") == f"attributor {attributor.__version__}\n"


def test_the_schema_is_printed(installed: Installed) -> None:
    schema = json.loads(installed.run("attributor", "schema"))
    assert {"article", "speakers", "quotes", "engine"} <= schema["properties"].keys()


@pytest.mark.parametrize("format_", ["jsonl", "html"])
def test_articles_are_annotated(installed: Installed, format_: str) -> None:
    articles = ROOT / "fixtures" / "articles"
    sources = [str(articles / name) for name in ("council.txt", "serbian-cyrillic.txt")]
    call = ["annotate", "--engine", "embedded", "--format", format_, *sources]
    shown = installed.run("attributor", *call)
    if format_ == "html":
        assert shown.rstrip().endswith("</html>")
    else:
        annotations = [json.loads(line) for line in shown.splitlines()]
        assert all(annotation["speakers"] for annotation in annotations)
        assert [annotation["warnings"] for annotation in annotations] == [[], []]


def test_a_page_is_read(installed: Installed) -> None:
    (installed.folder / "home" / "page.html").write_text(PAGE, encoding="utf-8")
    shown = installed.run(
        "attributor", "annotate", "--engine", "embedded", "--format", "csv", "page.html"
    )
    assert "Ada Moravec" in shown


def test_the_prompts_are_found_and_a_price_is_told(installed: Installed) -> None:
    shown = installed.run(
        *("attributor", "annotate", "--engine", "openai", "--dry-run"),
        str(ROOT / "fixtures" / "articles" / "council.txt"),
    )
    assert "tokens" in shown


def test_the_encoders_package_holds_its_data_in_thirty_megabytes(tmp_path: Path) -> None:
    source = ROOT / "packages" / "attributor-encoder"
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(source))
    (built,) = tmp_path.glob("attributor_encoder-*.whl")
    with ZipFile(built) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = ("__init__.py", "encoder.onnx", "tokenizer.json", "weights.bin")
    assert names == {f"attributor_encoder/{name}" for name in files}
    assert built.stat().st_size <= 30_000_000
