"""Language packs: one TOML file a language, and which of them an article is written in."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from attributor.errors import UsageError

_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 4000
"""Code points at the head of an article that its language is read from."""


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
    possessives: frozenset[str]
    titles: dict[str, str]
    honorifics: frozenset[str]
    nouns: dict[str, str]
    not_names: frozenset[str]
    particles: frozenset[str]
    places: frozenset[str]
    given_names: dict[str, str]
    favor: frozenset[str]
    against: frozenset[str]


UNKNOWN = "und"


def codes() -> tuple[str, ...]:
    """The languages that there are packs for, as `--language` takes them."""
    return tuple(sorted(_packs()))


@cache
def load(code: str) -> Language:
    """The pack for `code`; that of an unknown language knows no words.

    Raises:
        UsageError: there is no pack for `code`.
    """
    if code == UNKNOWN:
        return _language(code, {})
    if code not in _packs():
        raise UsageError(
            f"There is no language pack '{code}'; use one of {', '.join(codes())}, "
            "or leave the language to be detected."
        )
    data, table = _packs()[code]
    return _language(code, _transliterated(data, table) if table else data)


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
    shares = {
        code: sum(n for word, n in counts.items() if word in load(code).common) for code in codes()
    }
    best = max(shares, key=lambda code: shares[code], default=UNKNOWN)
    return best if shares.get(best, 0) >= max(1, 0.1 * len(words)) else UNKNOWN


@cache
def _packs() -> dict[str, tuple[dict[str, Any], dict[str, str]]]:
    """Code -> (the file's data, transliteration table); a file may serve two scripts."""
    packs: dict[str, tuple[dict[str, Any], dict[str, str]]] = {}
    folder = resources.files("attributor.marking") / "languages"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            data = tomllib.loads(file.read_text(encoding="utf-8"))
            packs[data["code"]] = (data, {})
            for code, table in data.get("scripts", {}).items():
                packs[code] = (data, table)
    return packs


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
        possessives=words(people, "possessives"),
        honorifics=words(people, "honorifics"),
        titles=_inverted(people.get("titles", {})),
        nouns=_inverted(people.get("nouns", {})),
        not_names=words(names, "not_names").union(
            *(words(cues, key) for key in ("conjunctions", "auxiliaries", "adjuncts", "relatives")),
            words(people, "determiners"),
            words(people, "possessives"),
        ),
        particles=words(names, "particles"),
        places=words(names, "places"),
        given_names=_inverted(names.get("given", {})),
        favor=words(data.get("stance", {}), "favor"),
        against=words(data.get("stance", {}), "against"),
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
    for latin in sorted(table, key=len, reverse=True):
        word = word.replace(latin, table[latin])
    return word
