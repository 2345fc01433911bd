"""What invoices and credit notes have in common: reading one from a request, its sums, and the moves of its status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

from include.sandbox.ground import NeverSeen
from include.sandbox.xero import contacts, dates, lines, stock
from include.sandbox.xero.arithmetic import half_up, totals_of
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.lines import Setting
from include.sandbox.xero.reading import Verdict, is_true, known_only, number_of, text_of
from include.sandbox.xero.records import INVOICE, NOBODY, Document, Kind, Line

_FIELDS = (
    "Type",
    "Contact",
    "LineItems",
    "Date",
    "DueDate",
    "LineAmountTypes",
    "Reference",
    "BrandingThemeID",
    "Url",
    "CurrencyCode",
    "CurrencyRate",
    "Status",
    "SentToContact",
    "ExpectedPaymentDate",
)
# Read-only or ignored (spec: a Total that is sent "will be ignored if it doesn't equal the sum").
_IGNORED = (
    "SubTotal",
    "TotalTax",
    "Total",
    "TotalDiscount",
    "AmountDue",
    "AmountPaid",
    "AmountCredited",
    "RemainingCredit",
    "DateString",
    "DueDateString",
    "UpdatedDateUTC",
    "UpdatedDateUTCString",
    "HasAttachments",
    "HasErrors",
    "IsDiscounted",
    "StatusAttributeString",
    "ValidationErrors",
    "Warnings",
    "ID",
)
STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED")
_NOT_CHANGEABLE = "{noun} not of valid status for modification"
_HAS_PAYMENTS = "This document cannot be edited as it has a payment or credit note allocated to it."
_NUMBER_MAX = 255


def numbered_twice(kind: Kind) -> str:
    """The refusal of a number that is in use. The invoice's is the spec's; the credit note's is constructed. [U]"""
    return "Invoice # must be unique." if kind is INVOICE else "Credit note number must be unique."


def created(
    ledger: Ledger, kind: Kind, element: object, places: int, verdict: Verdict, *, may_backorder: bool = False
) -> Document | None:
    """The new document that the element asks for, stored; None when the verdict refuses it.

    `may_backorder`: it may take more of a tracked item than is on hand.
    """
    wish = _known(element, kind)
    if wish.get("Type") != kind.type:
        raise NeverSeen(f"{kind.list_key} of Type {wish.get('Type')!r}")
    number = text_of(wish, kind.number_key)
    if number and ledger.numbered(kind, number) is not None:
        # Also when the document that has it is voided or deleted: whether that frees the number is [U].
        verdict.refuse(numbered_twice(kind))
    if number and len(number) > _NUMBER_MAX:
        verdict.refuse(f"{kind.number_key} exceeds {_NUMBER_MAX} characters.")  # the limit is the spec's, not the words
    blank = Document(
        kind=kind,
        id=str(uuid4()),
        number=number or "",
        contact_id=NOBODY,
        date=ledger.today(),
        due_date=None,
        status="DRAFT",
        amount_types="Exclusive",
        lines=(),
        currency=ledger.base_currency,
        currency_rate=Decimal(1),
        reference=None,
        url=None,
        sent_to_contact=False,
        sub_total=Decimal(0),
        total_tax=Decimal(0),
        total=Decimal(0),
        updated_at=ledger.clock.now(),
        by_this_app=True,
    )
    document = _with_wishes(ledger, blank, wish, places, verdict)
    if not may_backorder:
        _judge_stock(ledger, None, document, verdict)
    contact = contacts.meant_by_document(ledger, wish.get("Contact"), verdict) if not verdict.errors else None
    if verdict.errors or contact is None:
        return None
    if kind is INVOICE and not contact.get("IsCustomer"):
        ledger.contacts_by_id[contact["ContactID"]] = contact | {"IsCustomer": True}
    number = number or ledger.next_number(kind)
    return ledger.put(replace(document, number=number, contact_id=contact["ContactID"]))


def changed(
    ledger: Ledger, before: Document, element: object, places: int, verdict: Verdict, *, may_backorder: bool = False
) -> Document | None:
    """The document as the element changes it, stored; None when the verdict refuses it. Only what is sent changes.

    `may_backorder`: see `created`.
    """
    kind = before.kind
    wish = _known(element, kind)
    number = text_of(wish, kind.number_key) or before.number
    if number != before.number and ledger.numbered(kind, number) is not None:
        verdict.refuse(numbered_twice(kind))
    status = str(wish.get("Status") or before.status)
    _judge_move(before, status, verdict)
    if verdict.errors:
        return None
    if status in ("DELETED", "VOIDED"):
        if (locked := ledger.lock_refusal(before.date)) and before.status == "AUTHORISED":
            verdict.refuse(locked)  # [U]: that voiding in a locked period is refused too
            return None
        return ledger.put(replace(before, status=status))
    document = _with_wishes(ledger, replace(before, number=number), wish, places, verdict)
    if not may_backorder:
        _judge_stock(ledger, before, document, verdict)
    if not verdict.errors and wish.get("Contact"):
        contact = contacts.meant_by_document(ledger, wish["Contact"], verdict)
        document = replace(document, contact_id=contact["ContactID"] if contact else document.contact_id)
    return None if verdict.errors else ledger.put(document)


def _known(element: object, kind: Kind) -> Mapping[str, Any]:
    embedded = ("Payments", "CreditNotes", "Prepayments", "Overpayments", "Allocations", "InvoiceAddresses")
    return known_only(element, (*_FIELDS, *_IGNORED, *embedded, kind.id_key, kind.number_key), f"a {kind.noun}")


