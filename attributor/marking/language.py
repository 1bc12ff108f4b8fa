"""Language packs: one TOML file a language, and which of them an article is written in."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from attributor.errors import UsageError

_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 4000
"""Code points at the head of an article that its language is read from."""
_CLEAR = 0.25
"""With so large a share of common words no other pack is looked at: reading one takes time."""
_FOLDER = resources.files("attributor.marking") / "languages"


@dataclass(frozen=True)
class Language:
    """The words by which marking knows a language's cues and mentions, all in lower case.

    `verbs` maps a form to its lemma; `clausal`, `direct` and `listening` hold lemmas: verbs that
    govern a clause, verbs that only stand beside quotation marks, verbs that name a listener
    first ("told reporters"). `nouns` maps a noun that can speak to the kind of speaker it is.
    """

    code: str
    common: frozenset[str]
    verbs: dict[str, str]
    clausal: frozenset[str]
    direct: frozenset[str]
    listening: frozenset[str]
    unambiguous: frozenset[str]
    core: frozenset[str]
    nominal_forms: frozenset[str]
    participle: str
    drops_subject: bool
    prepositions: tuple[tuple[str, ...], ...]
    conjunctions: frozenset[str]
    auxiliaries: frozenset[str]
    passive: frozenset[str]
    infinitive: frozenset[str]
    infinitive_marks: frozenset[str]
    adverbs: frozenset[str]
    negations: frozenset[str]
    adjuncts: frozenset[str]
    times: frozenset[str]
    relatives: frozenset[str]
    pronouns: dict[str, str]
    first_person: frozenset[str]
    determiners: frozenset[str]
    definite: frozenset[str]
    has_articles: bool
    possessives: frozenset[str]
    titles: dict[str, str]
    honorifics: frozenset[str]
    abbreviations: dict[str, str]
    nouns: dict[str, str]
    not_names: frozenset[str]
    particles: frozenset[str]
    endings: tuple[str, ...]
    places: frozenset[str]
    given_names: dict[str, str]
    favor: frozenset[str]
    against: frozenset[str]
    strong: frozenset[str]


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
    cues, people, names = (data.get(part, {}) for part in ("cues", "people", "names"))
    clausal, direct = cues.get("clausal", {}), cues.get("direct", {})
    forms = {
        form: lemma for verbs in (clausal, direct) for lemma, fs in verbs.items() for form in fs
    }
    forms |= {lemma: lemma for lemma in (*clausal, *direct) if lemma not in cues.get("no_base", ())}

    def words(table: dict[str, Any], key: str) -> frozenset[str]:
        return frozenset(table.get(key, ()))

    return Language(
        code=code,
        common=words(data, "common"),
        verbs=forms,
        clausal=frozenset(clausal),
        direct=frozenset(direct),
        listening=words(cues, "listening"),
        unambiguous=words(cues, "unambiguous"),
        core=words(cues, "core"),
        nominal_forms=words(cues, "nominal_forms"),
        participle=cues.get("participle", ""),
        drops_subject=cues.get("drops_subject", False),
        prepositions=tuple(tuple(p.split()) for p in cues.get("prepositions", ())),
        conjunctions=words(cues, "conjunctions"),
        auxiliaries=words(cues, "auxiliaries"),
        passive=words(cues, "passive"),
        infinitive_marks=words(cues, "infinitive_marks"),
        infinitive=words(cues, "infinitive"),
        adverbs=words(cues, "adverbs"),
        negations=words(cues, "negations"),
        adjuncts=words(cues, "adjuncts"),
        times=words(cues, "times"),
        relatives=words(cues, "relatives"),
        pronouns=_inverted(people.get("pronouns", {})),
        first_person=words(people, "first_person"),
        determiners=words(people, "determiners"),
        definite=words(people, "definite"),
        has_articles=people.get("has_articles", True),
        possessives=words(people, "possessives"),
        honorifics=words(people, "honorifics"),
        abbreviations=people.get("abbreviations", {}),
        titles=_inverted(people.get("titles", {})),
        nouns=_inverted(people.get("nouns", {})),
        not_names=words(names, "not_names").union(
            *(words(cues, key) for key in ("conjunctions", "auxiliaries", "adjuncts", "relatives")),
            words(people, "determiners"),
            words(people, "possessives"),
        ),
        particles=words(names, "particles"),
        endings=tuple(names.get("endings", ())),
        places=words(names, "places"),
        given_names=_inverted(names.get("given", {})),
        favor=words(data.get("stance", {}), "favor"),
        against=words(data.get("stance", {}), "against"),
        strong=words(data.get("stance", {}), "strong"),
    )


def _inverted(table: dict[str, list[str]]) -> dict[str, str]:
    """{kind: [words]} -> {word: kind}."""
    return {word: kind for kind, words in table.items() for word in words}


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
