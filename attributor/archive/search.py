"""Finding quotes in a store, by their words and by who said them about what and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from attributor.archive.store import Store
from attributor.errors import UsageError

_PART = re.compile(r'"([^"]*)"|(\S+)')

RANKED = 1_000
"""So many quotes are ranked by their words; ranking a word that half of all have takes seconds."""

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
    (SELECT GROUP_CONCAT(o.target || ': ' || o.label, '; ') FROM stances o
     WHERE o.quote_id = q.id) AS stances,
    a.name AS article, a.title, a.published, a.url,
    (SELECT p.source FROM places p WHERE p.article_id = a.id ORDER BY p.id LIMIT 1) AS source,
    q.id AS quote_id
"""

# A quote may have the same label towards several targets, and is found once.
_FIRST = (
    "NOT EXISTS (SELECT 1 FROM stances e WHERE e.quote_id = t.quote_id "
    "AND e.label = t.label AND e.id < t.id AND :target IS NULL)"
)


@dataclass(frozen=True, slots=True)
class Query:
    """What to find. All that is given must hold; names are compared without regard to case.

    Attributes:
        words: words that the quote has, all of them; "…" for words in a row, `word*` for its
            beginnings.
        speaker: words of the speaker's name or aliases, in the same way.
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
    """The quotes that fit: the best first, unless more than `RANKED` have the words.

    Raises:
        UsageError: there are no words in the query's words, or in its speaker.
    """
    sql, values = statement(query, ranked=_are_few(store, query))
    for row in store.execute(sql, values):
        yield dict(row)


def statement(query: Query, ranked: bool = True) -> tuple[str, dict[str, Any]]:
    """The SQL of a query, and its values."""
    joins, tests, values = "", list(_tests(query)), _values(query)
    has_words, order = bool(query.words.strip()), ""
    if has_words:
        joins = "JOIN quotes_fts f ON f.rowid = q.id AND quotes_fts MATCH :words"
        order = "ORDER BY f.rank" if ranked else ""
    if query.target is not None or query.stance is not None:
        # With words, each quote that has them is looked at; else the stances are gone through.
        if has_words:
            towards = _towards(query, "+")
            tests.append(f"EXISTS (SELECT 1 FROM stances t WHERE {towards})")  # noqa: S608
        else:
            joins = f"JOIN stances t ON {_towards(query, '')}"
            tests.append(_FIRST)
    where = f"WHERE {' AND '.join(tests)}" if tests else ""
    return f"{_SELECT}{_FROM}{joins} {where} {order} LIMIT :limit", values


def _towards(query: Query, plus: str) -> str:
    """What a quote's stance `t` must be; with a plus no index is used but that of the quote."""
    tests = {
        "target": f"{plus}t.target = :target COLLATE NOCASE",
        "stance": f"{plus}t.label = :stance",
    }
    given = [test for name, test in tests.items() if getattr(query, name) is not None]
    return " AND ".join(["t.quote_id = q.id", *given])


def _are_few(store: Store, query: Query) -> bool:
    """Whether so few quotes have the words that all of them can be ranked at once."""
    if not query.words.strip():
        return False
    count = store.value(
        "SELECT COUNT(*) FROM (SELECT 1 FROM quotes_fts WHERE quotes_fts MATCH ? LIMIT ?)",
        (_match(query.words), RANKED + 1),
    )
    return bool(count <= RANKED)


def _tests(query: Query) -> Iterator[str]:
    """What the WHERE clause says."""
    tests = {
        "kind": "q.kind = :kind",
        "speaker": "q.speaker_id IN (SELECT rowid FROM speakers_fts "
        "WHERE speakers_fts MATCH :speaker)",
        "since": "a.published >= :since",
        "until": "SUBSTR(a.published, 1, LENGTH(:until)) <= :until",
        "source": "EXISTS (SELECT 1 FROM places p WHERE p.article_id = a.id "
        "AND p.source LIKE :source ESCAPE '\\')",
    }
    return (test for name, test in tests.items() if getattr(query, name) is not None)


def _values(query: Query) -> dict[str, Any]:
    values = asdict(query)
    values["words"] = _match(query.words) if query.words.strip() else None
    values["speaker"] = _match(query.speaker) if query.speaker is not None else None
    values["source"] = _part(query.source) if query.source is not None else None
    return values


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
        raise UsageError(f"There is no word in '{words}': say what is to be found.")
    return " ".join(parts)


def _part(text: str) -> str:
    r"""A LIKE pattern for what holds `text`, with \ as its escape."""
    escaped = re.sub(r"([%_\\])", r"\\\1", text)
    return f"%{escaped}%"
