"""What people did in Xero to documents of orders that are looked at again (complaints C40, C43).

An order that changed in the shop is looked at again. Its invoice and payments are ours by the ledger, and nobody tells us
that a bookkeeper deleted one. To ask for each would cost a call per 40 orders and each change of a status; so Xero is
asked what was deleted at all since the oldest of them was written: a call for deleted payments, and one for voided
invoices where an order has no payment of ours (an invoice that bears one cannot be voided). Two calls a slice of 500
orders, whatever their number; none for orders that are as they were.

What is gone is kept as the link's status, so it is asked once, and the ledger says what is due (migration 0045).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from include.clients.errors import NotUnderstood, Refused
from include.database.connection import Database, Row
from include.domain.difference import GONE, InBooks
from include.stages.orders.desk import Desk, doc_of
from include.stages.orders.linking import same_facts
from include.wire.xero_found import in_books_of

MONEY = ("payment", "refund_payment")
CLOCKS_DIFFER = timedelta(hours=1)  # our database's and Xero's, generously: what is found is looked for by its id


def look_at_changed(desk: Desk, rows: Sequence[Row]) -> None:
    """Know what is gone in Xero of the orders that changed in the shop since they were written, or in Xero."""
    changed = {
        row["subject_key"]
        for row in rows
        if (link := desk.links.get(doc_of(row)))
        and (link["revision"] < row["revision"] or row["subject_key"] in desk.changed_in_xero)
    }
    if not changed:
        return
    live = [link for link in desk.links.values() if link["subject_key"] in changed and link["status"] not in GONE]
    payments = [link for link in live if link["kind"] in MONEY]
    paid = {link["subject_key"] for link in payments if link["kind"] == "payment"}
    read_anyway = {row["subject_key"] for row in rows if _is_read_anyway(desk, row)}
    asked = changed - paid - read_anyway
    invoices = [link for link in live if link["kind"] == "invoice" and link["subject_key"] in asked]
    if payments:
        lost = _note(desk, payments, _deleted(desk, payments))
        _see_invoices(desk, {link["subject_key"] for link in lost})
    if invoices:
        _note(desk, invoices, _gone(desk, invoices))


def note_statuses(db: Database, links: Iterable[Row], statuses: Mapping[str, str]) -> list[dict[str, Any]]:
    """Keep the status that Xero says of these documents; the links that it changed, as they are now.

    By the document's own id, so it needs no lock: a link that names another document by now is left as it is.
    """
    changed = []
    with db.transaction():
        for link in links:
            status = statuses.get(str(link["xero_id"]))
            if status is not None and status != link["status"]:
                changed.append({**link, "status": status})
                db.run("ledger.note_status", **{name: changed[-1][name] for name in _NAMED})
    return changed


def _deleted(desk: Desk, links: Sequence[Row]) -> dict[str, str]:
    """Xero may refuse a question about all payments where there are very many (xero.md 3.4): then by id, 40 a call."""
    try:
        found = desk.books.payments_deleted_since(oldest(links))
    except (Refused, NotUnderstood):
        invoices = (desk.links.get((link["subject_key"], "invoice", "1")) for link in links)
        found = desk.books.payments_of(sorted({str(each["xero_id"]) for each in invoices if each is not None}))
    return {str(each["PaymentID"]): "DELETED" for each in found if each.get("Status") == "DELETED"}


def _gone(desk: Desk, links: Sequence[Row]) -> dict[str, str]:
    try:
        found = desk.books.invoices_gone_since(oldest(links))
    except (Refused, NotUnderstood):
        found = desk.books.invoices_by_id(sorted({str(link["xero_id"]) for link in links}))
    return {each.xero_id: each.status for each in map(in_books_of, found) if each.status in GONE}


def _is_read_anyway(desk: Desk, row: Row) -> bool:
    """Whether its invoice is compared with Xero in any case, since the shop says otherwise than when it was written."""
    link = desk.links.get(doc_of(row))
    return row["kind"] == "invoice" and link is not None and not same_facts(link, row)


_NAMED = ("store", "subject_kind", "subject_key", "kind", "part", "generation", "xero_id", "status")


def _note(desk: Desk, links: Iterable[Row], statuses: Mapping[str, str]) -> list[dict[str, Any]]:
    changed = note_statuses(desk.db, links, statuses)
    desk.links |= {doc_of(link): link for link in changed}
    return changed


def _see_invoices(desk: Desk, order_keys: Iterable[str]) -> None:
    """The invoices on which a payment is missing, as they are now: an invoice is open again, or voided after it."""
    links = {str(link["xero_id"]): link for key in order_keys if (link := desk.links.get((key, "invoice", "1")))}
    found = list(map(in_books_of, desk.books.invoices_by_id(sorted(links)))) if links else []
    desk.seen |= {links[each.xero_id]["subject_key"]: each for each in found}
    _note(desk, links.values(), _statuses(found))


def _statuses(found: Iterable[InBooks]) -> dict[str, str]:
    return {each.xero_id: each.status for each in found}


def oldest(links: Sequence[Row]) -> Any:
    """Since when any of them may have been deleted."""
    return min(link["linked_at"] for link in links) - CLOCKS_DIFFER
