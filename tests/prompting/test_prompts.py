from __future__ import annotations

from pathlib import Path

import pytest

from attributor.errors import PromptError
from attributor.prompting.prompts import NAMES, Prompts, names_of, sha256_of

PROMPT = "---\nname: terse\ndescription: Short.\n---\nFind quotes.\n"


def test_the_shipped_prompts_are_found() -> None:
    prompts = Prompts.load()
    assert [getattr(prompts, name).name for name in NAMES] == list(NAMES)


def test_one_prompt_of_ones_own_replaces_one(tmp_path: Path) -> None:
    (tmp_path / "stance.md").write_text(PROMPT, encoding="utf-8")
    prompts = Prompts.load(tmp_path)
    assert prompts.stance.body == "Find quotes."
    assert prompts.attribute == Prompts.load().attribute


def test_the_hash_changes_with_the_words_and_with_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "repair.md").write_bytes(PROMPT.replace("\n", "\r\n").encode("utf-8-sig"))
    windows = Prompts.load(tmp_path)
    (tmp_path / "repair.md").write_text(PROMPT, encoding="utf-8", newline="\n")
    unix = Prompts.load(tmp_path)
    assert sha256_of(windows.used()) == sha256_of(unix.used()) != sha256_of(Prompts.load().used())
    assert names_of(unix.used()) == "attribute+terse"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"Find quotes.", "does not begin with front matter"),
        (b"---\nname: x\ndescription: y\n", "does not begin with front matter"),
        (b"---\nname: x\n---\nFind quotes.", "has no description"),
        (b"---\nname: 3\ndescription: y\n---\nFind quotes.", "has a name that is no text"),
        (b"---\n- name\n---\nFind quotes.", "has no name"),
        (b"---\nname: [\n---\nFind quotes.", "is not valid YAML"),
        (b"---\nname: x\ndescription: y\n---\n \n", "has no text after"),
        (b"---\nname: \xff\n---\nFind.", "is not UTF-8 at byte 10"),
    ],
)
def test_a_malformed_prompt_is_refused_with_a_sentence(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    (tmp_path / "attribute.md").write_bytes(content)
    with pytest.raises(PromptError, match=complaint) as caught:
        Prompts.load(tmp_path)
    assert "attribute.md" in str(caught.value)


def test_a_folder_that_is_not_there_or_holds_no_prompt_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="There is no folder of prompts"):
        Prompts.load(tmp_path / "nowhere")
    with pytest.raises(PromptError, match="holds none of"):
        Prompts.load(tmp_path)
