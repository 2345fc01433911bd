"""Payments of invoices and refunds of credit notes: made once, never changed, only taken back (reference xero.md 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from include.sandbox.ground import Answer, Asked, NeverSeen
from include.sandbox.xero import answers, batches, dates, echoes, listing
from include.sandbox.xero.arithmetic import half_up
from include.sandbox.xero.credit_notes import invoice_meant
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.reading import Verdict, is_true, known_only, number_of, text_of
from include.sandbox.xero.records import CREDIT_NOTE, INVOICE, Document, Json, Payment
from include.sandbox.xero.where import Column, Columns

_FIELDS = (
    "Invoice",
    "CreditNote",
    "InvoiceNumber",
    "CreditNoteNumber",
    "Account",
    "Code",
    "Date",
    "Amount",
    "BankAmount",
    "CurrencyRate",
    "Reference",
    "IsReconciled",
    "Status",
)
_IGNORED = ("PaymentID", "PaymentType", "UpdatedDateUTC", "UpdatedDateUTCString", "HasAccount", "HasValidationErrors")


def columns_of(ledger: Ledger) -> Columns:
    """The columns that `where` and `order` know for payments."""
    return {
        "Invoice.InvoiceID": Column("guid", lambda payment: payment.document_id),
        "Invoice.InvoiceNumber": Column("text", lambda payment: ledger.document(payment.document_id).number),
        "Reference": Column("text", lambda payment: payment.reference),
        "Date": Column("day", lambda payment: payment.date),
        "Status": Column("text", lambda payment: payment.status),
        "PaymentType": Column("text", lambda payment: payment.type),
        "PaymentID": Column("guid", lambda payment: payment.id),
        "Amount": Column("number", lambda payment: payment.amount),
        "UpdatedDateUTC": Column("moment", lambda payment: payment.updated_at),
    }


def listed(ledger: Ledger, asked: Asked) -> Answer:
    """GET /Payments; deleted ones are in the list (recorded)."""
    return listing.listed(
        ledger,
        asked,
        "Payments",
        ledger.payments_by_id.values(),
        columns_of(ledger),
        lambda payment: answers.payment(ledger, payment, 2, is_written=False),
        lambda payment: payment.updated_at,
    )


def single(ledger: Ledger, asked: Asked) -> Answer:
    """GET /Payments/{PaymentID}."""
    payment = ledger.payments_by_id.get(asked.params["PaymentID"].lower())
    if payment is None:
        return listing.missing()
    shown = answers.payment(ledger, payment, 2, is_written=True)
    return Answer(200, answers.envelope(ledger, "Payments", [shown]))


def create(ledger: Ledger, asked: Asked) -> Answer:
    """PUT /Payments: a list."""
    return batches.run(ledger, asked, "Payments", lambda e, v: create_one(ledger, e, v))


def create_single(ledger: Ledger, asked: Asked) -> Answer:
    """POST /Payments: one, bare (spec), or in a list of one."""
    return batches.run(ledger, asked, "Payments", lambda e, v: create_one(ledger, e, v), may_be_bare=True)


def create_one(ledger: Ledger, element: Mapping[str, Any], verdict: Verdict) -> Json:
    """One new payment's answer; the verdict says when it was refused."""
    known_only(element, (*_FIELDS, *_IGNORED), "a payment")
    document = _document(ledger, element)
    account = _account(ledger, element, verdict)
    amount = number_of(element, "Amount")
    if amount is None:
        raise NeverSeen("a payment without an Amount")
    day = dates.read_day(element["Date"]) if element.get("Date") else ledger.today()
    if document is None:
        verdict.refuse("Document could not be found")
    elif document.status != "AUTHORISED":
        verdict.refuse("Payments can only be made against Authorised documents")
    elif amount > document.outstanding:
        verdict.refuse("Payment amount exceeds the amount outstanding on this document")
    if amount <= 0 or half_up(amount) != amount:
        verdict.refuse(
            "Payment amount must be greater than zero, with two decimals"
        )  # [U]: the sentence is constructed
    if locked := ledger.lock_refusal(day):
        verdict.refuse(locked)  # lock dates bind payments too; that the sentence is the documents' is [U]
    if verdict.errors or document is None or account is None:
        return echoes.payment(element)
    if day < document.date:
        # Accepted, with a word (recorded in nango-payment-create-dated-before-invoice).
        verdict.warn("The payment date is prior to the invoice date.")
    payment = _made(element, document, account, day, ledger)
    ledger.pay(payment)
    return answers.payment(ledger, payment, 2, is_written=True)


