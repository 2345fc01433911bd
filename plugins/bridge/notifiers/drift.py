"""The letter to operations about a vendor that changed the form of its answers."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bridge.notifiers.mail import Letter, send, written

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.settings.store import Store

log = logging.getLogger(__name__)


def tell_drift(db: Database, store: Store) -> int:
    """Tell operations of each field once; how many there were. A mail server that is down is a warning: the next run tells."""
    from include.stages.orders.drift import mark_told, untold

    rows = untold(db, store.key)
    if not rows or not store.file.alerts.operations:
        return len(rows)
    try:
        send(drift_letter(rows, store), sender=store.file.alerts.sender, recipients=store.file.alerts.operations)
    except Exception as error:  # as for any letter
        log.warning("The mail server did not take the letter about drift (%s)", type(error).__name__)
        return len(rows)
    with db.transaction():
        mark_told(db, store.key)
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
