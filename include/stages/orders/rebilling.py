"""Contacts that changed after they were linked: merged or archived in Xero, or a guest who is a customer now.

Nobody looks at a linked contact before it is used, so the ordinary case costs no call: Xero's refusal tells.
"""

from collections.abc import Iterable, Sequence

from include.database.connection import Row
from include.domain.contact import became_a_customer, current, hold_of
from include.domain.outcome import Hold
from include.stages.orders.billing import Billed, link_contact, links_of, with_winners
from include.stages.orders.desk import Desk, doc_of
from include.wire.xero_found import in_books_of, known_of


def follow_merges(desk: Desk, contact_ids: Iterable[str]) -> None:
    """Look at these contacts again, and bill to those they were merged into; a hold for one that is only archived.

    Xero refuses documents for a merged contact in the words for an archived one (reference xero.md 6). One that is
    active again stays. One batched look-up.
    """
    ids = sorted(set(contact_ids))
    known = with_winners(desk.books, map(known_of, desk.books.contacts_by_id(ids)))
    for contact_id in ids:
        found = current(contact_id, known)
        now = hold_of(found) or found.contact_id
        if contact_id not in known:
            now = Hold("contact_archived", f"Xero no longer shows contact {contact_id}.", {"contact_id": contact_id})
        if now is None or now == contact_id:
            continue
        if isinstance(now, str):
            with desk.db.transaction():
                desk.db.run("ledger.relink_contact", store=desk.store.key, was=contact_id, now_is=now)
        _replace(desk.billed, contact_id, now)
        _replace(desk.credited, contact_id, now)


def _replace(billed: Billed, was: str, now: str | Hold) -> None:
    billed.update({key: now for key, contact_id in billed.items() if contact_id == was})


def know_customers(desk: Desk, rows: Sequence[Row]) -> None:
    """Link a customer's key where an order that a guest placed is that customer's now: to the contact it was billed to."""
    orders = {
        row["contact_key"]: row["subject_key"]
        for row in rows
        if row["kind"] == "invoice" and row["contact_key"] in desk.contacts and doc_of(row) in desk.links
    }
    unlinked = set(orders) - set(links_of(desk.db, desk.store.key, list(orders))) if orders else set()
    if not unlinked:
        return
    before = _billed_as(desk, [orders[key] for key in unlinked])
    guests = {key: before[orders[key]] for key in unlinked if became_a_customer(before.get(orders[key], ""), key)}
    there = links_of(desk.db, desk.store.key, list(guests.values()))
    for key, guest in sorted(guests.items()):
        if guest in there:
            link_contact(desk.db, desk.batch, desk.contacts[key], there[guest], adopted=False)


def bill_credit_notes(desk: Desk, rows: Sequence[Row]) -> None:
    """Find whom each credit note is for: whoever its invoice is billed to, since Xero allocates within one contact only.

    An invoice that another connector posted, or whose shopper is not linked, is asked for its contact.
    """
    asked = {row["subject_key"]: row for row in rows if (row["subject_key"], "invoice", "1") in desk.links}
    before = _billed_as(desk, list(asked))
    keys = {order: before.get(order) or row["contact_key"] for order, row in asked.items()}
    there = links_of(desk.db, desk.store.key, [key for key in keys.values() if key]) if keys else {}
    invoices = {}
    for order, key in keys.items():
        link = desk.links[order, "invoice", "1"]
        if key in there and not link["adopted"]:
            desk.credited[order] = there[key]
        else:
            invoices[str(link["xero_id"])] = order
    if invoices:
        for found in map(in_books_of, desk.books.invoices_by_id(sorted(invoices))):
            desk.credited[invoices[found.xero_id]] = found.contact_id


def _billed_as(desk: Desk, orders: Sequence[str]) -> dict[str, str]:
    """The contact key that each order's invoice was first posted under."""
    if not orders:
        return {}
    rows = desk.db.rows("ledger.billed_as", store=desk.store.key, subject_keys=list(orders))
    desk.db.rollback()
    return {row["subject_key"]: row["contact_key"] for row in rows}
