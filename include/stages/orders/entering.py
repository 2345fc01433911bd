"""One slice of locked orders into the books: invoices, then what hangs on them, in that order."""

from collections.abc import Iterable, Sequence

from include.database.connection import Row
from include.domain.difference import GONE
from include.stages.orders.desk import RETRY_AFTER, Desk, doc_of
from include.stages.orders.hanging import enter_hanging
from include.stages.orders.invoicing import bill, enter_invoices
from include.stages.orders.linking import reported
from include.stages.orders.looking import look_at_changed
from include.stages.orders.posting import as_planned, failed, posted
from include.stages.orders.rebilling import know_customers
from include.stages.orders.run import look_again
from include.stages.orders.settling import settle_unknown
from include.stages.summary.joining import without_members
from include.stages.summary.kept import KIND
from include.wire.xero_found import in_books_of

CANCELLED = ("cancelled_never_paid", "declined", "archived")


def enter(desk: Desk, rows: Sequence[Row]) -> None:
    """Bring the documents of these locked orders into the books and record each one's outcome."""
    keys = sorted({row["subject_key"] for row in rows})
    subject = str(rows[0]["subject_kind"])  # orders, or the days of a summary: a batch holds one of them
    settle_unknown(desk.books, desk.db, desk.locks, desk.store.key, subject, keys)
    _know_links(desk, rows, subject, keys)
    if subject == "order":
        rows = _without_the_overtaken(desk, rows, keys)
        know_customers(desk, rows)
        rows = without_members(desk, rows)
        look_at_changed(desk, rows)
    to_write = _sorted_out(desk, rows)
    enter_invoices(desk, [row for row in to_write if row["kind"] == "invoice"])
    if subject == KIND:  # a day's credit note may be the first that its contact hears of
        notes = [row for row in to_write if row["kind"] == "credit_note"]
        bill(desk, notes)
        desk.credited |= {row["subject_key"]: desk.billed[row["contact_key"]] for row in notes}
    desk.undecided = _held_invoices(desk, subject, keys)
    for kind in ("payment", "credit_note", "refund_payment", "allocation"):
        enter_hanging(desk, kind, [row for row in to_write if row["kind"] == kind])


def _know_links(desk: Desk, rows: Sequence[Row], subject: str, keys: list[str]) -> None:
    found = desk.db.rows("ledger.links", store=desk.store.key, subject_kind=subject, subject_keys=keys)
    desk.db.rollback()
    # What stands under an earlier number of the order is no link of this one: a person had it posted anew.
    at = {row["subject_key"]: row["generation"] for row in rows}
    desk.links = {doc_of(row): row for row in found if row["generation"] == at[row["subject_key"]]}
    _see_older_invoices(desk, rows)


def _without_the_overtaken(desk: Desk, rows: Sequence[Row], keys: Sequence[str]) -> list[Row]:
    """The rows but for those of orders of which a newer state was recorded before: it may say that nothing is owed.

    The link alone does not tell: an order that was cancelled before it was posted has none, and one that changed back
    kept its own.
    """
    found = desk.db.rows("ledger.newest_recorded", store=desk.store.key, subject_keys=list(keys))
    desk.db.rollback()
    newest = {row["subject_key"]: row["revision"] for row in found}
    left = []
    with desk.db.transaction():
        for row in rows:
            if row["revision"] >= newest.get(row["subject_key"], row["revision"]):
                left.append(row)
                continue
            link = desk.links.get(doc_of(row))
            words = "A newer state of the order was recorded before."
            if link is not None:
                posted(desk.db, row, str(link["xero_id"]), link["number"], unchanged=True, sentence=words)
            else:
                failed(desk.db, row, "busy_elsewhere", words)
                look_again(desk.db, desk.store, row["subject_key"], "busy_elsewhere", RETRY_AFTER)
    return left


def _see_older_invoices(desk: Desk, rows: Iterable[Row]) -> None:
    """What people did in Xero to the invoices that something new is to hang on: one batched read before any write."""
    waiting = {
        row["subject_key"]
        for row in rows
        if row["kind"] != "invoice"
        and row["decision"] == "post"
        and ((link := desk.links.get(doc_of(row))) is None or link["status"] in GONE)
    }
    links = [desk.links.get((key, "invoice", "1")) for key in waiting]
    older = {str(link["xero_id"]): link for link in links if link is not None}
    if not older:
        return
    for found in map(in_books_of, desk.books.invoices_by_id(sorted(older))):
        link = older[found.xero_id]
        desk.seen[link["subject_key"]] = found
        if found.status != link["status"]:
            values = {**link, "status": found.status}
            with desk.db.transaction():
                desk.db.run("ledger.link", **values)
            desk.links[link["subject_key"], "invoice", "1"] = values


def _sorted_out(desk: Desk, rows: Sequence[Row]) -> list[Row]:
    """Record what needs no call; what is left must be written, or compared with what the books hold."""
    left = []
    with desk.db.transaction():
        for row in rows:
            link = desk.links.get(doc_of(row))
            if link is not None and _is_to_be_compared(desk, link, row):
                left.append(row)
            elif link is not None and _is_unchanged(desk, link, row) and not _is_dropped(link, row):
                posted(desk.db, row, str(link["xero_id"]), link["number"], unchanged=True, sentence=reported(link, row))
            elif row["decision"] != "post":
                if row["kind"] == "invoice" and link is not None and row["reason"] in CANCELLED:
                    left.append(row)
                else:
                    as_planned(desk.db, row)
            else:
                left.append(row)
    return left


def _is_to_be_compared(desk: Desk, link: Row, row: Row) -> bool:
    """What is gone in Xero is not unchanged; an invoice of which a person asks is compared with what stands there."""
    if row["subject_kind"] != "order" or row["decision"] != "post" or link["revision"] > row["revision"]:
        return False
    return link["status"] in GONE or (row["kind"] == "invoice" and row["subject_key"] in desk.resynced)


def _is_dropped(link: Row, row: Row) -> bool:
    """A payment that was deleted in Xero, and that a person keeps out."""
    return bool(link["status"] in GONE and row["kind"] != "invoice" and row["decision"] == "skip")


def _is_unchanged(desk: Desk, link: Row, row: Row) -> bool:
    """What the shop said is as it was, or is older. A correction compares an invoice's body as well."""
    asked = row["subject_key"] in desk.corrected and row["kind"] == "invoice"
    if asked and row["decision"] == "post" and link["revision"] <= row["revision"]:
        return bool(link["source_hash"] == row["source_hash"] and link["body_hash"] == row["body_hash"])
    return bool(link["source_hash"] == row["source_hash"] or link["revision"] > row["revision"])


def _held_invoices(desk: Desk, subject: str, keys: Sequence[str]) -> set[str]:
    asked = {"subject_kind": subject, "subject_keys": list(keys)}
    held_now = desk.db.rows("ledger.held_invoices", batch_id=desk.batch["batch_id"], **asked)
    if subject == KIND:
        held_now += desk.db.rows("days.undecided", store=desk.store.key, subject_keys=list(keys))
    desk.db.rollback()
    return {row["subject_key"] for row in held_now}
