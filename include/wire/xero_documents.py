"""Our documents as Xero's bodies, to the byte (reference xero.md 4, 5, 6).

A body is text before it is anything else: what is stored ahead of a write is what is sent, and amounts go from Decimal
to JSON digits without a float in between (T8). Only fields that we mean to set are there.
"""

import functools
import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from include.domain.document import Allocation, Contact, CreditNote, DocumentLine, Invoice, Payment, RefundPayment
from include.domain.order import Person, Recipient

JsonObject = dict[str, Any]
_TEXT = json.JSONEncoder(ensure_ascii=False)
_TEXTS = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # of what holds no number


def encoded(value: Any) -> str:
    """JSON text with Decimal as plain digits. Raises TypeError for a float: it would already be inexact."""
    match value:
        case str() | bool() | int() | None:
            return _TEXT.encode(value)
        case Decimal():
            return f"{value:f}"
        case dict():
            return "{" + ",".join([_name(key) + encoded(each) for key, each in value.items()]) + "}"
        case list() | tuple():
            return "[" + ",".join([encoded(each) for each in value]) + "]"
        case date():
            return f'"{value.isoformat()}"'
        case _:
            raise TypeError(f"{type(value).__name__} has no place in a body")


@functools.lru_cache(maxsize=1024)  # the names in our bodies are few
def _name(key: str) -> str:
    return _TEXT.encode(key) + ":"


def digest(text: str) -> str:
    """The digest by which two facts or two bodies are known to be equal."""
    return hashlib.sha256(text.encode()).hexdigest()


def bulk(resource: str, elements: Iterable[str]) -> bytes:
    """Several element bodies as one request: `{"Invoices": [...]}`."""
    return f'{{"{resource}":[{",".join(elements)}]}}'.encode()


def with_fields(body: str, **fields: Any) -> str:
    """An element body with more fields in front, such as the contact that was resolved for it."""
    front = ",".join(f"{_name(name)}{encoded(value)}" for name, value in fields.items())
    return "{" + front + ("," if body != "{}" else "") + body[1:]


def invoice_body(invoice: Invoice) -> str:
    """An invoice without its contact, which load adds as an id."""
    body: JsonObject = {
        "Type": "ACCREC",
        "InvoiceNumber": invoice.number,
        "Reference": invoice.reference,
        "Date": invoice.invoice_date,
        "DueDate": invoice.due_date,
        "LineAmountTypes": invoice.line_amount_types,
        "CurrencyCode": invoice.currency,
        "Status": invoice.status,
        "LineItems": [_line(line) for line in invoice.lines],
    }
    if invoice.url:
        body["Url"] = invoice.url
    if invoice.branding_theme_id:
        body["BrandingThemeID"] = invoice.branding_theme_id
    if invoice.currency_rate is not None:
        body["CurrencyRate"] = invoice.currency_rate
    return encoded(body)


def _line(line: DocumentLine) -> JsonObject:
    body: JsonObject = {
        "Description": line.description,
        "Quantity": line.quantity,
        "UnitAmount": line.unit_amount,
        "AccountCode": line.account,
        "TaxType": line.tax_type,
    }
    if line.item_code is not None:
        body["ItemCode"] = line.item_code
    if line.tax_stated:
        body["TaxAmount"] = line.tax
    if line.tracking:
        body["Tracking"] = [{"Name": name, "Option": option} for name, option in line.tracking]
    return body


def payment_body(payment: Payment) -> str:
    """A payment without its invoice, which load adds as an id. `IsReconciled` is never sent (accounting.md 5)."""
    body: JsonObject = {
        "Account": {"Code": payment.account},
        "Date": payment.payment_date,
        "Amount": payment.amount,
        "Reference": payment.reference,
    }
    if payment.currency_rate is not None:
        body["CurrencyRate"] = payment.currency_rate
    return encoded(body)


def credit_note_body(note: CreditNote) -> str:
    """A credit note without its contact."""
    body: JsonObject = {
        "Type": "ACCRECCREDIT",
        "CreditNoteNumber": note.number,
        "Reference": note.reference,
        "Date": note.credit_date,
        "LineAmountTypes": note.line_amount_types,
        "CurrencyCode": note.currency,
        "Status": "AUTHORISED",
        "LineItems": [_line(line) for line in note.lines],
    }
    if note.currency_rate is not None:
        body["CurrencyRate"] = note.currency_rate
    return encoded(body)


def refund_payment_body(payment: RefundPayment) -> str:
    """Money out for a credit note, which load adds as an id."""
    return encoded(
        {
            "Account": {"Code": payment.account},
            "Date": payment.payment_date,
            "Amount": payment.amount,
            "Reference": payment.reference,
        }
    )


def allocation_body(allocation: Allocation) -> str:
    """An allocation without its invoice."""
    return encoded({"Amount": allocation.amount})


def contact_body(contact: Contact) -> str:
    """A contact without its name, which depends on whether somebody else has it already.

    POBOX is the billing address, which Xero prints on invoices; STREET is where the goods go (reference xero.md 6).
    """
    person = contact.person
    body: JsonObject = {"ContactNumber": contact.number}
    if person.first_name:
        body["FirstName"] = person.first_name
    if person.last_name:
        body["LastName"] = person.last_name
    if person.email:
        body["EmailAddress"] = person.email
    addresses = [_address("POBOX", person)] if person.street_1 or person.city else []
    if contact.recipient is not None and (contact.recipient.street_1 or contact.recipient.city):
        addresses.append(_address("STREET", contact.recipient) | {"AttentionTo": contact.recipient.name})
    if addresses:
        body["Addresses"] = addresses
    if person.phone:
        body["Phones"] = [{"PhoneType": "DEFAULT", "PhoneNumber": person.phone}]
    return _TEXTS.encode(body)


def without_email(body: str) -> str:
    """A contact's body without its e-mail, which Xero refused."""
    return _TEXTS.encode({name: value for name, value in json.loads(body).items() if name != "EmailAddress"})


def _address(kind: str, at: Person | Recipient) -> JsonObject:
    address = {"AddressType": kind}
    if at.street_1:
        address["AddressLine1"] = at.street_1
    if at.street_2:
        address["AddressLine2"] = at.street_2
    if at.city:
        address["City"] = at.city
    if at.state:
        address["Region"] = at.state
    if at.postcode:
        address["PostalCode"] = at.postcode
    if at.country:
        address["Country"] = at.country
    return address
