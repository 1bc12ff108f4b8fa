"""Says which articles are to be annotated: by their content, wherever in the archive they stand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from attributor.archive.storing.annotation_rows import BUSY
from attributor.archive.storing.dates import iso_day
from attributor.archive.storing.nearness import mark_near
from attributor.archive.storing.saving import shelve
from attributor.archive.storing.store import Row, Store, now, whole
from attributor.marking.language import detect, known
from attributor.reading.folders import file_of, stands_for
from attributor.records import Article

_DESCRIPTION = ("title", "published", "url")
"""Fields of an article that each of its places may give."""


class State(Enum):
    """The state of an article for a recipe."""

    NEW = "never annotated"
    DONE = "annotated by this recipe"
    SHELVED = "annotated by this recipe, and by another one since"
    OTHER = "annotated by another recipe"
    BUSY = "not annotated, because the server was busy"
    FAILED = "in quarantine"


@dataclass(frozen=True, slots=True)
class Admitted:
    """An article that the store has: its row, and its state."""

    row: int
    state: State


def content_of(article: Article) -> str:
    """What identifies an article: the SHA-256 of its text, and a language it does not show."""
    language = known(article.language)
    if language is None or language == detect(article.text):
        return article.sha256
    return f"{article.sha256}-{language}"


def admit(store: Store, article: Article, source: str, run: int, recipe: int) -> Admitted:
    """Note the article and its place; gives its row and state. Inside a transaction."""
    content = content_of(article)
    known = store.one(
        "SELECT id, name, title, published, url, "
        "EXISTS (SELECT 1 FROM places WHERE article_id = a.id) AS stands "
        "FROM articles a WHERE content = ?",
        (content,),
    )
    if known is None:
        row = _added(store, article, content)
        mark_near(store, row, article.text)
    else:
        row = known["id"]
        _update_description(store, article, known)
    _place(store, article, source, row, run)
    state = State.NEW if known is None else _state(store, row, recipe)
    return Admitted(row, state)


def state_of(store: Store, content: str, recipe: int | None) -> State:
    """The state of the article with this content for a recipe; None is a recipe never used."""
    row = store.value("SELECT id FROM articles WHERE content = ?", (content,))
    return State.NEW if row is None else _state(store, row, recipe)


def is_wanted(state: State, retry_failed: bool, only_changed: bool) -> bool:
    """Whether an article in this state is to be annotated."""
    settled = {
        State.DONE: True,
        State.SHELVED: True,
        State.FAILED: not retry_failed,
        State.OTHER: only_changed,
    }
    return not settled.get(state, False)


def article_at(store: Store, row: int) -> Article:
    """The article of a row of `articles`."""
    fields = store.one(
        "SELECT name AS id, title, byline, published, url, language, text FROM articles "
        "WHERE id = ?",
        (row,),
    )
    if fields is None:
        raise LookupError(row)
    return Article(**dict(fields))


def refuse(store: Store, place: str, source: str, reason: str, run: int) -> None:
    """Note a place where no article could be read. Inside a transaction."""
    row = {
        "name": whole(place),
        "kind": "unreadable",
        "reason": whole(reason),
        "source": whole(source),
        "run_id": run,
        "happened": now(),
    }
    store.insert(
        "failures",
        row,
        "ON CONFLICT (source, name) WHERE article_id IS NULL DO UPDATE SET "
        "reason = excluded.reason, run_id = excluded.run_id, happened = excluded.happened",
    )


def forget_moved(store: Store, run: int) -> None:
    """After a run over all of its sources: drop the places of articles that have moved.

    A place is dropped if the run saw its article elsewhere, or another text in it. An article that
    the run saw nowhere keeps its places, as a folder may hold new articles alone; so does one in a
    file that could not be read to its end. An article without a place keeps its annotation, but is
    no longer searched, nor in quarantine. An unreadable place leaves the quarantine if it was read
    now, or is gone. Inside a transaction.
    """
    sources = json.loads(store.value("SELECT sources FROM runs WHERE id = ?", (run,)))
    faulty = _faulty(store, run)
    moved = [
        place
        for place in _before(store, run, "article_id")
        if _was_looked_at(place["source"], sources) and not _is_in(place["source"], faulty)
    ]
    replaced = _before(store, run, "source, name")
    gone = (*moved, *replaced, *_called_otherwise(store, run))
    store.executemany("DELETE FROM places WHERE id = ?", [(place["id"],) for place in gone])
    for article in {place["article_id"] for place in gone}:
        _rename(store, article)
    store.execute(
        "DELETE FROM failures WHERE article_id IS NULL AND run_id < :run AND EXISTS (SELECT 1 "
        "FROM places p WHERE p.source = failures.source AND p.name = failures.name "
        "AND +p.run_id = :run)",  # not by the index of runs, whose places may be many
        {"run": run},
    )
    earlier = store.execute(
        "SELECT id, source FROM failures WHERE article_id IS NULL AND run_id < ?", (run,)
    ).fetchall()
    for failure in earlier:
        if _was_looked_at(failure["source"], sources):
            store.execute("DELETE FROM failures WHERE id = ?", (failure["id"],))


def _before(store: Store, run: int, same: str) -> list[Row]:
    """Places of earlier runs that have the same values in these columns as one of this run."""
    return store.execute(
        f"SELECT o.id, o.article_id, o.source FROM (SELECT DISTINCT {same} FROM places "  # noqa: S608
        f"WHERE run_id = :run) p CROSS JOIN places o USING ({same}) WHERE o.run_id < :run",
        {"run": run},
    ).fetchall()


def _called_otherwise(store: Store, run: int) -> list[Row]:
    """Places of earlier runs whose file this run names by a longer or shorter part of its path.

    An article that is a whole file is named by the end of the file's path.
    """
    return store.execute(
        "SELECT o.id, o.article_id FROM places p CROSS JOIN places o ON o.source = p.source "
        "WHERE p.run_id = :run AND substr(p.source, -length(p.name)) = p.name "
        "AND o.run_id < :run AND substr(o.source, -length(o.name)) = o.name",
        {"run": run},
    ).fetchall()


def _was_looked_at(shown: str, sources: Sequence[str]) -> bool:
    return any(stands_for(source, shown) for source in sources)


def _faulty(store: Store, run: int) -> set[Path]:
    """The files and folders that this run could not read, or not all of."""
    found = store.execute(
        "SELECT source FROM failures WHERE article_id IS NULL AND run_id = ?", (run,)
    )
    return {_file(failure["source"]) for failure in found}


def _is_in(shown: str, faulty: set[Path]) -> bool:
    return bool(faulty) and not faulty.isdisjoint(((file := _file(shown)), *file.parents))


def _file(shown: str) -> Path:
    return Path.cwd() / file_of(shown)


def _rename(store: Store, article: int) -> None:
    """Name an article as one of its places does; shelve it if it has no place any more."""
    places = store.execute(
        "SELECT name, source, title, published, url FROM places WHERE article_id = ? ORDER BY id",
        (article,),
    ).fetchall()
    if not places:
        shelve(store, article)
        store.execute("DELETE FROM failures WHERE article_id = ?", (article,))
        return
    name = store.value("SELECT name FROM articles WHERE id = ?", (article,))
    place = next((place for place in places if place["name"] == name), places[0])
    store.execute(
        "UPDATE failures SET name = ?, source = ? WHERE article_id = ?",
        (place["name"], place["source"], article),
    )
    if place["name"] != name:
        _describe(store, article, {each: place[each] for each in ("name", *_DESCRIPTION)})


def _update_description(store: Store, article: Article, known: Row) -> None:
    """Update title, date and address of a known article.

    Under its own id new values replace old ones; under another id they only fill gaps. An article
    that had no place takes the id under which it comes back.
    """
    fields, name = _fields_of(article, *_DESCRIPTION), whole(article.id)
    if not known["stands"]:
        fields["name"] = name
    elif name != known["name"]:
        fields = {each: value for each, value in fields.items() if known[each] is None}
    new = {each: value for each, value in fields.items() if value != known[each]}
    _describe(store, known["id"], new)


def _describe(store: Store, article: int, fields: Mapping[str, str | None]) -> None:
    """Write these fields of an article; those that are None stay."""
    fields = {column: value for column, value in fields.items() if value is not None}
    if not fields:
        return
    if "published" in fields:
        fields["day"] = iso_day(fields["published"])
    columns = ", ".join(f"{column} = :{column}" for column in fields)
    store.execute(f"UPDATE articles SET {columns} WHERE id = :id", {**fields, "id": article})  # noqa: S608


def _added(store: Store, article: Article, content: str) -> int:
    row = {
        "name": whole(article.id),
        **_fields_of(article, *_DESCRIPTION, "byline", "language"),
        "text": article.text,
        "content": content,
        "day": iso_day(article.published),
    }
    return store.insert("articles", row)


def _place(store: Store, article: Article, source: str, row: int, run: int) -> None:
    place = {
        "name": whole(article.id),
        "article_id": row,
        "source": whole(source),
        **_fields_of(article, *_DESCRIPTION),
        "run_id": run,
    }
    store.insert(
        "places",
        place,
        "ON CONFLICT (source, name, article_id) DO UPDATE SET title = excluded.title, "
        "published = excluded.published, url = excluded.url, run_id = excluded.run_id",
    )


def _fields_of(article: Article, *names: str) -> dict[str, str | None]:
    fields = {name: getattr(article, name) for name in names}
    return {name: None if value is None else whole(value) for name, value in fields.items()}


def _state(store: Store, article: int, recipe: int | None) -> State:
    made = store.execute(
        "SELECT recipe_id, is_current FROM annotations WHERE article_id = ?", (article,)
    ).fetchall()
    own = [each["is_current"] for each in made if each["recipe_id"] == recipe]
    if own:
        return State.DONE if own[0] else State.SHELVED
    kind = store.value(
        "SELECT kind FROM failures WHERE article_id = ? AND recipe_id = ?", (article, recipe)
    )
    if kind is not None:
        return State.BUSY if kind == BUSY else State.FAILED
    return State.OTHER if made else State.NEW
