"""The codebook: what it may say, and a sentence for each way to get it wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attributor.errors import UsageError
from attributor.reading import read_codebook
from attributor.records import Example, Target

GOOD = """\
# our study
targets:
  - name: European Union
    definition: >
      Membership of the country
      in the Union.
    examples:
      - text: We belong in Europe, „Evropa“.
        label: favor
      - {text: "Nobody asked us.", label: unclear}
  - NATO
  - name: 2024
    definition:
    examples:
  - No
"""


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "book.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_codebook_gives_its_targets(tmp_path: Path, mark: str) -> None:
    codebook = read_codebook(written(tmp_path, mark + GOOD))
    assert codebook.targets == (
        Target(
            name="European Union",
            definition="Membership of the country in the Union.\n",
            examples=(
                Example(text="We belong in Europe, „Evropa“.", label="favor"),
                Example(text="Nobody asked us.", label="unclear"),
            ),
        ),
        Target(name="NATO"),
        Target(name="2024"),
        Target(name="No"),
    )


EXAMPLE = "targets:\n- name: EU\n  examples:\n  - "
MISTAKES: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "is empty"),
    "comments only": ("# nothing\n", "is empty"),
    "a list": ("- EU\n", "has no list of targets"),
    "a word": ("EU", "has no list of targets"),
    "no targets": ("targets:\n", "has no list of targets"),
    "an empty list": ("targets: []\n", "names no target"),
    "targets as text": ("targets: EU\n", "has no list of targets"),
    "an unknown key above": ("targets: [EU]\ntarget: NATO\n", "unknown key 'target'"),
    "an unknown key": (
        "targets:\n- NATO\n- name: EU\n  note: x\n",
        "unknown key 'note' in target 2 ('EU'): known are name, definition and examples",
    ),
    "an unknown key in an example": (
        EXAMPLE + "{text: x, label: favor, who: me}",
        "unknown key 'who' in target 1 ('EU'), example 1: known are text and label",
    ),
    "no name": ("targets:\n- definition: x\n", "has no 'name' in target 1: add it"),
    "an empty name": ("targets:\n- name:\n", "has an empty 'name' in target 1"),
    "a blank name": ("targets:\n- '  '\n", "has an empty 'name' in target 1"),
    "a long name": (f"targets:\n- {'x' * 201}\n", "more than 200 characters in target 1"),
    "twice": ("targets: [EU, NATO, eu]\n", "has the target 'eu' twice"),
    "a label": (
        EXAMPLE + "{text: x, label: pro}",
        "has the label 'pro' in target 1 ('EU'), example 1: use favor, against, neutral or unclear",
    ),
    "no label": (EXAMPLE + "text: x", "has no 'label' in target 1 ('EU'), example 1"),
    "an example without keys": (EXAMPLE + "We belong.", "in target 1 ('EU'), example 1"),
    "a list as definition": ("targets:\n- name: EU\n  definition: [a]\n", "as 'definition'"),
    "text as examples": ("targets:\n- name: EU\n  examples: x\n", "has 'x' as 'examples'"),
    "a list as target": ("targets:\n- [EU]\n", "in target 1"),
    "a key twice": ("targets: [EU]\ntargets: [NATO]\n", "has 'targets' twice, again in line 2"),
    "a list as key": ("? [a, b]\n: c\n", "is not valid YAML: .* in line 1"),
    "not YAML": ("targets:\n- name: 'EU\n", "is not valid YAML: .* in line"),
    "tabs": ("targets:\n\t- EU\n", "is not valid YAML: .* in line 2"),
    "two documents": ("targets: [EU]\n---\ntargets: [NATO]\n", "is not valid YAML"),
    "a control character": ("targets: [E\0U]\n", "control characters"),
    "an alias": ("targets:\n- &a EU\n- *a\n", "uses a YAML alias (*) in line 3"),
    "a tag": ("targets: !!python/object/apply:os.getcwd []\n", "names no target"),
    "deep": ("targets: " + "[" * 5000, "nested too deeply"),
    "not UTF-8": ("targets: [Çeşme]".encode("cp1254"), "is not UTF-8 at byte 10"),
    "huge": ("# " + "x" * 1_000_000, "longer than 1 MB"),
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_is_a_sentence_with_its_place(tmp_path: Path, kind: str) -> None:
    text, complaint = MISTAKES[kind]
    path = written(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        read_codebook(path)
    assert re.search(re.escape(complaint).replace(r"\.\*", ".*"), str(caught.value))
    assert caught.value.exit_code == 2
    assert str(caught.value).startswith(f"The codebook '{path}' ")


def test_a_bomb_of_aliases_is_refused_at_once(tmp_path: Path) -> None:
    levels = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, 30)]
    path = written(tmp_path, "\n".join(["l0: &l0 [x]", *levels, "targets: *l29"]))
    with pytest.raises(UsageError, match="alias"):
        read_codebook(path)


def test_a_missing_codebook_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.yaml' does not exist"):
        read_codebook(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match="is a folder"):
        read_codebook(tmp_path)


def test_the_codebook_in_the_docs_is_one(tmp_path: Path) -> None:
    docs = Path(__file__).parents[2] / "docs" / "reading.md"
    example = docs.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    codebook = read_codebook(written(tmp_path, example))
    assert [target.name for target in codebook.targets] == ["European Union", "NATO"]
