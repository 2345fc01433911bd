"""What hangs on an invoice or on a credit note: written once that is there, else it waits for it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from include.database.connection import Row
from include.domain.difference import GONE, due_of
from include.domain.money import ZERO, shown
from include.domain.outcome import Hold
from include.stages.orders.deleted import without_deleted
from include.stages.orders.desk import (
    Desk,
    Key,
    doc_of,
    link_to,
    refused,
    stopped,
    tell_what_is_short,
    text_of,
    write_of,
)
from include.stages.orders.posting import held, posted
from include.stages.orders.rebilling import bill_credit_notes, follow_merges
from include.stages.orders.run import look_again
from include.stages.orders.standing import live_payments, same_payment
from include.stages.orders.writing import Fate, id_of, write_all
from include.stages.summary.kept import KIND
from include.wire.xero_documents import with_fields
from include.wire.xero_found import reason_of

LOOK_AGAIN_AFTER = timedelta(hours=1)  # at a draft that somebody has to approve


def enter_hanging(desk: Desk, kind: str, rows: Sequence[Row], *, followed: bool = False) -> None:
    """What hangs on an invoice or on a credit note: written once that is there, else it waits for it.

    followed   the contacts of these credit notes were looked at again, since Xero called them archived
    """
    if kind == "credit_note" and not followed:
        bill_credit_notes(desk, rows)
    if kind == "payment":
        rows = without_deleted(desk, rows)
    ready: list[tuple[Row, str, str]] = []
    linked = _linked(desk)
    with desk.db.transaction():
        for row in rows:
            problem = _not_ready(desk, kind, row, linked)
            if problem is not None and problem.reason == "waits_for_approval":
                _waits(desk, row, problem, LOOK_AGAIN_AFTER)
            elif problem is not None and problem.reason == "waits_for_clearing":
                _waits(desk, row, problem, timedelta(days=(row["not_before"] - desk.today).days))
            elif problem is None:
                ready.append((row, *_hung(desk, kind, row)))
            else:
                stopped(desk, row, problem)
    if kind == "payment":
        ready = _not_yet_paid(desk, ready)
    if kind == "credit_note":
        ready = _at_the_invoices_rate(desk, ready)
    by_resource: dict[str, list[Row]] = {}
    bodies: dict[Key, str] = {}
    resources: dict[Key, str] = {}
    for row, resource, body in ready:
        by_resource.setdefault(resource, []).append(row)
        bodies[doc_of(row)] = body
        resources[doc_of(row)] = resource
    by_doc = {doc_of(row): row for row, _, _ in ready}
    archived: list[Row] = []

    def keep(fate: Fate) -> None:
        row, element = by_doc[(fate.write.subject_key, fate.write.kind, fate.write.part)], fate.element
        if not element.ok:
            if kind == "credit_note" and not followed and reason_of(element.problems) == "contact_archived":
                archived.append(row)
            else:
                refused(desk, row, element)
            return
        xero_id = id_of(element, resources[doc_of(row)])
        link_to(desk, row, xero_id, str(element.content.get("Status") or "AUTHORISED"))
        posted(desk.db, row, xero_id, row["number"])

    for resource, group in by_resource.items():
        writes = [write_of(row, "create", bodies[doc_of(row)]) for row in group]
        write_all(desk.books, desk.db, desk.locks, desk.batch, "PUT", resource, writes, keep)
    tell_what_is_short(desk)
    if archived:
        follow_merges(desk, [str(desk.credited[row["subject_key"]]) for row in archived])
        enter_hanging(desk, kind, archived, followed=True)


def _linked(desk: Desk) -> Mapping[tuple[str, str], Decimal]:
    """What our links of each kind come to, by order: added up once, since each row asks for its own."""
    sums: dict[tuple[str, str], Decimal] = {}
    for (subject_key, kind, _), link in desk.links.items():
        if link["status"] not in GONE:
            sums[subject_key, kind] = sums.get((subject_key, kind), ZERO) + (link["amount"] or ZERO)
    return sums


def _not_ready(desk: Desk, kind: str, row: Row, linked: Mapping[tuple[str, str], Decimal]) -> Hold | None:
    link = desk.links.get(doc_of(row))
    if link is not None and link["status"] not in GONE:
        words = f"It was posted at {shown(link['amount'] or ZERO)}; the shop now says {shown(row['amount'] or ZERO)}."
        return Hold("edited_after_payment", words, {"posted": shown(link["amount"] or ZERO)})
    invoice = desk.links.get((row["subject_key"], "invoice", "1"))
    if _stands_alone(row):
        return _not_refundable(desk, kind, row)
    if invoice is None or row["subject_key"] in desk.undecided:
        words = "is held" if invoice is not None else "is not in the books"
        return Hold("invoice_held", f"Its invoice {words}.")
    if invoice["status"] in ("VOIDED", "DELETED"):
        return Hold("edited_in_xero", f"{invoice['number']} was {invoice['status'].lower()}; the money is still there.")
    if kind == "payment" and invoice["status"] == "DRAFT":
        return Hold("waits_for_approval", f"{invoice['number']} is a draft; Xero takes no payment on it.")
    if kind == "payment" and row["not_before"] is not None and row["not_before"] > desk.today:
        return Hold(
            "waits_for_clearing", f"{shown(row['amount'])} clears on {row['not_before']}, by its method's delay."
        )
    if kind == "credit_note" and (by_hand := _credited_by_hand(desk, row, linked)):
        words = f"{shown(by_hand)} of {invoice['number']} was credited in Xero already, and not by us."
        return Hold("edited_in_xero", words, {"credited there": shown(by_hand), "refund": shown(row["amount"])})
    if kind != "payment" and link is not None:
        words = f"{(link['number'] or 'The payment of the refund')} was {link['status'].lower()} in Xero."
        return Hold("edited_in_xero", words, {}, "Enter it again in Xero by hand and `skip` it here, or leave it so.")
    if kind == "payment":
        paid = linked.get((row["subject_key"], "payment"), ZERO)
        if invoice["amount"] is not None and paid + row["amount"] > invoice["amount"]:
            words = (
                f"{shown(paid)} of {shown(invoice['amount'])} is paid; {shown(row['amount'])} more would be too much."
            )
            return Hold("overpaid", words, {"paid": shown(paid), "total": shown(invoice["amount"])})
    if kind == "credit_note":
        credited = desk.credited.get(row["subject_key"])
        if credited is None:
            return Hold("edited_in_xero", f"{invoice['number']} is no longer there in Xero; its refund is.")
        return credited if isinstance(credited, Hold) else None
    if kind in ("refund_payment", "allocation") and _note_of(desk, row) is None:
        return Hold("invoice_held", "Its credit note is not in the books.")
    return None


def _credited_by_hand(desk: Desk, row: Row, linked: Mapping[tuple[str, str], Decimal]) -> Decimal:
    """What somebody set against the order's invoice in Xero beside our own allocations."""
    seen = desk.seen.get(row["subject_key"])
    ours = linked.get((row["subject_key"], "allocation"), ZERO)
    return seen.amount_credited - ours if seen is not None else ZERO


