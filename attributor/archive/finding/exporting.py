"""The annotations of a store, one after the other, as the engine made them."""

from __future__ import annotations

from collections.abc import Iterator

from attributor.archive.storing.checking import OnDamage, kept, refuse
from attributor.archive.storing.store import Store
from attributor.errors import StoreError
from attributor.records import Annotation


def exported(store: Store, on_damage: OnDamage = refuse) -> Iterator[Annotation]:
    """The current annotation of each article, in the order in which the articles came.

    Args:
        store: where they are.
        on_damage: is told of an article that is not what was written any more.
    """
    rows = store.execute(
        "SELECT id, article_id FROM annotations WHERE is_current ORDER BY article_id"
    )
    for row in rows:
        try:
            annotation = kept(store, row["id"], row["article_id"])
        except StoreError as error:
            on_damage(error)
        else:
            yield annotation
