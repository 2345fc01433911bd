"""What can be done with credit notes, and with the allocations that settle invoices by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from include.sandbox.ground import Answer, Asked, NeverSeen
from include.sandbox.xero import answers, batches, dates, documents, echoes, listing
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.reading import Verdict, known_only, number_of, places_of, text_of
from include.sandbox.xero.records import CREDIT_NOTE, INVOICE, NOBODY, Allocation, Document, Json
from include.sandbox.xero.where import Column, Columns

_GONE = "An existing Credit Note with the specified CreditNoteID could not be found"


def columns_of(ledger: Ledger) -> Columns:
    """The columns that `where` and `order` know for credit notes."""
    return {
        "Status": Column("text", lambda note: note.status),
        "Type": Column("text", lambda note: note.kind.type),
        "CreditNoteID": Column("guid", lambda note: note.id),
        "CreditNoteNumber": Column("text", lambda note: note.number),
        "Reference": Column("text", lambda note: note.reference),
        "Contact.ContactID": Column("guid", lambda note: note.contact_id),
        "Date": Column("day", lambda note: note.date),
        "Total": Column("number", lambda note: note.total),
        "RemainingCredit": Column("number", lambda note: note.outstanding),
        "UpdatedDateUTC": Column("moment", lambda note: note.updated_at),
    }


def listed(ledger: Ledger, asked: Asked) -> Answer:
    """GET /CreditNotes."""
    places = places_of(asked.query)
    return listing.listed(
        ledger,
        asked,
        "CreditNotes",
        ledger.credit_notes_by_id.values(),
        columns_of(ledger),
        lambda note: answers.credit_note(ledger, note, places, is_written=False),
        lambda note: note.updated_at,
    )


def single(ledger: Ledger, asked: Asked) -> Answer:
    """GET /CreditNotes/{CreditNoteID}. By number instead of id: [U], not given."""
    if ledger.numbered(CREDIT_NOTE, asked.params["CreditNoteID"]) is not None:
        raise NeverSeen("a credit note read by its number: the spec reads by id only")
    note = ledger.credit_notes_by_id.get(asked.params["CreditNoteID"].lower())
    if note is None:
        return listing.missing()
    shown = answers.credit_note(ledger, note, places_of(asked.query), is_written=True)
    return Answer(200, answers.envelope(ledger, "CreditNotes", [shown]))


def create(ledger: Ledger, asked: Asked) -> Answer:
    """PUT /CreditNotes: every element is a new credit note."""
    places = places_of(asked.query)
    return batches.run(ledger, asked, "CreditNotes", lambda e, v: create_one(ledger, e, places, v))


def create_one(ledger: Ledger, element: Mapping[str, Any], places: int, verdict: Verdict) -> Json:
    """One new credit note's answer; the verdict says when it was refused."""
    if element.get("CreditNoteID"):
        raise NeverSeen("PUT of a credit note with a CreditNoteID")
    note = documents.created(ledger, CREDIT_NOTE, element, places, verdict)
    return _shown(ledger, note, element, None, places)


def update_or_create(ledger: Ledger, asked: Asked) -> Answer:
    """POST /CreditNotes: an element whose id or number exists changes that credit note."""
    places = places_of(asked.query)

    def work(element: Mapping[str, Any], verdict: Verdict) -> Json:
        note_id, number = text_of(element, "CreditNoteID"), text_of(element, "CreditNoteNumber")
        if note_id:
            before = ledger.credit_notes_by_id.get(note_id.lower())
            if before is None:
                verdict.refuse(_GONE)
                return echoes.document(ledger, CREDIT_NOTE, element, None)
        else:
            before = ledger.numbered(CREDIT_NOTE, number) if number else None
        if before is None:
            return create_one(ledger, element, places, verdict)
        return _shown(ledger, documents.changed(ledger, before, element, places, verdict), element, before, places)

    return batches.run(ledger, asked, "CreditNotes", work)


