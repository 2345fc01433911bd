"""The letter to finance about customers: whose contact nobody may choose by guess, and what a person may want to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bridge.notifiers.mail import Letter, without_addresses, written
from bridge.notifiers.posting import deliver, post_news

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.database.customer_letters import ToldOf
    from include.settings.store import Store


def tell(db: Database, store: Store) -> int:
    """Write one letter about what nobody was told of, if there is anything; how many things it told of."""
    from include.database.customer_letters import mark_told, newly_told
    from include.database.letters import only_writer

    with db.transaction():
        rows = newly_told(db, store.key) if only_writer(db, store.key) else []
        if not rows:
            return 0
        since = min(row.since for row in rows)
        letters = post_news(db, store, "customer", lambda: customer_letter(rows, store), since=since)
        if letters is None:
            return 0
        mark_told(db, store.key, rows)
    deliver(db, letters)
    return len(rows)


def customer_letter(rows: Sequence[ToldOf], store: Store) -> Letter:
    """The letter about these."""
    decide = [row for row in rows if row.waits]
    counted = (
        [f"{len(decide)} {'customers need' if len(decide) != 1 else 'customer needs'} a decision"] if decide else []
    )
    look = len(rows) - len(decide)
    counted += [f"{look} {'contacts are' if look != 1 else 'contact is'} worth a look"] if look else []
    headline = " and ".join(counted)
    shown = [
        {
            "what": f"Customer {row.customer}",
            "sentence": without_addresses(row.sentence),
            "remedy": without_addresses(row.remedy),
        }
        for row in rows
    ]
    return written(
        "rows",
        f"{headline} ({store.file.name})",
        store_name=store.file.name,
        headline=headline,
        meaning=(
            "A customer who waits holds no order back, and is looked at again every few hours. Contacts are never merged by "
            "guess, and what was edited in Xero is never overwritten."
        ),
        rows=shown,
    )