def _made(element: Mapping[str, Any], document: Document, account: Json, day: Any, ledger: Ledger) -> Payment:
    amount = half_up(number_of(element, "Amount") or document.outstanding)
    rate = number_of(element, "CurrencyRate") or document.currency_rate
    in_bank = number_of(element, "BankAmount")
    if in_bank is None:
        account_currency = account.get("CurrencyCode") or ledger.base_currency
        # A rate says how much of the foreign currency one unit of the base currency is (spec, e.g. 0.7500).
        in_bank = amount if account_currency == document.currency else half_up(amount / rate)
    return Payment(
        id=str(uuid4()),
        document_id=document.id,
        type="ACCRECPAYMENT" if document.kind is INVOICE else "ARCREDITPAYMENT",
        account_id=account["AccountID"],
        date=day,
        amount=amount,
        bank_amount=in_bank,
        currency_rate=rate,
        reference=text_of(element, "Reference"),
        is_reconciled=is_true(element.get("IsReconciled")),
        status="AUTHORISED",
        updated_at=ledger.clock.now(),
    )


def _document(ledger: Ledger, element: Mapping[str, Any]) -> Document | None:
    note, number = element.get("CreditNote"), text_of(element, "CreditNoteNumber")
    meant = [name for name in ("Invoice", "CreditNote", "InvoiceNumber", "CreditNoteNumber") if element.get(name)]
    if len(meant) > 1:
        raise NeverSeen(f"a payment of {' and '.join(meant)}")
    if isinstance(note, Mapping):
        if note_id := text_of(note, "CreditNoteID"):
            return ledger.credit_notes_by_id.get(note_id.lower())
        number = text_of(note, "CreditNoteNumber")
    if number:
        return ledger.numbered(CREDIT_NOTE, number)
    if element.get("InvoiceNumber"):
        return ledger.numbered(INVOICE, str(element["InvoiceNumber"]))
    return invoice_meant(ledger, element.get("Invoice"))


def _account(ledger: Ledger, element: Mapping[str, Any], verdict: Verdict) -> Json | None:
    given = element.get("Account") or {"Code": element.get("Code")}
    account_id = text_of(given, "AccountID")
    account = ledger.account(code=text_of(given, "Code"), account_id=account_id.lower() if account_id else None)
    if account is None or account["Status"] != "ACTIVE":
        verdict.refuse("Account could not be found")  # that an archived one is answered so is [U]
        return None
    if account["Type"] != "BANK" and not account["EnablePaymentsToAccount"]:
        verdict.refuse("Account type is invalid for making a payment to/from.")
    return account


def take_back(ledger: Ledger, asked: Asked) -> Answer:
    """POST /Payments/{PaymentID} with Status DELETED: the only change there is."""
    payment = ledger.payments_by_id.get(asked.params["PaymentID"].lower())
    if payment is None:
        return listing.missing()

    def work(element: Mapping[str, Any], verdict: Verdict) -> Json:
        if {k: v for k, v in element.items() if k != "PaymentID"} != {"Status": "DELETED"}:
            raise NeverSeen("a change of a payment other than Status DELETED")
        if payment.status == "DELETED":
            raise NeverSeen("the deletion of a deleted payment")
        if payment.is_reconciled:
            verdict.refuse("This payment has been reconciled and cannot be deleted")
        if locked := ledger.lock_refusal(payment.date):
            verdict.refuse(locked)  # [U]
        if verdict.errors:
            return echoes.payment(element, payment.id)
        return answers.payment(ledger, ledger.unpay(payment), 2, is_written=True)

    return batches.run(ledger, asked, "Payments", work, may_be_bare=True)