def _at_the_invoices_rate(desk: Desk, ready: Sequence[tuple[Row, str, str]]) -> list[tuple[Row, str, str]]:
    """Credit notes in a foreign currency bear their invoice's rate, also where Xero chose it (accounting.md 7)."""
    foreign = {
        _invoice_id(desk, row)
        for row, _, body in ready
        if row["currency"] != desk.base_currency and "CurrencyRate" not in body and not _stands_alone(row)
    }
    if not foreign:
        return list(ready)
    rates = {str(each["InvoiceID"]): each.get("CurrencyRate") for each in desk.books.invoices_by_id(sorted(foreign))}
    rated = []
    for row, resource, body in ready:
        rate = None if _stands_alone(row) else rates.get(_invoice_id(desk, row))
        rated.append((row, resource, body if rate is None else with_fields(body, CurrencyRate=Decimal(str(rate)))))
    return rated


def _stands_alone(row: Row) -> bool:
    """A day's credit note hangs on no invoice: it gives back sales of many days."""
    return row["subject_kind"] == KIND and row["kind"] in ("credit_note", "refund_payment")


def _not_refundable(desk: Desk, kind: str, row: Row) -> Hold | None:
    if row["subject_key"] in desk.undecided:
        return Hold("invoice_held", "A sale that it gives back is not in the books yet.")
    if kind == "refund_payment":
        return Hold("invoice_held", "Its credit note is not in the books.") if _note_of(desk, row) is None else None
    credited = desk.credited[row["subject_key"]]
    return credited if isinstance(credited, Hold) else None


