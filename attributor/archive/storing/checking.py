"""Annotations as they come out of a store: each checked against the article that it speaks of."""

from __future__ import annotations

from collections.abc import Callable

from attributor.archive.storing.annotation_rows import annotation_of
from attributor.archive.storing.store import Store
from attributor.errors import StoreError, quoted
from attributor.records import Annotation

OnDamage = Callable[[StoreError], None]
"""Is told of each article that is damaged, and left out."""

_KEPT = (
    "SELECT n.json AS dumped, a.name AS id, a.title, a.byline, a.published, a.url, a.text "
    "FROM annotations n JOIN articles a ON a.id = n.article_id WHERE n.id = ?"
)


def kept(store: Store, annotation: int, article: int) -> Annotation:
    """An annotation, if text and annotation are what was written.

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


def refuse(error: StoreError) -> None:
    """What is done about a damaged article where nothing else is wanted: nothing is had then."""
    raise error


def damaged(store: Store, article: int, problem: str) -> StoreError:
    """An article that cannot be had from the store as it was, in a sentence."""
    try:
        name = str(store.value("SELECT name FROM articles WHERE id = ?", (article,)))
    except StoreError:
        name = f"row {article}"
    return StoreError(
        f"The article {quoted(name)} in the store {quoted(str(store.path))} is damaged "
        f"({problem}): restore the store from a copy.",
        article=name,
    )