def update(ledger: Ledger, asked: Asked) -> Answer:
    """POST /CreditNotes/{CreditNoteID}: changes that one."""
    before = ledger.credit_notes_by_id.get(asked.params["CreditNoteID"].lower())
    if before is None:
        return listing.missing()
    places = places_of(asked.query)

    def work(element: Mapping[str, Any], verdict: Verdict) -> Json:
        note = documents.changed(ledger, before, element, places, verdict)
        return _shown(ledger, note, element, before, places)

    return batches.run(ledger, asked, "CreditNotes", work, may_be_bare=True)


def _shown(
    ledger: Ledger, note: Document | None, element: Mapping[str, Any], before: Document | None, places: int
) -> Json:
    if note is None:
        return echoes.document(ledger, CREDIT_NOTE, element, before)
    return answers.credit_note(ledger, note, places, is_written=True)


def allocate(ledger: Ledger, asked: Asked) -> Answer:
    """PUT /CreditNotes/{CreditNoteID}/Allocations: settles invoices by parts of the credit note.

    The date is the later of both documents' (reference xero.md 5.2). The sentences of the refusals below are
    constructed: [U], none is recorded.
    """
    note_id = asked.params["CreditNoteID"].lower()
    if note_id not in ledger.credit_notes_by_id:
        return listing.missing()

    def work(element: Mapping[str, Any], verdict: Verdict) -> Json:
        known_only(element, ("Invoice", "Amount", "Date", "AllocationID"), "an allocation")
        note = ledger.credit_notes_by_id[note_id]
        invoice = invoice_meant(ledger, element.get("Invoice"))
        amount = number_of(element, "Amount")
        if amount is None:
            raise NeverSeen("an allocation without an Amount")
        if invoice is None:
            verdict.refuse("Document could not be found")
            return {"Amount": amount, "AllocationID": NOBODY}
        day = max(note.date, invoice.date)
        if note.status != "AUTHORISED" or invoice.status != "AUTHORISED":
            verdict.refuse("Allocations can only be made between Authorised documents")
        if note.currency != invoice.currency or note.contact_id != invoice.contact_id:
            verdict.refuse("Allocations can only be made between documents of one contact and currency")
        if amount <= 0 or amount > note.outstanding:
            verdict.refuse("Allocation amount exceeds the remaining credit on this document")
        if amount > invoice.outstanding:
            verdict.refuse("Allocation amount exceeds the amount outstanding on this document")
        if locked := ledger.lock_refusal(day):
            verdict.refuse(locked)
        if verdict.errors:
            return {"Amount": amount, "AllocationID": NOBODY, "Invoice": {"InvoiceID": invoice.id}}
        made = Allocation(str(uuid4()), note.id, invoice.id, amount, day)
        ledger.allocate(made)
        return answers.allocation(ledger, made)

    return batches.run(ledger, asked, "Allocations", work)


def unallocate(ledger: Ledger, asked: Asked) -> Answer:
    """DELETE /CreditNotes/{CreditNoteID}/Allocations/{AllocationID}.

    The spec's schema and its example differ; the schema's spelling is taken. [U]
    """
    held = ledger.allocations_by_id.get(asked.params["AllocationID"].lower())
    if held is None or held.credit_note_id != asked.params["CreditNoteID"].lower():
        return listing.missing()
    ledger.unallocate(held)
    shown = {
        "AllocationID": held.id,
        "Amount": held.amount,
        "Date": dates.day_stamp(held.date),
        "Invoice": {"InvoiceID": held.invoice_id},
        "IsDeleted": True,
    }
    return Answer(200, shown)


def invoice_meant(ledger: Ledger, element: object) -> Document | None:
    """The invoice that an element names by id or number."""
    if not isinstance(element, Mapping):
        return None
    if invoice_id := text_of(element, "InvoiceID"):
        return ledger.invoices_by_id.get(invoice_id.lower())
    number = text_of(element, "InvoiceNumber")
    return ledger.numbered(INVOICE, number) if number else None