def _judge_move(before: Document, status: str, verdict: Verdict) -> None:
    """Whether a stored document may be changed, and go to this status (reference xero.md 4)."""
    not_changeable = _NOT_CHANGEABLE.format(noun=before.kind.noun.capitalize())
    if status not in (*STATUSES, "DELETED", "VOIDED", before.status):
        raise NeverSeen(f"Status={status!r} in a request")
    if before.status in ("VOIDED", "DELETED"):
        verdict.refuse(not_changeable)
    elif before.is_touched and status == "DELETED":
        verdict.refuse(not_changeable)  # recorded for an authorised invoice (docketworks-200-delete-authorised-refused)
    elif before.is_touched and status != before.status:
        verdict.refuse(
            f"The status {status} cannot be applied to the {before.kind.noun} "
            "because it has payments or credit notes allocated to it."
        )
    elif before.is_touched:
        verdict.refuse(_HAS_PAYMENTS)
    else:
        # An invoice of 0.00 is PAID without payments; that it can be voided like an authorised one is [U].
        allowed = {
            "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
            "SUBMITTED": ("SUBMITTED", "AUTHORISED", "DELETED"),  # back to DRAFT: [U]
            "AUTHORISED": ("AUTHORISED", "VOIDED"),
            "PAID": ("VOIDED",),
        }[before.status]
        if status not in allowed:
            verdict.refuse(not_changeable)


def _with_wishes(
    ledger: Ledger, document: Document, wish: Mapping[str, Any], places: int, verdict: Verdict
) -> Document:
    """The document with everything that the request asks for, except its contact; calculated, and judged."""
    status = str(wish.get("Status") or document.status)
    if status not in STATUSES:
        raise NeverSeen(f"Status={status!r} in a request")
    amount_types = text_of(wish, "LineAmountTypes") or document.amount_types
    if amount_types not in ("Exclusive", "Inclusive", "NoTax"):
        raise NeverSeen(f"LineAmountTypes={amount_types!r}: case as written is what Xero documents")
    currency = text_of(wish, "CurrencyCode") or document.currency
    if currency not in [known["Code"] for known in ledger.currencies]:
        verdict.refuse(f"Organisation is not subscribed to currency {currency}")
    is_approved = status != "DRAFT"
    setting = Setting(ledger, amount_types, places, is_approved, may_be_discounted=document.kind is INVOICE)
    found = _lines(document, wish, setting, verdict)
    sub_total, total_tax, total = totals_of([(line.line_amount, line.tax_amount) for line in found], amount_types)
    if total < 0:
        verdict.refuse("The Total for this document must be greater than or equal to zero.")
    rate = number_of(wish, "CurrencyRate")
    if rate is None:
        rate = (
            document.currency_rate
            if currency == document.currency and document.lines
            else ledger.default_rate(currency)
        )
    document = replace(
        document,
        date=dates.read_day(wish["Date"]) if wish.get("Date") else document.date,
        due_date=dates.read_day(wish["DueDate"]) if wish.get("DueDate") else document.due_date,
        expected_payment_date=(
            dates.read_day(wish["ExpectedPaymentDate"])
            if wish.get("ExpectedPaymentDate")
            else document.expected_payment_date
        ),
        status=status,
        amount_types=amount_types,
        lines=found,
        currency=currency,
        currency_rate=rate,
        reference=text_of(wish, "Reference") if "Reference" in wish else document.reference,
        url=text_of(wish, "Url") or document.url,
        branding_theme_id=text_of(wish, "BrandingThemeID") or document.branding_theme_id,
        sent_to_contact=is_true(wish["SentToContact"]) if "SentToContact" in wish else document.sent_to_contact,
        sub_total=half_up(sub_total),
        total_tax=half_up(total_tax),
        total=half_up(total),
    )
    if is_approved:
        _judge_approval(ledger, document, verdict)
    return document


def _judge_approval(ledger: Ledger, document: Document, verdict: Verdict) -> None:
    if not document.lines:
        verdict.refuse("One or more line items must be specified")  # [U]: the sentence is constructed
    if document.kind is INVOICE and document.due_date is None:
        verdict.refuse("Due date cannot be empty.")
    # Drafts may still be dated in a locked period [S].
    if locked := ledger.lock_refusal(document.date):
        verdict.refuse(locked)


def _judge_stock(ledger: Ledger, before: Document | None, document: Document, verdict: Verdict) -> None:
    """Refuse an approved invoice that takes more of a tracked item than is on hand (reference xero.md 7).

    The words are those that an integration shows its customers (help.ordermentum.com, Xero common errors) [S]; that they
    are the same where some are left, but too few, is [U]. A credit note that takes back what it gave is not judged. [U]
    """
    if document.kind is INVOICE:
        for item in stock.short_of(ledger.items, before, document):
            verdict.refuse(f"{item['Name']} No items available to sell.")


def _lines(document: Document, wish: Mapping[str, Any], setting: Setting, verdict: Verdict) -> tuple[Line, ...]:
    """The document's lines after the request.

    Sent lines replace all: one without its LineItemID is a new line, one that is not sent is gone. Without LineItems
    the old ones stay, but are worked out again where amount types or decimals differ (reference xero.md 4).
    """
    before = {line.id: line for line in document.lines}
    if wish.get("LineItems") is not None:
        return tuple(
            lines.line_of(element, setting, verdict, before.get(str(element.get("LineItemID", "")).lower()))
            for element in wish["LineItems"]
        )
    if setting.amount_types != document.amount_types:
        raise NeverSeen("LineAmountTypes changed without sending the lines")
    kept = tuple(lines.rounded_again(line, setting) for line in document.lines)
    if setting.is_approved and document.status == "DRAFT":
        # What a draft may lack, an approved document may not: every line is judged again.
        for line in kept:
            lines.line_of({}, setting, verdict, line)
    return kept
