"""The letter about items: what of the shop's products could not be brought into the books, or stays as a bookkeeper has it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bridge.notifiers.mail import Letter, written
from bridge.notifiers.posting import deliver, post_news

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.settings.store import Store

log = logging.getLogger(__name__)


def tell(db: Database, store: Store) -> int:
    """Tell of each once; how many were news."""
    from include.database.letters import only_writer
    from include.stages import items

    rows = items.untold(db, store)
    for row in rows:
        log.warning("%s: %s %s", row["line_key"], row["sentence"], row["remedy"])
    if not rows:
        return 0
    with db.transaction():
        if not only_writer(db, store.key):
            return len(rows)
        since = min(row["recorded_at"] for row in rows)
        letters = post_news(db, store, "item", lambda: items_letter(rows, store), since=since)
        if letters is None:
            return len(rows)
        items.mark_told(db, store, rows)
    deliver(db, letters)
    return len(rows)


def items_letter(rows: Sequence[Mapping[str, Any]], store: Store) -> Letter:
    """The letter about these rows of `items.untold`."""
    headline = f"{len(rows)} {'products need' if len(rows) > 1 else 'product needs'} a look"
    subject = f"Items of {store.file.name}: {', '.join(row['line_key'] for row in rows[:3])}"
    meaning = (
        "Each is told once. All other products are in Xero as the shop has them; what a bookkeeper edited there stays."
    )
    told = [{"what": row["line_key"], "sentence": row["sentence"], "remedy": row["remedy"]} for row in rows]
    return written("rows", subject, store_name=store.file.name, headline=headline, meaning=meaning, rows=told)