def _not_yet_paid(desk: Desk, ready: Sequence[tuple[Row, str, str]]) -> list[tuple[Row, str, str]]:
    """Without the payments that Xero already shows on an older invoice."""
    there = live_payments(desk, [row for row, _, _ in ready])
    if not there:
        return list(ready)
    left = []
    for entry in ready:
        row = entry[0]
        found = same_payment(row, there.get(row["subject_key"], []))
        if found is None:
            problem = _more_than_is_due(desk, row)
            if problem is None:
                left.append(entry)
            else:
                with desk.db.transaction():
                    held(desk.db, row, problem)
            continue
        there[row["subject_key"]].remove(found)
        link_to(desk, row, str(found["PaymentID"]), "AUTHORISED", adopted=True)
        with desk.db.transaction():
            words = "Xero shows this payment already."
            posted(desk.db, row, str(found["PaymentID"]), row["number"], unchanged=True, sentence=words)
    return left


def _more_than_is_due(desk: Desk, row: Row) -> Hold | None:
    """Somebody paid or credited the invoice in Xero: the rest is less than what came in the shop."""
    seen = desk.seen.get(row["subject_key"])
    if seen is None or row["amount"] <= due_of(seen):
        return None
    due = shown(due_of(seen))
    words = f"{shown(row['amount'])} came in the shop, but only {due} is due on {seen.number}: it was settled in Xero."
    return Hold("edited_in_xero", words, {"received": shown(row["amount"]), "due": due})


def _waits(desk: Desk, row: Row, why: Hold, after: timedelta) -> None:
    """A payment on a draft, or one that has not cleared, is looked at again (accounting.md 4 and 5)."""
    held(desk.db, row, why)
    look_again(desk.db, desk.store, row["subject_key"], why.reason, after)


def _hung(desk: Desk, kind: str, row: Row) -> tuple[str, str]:
    """The resource and the body, with the id of what it hangs on."""
    body = text_of(row["body"])
    if kind == "payment":
        return "Payments", with_fields(body, Invoice={"InvoiceID": _invoice_id(desk, row)})
    if kind == "credit_note":
        return "CreditNotes", with_fields(body, Contact={"ContactID": desk.credited[row["subject_key"]]})
    note = _note_of(desk, row)
    assert note is not None  # asked before
    if kind == "refund_payment":
        return "Payments", with_fields(body, CreditNote={"CreditNoteID": str(note["xero_id"])})
    return f"CreditNotes/{note['xero_id']}/Allocations", with_fields(
        body, Invoice={"InvoiceID": _invoice_id(desk, row)}
    )


def _invoice_id(desk: Desk, row: Row) -> str:
    return str(desk.links[row["subject_key"], "invoice", "1"]["xero_id"])


def _note_of(desk: Desk, row: Row) -> Row | None:
    """The credit note that a refund payment or an allocation belongs to: its part starts with the refund's id."""
    return desk.links.get((row["subject_key"], "credit_note", str(row["part"]).partition("-")[0]))
