"""How Xero spells what the books hold. Which field stands in which answer is taken from recordings (specs/xero/examples).

There are two spellings of a document: what a write gives back (`written_*`) and what a list shows (`listed_*`).
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from include.sandbox.xero import dates
from include.sandbox.xero.arithmetic import ZERO, half_up
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.records import CREDIT_NOTE, INVOICE, Allocation, Document, Json, Line, Payment

PROVIDER = "Sandbox"
_PHONES = ("DEFAULT", "DDI", "FAX", "MOBILE")


def envelope(ledger: Ledger, list_key: str, elements: list[Json], pagination: Json | None = None) -> Json:
    """The answer around a list of elements."""
    answer: Json = {
        "Id": str(uuid4()),
        "Status": "OK",
        "ProviderName": PROVIDER,
        "DateTimeUTC": dates.bare_stamp(ledger.clock.now()),
    }
    if pagination is not None:
        answer["pagination"] = pagination
    return answer | {list_key: elements}


def contact(held: Json, *, is_listed: bool, balances: Json | None = None) -> Json:
    """A contact. Both address slots and all four phones are always there (recorded)."""
    shown: Json = {"ContactID": held["ContactID"]}
    if is_listed and held.get("MergedToContactID"):
        shown["MergedToContactID"] = held["MergedToContactID"]
    for name in ("ContactNumber", "AccountNumber", "ContactStatus", "Name", "FirstName", "LastName", "EmailAddress"):
        if held.get(name) is not None:
            shown[name] = held[name]
    shown["BankAccountDetails"] = held.get("BankAccountDetails", "")
    for name in (
        "CompanyNumber",
        "TaxNumber",
        "AccountsReceivableTaxType",
        "AccountsPayableTaxType",
        "DefaultCurrency",
    ):
        if held.get(name) is not None:
            shown[name] = held[name]
    addresses = {address["AddressType"]: address for address in held.get("Addresses", [])}
    phones = {phone["PhoneType"]: phone for phone in held.get("Phones", [])}
    shown["Addresses"] = [_address(slot, addresses.get(slot, {})) for slot in ("STREET", "POBOX")]
    shown["Phones"] = [_phone(slot, phones.get(slot, {})) for slot in _PHONES]
    shown["UpdatedDateUTC"] = dates.stamp(held["UpdatedDateUTC"])
    shown["ContactGroups"] = []
    shown["IsSupplier"] = held.get("IsSupplier", False)
    shown["IsCustomer"] = held.get("IsCustomer", False)
    if is_listed:
        if balances:
            shown["Balances"] = balances
        shown["HasAttachments"] = False
    else:
        shown |= {"SalesTrackingCategories": [], "PurchasesTrackingCategories": []}
    shown["ContactPersons"] = held.get("ContactPersons", [])
    shown["HasValidationErrors"] = False
    return shown


def _address(slot: str, held: Json) -> Json:
    lines = {n: held[n] for n in ("AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4") if held.get(n)}
    always = {name: str(held.get(name) or "") for name in ("City", "Region", "PostalCode", "Country")}
    attention = {"AttentionTo": held["AttentionTo"]} if held.get("AttentionTo") else {}
    return {"AddressType": slot} | lines | always | attention


def _phone(slot: str, held: Json) -> Json:
    names = ("PhoneNumber", "PhoneAreaCode", "PhoneCountryCode")
    return {"PhoneType": slot} | {name: str(held.get(name) or "") for name in names}


def brief_contact(ledger: Ledger, contact_id: str) -> Json:
    """A contact inside a listed document: id and name, and lists that are always empty there (recorded)."""
    name = ledger.contacts_by_id[contact_id]["Name"]
    lists = ("Addresses", "Phones", "ContactGroups", "ContactPersons")
    return {"ContactID": contact_id, "Name": name} | {k: [] for k in lists} | {"HasValidationErrors": False}


def line(ledger: Ledger, held: Line, places: int, *, is_written: bool) -> Json:
    """One line. Unit amounts show four decimals only when `unitdp=4` is asked, on reading too (reference 4.2)."""
    unit = half_up(held.unit_amount, places) if held.unit_amount is not None else None
    item = ledger.items.get(held.item_code) if held.item_code else None
    shown: dict[str, Any] = {
        "ItemCode": held.item_code,
        "Description": held.description,
        "UnitAmount": unit if unit is not None else ZERO,
        "TaxType": held.tax_type,
        "TaxAmount": held.tax_amount,
        "LineAmount": held.line_amount,
        "AccountCode": held.account_code,
        "Item": {"ItemID": item["ItemID"], "Name": item["Name"], "Code": item["Code"]} if item else None,
        "Tracking": [dict(tracking) for tracking in held.tracking],
        "Quantity": held.quantity if held.quantity is not None else ZERO,
        "DiscountRate": held.discount_rate,
        "DiscountAmount": held.discount_amount,
        "LineItemID": held.id,
        "AccountID": held.account_id,
    }
    if is_written:
        shown["ValidationErrors"] = []
    return {name: value for name, value in shown.items() if value is not None}


def _dated(document: Document) -> Json:
    shown = {"DateString": dates.day_string(document.date), "Date": dates.day_stamp(document.date)}
    if document.due_date is not None:
        shown |= {"DueDateString": dates.day_string(document.due_date), "DueDate": dates.day_stamp(document.due_date)}
    return shown


def _summed(ledger: Ledger, document: Document, places: int, *, is_written: bool, with_lines: bool = True) -> Json:
    lines = document.lines if with_lines else ()
    shown: Json = {
        "Status": document.status,
        "LineAmountTypes": document.amount_types,
        "LineItems": [line(ledger, held, places, is_written=is_written) for held in lines],
        "SubTotal": document.sub_total,
        "TotalTax": document.total_tax,
        "Total": document.total,
        "UpdatedDateUTC": dates.stamp(document.updated_at),
        "UpdatedDateUTCString": dates.moment_string(document.updated_at),
        "CurrencyCode": document.currency,
    }
    if document.fully_paid_on is not None:
        shown["FullyPaidOnDate"] = dates.day_stamp(document.fully_paid_on)
    return shown


def _optional(document: Document) -> Json:
    shown: Json = {"CurrencyRate": document.currency_rate}
    if document.branding_theme_id:
        shown["BrandingThemeID"] = document.branding_theme_id
    if document.url:
        shown["Url"] = document.url
    if document.expected_payment_date is not None:
        shown["ExpectedPaymentDate"] = dates.day_stamp(document.expected_payment_date)
    return shown


def _is_discounted(document: Document) -> bool:
    return any(held.discount_rate or held.discount_amount for held in document.lines)


def written_invoice(ledger: Ledger, invoice: Document, places: int) -> Json:
    """An invoice as a write gives it back: whole contact, no payments (recorded)."""
    shown: Json = {"Type": INVOICE.type, "InvoiceID": invoice.id, "InvoiceNumber": invoice.number}
    shown["Reference"] = invoice.reference or ""
    shown |= {"Prepayments": [], "Overpayments": [], "AmountDue": invoice.outstanding, "AmountPaid": invoice.paid}
    shown |= {"SentToContact": invoice.sent_to_contact, "IsDiscounted": _is_discounted(invoice), "HasErrors": False}
    shown |= {"InvoicePaymentServices": [], **_optional(invoice)}
    shown["Contact"] = contact(ledger.contacts_by_id[invoice.contact_id], is_listed=False)
    return shown | _dated(invoice) | _summed(ledger, invoice, places, is_written=True)


def listed_invoice(ledger: Ledger, invoice: Document, places: int, detail: str) -> Json:
    """An invoice as a list shows it. `detail`: `page`, `unpaged` (no lines), `summary` (no lines, payments or credits),
    `single` (as a page, with the whole contact)."""
    with_money = detail != "summary"
    credits = [ledger.allocations_by_id[a] for a in invoice.allocation_ids] if with_money else []
    shown: Json = {"Type": INVOICE.type, "InvoiceID": invoice.id, "InvoiceNumber": invoice.number}
    shown |= {
        "Reference": invoice.reference or "",
        "Payments": [_embedded_payment(ledger.payments_by_id[p]) for p in invoice.payment_ids] if with_money else [],
        "CreditNotes": [_embedded_credit(ledger, allocation) for allocation in credits],
        "Prepayments": [],
        "Overpayments": [],
        "AmountDue": invoice.outstanding,
        "AmountPaid": invoice.paid,
        "AmountCredited": invoice.credited,
        "SentToContact": invoice.sent_to_contact,
        "IsDiscounted": _is_discounted(invoice),
        "HasAttachments": False,
        "InvoiceAddresses": [],
        "HasErrors": False,
        "InvoicePaymentServices": [],
        **_optional(invoice),
    }
    shown["Contact"] = (
        contact(ledger.contacts_by_id[invoice.contact_id], is_listed=False)
        if detail == "single"
        else brief_contact(ledger, invoice.contact_id)
    )
    with_lines = detail in ("page", "single")
    return shown | _dated(invoice) | _summed(ledger, invoice, places, is_written=False, with_lines=with_lines)


def credit_note(ledger: Ledger, note: Document, places: int, *, is_written: bool) -> Json:
    """A credit note, written or listed. Its id comes under two names (recorded)."""
    shown: Json = {
        "CreditNoteID": note.id,
        "CreditNoteNumber": note.number,
        "Payments": [_embedded_payment(ledger.payments_by_id[p]) for p in note.payment_ids],
        "ID": note.id,
        "HasErrors": False,
        "Type": CREDIT_NOTE.type,
        "Reference": note.reference or "",
        "RemainingCredit": note.outstanding,
        "Allocations": [allocation(ledger, ledger.allocations_by_id[a]) for a in note.allocation_ids],
        "SentToContact": note.sent_to_contact,
        **_optional(note),
    }
    if is_written:
        shown["Contact"] = contact(ledger.contacts_by_id[note.contact_id], is_listed=False)
    else:
        shown |= {"InvoiceAddresses": [], "HasAttachments": False, "Contact": brief_contact(ledger, note.contact_id)}
    return shown | _dated(note) | _summed(ledger, note, places, is_written=is_written)


def _embedded_payment(payment: Payment) -> Json:
    return {
        "PaymentID": payment.id,
        "Date": dates.day_stamp(payment.date),
        "Amount": payment.amount,
        "Reference": payment.reference or "",
        "CurrencyRate": payment.currency_rate,
        "HasAccount": False,
        "HasValidationErrors": False,
    }


def _embedded_credit(ledger: Ledger, applied: Allocation) -> Json:
    note = ledger.document(applied.credit_note_id)
    return {
        "CreditNoteID": note.id,
        "CreditNoteNumber": note.number,
        "ID": note.id,
        "HasErrors": False,
        "InvoiceAddresses": [],
        "AppliedAmount": applied.amount,
        "DateString": dates.day_string(applied.date),
        "Date": dates.day_stamp(applied.date),
        "LineItems": [],
        "Total": note.total,
    }


def allocation(ledger: Ledger, held: Allocation) -> Json:
    """An allocation inside its credit note, with a nearly empty invoice (recorded)."""
    invoice = ledger.document(held.invoice_id)
    empty = ("Payments", "CreditNotes", "Prepayments", "Overpayments", "InvoiceAddresses", "InvoicePaymentServices")
    shown: Json = {"InvoiceID": invoice.id, "InvoiceNumber": invoice.number} | {name: [] for name in empty}
    shown |= {"IsDiscounted": False, "HasErrors": False, "LineItems": []}
    return {"AllocationID": held.id, "Amount": held.amount, "Date": dates.day_stamp(held.date), "Invoice": shown}


def payment(ledger: Ledger, held: Payment, places: int, *, is_written: bool) -> Json:
    """A payment. A refund's credit note comes under `Invoice` too, with the credit note's type, id and number (spec)."""
    document = ledger.document(held.document_id)
    account = ledger.account(account_id=held.account_id) or {}
    shown_account = {name: account[name] for name in ("AccountID", "Code") if account.get(name)}
    shown: Json = {
        "PaymentID": held.id,
        "Date": dates.day_stamp(held.date),
        "BankAmount": held.bank_amount,
        "Amount": held.amount,
        "Reference": held.reference or "",
        "CurrencyRate": held.currency_rate,
        "PaymentType": held.type,
        "Status": held.status,
        "UpdatedDateUTC": dates.stamp(held.updated_at),
        "UpdatedDateUTCString": dates.moment_string(held.updated_at),
        "HasAccount": True,
        "IsReconciled": held.is_reconciled,
        "Account": shown_account | ({"Name": account["Name"]} if is_written else {}),
        "Invoice": _paid_document(ledger, document, places, is_written=is_written),
        "HasValidationErrors": False,
    }
    return shown


def _paid_document(ledger: Ledger, document: Document, places: int, *, is_written: bool) -> Json:
    shown: Json = {"Type": document.kind.type, "InvoiceID": document.id, "InvoiceNumber": document.number}
    if is_written:
        brief = {"ContactID": document.contact_id, "Name": ledger.contacts_by_id[document.contact_id]["Name"]}
        shown |= {"Reference": document.reference or "", "Prepayments": [], "Overpayments": []}
        shown |= {"AmountDue": document.outstanding, "AmountPaid": document.paid, **_optional(document)}
        shown |= {"SentToContact": document.sent_to_contact, "IsDiscounted": False, "HasErrors": False}
        shown |= {"InvoicePaymentServices": []}
        shown["Contact"] = brief | {"ContactPersons": [], "HasValidationErrors": False}
        return shown | _dated(document) | _summed(ledger, document, places, is_written=True)
    empty = ("Payments", "CreditNotes", "Prepayments", "Overpayments", "InvoiceAddresses", "InvoicePaymentServices")
    shown |= {name: [] for name in empty} | {"IsDiscounted": False, "HasErrors": False}
    shown["Contact"] = brief_contact(ledger, document.contact_id)
    return shown | {"LineItems": [], "CurrencyCode": document.currency}
