"""Weights, prompts and codebooks that somebody made up: each works, or is refused by name."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.embedded import annotate

from attributor.embedded import weights
from attributor.errors import AttributorError
from attributor.marking import language
from attributor.pipeline import Annotator
from attributor.reading import read_codebook
from attributor.records import Article
from attributor.settings import Settings
from attributor.settings_files import read_user_file
from attributor.settings_layers import load

ARTICLE = Article(
    id="a",
    text="“The quay is ours,” Mara Tolk said on Friday. Her deputy warned that rents would rise.",
)
PROMPT = b"---\nname: terse\ndescription: Short.\n---\nFind quotes.\n"
BOOK = b"""targets:
- name: The quay
  definition: Who owns it.
  examples:
  - {text: It is ours., label: favor}
- Rents
"""
BIAS = {"cue": 2.0, "source": 0.0, "piece": 0.5, "draft": 0.0}
HEAD: dict[str, Any] = {
    "format": weights.FORMAT,
    "language": "en",
    "bias": BIAS,
    "words": 2,
    "table": 8,
    "card": {"about": "made up"},
}
TABLE = b"\1\0\0\0\2\0\0\0" + b"\0\10\0\0\0\xf8\xff\x7f\0\x80\0\0\1\0\xff\xff"


def of_weights(head: dict[str, Any] | str, rest: bytes = TABLE) -> bytes:
    return (head if isinstance(head, str) else json.dumps(head)).encode() + b"\n" + rest


def with_weights(path: Path) -> None:
    weights.read.cache_clear()
    annotation = annotate(ARTICLE, "en", weights=path)
    annotation.model_dump_json()


def with_prompt(path: Path) -> None:
    chosen = Settings(engine="openai", base_url="http://127.0.0.1:1/v1", prompts=path.parent)
    requests = Annotator(chosen).conversation(ARTICLE).requests()
    json.dumps([message.content for message in requests[0].messages]).encode()


def with_codebook(path: Path) -> None:
    annotate(ARTICLE, "en", read_codebook(path)).model_dump_json()


def with_settings(path: Path) -> None:
    read_user_file(path)


USES: dict[str, tuple[str, bytes, Callable[[Path], None]]] = {
    "weights": ("ours.bin", of_weights(HEAD), with_weights),
    "prompt": ("attribute.md", PROMPT, with_prompt),
    "codebook": ("study.yaml", BOOK, with_codebook),
    "settings": ("config.toml", b'model = "small"\n', with_settings),
}
each_use = pytest.mark.parametrize("kind", USES)


@each_use
def test_a_good_file_works(tmp_path: Path, kind: str) -> None:
    name, good, use = USES[kind]
    (tmp_path / name).write_bytes(good)
    use(tmp_path / name)


def refusal(path: Path, use: Callable[[Path], None]) -> str:
    with pytest.raises(AttributorError) as caught:
        use(path)
    message = caught.value.message
    assert path.name in message
    assert message.endswith(".")
    assert "\n" not in message
    assert caught.value.exit_code == 2
    return message


def to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10**12)  # without taking any room


SPECIAL: dict[str, tuple[Callable[[Path], None], str]] = {
    "device": (to_a_device, "is a pipe or a device"),
    "pipe": (pipe, "is a pipe or a device"),
    "huge": (huge, "is longer than"),
    "folder": (Path.mkdir, "is a folder"),
}


@each_use
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("special", SPECIAL)
def test_what_is_no_small_file_is_refused_at_once(tmp_path: Path, kind: str, special: str) -> None:
    name, _, use = USES[kind]
    made, complaint = SPECIAL[special]
    made(tmp_path / name)
    assert complaint in refusal(tmp_path / name, use)


@pytest.mark.parametrize("kind", ["weights", "prompt", "codebook"])
def test_a_link_to_nothing_is_told_as_what_it_is(tmp_path: Path, kind: str) -> None:
    name, _, use = USES[kind]
    (tmp_path / name).symlink_to(tmp_path / "gone")
    assert "does not exist" in refusal(tmp_path / name, use)


DEEP = "[" * 100_000
LONG_NUMBER = "9" * 5_000
HEADS: dict[str, Any] = {
    "deep": f'{{"format": {DEEP}',
    "deep card": json.dumps(HEAD).replace('"made up"', DEEP),
    "a long number": json.dumps(HEAD).replace('"words": 2', f'"words": {LONG_NUMBER}'),
    "a key twice": json.dumps(HEAD).replace('"words": 2', '"words": 3, "words": 2'),
    "nan": json.dumps(HEAD | {"bias": BIAS | {"cue": float("nan")}}),
    "infinite": json.dumps(HEAD | {"bias": BIAS | {"cue": float("-inf")}}),
    "huge constants": HEAD | {"bias": BIAS | {"draft": 1e300}},
    "a constant too few": HEAD | {"bias": {"cue": 0.5}},
    "a constant as text": HEAD | {"bias": BIAS | {"cue": "1"}},
    "a constant as truth": HEAD | {"bias": BIAS | {"cue": True}},
    "negative words": HEAD | {"words": -1},
    "words as a fraction": HEAD | {"words": 2.0},
    "an empty table": HEAD | {"table": 0},
    "a negative table": HEAD | {"table": -8},
    "an odd table": HEAD | {"table": 7},
    "a path as language": HEAD | {"language": "../../../etc/passwd"},
    "no language": HEAD | {"language": None},
    "a list as language": HEAD | {"language": ["en"]},
    "a card of text": HEAD | {"card": "x"},
    "an unknown part": HEAD | {"note": "x"},
    "a list": "[]",
    "a number": "1",
    "nothing": "",
}


@pytest.mark.parametrize("kind", HEADS)
def test_weights_that_say_odd_things_are_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "ours.bin"
    path.write_bytes(of_weights(HEADS[kind]))
    assert "attributor train" in refusal(path, with_weights)


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ({"words": 0, "table": 0}, b""),
        ({}, TABLE + b"\0"),
        ({}, TABLE[:-1]),
        ({"words": 10**9}, TABLE),
        ({}, TABLE[:4] * 2 + TABLE[8:]),
    ],
    ids=["empty", "longer", "shorter", "words that are not there", "a word twice"],
)
def test_weights_that_are_not_whole_are_refused(
    tmp_path: Path, head: dict[str, Any], rest: bytes
) -> None:
    path = tmp_path / "ours.bin"
    path.write_bytes(of_weights(HEAD | head, rest))
    refusal(path, with_weights)


def test_weights_as_large_as_they_can_be_give_an_annotation(tmp_path: Path) -> None:
    path = tmp_path / "ours.bin"
    for number in (b"\xff\x7f", b"\0\x80"):
        path.write_bytes(
            of_weights(HEAD | {"bias": dict.fromkeys(BIAS, 1000)}, TABLE[:8] + number * 8)
        )
        with_weights(path)


MATTERS: dict[str, str] = {
    "deep": f"name: {DEEP}",
    "a long number": f"name: {LONG_NUMBER}\ndescription: x",
    "a long number elsewhere": f"name: x\ndescription: x\nversion: {LONG_NUMBER}",
    "a date that is none": "name: x\ndescription: 2001-99-99",
    "a date that is none elsewhere": "name: x\ndescription: x\nsince: 2001-99-99",
    "a date": "name: 2001-09-09\ndescription: x",
    "a tag that fits nothing": "name: !!timestamp x\ndescription: x",
    "an object": "name: !!python/name:os.system\ndescription: x",
    "an alias": "name: &a x\ndescription: *a",
    "a key twice": "name: x\nname: y\ndescription: x",
    "a list": "name: [x]\ndescription: x",
    "half a character": 'name: "\\ud800"\ndescription: x',
    "a control character": 'name: "\\e[31m"\ndescription: x',
    "a list as key": "? [a]\n: b\nname: x\ndescription: x",
    "a long name": f"name: {'x' * 501}\ndescription: x",
    "a blank name": "name: '  '\ndescription: x",
    "text alone": "name",
}


@pytest.mark.parametrize("kind", MATTERS)
def test_front_matter_that_says_odd_things_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "attribute.md"
    path.write_text(f"---\n{MATTERS[kind]}\n---\nFind quotes.\n", encoding="utf-8")
    refusal(path, with_prompt)


@pytest.mark.parametrize(
    "text",
    [
        f"targets: {DEEP}",
        'targets: ["\\ud800"]',
        f"targets:\n- {LONG_NUMBER}",
        "targets:\n- name: x\n  name: y",
        "targets:\n- name: x\n  examples: {text: x, label: favor}",
        "targets: {EU: NATO}",
        "targets: &a [*a]",
    ],
)
def test_codebooks_that_say_odd_things_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    refusal(path, with_codebook)


@pytest.mark.parametrize(
    "text", [f"a = {DEEP}", f"a = {LONG_NUMBER}", "a = 1\na = 2", "a = 2001-99-99"]
)
def test_settings_that_say_odd_things_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    refusal(path, with_settings)


@pytest.mark.parametrize("code", ["../../../etc/passwd", "en\x1b[31m", "", "EN", "\0", "x" * 10**6])
def test_a_code_that_is_no_language_opens_nothing(code: str) -> None:
    assert weights.shipped(code) is None
    with pytest.raises(AttributorError) as caught:
        language.load(code)
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 400


def test_a_home_that_is_nobodys_is_a_sentence(tmp_path: Path) -> None:
    user = tmp_path / "config.toml"
    with pytest.raises(AttributorError, match="stands for no user"):
        load({"weights": "~nobody-of-this-name/ours.bin"}, environ={}, folder=tmp_path, user=user)


ODD_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["en", "de", "../../x", 10**400, -1, 2**64, 1e308]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def mutated(draw: st.DrawFn, good: bytes) -> bytes:
    """The bytes with a few of them taken out, put in, doubled or changed."""
    data = good
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 12)))
        put_in = draw(
            st.binary(max_size=8)
            | st.text(max_size=8).map(lambda text: text.encode("utf-8", "replace"))
            | st.sampled_from(
                [data[start:end] * 2, b"[" * 200, b"*a", b"&a ", b"!!int ", b"\n---\n"]
            )
        )
        data = data[:start] + put_in + data[end:]
    return data


@st.composite
def odd_heads(draw: st.DrawFn) -> bytes:
    """Weights of which one part says something else."""
    key = draw(st.sampled_from([*HEAD, *BIAS]))
    value = draw(ODD_VALUES)
    changed = HEAD | ({"bias": BIAS | {key: value}} if key in BIAS else {key: value})
    return of_weights(changed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


def works_or_is_refused(folder: Path, kind: str, data: bytes) -> None:
    name, _, use = USES[kind]
    own = folder / kind
    own.mkdir(exist_ok=True)
    (own / name).write_bytes(data)
    refusals = []
    try:
        use(own / name)
    except AttributorError as error:
        refusals.append(error.message)
    assert all(name in each and each.isprintable() for each in refusals)


@each_use
@given(data=st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_file_that_was_changed_anywhere_works_or_is_refused_by_name(
    folder: Path, kind: str, data: st.DataObject
) -> None:
    works_or_is_refused(folder, kind, data.draw(mutated(USES[kind][1])))


@given(data=odd_heads())
@settings(max_examples=150, deadline=None)
def test_weights_with_any_value_anywhere_work_or_are_refused_by_name(
    folder: Path, data: bytes
) -> None:
    works_or_is_refused(folder, "weights", data)
