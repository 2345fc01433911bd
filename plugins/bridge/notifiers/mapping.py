"""The letter about mappings that died: which setting, on which line, names what the organisation does not have any more."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bridge.notifiers.mail import Letter, send, written

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.settings.store import Store

log = logging.getLogger(__name__)


def tell_dead_mappings(db: Database, store: Store) -> int:
    """Tell operations and finance of each once; how many were news. Where no mail server takes it, the next hour tells."""
    from include.stages.mappings import mark_told, untold

    rows = untold(db, store.key)
    for row in rows:
        log.warning("%s: %s %s", row["mapping"], row["sentence"], row["remedy"])
    recipients = tuple(dict.fromkeys((*store.file.alerts.operations, *store.file.alerts.finance)))
    if not rows or not recipients:
        return len(rows)
    try:
        send(mapping_letter(rows, store), sender=store.file.alerts.sender, recipients=recipients)
    except Exception as error:  # as for any letter
        log.warning("The mail server did not take the letter about mappings (%s)", type(error).__name__)
        return len(rows)
    with db.transaction():
        mark_told(db, rows)
    return len(rows)


def mapping_letter(rows: Sequence[Mapping[str, Any]], store: Store) -> Letter:
    """The letter about these rows of `mappings.untold`."""
    headline = f"{len(rows)} {'settings name' if len(rows) > 1 else 'setting names'} what Xero does not have"
    subject = f"Settings of {store.file.name}: {', '.join(row['mapping'] for row in rows[:3])}"
    meaning = "The next order that needs one of these is held, or refused by Xero."
    told = [{**row, "what": row["mapping"]} for row in rows]
    return written("rows", subject, store_name=store.file.name, headline=headline, meaning=meaning, rows=told)
