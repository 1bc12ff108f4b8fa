"""Writes the end of each article into the store: its annotation, or its failure."""

from __future__ import annotations

import logging

from attributor.archive.storing.annotation_rows import AnnotationRows, Failure, rows_of
from attributor.archive.storing.checking import kept
from attributor.archive.storing.store import Store, now, whole
from attributor.errors import quoted
from attributor.logs import own_words

logger = logging.getLogger(__name__)

ONE_PER_ARTICLE = "(article_id, recipe_id) WHERE article_id IS NOT NULL"
"""The index by which an article has one failure of each recipe at most."""
_RENEWED = ", ".join(
    f"{column} = excluded.{column}"
    for column in ("kind", "reason", "run_id", "answer_id", "answer", "happened")
)


def save(store: Store, article: int, recipe: int, run: int, rows: AnnotationRows) -> None:
    """Make this the article's current annotation. Inside a transaction."""
    shelve(store, article)
    row = {
        "article_id": article,
        "recipe_id": recipe,
        "run_id": run,
        "is_current": 1,
        "model_reported": rows.model_reported,
        "quotes": len(rows.quotes),
        "warnings": rows.warnings,
        "json": rows.json,
        "made": now(),
    }
    _lay_out(store, article, store.insert("annotations", row), rows)
    store.execute("DELETE FROM failures WHERE article_id = ? AND recipe_id = ?", (article, recipe))


def restore(store: Store, article: int, recipe: int) -> None:
    """Make an earlier annotation, by this recipe, the current one. Inside a transaction.

    Raises:
        StoreError: it is damaged.
    """
    row = store.value(
        "SELECT id FROM annotations WHERE article_id = ? AND recipe_id = ?", (article, recipe)
    )
    annotation = kept(store, row, article)
    shelve(store, article)
    store.execute("UPDATE annotations SET is_current = 1 WHERE id = ?", (row,))
    _lay_out(store, article, row, rows_of(annotation))


def quarantine(store: Store, article: int, recipe: int, run: int, failure: Failure) -> None:
    """Note why the article has no annotation by this recipe. Inside a transaction."""
    reason = whole(failure.reason)
    store.executemany(
        "UPDATE ledger SET unusable = ? WHERE id = ?", [(reason, row) for row in failure.answers]
    )
    where = store.one(
        "SELECT a.name, p.source FROM articles a LEFT JOIN places p ON p.article_id = a.id "
        "WHERE a.id = ? ORDER BY p.id LIMIT 1",
        (article,),
    )
    name, source = (where["name"], where["source"] or "") if where else ("", "")
    row = {
        "name": name,
        "source": source,
        "article_id": article,
        "recipe_id": recipe,
        "run_id": run,
        "kind": failure.kind,
        "reason": reason,
        "answer_id": failure.answers[-1] if failure.answers else None,
        "answer": whole(failure.body) or None,
        "happened": now(),
    }
    logger.warning(
        "article %s of %s goes into quarantine as %s: %s",
        quoted(name),
        quoted(source),
        quoted(failure.kind),
        own_words(reason, name),
    )
    store.insert("failures", row, f"ON CONFLICT {ONE_PER_ARTICLE} DO UPDATE SET {_RENEWED}")


def shelve(store: Store, article: int) -> None:
    """Delete the rows of the current annotation; its JSON stays. Inside a transaction."""
    current = store.value(
        "SELECT id FROM annotations WHERE article_id = ? AND is_current", (article,)
    )
    if current is None:
        return
    store.execute(
        "DELETE FROM stances WHERE quote_id IN (SELECT id FROM quotes WHERE annotation_id = ?)",
        (current,),
    )
    store.execute("DELETE FROM quotes WHERE annotation_id = ?", (current,))
    store.execute("DELETE FROM speakers WHERE annotation_id = ?", (current,))
    store.execute("UPDATE annotations SET is_current = 0 WHERE id = ?", (current,))


def _lay_out(store: Store, article: int, annotation: int, rows: AnnotationRows) -> None:
    """Write the rows by which an annotation is searched."""
    speaker, quote = (
        store.value(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {table}")  # noqa: S608
        for table in ("speakers", "quotes")
    )
    speakers = {cells[-1]: speaker + i for i, cells in enumerate(rows.speakers)}
    quotes = {cells[-2]: quote + i for i, cells in enumerate(rows.quotes)}
    store.executemany(
        "INSERT INTO speakers (id, name, role, kind, aliases, number, annotation_id, article_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(speakers[cells[-1]], *cells, annotation, article) for cells in rows.speakers],
    )
    store.executemany(
        "INSERT INTO quotes (id, text, kind, cue, mention, spans, confidence, speaker_confidence, "
        "candidates, decided_by, number, speaker_id, annotation_id, article_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (quotes[cells[-2]], *cells[:-1], speakers.get(cells[-1]), annotation, article)
            for cells in rows.quotes
        ],
    )
    store.executemany(
        "INSERT INTO stances (quote_id, target, label, confidence, evidence) "
        "VALUES (?, ?, ?, ?, ?)",
        [(quotes[cells[0]], *cells[1:]) for cells in rows.stances],
    )
