"""What can be done with invoices: list, read, create, update or create, change one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from include.sandbox.ground import Answer, Asked, NeverSeen
from include.sandbox.xero import answers, batches, documents, echoes, listing
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.reading import Verdict, is_true, places_of, text_of
from include.sandbox.xero.records import INVOICE, Document, Json
from include.sandbox.xero.where import Column, Columns


def columns_of(ledger: Ledger) -> Columns:
    """The columns that `where` and `order` know for invoices (reference xero.md 3.4)."""

    def of_contact(name: str) -> Any:
        return lambda invoice: ledger.contacts_by_id[invoice.contact_id].get(name)

    return {
        "Status": Column("text", lambda invoice: invoice.status),
        "Type": Column("text", lambda invoice: invoice.kind.type),
        "InvoiceID": Column("guid", lambda invoice: invoice.id),
        "InvoiceNumber": Column("text", lambda invoice: invoice.number),
        "Reference": Column("text", lambda invoice: invoice.reference),
        "Contact.ContactID": Column("guid", lambda invoice: invoice.contact_id),
        "Contact.ContactNumber": Column("text", of_contact("ContactNumber")),
        "Contact.Name": Column("text", of_contact("Name")),
        "Date": Column("day", lambda invoice: invoice.date),
        "DueDate": Column("day", lambda invoice: invoice.due_date),
        "AmountDue": Column("number", lambda invoice: invoice.outstanding),
        "AmountPaid": Column("number", lambda invoice: invoice.paid),
        "Total": Column("number", lambda invoice: invoice.total),
        "CurrencyCode": Column("text", lambda invoice: invoice.currency),
        "UpdatedDateUTC": Column("moment", lambda invoice: invoice.updated_at),
    }


def listed(ledger: Ledger, asked: Asked) -> Answer:
    """GET /Invoices. Without `page` no lines come (recorded); voided and deleted ones are in the list (recorded)."""
    places = places_of(asked.query)
    detail = "page" if "page" in asked.query else "unpaged"
    if is_true(asked.query.get("summaryOnly")):
        detail = "summary"
    return listing.listed(
        ledger,
        asked,
        "Invoices",
        _selected(ledger, asked),
        columns_of(ledger),
        lambda invoice: answers.listed_invoice(ledger, invoice, places, detail),
        lambda invoice: invoice.updated_at,
    )


def _selected(ledger: Ledger, asked: Asked) -> Iterable[Document]:
    numbers = listing.ids_of(asked, "InvoiceNumbers")
    if numbers is not None:
        by_number = (ledger.numbered(INVOICE, number) for number in sorted(numbers))
        chosen: Iterable[Document] = [invoice for invoice in by_number if invoice is not None]
    else:
        chosen = ledger.invoices_by_id.values()
    ids, contact_ids = listing.ids_of(asked, "IDs"), listing.ids_of(asked, "ContactIDs")
    statuses, term = listing.ids_of(asked, "Statuses"), asked.query.get("searchTerm", "").casefold()
    by_this_app = is_true(asked.query.get("createdByMyApp"))
    return [
        invoice
        for invoice in chosen
        if (ids is None or invoice.id in ids)
        and (contact_ids is None or invoice.contact_id in contact_ids)
        and (statuses is None or invoice.status in statuses)
        and (not term or term in invoice.number.casefold() or term in (invoice.reference or "").casefold())
        and (invoice.by_this_app or not by_this_app)
    ]


def single(ledger: Ledger, asked: Asked) -> Answer:
    """GET /Invoices/{InvoiceID}. By number instead of id: [U], not given."""
    if ledger.numbered(INVOICE, asked.params["InvoiceID"]) is not None:
        raise NeverSeen("an invoice read by its number: the spec reads by id only")
    invoice = ledger.invoices_by_id.get(asked.params["InvoiceID"].lower())
    if invoice is None:
        return listing.missing()
    shown = answers.listed_invoice(ledger, invoice, places_of(asked.query), "single")
    return Answer(200, answers.envelope(ledger, "Invoices", [shown]))


def create(ledger: Ledger, asked: Asked) -> Answer:
    """PUT /Invoices: every element is a new invoice."""
    places = places_of(asked.query)
    may = _may_backorder(asked)
    return batches.run(ledger, asked, "Invoices", lambda e, v: create_one(ledger, e, places, v, may_backorder=may))


def _may_backorder(asked: Asked) -> bool:
    """`allowBackorders=true`: sell more than is on hand. Since August 2026 (reference xero.md 7, Xero-OpenAPI #821)."""
    return is_true(asked.query.get("allowBackorders"))


def create_one(
    ledger: Ledger, element: Mapping[str, Any], places: int, verdict: Verdict, *, may_backorder: bool = False
) -> Json:
    """One new invoice's answer; the verdict says when it was refused."""
    if element.get("InvoiceID"):
        raise NeverSeen("PUT of an invoice with an InvoiceID")
    invoice = documents.created(ledger, INVOICE, element, places, verdict, may_backorder=may_backorder)
    if invoice is None:
        return echoes.document(ledger, INVOICE, element, None)
    return answers.written_invoice(ledger, invoice, places)


def update_or_create(ledger: Ledger, asked: Asked) -> Answer:
    """POST /Invoices: an element whose id or number exists changes that invoice, silently (pyxero #328)."""
    places, may = places_of(asked.query), _may_backorder(asked)

    def work(element: Mapping[str, Any], verdict: Verdict) -> Json:
        before = _meant(ledger, element)
        return (
            _change_one(ledger, before, element, places, verdict, may_backorder=may)
            if before
            else create_one(ledger, element, places, verdict, may_backorder=may)
        )

    return batches.run(ledger, asked, "Invoices", work)


def update(ledger: Ledger, asked: Asked) -> Answer:
    """POST /Invoices/{InvoiceID}: changes that one. `allowBackorders` is not known of this address."""
    before = ledger.invoices_by_id.get(asked.params["InvoiceID"].lower())
    if before is None:
        return listing.missing()
    places = places_of(asked.query)
    return batches.run(
        ledger,
        asked,
        "Invoices",
        lambda element, verdict: _change_one(ledger, before, element, places, verdict),
        may_be_bare=True,
    )


def _meant(ledger: Ledger, element: Mapping[str, Any]) -> Document | None:
    invoice_id, number = text_of(element, "InvoiceID"), text_of(element, "InvoiceNumber")
    if invoice_id:
        found = ledger.invoices_by_id.get(invoice_id.lower())
        if found is None:
            raise NeverSeen("POST of an invoice with an InvoiceID that nobody has")
        return found
    return ledger.numbered(INVOICE, number) if number else None


def _change_one(
    ledger: Ledger,
    before: Document,
    element: Mapping[str, Any],
    places: int,
    verdict: Verdict,
    *,
    may_backorder: bool = False,
) -> Json:
    invoice = documents.changed(ledger, before, element, places, verdict, may_backorder=may_backorder)
    if invoice is None:
        return echoes.document(ledger, INVOICE, element, before)
    return answers.written_invoice(ledger, invoice, places)
