"""Finding quotes in a store, by their words and by who said them about what and when."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from typing import Any

from attributor.archive.storing.checking import OnDamage, damaged, kept, refuse
from attributor.archive.storing.store import Row, Store
from attributor.errors import StoreError, UsageError
from attributor.records import Annotation, Quote
from attributor.views.outline import joined, likely

_PART = re.compile(r'"([^"]*)"|(\S+)')

QUOTES_RANKED = 100
"""Quotes with the words among which the shortest comes first; to rank all of them takes seconds."""
ANNOTATIONS_CACHED = 100
"""Annotations that are kept in memory, and not read again for another quote of theirs."""


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """By how many quotes are left without the words, how the words are searched for.

    Attributes:
        few_quotes: up to as many are put into an index of their own, which is searched.
        many_quotes: up to as many are a list that the index of all words is compared with; where
            there are more, each quote with the words is tested by itself.
        few_articles: a source with more articles is taken to leave more than `many_quotes`.
    """

    few_quotes: int = 1_000
    many_quotes: int = 4_000
    few_articles: int = 1_000


USUAL_LIMITS = SearchLimits()
"""Limits with which a search among a million articles is fast."""

COLUMNS = (
    "quote",
    "speaker",
    "role",
    "speaker_confidence",
    "candidates",
    "decided_by",
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
"""The columns of a found quote, in the order in which they are shown."""

_SHOWN = """
SELECT q.id AS quote_id, q.number, q.annotation_id, q.article_id,
    (SELECT CAST(p.source AS TEXT) FROM places p WHERE p.article_id = q.article_id
     ORDER BY p.id LIMIT 1) AS source
FROM ({found}) f CROSS JOIN quotes q ON q.id = f.id {order} LIMIT :limit
"""
_SPEAKERS = "speaker_id IN (SELECT rowid FROM speakers_fts WHERE speakers_fts MATCH :speaker)"
_TESTS = {
    "kind": "q.kind = :kind",
    "speaker": f"q.{_SPEAKERS}",
    # Where only the year or month is known, it may be that of the first day.
    "since": "a.day >= substr(:since, 1, 4) "
    "AND (a.day >= :since OR substr(:since, 1, length(a.day)) = a.day)",
    "until": "a.day <= :until",
    "source": "q.article_id IN (SELECT article_id FROM places "
    "WHERE source LIKE :source ESCAPE '\\')",
}
_IN_ARTICLES = "q.article_id IN (SELECT value FROM json_each(:articles))"
_TESTS_OF_EACH = _TESTS | {
    "speaker": f"+f.rowid IN (SELECT id FROM quotes WHERE {_SPEAKERS})",  # noqa: S608
    "source": "EXISTS (SELECT 1 FROM places p WHERE p.article_id = q.article_id "
    "AND p.source LIKE :source ESCAPE '\\')",
}
# A quote may have the same label towards several targets, and is found once.
_ONE_STANCE_PER_LABEL = (
    "NOT EXISTS (SELECT 1 FROM stances e WHERE e.quote_id = t.quote_id "
    "AND e.label = t.label AND e.id < t.id)"
)
_LAST = "\U0010ffff"  # sorts after whatever may follow in a date


@dataclass(frozen=True, slots=True)
class Query:
    """What to find: quotes that fit all that is given; names are compared without regard to case.

    Attributes:
        words: words that the quote has, all of them; "…" for words in a row, `word*` for its
            beginnings.
        speaker: words of the speaker's name or aliases, in the same way.
        target: what the quote has a stance towards.
        stance: the stance's label, towards `target` if that is given.
        kind: direct, indirect or mixed.
        since: the first day, month or year of publication, in ISO 8601. An article of which only
            the month or year is known is found if some day of that fits.
        until: the last day, month or year of publication.
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


def search(
    store: Store,
    query: Query,
    on_damage: OnDamage = refuse,
    limits: SearchLimits = USUAL_LIMITS,
) -> Iterator[dict[str, Any]]:
    """The quotes that fit; of the first `QUOTES_RANKED` with the words, the shortest come first.

    Each is shown as its annotation has it.

    Args:
        store: where to look.
        query: what to find.
        on_damage: is told of an article that is not what was written any more.
        limits: how the words are searched for.

    Raises:
        UsageError: there are no words in the query's words, or in its speaker.
    """
    sql, values = statement(store, query, limits)
    read = lru_cache(ANNOTATIONS_CACHED)(partial(kept, store))
    for row in store.execute(sql, values).fetchall():
        try:
            annotation = read(row["annotation_id"], row["article_id"])
            quote = _quote(store, annotation, row)
        except StoreError as error:
            on_damage(error)
        else:
            found = {"source": row["source"], "quote_id": row["quote_id"]}
            yield _shown(annotation, quote) | found


def _quote(store: Store, annotation: Annotation, row: Row) -> Quote:
    for quote in annotation.quotes:
        if quote.id == row["number"]:
            return quote
    raise damaged(store, row["article_id"], "what is searched is not its annotation")


def _shown(annotation: Annotation, quote: Quote) -> dict[str, Any]:
    """What is shown of a quote: the first of `COLUMNS`."""
    article, speaker = annotation.article, annotation.speaker_of(quote)
    stances = "; ".join(f"{stance.target}: {stance.label}" for stance in quote.stances)
    return {
        "quote": joined(quote),
        "speaker": (speaker and speaker.name) or None,
        "role": (speaker and speaker.role) or None,
        "speaker_confidence": quote.speaker_confidence,
        "candidates": likely(quote.candidates) or None,
        "decided_by": quote.decided_by,
        "kind": quote.kind,
        "cue": quote.cue and quote.cue.text,
        "stances": stances or None,
        "article": article.id,
        **article.model_dump(include={"title", "published", "url"}),
    }


