"""The letter to operations about a vendor that changed the form of its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bridge.notifiers.mail import Letter, written
from bridge.notifiers.posting import deliver, post_news

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.settings.store import Store


def tell_drift(db: Database, store: Store) -> int:
    """Tell of each field once; how many were news."""
    from include.database.letters import only_writer
    from include.stages.orders.drift import mark_told, untold

    with db.transaction():
        rows = untold(db, store.key) if only_writer(db, store.key) else []
        if not rows:
            return 0
        since = min(row["gone_at"] or row["first_at"] for row in rows)
        letters = post_news(db, store, "drift", lambda: drift_letter(rows, store), since=since)
        if letters is None:
            return len(rows)
        mark_told(db, store.key)
    deliver(db, letters)
    return len(rows)


def drift_letter(rows: Sequence[Mapping[str, Any]], store: Store) -> Letter:
    """The letter about these rows of `drift.untold`."""
    fields = [
        {
            "path": row["path"],
            "what": "no order bears it any more" if row["gone_at"] else f"new, a {row['kind']}",
            "order": str(row["order_key"]),
        }
        for row in rows
    ]
    headline = f"The shop's orders have another form: {len(fields)} field{'s' if len(fields) > 1 else ''}"
    subject = f"Drift in {store.file.name}: {', '.join(each['path'] for each in fields[:3])}"
    return written("drift", subject, store_name=store.file.name, headline=headline, fields=fields)
