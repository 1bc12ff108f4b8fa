"""Finding quotes in a store, by their words and by who said them about what and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from attributor.archive.store import Store
from attributor.errors import UsageError

_PART = re.compile(r'"([^"]*)"|(\S+)')

COLUMNS = (
    "quote",
    "speaker",
    "role",
    "kind",
    "cue",
    "stances",
    "article",
    "title",
    "published",
    "url",
    "source",
    "quote_id",
)

_FROM = """
FROM quotes q
JOIN articles a ON a.id = q.article_id
LEFT JOIN speakers s ON s.id = q.speaker_id
"""
_SELECT = """
SELECT q.text AS quote, s.name AS speaker, s.role, q.kind, q.cue,
    (SELECT GROUP_CONCAT(t.target || ': ' || t.label, '; ') FROM stances t
     WHERE t.quote_id = q.id) AS stances,
    a.name AS article, a.title, a.published, a.url,
    (SELECT p.source FROM places p WHERE p.article_id = a.id ORDER BY p.id LIMIT 1) AS source,
    q.id AS quote_id
"""


@dataclass(frozen=True, slots=True)
class Query:
    """What to find. All that is given must hold; names are compared without regard to case.

    Attributes:
        words: words that the quote has, all of them; "…" for words in a row, `word*` for its
            beginnings.
        speaker: part of the speaker's name or of an alias.
        target: what the quote has a stance towards.
        stance: the stance's label, towards `target` if that is given.
        kind: direct, indirect or mixed.
        since: the first day (or the beginning of a date) on which the article was published.
        until: the last.
        source: part of where the article stands.
        limit: how many quotes at most.
    """

    words: str = ""
    speaker: str | None = None
    target: str | None = None
    stance: str | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None
    source: str | None = None
    limit: int = 20


def search(store: Store, query: Query) -> Iterator[dict[str, Any]]:
    """The quotes that fit, the best first; those of a query without words as they were found.

    Raises:
        UsageError: there are no words in the query's words.
    """
    sql, values = statement(query)
    for row in store.execute(sql, values):
        yield dict(row)


def statement(query: Query) -> tuple[str, dict[str, Any]]:
    """The SQL of a query, and its values."""
    tests, values = _tests(query)
    words, order = "", "q.id"
    if query.words.strip():
        words = "JOIN quotes_fts f ON f.rowid = q.id AND quotes_fts MATCH :words"
        values["words"], order = _match(query.words), "f.rank"
    where = f"WHERE {' AND '.join(tests)}" if tests else ""
    values["limit"] = query.limit
    return f"{_SELECT}{_FROM}{words} {where} ORDER BY {order} LIMIT :limit", values


def _tests(query: Query) -> tuple[list[str], dict[str, Any]]:
    tests: list[str] = []
    values: dict[str, Any] = {}
    simple = {
        "kind": "q.kind = :kind",
        "speaker": "(s.name LIKE :speaker ESCAPE '\\' OR s.aliases LIKE :speaker ESCAPE '\\')",
        "since": "a.published >= :since",
        "until": "SUBSTR(a.published, 1, LENGTH(:until)) <= :until",
        "source": "EXISTS (SELECT 1 FROM places p WHERE p.article_id = a.id "
        "AND p.source LIKE :source ESCAPE '\\')",
    }
    for name, test in simple.items():
        value = getattr(query, name)
        if value is not None:
            tests.append(test)
            values[name] = _part(value) if "LIKE" in test else value
    if query.target is not None or query.stance is not None:
        towards = [("target", "t.target = :target COLLATE NOCASE"), ("stance", "t.label = :stance")]
        held = [(n, test) for n, test in towards if getattr(query, n) is not None]
        values |= {name: getattr(query, name) for name, _ in held}
        told = " AND ".join(test for _, test in held)
        tests.append(f"q.id IN (SELECT t.quote_id FROM stances t WHERE {told})")  # noqa: S608
    return tests, values


def _match(words: str) -> str:
    """The words as FTS5 takes them, none of them an operator."""
    parts = []
    for match in _PART.finditer(words):
        phrase, word = match.groups()
        text = phrase if phrase is not None else word.rstrip("*").replace('"', "")
        if not re.search(r"\w", text):
            continue
        parts.append(f'"{text}"' + ("*" if word and word.endswith("*") else ""))
    if not parts:
        raise UsageError(f"There is no word in '{words}': say what quotes are to be found.")
    return " ".join(parts)


def _part(text: str) -> str:
    r"""A LIKE pattern for what holds `text`, with \ as its escape."""
    escaped = re.sub(r"([%_\\])", r"\\\1", text)
    return f"%{escaped}%"
