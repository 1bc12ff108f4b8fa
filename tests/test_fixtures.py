"""The fixtures hold what fixtures/README.md promises."""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

ROOT = Path(__file__).resolve().parents[1]
ARTICLES = ROOT / "fixtures" / "articles"
GOLD = ROOT / "fixtures" / "gold"
SHARED = ROOT.parent / "shared"
NAMES = sorted(path.stem for path in ARTICLES.glob("*.txt"))
RUN = 14
"""So many words in a row, shared with an article that is not ours, count as copied."""

Bounds = tuple[int, int]
needs_shared = pytest.mark.skipif(
    not (SHARED / "gold" / "seeds.jsonl").exists(), reason="the articles to compare are not here"
)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False)


class GoldSpeaker(Strict):
    mention: list[Bounds]
    text: str
    name: str | None


class GoldStance(Strict):
    target: str = Field(min_length=1)
    label: Literal["favor", "against", "neutral", "unclear"]


class GoldQuote(Strict):
    content: list[Bounds] = Field(min_length=1)
    cue: list[Bounds]
    speaker: GoldSpeaker | None
    kind: Literal["direct", "indirect", "mixed"]
    marked: bool
    speech_cue: bool
    stance: list[GoldStance] | None = None


class GoldArticle(Strict):
    id: str
    source: Literal["fixture"]
    split: Literal["dev"]
    lang: Literal["de", "en", "sr-Latn", "sr-Cyrl"]
    text: str
    quotes: list[GoldQuote]


@cache
def gold(name: str) -> GoldArticle:
    (line,) = (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return GoldArticle.model_validate_json(line)


def article_text(name: str) -> str:
    return (ARTICLES / f"{name}.txt").read_bytes().decode("utf-8")


def spans_of(quote: GoldQuote) -> list[Bounds]:
    return quote.content + quote.cue + (quote.speaker.mention if quote.speaker else [])


def is_edge(text: str, at: int) -> bool:
    """No word, and no character with its combining marks, goes on across `at`."""
    if not 0 < at < len(text):
        return True
    return not ((text[at - 1].isalnum() and text[at].isalnum()) or unicodedata.combining(text[at]))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"[’'ʼ]", "", text.casefold()))


def runs(text: str, length: int = RUN) -> Iterable[tuple[str, ...]]:
    found = words(text)
    return zip(*(found[i:] for i in range(length)), strict=False)


def shared_texts() -> Iterator[str]:
    for path in sorted((SHARED / "seeds").glob("*.txt")):
        yield path.read_text(encoding="utf-8")
    for path in sorted((SHARED / "gold").glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line).get("text", "") for line in lines)


def test_every_article_has_gold_and_every_gold_has_an_article() -> None:
    assert len(NAMES) >= 8
    assert sorted(path.stem for path in GOLD.iterdir()) == NAMES


def test_the_readme_lists_every_fixture_with_its_language_and_number_of_quotes() -> None:
    readme = (ROOT / "fixtures" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| ([\w-]+) \| (\d+) \|", readme, flags=re.MULTILINE)
    listed = {name: (lang, int(count)) for name, lang, count in rows}
    assert listed == {name: (gold(name).lang, len(gold(name).quotes)) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_gold_holds_the_very_text_of_the_article(name: str) -> None:
    assert gold(name).id == name
    assert gold(name).text == article_text(name)
    assert "\r" not in article_text(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_span_lies_in_the_text_and_cuts_no_word(name: str) -> None:
    text = gold(name).text
    for quote in gold(name).quotes:
        for start, end in spans_of(quote):
            assert 0 <= start < end <= len(text)
            assert text[start:end] == text[start:end].strip()
            assert is_edge(text, start), text[start:end]
            assert is_edge(text, end), text[start:end]


@pytest.mark.parametrize("name", NAMES)
def test_quotes_stand_in_the_order_of_the_text_and_share_no_content(name: str) -> None:
    contents = [span for quote in gold(name).quotes for span in quote.content]
    ordered = sorted(contents)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(ordered))
    assert [q.content[0] for q in gold(name).quotes] == sorted(
        q.content[0] for q in gold(name).quotes
    )


@pytest.mark.parametrize("name", NAMES)
def test_speakers_are_named_in_words_of_the_article(name: str) -> None:
    text = gold(name).text
    for quote in gold(name).quotes:
        assert quote.speaker is not None
        mention = " ".join(text[start:end] for start, end in quote.speaker.mention)
        assert quote.speaker.text == mention
        if quote.speaker.name is not None:
            assert quote.speaker.name in text
        else:
            assert mention


def test_mixed_quotes_are_marked_and_every_kind_occurs() -> None:
    quotes = [quote for name in NAMES for quote in gold(name).quotes]
    assert {(q.kind, q.marked) for q in quotes} == {
        ("direct", True), ("direct", False), ("indirect", False), ("mixed", True),
    }  # fmt: skip


def test_the_hostile_article_holds_what_must_not_get_through() -> None:
    text = article_text("hostile")
    for danger in ("<script>", "\x1b[", "\n=HYPERLINK(", "\u202e", "\u200d", "e\u0301", "Ignore"):
        assert danger in text


def test_a_copied_run_of_words_would_be_noticed() -> None:
    copied = "One two three, four five; six seven ‘eight’ nine ten eleven twelve — thirteen"
    assert set(runs(f"So: {copied} fourteen.")) & set(runs(f"{copied.upper()} fourteen"))
    assert not set(runs(copied))


@needs_shared
def test_no_article_repeats_fourteen_words_in_a_row_of_anyone_elses() -> None:
    ours = {run: name for name in NAMES for run in runs(article_text(name))}
    for text in shared_texts():
        copied = ours.keys() & set(runs(text)) if not ours.keys().isdisjoint(runs(text)) else set()
        assert not copied, {" ".join(run): ours[run] for run in copied}


@needs_shared
@pytest.mark.parametrize(
    ("name", "seed"), [("milivojevic", "000_*.txt"), ("dacic", "001_*.txt")]
)  # fmt: skip
def test_real_people_are_quoted_only_in_words_they_said(name: str, seed: str) -> None:
    (path,) = (SHARED / "seeds").glob(seed)
    said = " ".join(words(path.read_text(encoding="utf-8")))
    text = gold(name).text
    for quote in gold(name).quotes:
        for start, end in quote.content:
            own = [text[start:end]] if quote.kind == "direct" else marked_parts(text[start:end])
            for sentence in (s for part in own for s in re.split(r"(?<=\.) ", part)):
                assert f" {' '.join(words(sentence))} " in f" {said} ", sentence


def marked_parts(content: str) -> list[str]:
    return re.findall(r"“([^”]+)”", content)
