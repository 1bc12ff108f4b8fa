"""How many cases from the field the embedded engine passes, kind by kind.

    python benchmarks/field.py [--encoder] [OPTION ...]

The cases, and the program that judges, lie in a folder beside the project's that is no part of it;
where it is absent there is nothing to measure. `--encoder` has the engine read with its encoder,
which has to be installed. Other options go to that program: `--failed` shows every
case that fails, `--json` gives the figures as JSON, `--floor N` fails under N per cent.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from measuring import SHARED
from scoring import embedded

from attributor.records import Article

WITH_ENCODER = "--encoder"
CASES, CHECKER = SHARED / "field" / "cases.jsonl", SHARED / "field" / "check.py"


def main() -> int:
    """The checker's exit status; 0 where there are no cases."""
    if not (CASES.exists() and CHECKER.exists()):
        print(f"Skipped: there are no cases in {CASES.parent}.")
        return 0
    options = [option for option in sys.argv[1:] if option != WITH_ENCODER]
    finished = checked(options, light=WITH_ENCODER not in sys.argv)
    print(finished.stdout, end="")
    return finished.returncode


def passed() -> int:
    """How many of the cases pass."""
    return int(json.loads(checked(["--json"]).stdout)["all"]["passed"])


def checked(options: Sequence[str], *, light: bool = True) -> subprocess.CompletedProcess[str]:
    """What the checker says of the embedded engine's annotations."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "annotations.jsonl")
        file.write_text("".join(f"{line}\n" for line in _annotations(light)), encoding="utf-8")
        command = [sys.executable, str(CHECKER), str(CASES), str(file), *options]
        return subprocess.run(
            command, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False
        )


def _annotations(light: bool) -> Iterator[str]:
    """Each case as annotated, in one line of JSON; a language that it names is the article's."""
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        article = Article(id=case["id"], text=case["text"], language=case.get("lang"))
        yield embedded(article, light=light).model_dump_json()


if __name__ == "__main__":
    sys.exit(main())
