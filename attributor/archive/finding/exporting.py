"""The annotations of a store, one after the other, as the engine made them."""

from __future__ import annotations

from collections.abc import Iterator

from attributor.archive.storing.rows import annotation_of
from attributor.archive.storing.store import Store
from attributor.records import Annotation


def exported(store: Store) -> Iterator[Annotation]:
    """The current annotation of each article, in the order in which the articles came."""
    rows = store.execute(
        "SELECT n.json AS dumped, a.name AS id, a.title, a.byline, a.published, a.url, a.text "
        "FROM annotations n JOIN articles a ON a.id = n.article_id "
        "WHERE n.is_current ORDER BY n.article_id"
    )
    for row in rows:
        yield annotation_of(**dict(row))
