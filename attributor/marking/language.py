"""Language packs: one TOML file a language, and which of them an article is written in."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib import resources
from typing import Any

from attributor.errors import UsageError
from attributor.records import Article

_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 4000
"""Code points at the head of an article that its language is read from."""
_CLEAR = 0.25
"""With so large a share of common words no other pack is looked at: reading one takes time."""
_FOLDER = resources.files("attributor.marking") / "languages"


def _inverted(table: dict[str, list[str]]) -> dict[str, str]:
    """{kind: [words]} -> {word: kind}."""
    return {word: kind for kind, words in table.items() for word in words}


def _phrases(phrases: list[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in phrases)


def _in(section: str, made: Callable[[Any], Any] = frozenset, empty: Any = ()) -> Any:
    """A field that is read from the list or table of its name in `section` of a pack's file."""
    return field(default_factory=lambda: made(empty), metadata={"section": section, "made": made})


class Stems:
    """Words, and with a "*" at the end all words that begin so, in lower case."""

    def __init__(self, listed: Iterable[str]) -> None:
        words = frozenset(listed)
        self._begun = tuple(sorted(word[:-1] for word in words if word.endswith("*")))
        self._whole = frozenset(word for word in words if not word.endswith("*"))

    def __contains__(self, word: str) -> bool:
        return word in self._whole or word.startswith(self._begun)

    def __iter__(self) -> Iterator[str]:
        return iter((*self._whole, *self._begun))


@dataclass(frozen=True)
class Language:
    """The words by which marking knows a language's cues and mentions, all in lower case.

    Each field is a list or table of the same name in the pack's file, in the section given here.
    Verbs are told by their lemma: `clausal` ones govern a clause ("said that"), `direct` ones only
    stand beside quotation marks ("joked"), `listening` ones name a listener first ("told
    reporters"), `infinitive` ones take "to", `core` ones end the clause before them.
    """

    code: str
    verbs: dict[str, str] = field(default_factory=dict)
    """Each form of the clausal and the direct verbs -> its lemma."""

    common: frozenset[str] = _in("")
    clausal: frozenset[str] = _in("cues")
    direct: frozenset[str] = _in("cues")
    listening: frozenset[str] = _in("cues")
    infinitive: frozenset[str] = _in("cues")
    core: frozenset[str] = _in("cues")
    unambiguous: frozenset[str] = _in("cues")
    """Forms that are verbs even behind a determiner."""
    nominal_forms: frozenset[str] = _in("cues")
    """Forms that are nouns more often than verbs ("claims")."""
    participle: str = _in("cues", str, "")
    """The ending of a present participle."""
    drops_subject: bool = _in("cues", bool, False)
    prepositions: tuple[tuple[str, ...], ...] = _in("cues", _phrases)
    """ "according to" and the like."""
    conjunctions: frozenset[str] = _in("cues")
    auxiliaries: frozenset[str] = _in("cues")
    passive: frozenset[str] = _in("cues")
    infinitive_marks: frozenset[str] = _in("cues")
    adverbs: frozenset[str] = _in("cues")
    negations: frozenset[str] = _in("cues")
    adjuncts: frozenset[str] = _in("cues")
    """Words that open a phrase of time, place or circumstance."""
    times: frozenset[str] = _in("cues")
    """Those of them that are such a phrase by themselves ("Monday")."""
    relatives: frozenset[str] = _in("cues")
    breaks: frozenset[str] = _in("cues")
    """Words that begin a phrase or clause, where reported speech may begin or end."""
    pronouns: dict[str, str] = _in("people", _inverted, {})
    first_person: frozenset[str] = _in("people")
    determiners: frozenset[str] = _in("people")
    definite: frozenset[str] = _in("people")
    has_articles: bool = _in("people", bool, True)
    possessives: frozenset[str] = _in("people")
    titles: dict[str, str] = _in("people", _inverted, {})
    honorifics: frozenset[str] = _in("people")
    abbreviations: dict[str, str] = _in("people", dict)
    nouns: dict[str, str] = _in("people", _inverted, {})
    """Nouns that can speak -> person, group, organization or document."""
    not_names: frozenset[str] = _in("names")
    """Words that are no names for all their capital at a sentence's start."""
    particles: frozenset[str] = _in("names")
    joints: frozenset[str] = _in("names")
    """Words that join the name of a body, but add a place to a person's."""
    suffixes: frozenset[str] = _in("names")
    """What may follow a person's name ("Jr.") and is no part of it here."""
    endings: tuple[str, ...] = _in("names", tuple)
    """Case endings of names, the longest first."""
    places: frozenset[str] = _in("names")
    """Prepositions before a place."""
    given: dict[str, str] = _in("names", _inverted, {})
    """Given names -> "f" or "m"."""
    favor: Stems = _in("stance", Stems)
    """Words for whatever they are said of: supports, agrees, confirms."""
    against: Stems = _in("stance", Stems)
    """Words against it, doubt and blame among them."""
    good: Stems = _in("stance", Stems)
    bad: Stems = _in("stance", Stems)
    call: Stems = _in("stance", Stems)
    """Words that call for what comes after them: must, need."""
    turn: Stems = _in("stance", Stems)
    """Words that turn round what comes after them, beside the negations: fails to, lack of."""


