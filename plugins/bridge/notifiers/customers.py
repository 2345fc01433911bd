"""The letter to finance about customers: whose contact nobody may choose by guess, and what a person may want to look at."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bridge.notifiers.mail import Letter, send, without_addresses, written

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.database.customer_letters import ToldOf
    from include.settings.store import Store

log = logging.getLogger(__name__)


def tell(db: Database, store: Store) -> int:
    """Send one letter about what nobody was told of, if there is anything; how many things it told of.

    Marked as told once the mail server took it. A server that is down is a warning: the next run tells then.
    """
    from include.database.customer_letters import mark_told, newly_told
    from include.database.letters import only_writer

    with db.transaction():
        rows = newly_told(db, store.key) if only_writer(db, store.key) else []
        recipients = store.file.alerts.finance
        if not rows:
            return 0
        if not recipients:
            log.warning("%s customers wait for finance, and alerts.finance of %s is empty", len(rows), store.path.name)
            return 0
        try:
            send(customer_letter(rows, store), sender=store.file.alerts.sender, recipients=recipients)
        except Exception as error:  # as for any letter
            log.warning("The mail server did not take the letter about customers (%s)", type(error).__name__)
            return 0
        mark_told(db, store.key, rows)
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