def statement(
    store: Store, query: Query, limits: SearchLimits = USUAL_LIMITS
) -> tuple[str, dict[str, Any]]:
    """The SQL that answers a query in this store, and its values.

    Where few quotes are left without the words, this puts them into the index `temp.chosen`.
    """
    values = _values(query)
    if not query.words.strip():
        return _SHOWN.format(found=f"{_fitting(query)} LIMIT :limit", order=""), values
    ids = _ids(store, query, values, limits)
    if ids is not None and len(ids) <= limits.few_quotes:
        _choose(store, ids)
        found = "SELECT rowid AS id FROM chosen WHERE chosen MATCH :words"
    elif ids is not None:
        values["ids"] = json.dumps(ids)
        found = (
            "SELECT rowid AS id FROM quotes_fts WHERE quotes_fts MATCH :words "
            "AND +rowid IN (SELECT value FROM json_each(:ids))"
        )
    else:
        found = _having_words(query)
    values["looked_at"] = max(QUOTES_RANKED, query.limit)
    order = "ORDER BY LENGTH(q.text), q.id"
    return _SHOWN.format(found=f"{found} LIMIT :looked_at", order=order), values


def _fitting(query: Query, of: Mapping[str, str] = _TESTS) -> str:
    """SQL for the ids of the quotes that fit all but the words."""
    tests, towards = _given(query, of), _towards(query)
    tables = ["quotes q"] if tests or not towards else []
    if query.since is not None or query.until is not None:
        tables.append("articles a")
        tests.append("a.id = q.article_id")
    if towards:
        tests += ["t.quote_id = q.id"] if tables else []
        tests += [towards, *([_ONE_STANCE_PER_LABEL] if query.target is None else [])]
        tables.append("stances t")
    id_ = "q.id" if "quotes q" in tables else "t.quote_id AS id"
    return f"SELECT {id_} FROM {', '.join(tables)} {_where(tests)}"  # noqa: S608


def _having_words(query: Query) -> str:
    """SQL for the ids of the quotes that have the words, each tested for all else."""
    tests = ["quotes_fts MATCH :words", *_given(query, _TESTS_OF_EACH)]
    if towards := _towards(query):
        tests.append(
            f"EXISTS (SELECT 1 FROM stances t WHERE t.quote_id = q.id AND {towards})"  # noqa: S608
        )
    tables = "quotes_fts f CROSS JOIN quotes q ON q.id = f.rowid"
    if query.since is not None or query.until is not None:
        tables += " CROSS JOIN articles a ON a.id = q.article_id"
    return f"SELECT q.id FROM {tables} {_where(tests)}"  # noqa: S608


def _ids(
    store: Store, query: Query, values: dict[str, Any], limits: SearchLimits
) -> list[int] | None:
    """The quotes that fit all but the words, unless they are more than `many_quotes`."""
    given = (query.speaker, query.target, query.stance, query.since, query.until)
    is_narrow, tests = any(each is not None for each in given), _TESTS
    if query.source is not None:
        articles = _articles(store, values, limits.few_articles + 1)
        if len(articles) <= limits.few_articles:
            values["articles"] = json.dumps(articles)
            is_narrow, tests = True, _TESTS | {"source": _IN_ARTICLES}
        else:
            tests = _TESTS | {"source": _TESTS_OF_EACH["source"]}
    if not is_narrow:
        return None
    found = store.execute(f"{_fitting(query, tests)} LIMIT {limits.many_quotes + 1}", values)
    ids = [row[0] for row in found if isinstance(row[0], int)]  # else the store is damaged
    return ids if len(ids) <= limits.many_quotes else None


def _articles(store: Store, values: dict[str, Any], limit: int) -> list[int]:
    """The first articles of the source."""
    sql = "SELECT article_id FROM places WHERE source LIKE :source ESCAPE '\\'"
    found = store.execute(f"{sql} LIMIT {limit}", values)
    return [row[0] for row in found if isinstance(row[0], int)]


def _choose(store: Store, ids: list[int]) -> None:
    """Put these quotes into an index of their own, which is deleted with the connection."""
    store.execute("DROP TABLE IF EXISTS temp.chosen")
    store.execute(
        "CREATE VIRTUAL TABLE temp.chosen USING fts5 (text, content='', "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    store.execute(
        "INSERT INTO chosen (rowid, text) SELECT id, text FROM quotes "
        "WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )


def _towards(query: Query) -> str:
    """The tests of a quote's stance `t`."""
    tests = {"target": "t.target = :target COLLATE NOCASE", "stance": "t.label = :stance"}
    return " AND ".join(_given(query, tests))


def _given(query: Query, tests: Mapping[str, str]) -> list[str]:
    """The tests of those fields that the query gives."""
    return [test for name, test in tests.items() if getattr(query, name) is not None]


def _where(tests: list[str]) -> str:
    return f"WHERE {' AND '.join(tests)}" if tests else ""


def _values(query: Query) -> dict[str, Any]:
    values = asdict(query)
    values["words"] = _match(query.words) if query.words.strip() else None
    values["speaker"] = _match(query.speaker) if query.speaker is not None else None
    values["source"] = _part(query.source) if query.source is not None else None
    values["until"] = query.until + _LAST if query.until is not None else None
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
