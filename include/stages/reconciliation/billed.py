"""Whom each invoice was billed to when it was created, and whom it is billed to in Xero now."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from include.clients.xero import Xero
from include.database.connection import Database
from include.domain.contact import current
from include.settings.store import Store
from include.stages.orders.billing import with_winners
from include.wire.xero_found import known_of


def billed_otherwise(
    books: Xero, db: Database, store: Store, order_keys: Sequence[int], invoices: Mapping[str, Mapping[str, Any]]
) -> dict[str, tuple[str, str]]:
    """By invoice: the contact that it was created for, and the other one that it bears now. Merged contacts are one.

    The link of a shopper is no witness: a person may have chosen another contact for the next order. Only contacts that
    differ are asked about, forty a call.
    """
    sent = db.rows("reconciliation.sent", store=store.key, subject_keys=[str(key) for key in order_keys])
    requests = db.rows("reconciliation.requests", chunk_ids=sorted({row["chunk_id"] for row in sent}))
    db.rollback()
    bodies = {row["chunk_id"]: _elements(bytes(row["body"])) for row in requests}
    differ = {}
    for row in sent:
        invoice = invoices.get(str(row["xero_id"]).lower())
        if invoice is None or row["chunk_id"] not in bodies:
            continue
        was, now = _contact(bodies[row["chunk_id"]][row["position"]]), _contact(invoice)
        if was and now and was != now:
            differ[str(row["xero_id"]).lower()] = (was, now)
    if not differ:
        return {}
    found = map(known_of, books.contacts_by_id(sorted({was for was, _ in differ.values()})))
    known = {key.lower(): each for key, each in with_winners(books, found).items()}
    return {key: (was, now) for key, (was, now) in differ.items() if str(current(was, known).contact_id).lower() != now}


def _elements(body: bytes) -> list[Mapping[str, Any]]:
    [elements] = json.loads(body).values()
    return list(elements)


def _contact(invoice: Mapping[str, Any]) -> str:
    return str((invoice.get("Contact") or {}).get("ContactID") or "").lower()