UNKNOWN = "und"


def codes() -> tuple[str, ...]:
    """The languages that there are packs for, as `--language` takes them."""
    return tuple(sorted(code for code, _, _ in _packs()))


@cache
def load(code: str) -> Language:
    """The pack for `code`; that of an unknown language knows no words.

    Raises:
        UsageError: there is no pack for `code`.
    """
    if code == UNKNOWN:
        return _language(code, {})
    for known_code, data, table in _packs():
        if known_code == code:
            return _language(code, _transliterated(data, table) if table else data)
    raise UsageError(
        f"There is no language pack '{code}'; use one of {', '.join(codes())}, "
        "or leave the language to be detected."
    )


def known(code: str | None) -> str | None:
    """The pack for an article's own language code ("en-GB", "sr"), or None if there is none."""
    if code is None:
        return None
    candidates = [c for c in codes() if c.lower() == code.lower()]
    candidates += [c for c in codes() if "-" not in c and c == code.lower().split("-")[0]]
    return candidates[0] if candidates else None


def of(article: Article, language: str | None = None) -> str:
    """The pack that `article` is read with: `language`, else its own, else by its words."""
    return language or known(article.language) or detect(article.text)


def detect(text: str) -> str:
    """The language of `text` by its script and most common words; "und" if no pack fits."""
    words = [w.lower() for w in _WORD.findall(text[:_SAMPLE])]
    counts = Counter(words)
    best, most = UNKNOWN, 0
    for code, data, table in _packs():
        common = {_in_script(word, table) for word in data["common"]}
        count = sum(n for word, n in counts.items() if word in common)
        if count > most:
            best, most = code, count
        if most >= _CLEAR * len(words):
            break
    return best if most >= max(1, 0.1 * len(words)) else UNKNOWN


def _packs() -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    """Code, data and transliteration table of each pack; a file may serve two scripts."""
    for name in _files():
        data = _data(name)
        yield data["code"], data, {}
        for code, table in data.get("scripts", {}).items():
            yield code, data, dict(sorted(table.items(), key=lambda pair: -len(pair[0])))


@cache
def _files() -> tuple[str, ...]:
    return tuple(sorted(f.name for f in _FOLDER.iterdir() if f.name.endswith(".toml")))


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def _language(code: str, data: dict[str, Any]) -> Language:
    values: dict[str, Any] = {}
    for each in fields(Language):
        section = each.metadata.get("section")
        table = data if section == "" else data.get(section or "", {})
        if each.name in table and "made" in each.metadata:
            values[each.name] = each.metadata["made"](table[each.name])
    pack = Language(code, _forms(data.get("cues", {})), **values)
    closed = (pack.conjunctions, pack.auxiliaries, pack.adjuncts, pack.relatives)
    never = pack.not_names.union(*closed, pack.determiners, pack.possessives)
    return replace(pack, not_names=never)


def _forms(cues: dict[str, Any]) -> dict[str, str]:
    """Form -> lemma; the lemma is a form too, but for those of `no_base`."""
    verbs = {**cues.get("clausal", {}), **cues.get("direct", {})}
    forms = {form: lemma for lemma, listed in verbs.items() for form in listed}
    return forms | {lemma: lemma for lemma in verbs if lemma not in cues.get("no_base", ())}


_LEMMAS = ("listening", "infinitive", "no_base")


def _transliterated(value: Any, table: dict[str, str]) -> Any:
    """The same data with every word in another script; keys are structure, and so are lemmas."""
    if isinstance(value, str):
        return _in_script(value, table)
    if isinstance(value, list):
        return [_transliterated(v, table) for v in value]
    if isinstance(value, dict):
        return {k: v if k in _LEMMAS else _transliterated(v, table) for k, v in value.items()}
    return value


def _in_script(word: str, table: dict[str, str]) -> str:
    for latin, other in table.items():  # the longest first
        word = word.replace(latin, other)
    return word
