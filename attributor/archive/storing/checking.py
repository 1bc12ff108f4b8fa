"""Reads annotations out of a store, and checks each against its article."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attributor.archive.storing.annotation_rows import annotation_of
from attributor.archive.storing.store import Store
from attributor.errors import StoreError, quoted
from attributor.records import Annotation

OnDamage = Callable[[StoreError], None]
"""Is told of each article that is left out because it is damaged."""

_KEPT = (
    "SELECT n.json AS dumped, a.name AS id, a.title, a.byline, a.published, a.url, a.text "
    "FROM annotations n JOIN articles a ON a.id = n.article_id WHERE n.id = ?"
)


def kept(store: Store, annotation: int, article: int) -> Annotation:
    """An annotation, if it and its article's text are what was written.

    Args:
        store: where it is.
        annotation: its row.
        article: the row of its article, to name it by.

    Raises:
        StoreError: they are not, or one of them cannot be read.
    """
    try:
        row = store.one(_KEPT, (annotation,))
        if row is None:
            raise ValueError("its annotation or its text is missing")
        return annotation_of(**dict(row))
    except StoreError as error:
        problem = f"reading it, SQLite says: {error.__cause__ or error}"
    except ValueError as error:
        problem = str(error)
    raise damaged(store, article, problem)


def current_annotations(store: Store, on_damage: OnDamage | None = None) -> Iterator[Annotation]:
    """The current annotation of each article, in the order in which the articles came.

    Args:
        store: where they are.
        on_damage: is told of each article that is not what was written; None raises the error.
    """
    rows = store.execute(
        "SELECT id, article_id FROM annotations WHERE is_current ORDER BY article_id"
    )
    for row in rows:
        try:
            annotation = kept(store, row["id"], row["article_id"])
        except StoreError as error:
            (on_damage or refuse)(error)
        else:
            yield annotation


def refuse(error: StoreError) -> None:
    """Raise the error: with this a damaged article ends the reading."""
    raise error


def damaged(store: Store, article: int, problem: str) -> StoreError:
    """The error for an article that is damaged in the store."""
    try:
        name = str(store.value("SELECT name FROM articles WHERE id = ?", (article,)))
    except StoreError:
        name = f"row {article}"
    return StoreError(
        f"The article {quoted(name)} in the store {quoted(str(store.path))} is damaged "
        f"({problem}): restore the store from a copy.",
        article=name,
    )
