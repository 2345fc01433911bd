"""What a refused element comes back as: the wish itself, with the id it has, or with the id of nobody.

Source  recordings docketworks-200-delete-authorised-refused and docketworks-400-contact-duplicate-name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.sandbox.xero import answers, dates
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.reading import number_of
from include.sandbox.xero.records import INVOICE, NOBODY, Document, Json, Kind

_LINE_TEXTS = ("LineItemID", "ItemCode", "Description", "TaxType", "AccountCode", "AccountID")
_LINE_NUMBERS = ("UnitAmount", "TaxAmount", "LineAmount", "Quantity", "DiscountRate", "DiscountAmount")


def document(ledger: Ledger, kind: Kind, element: Mapping[str, Any], before: Document | None) -> Json:
    """A refused invoice or credit note. It carries a number only when the request did (recorded)."""
    shown: Json = {"Type": kind.type, kind.id_key: before.id if before else NOBODY}
    for name in (kind.number_key, "Reference"):
        if element.get(name) is not None:
            shown[name] = str(element[name])
    empty = (
        ("Payments", "CreditNotes", "Prepayments", "Overpayments") if kind is INVOICE else ("Payments", "Allocations")
    )
    shown |= {name: [] for name in empty} | {"HasErrors": True, "InvoiceAddresses": []}
    if kind is INVOICE:
        shown |= {"IsDiscounted": False, "InvoicePaymentServices": []}
    else:
        shown["ID"] = shown[kind.id_key]
    contact = element.get("Contact")
    shown["Contact"] = _contact_of(contact if isinstance(contact, Mapping) else {}, before)
    days = {"Date": before.date if before else None, "DueDate": before.due_date if before else None}
    for name, held in days.items():
        day = dates.read_day(element[name]) if element.get(name) else held
        if day is not None:
            shown |= {f"{name}String": dates.day_string(day), name: dates.day_stamp(day)}
    shown["Status"] = str(element.get("Status") or (before.status if before else "DRAFT"))
    shown["LineAmountTypes"] = str(element.get("LineAmountTypes") or (before.amount_types if before else "Exclusive"))
    if element.get("LineItems") is None and before is not None:
        shown["LineItems"] = [answers.line(ledger, line, 2, is_written=False) for line in before.lines]
        shown |= {"SubTotal": before.sub_total, "TotalTax": before.total_tax, "Total": before.total}
    else:
        shown["LineItems"] = [_line(line) for line in element.get("LineItems") or []]
    currency = element.get("CurrencyCode") or (before.currency if before else None)
    return shown | ({"CurrencyCode": str(currency)} if currency else {})


def _line(element: Mapping[str, Any]) -> Json:
    shown: Json = {name: str(element[name]) for name in _LINE_TEXTS if element.get(name) is not None}
    shown |= {name: n for name in _LINE_NUMBERS if (n := number_of(element, name)) is not None}
    return shown | {"Tracking": [], "ValidationErrors": []}


def _contact_of(element: Mapping[str, Any], before: Document | None) -> Json:
    shown: Json = {"ContactID": str(element.get("ContactID") or (before.contact_id if before else NOBODY))}
    for name in ("ContactNumber", "Name", "EmailAddress"):
        if element.get(name) is not None:
            shown[name] = str(element[name])
    lists = ("Addresses", "Phones", "ContactGroups", "ContactPersons")
    return shown | {name: [] for name in lists} | {"HasValidationErrors": False, "ValidationErrors": []}


def contact(element: Mapping[str, Any], before: Json | None) -> Json:
    """A refused contact."""
    shown: Json = {"ContactID": before["ContactID"] if before else NOBODY}
    for name in ("ContactNumber", "AccountNumber", "Name", "FirstName", "LastName", "EmailAddress"):
        if element.get(name) is not None:
            shown[name] = str(element[name])
    for name in ("Addresses", "Phones"):
        slots = [{k: v for k, v in slot.items() if v is not None} for slot in element.get(name) or []]
        shown[name] = [slot | {"ValidationErrors": []} for slot in slots]
    return shown | {"ContactGroups": [], "ContactPersons": [], "HasValidationErrors": True}


def payment(element: Mapping[str, Any], before_id: str | None = None) -> Json:
    """A refused payment: [U] which fields come back is not recorded; the wish and the error flag are taken."""
    shown: Json = {"PaymentID": before_id or NOBODY}
    if element.get("Date"):
        shown["Date"] = dates.day_stamp(dates.read_day(element["Date"]))
    if (amount := number_of(element, "Amount")) is not None:
        shown["Amount"] = amount
    for name in ("Reference", "Status"):
        if element.get(name) is not None:
            shown[name] = str(element[name])
    for name, keys in (("Account", ("AccountID", "Code")), ("Invoice", ("InvoiceID", "InvoiceNumber"))):
        if isinstance(given := element.get(name), Mapping):
            shown[name] = {key: str(given[key]) for key in keys if given.get(key)}
    if isinstance(given := element.get("CreditNote"), Mapping):
        shown["CreditNote"] = {k: str(given[k]) for k in ("CreditNoteID", "CreditNoteNumber") if given.get(k)}
    return shown | {"HasAccount": "Account" in shown, "HasValidationErrors": True}
