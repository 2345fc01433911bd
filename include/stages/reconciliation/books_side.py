"""Xero asked anew about a day: all that is dated on it, a thousand a call; by id only what our links miss there."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from include.clients.xero import Xero
from include.clients.xero_dates import date_in
from include.database.connection import Database, Row
from include.domain.reconciling import InXero, Stray
from include.settings.store import Store
from include.stages.reconciliation.ledger import DEAD, PAID_OUT, Ledger, Linked

Document = Mapping[str, Any]
_FIRST_NUMBER = re.compile(r"\d+")
_A_DAYS_NUMBER = re.compile(r"D\d{8}-", re.IGNORECASE)
_SALES_PAYMENTS = {"ACCRECPAYMENT": 1, "ARCREDITPAYMENT": -1}


@dataclass(slots=True)
class Books:
    """What Xero holds, by id in small letters, dead documents too.

    billed_otherwise  invoices that bear another contact than they were created for: the one, and the other
    """

    invoices: dict[str, Document] = field(default_factory=dict)
    notes: dict[str, Document] = field(default_factory=dict)
    payments: dict[str, Document] = field(default_factory=dict)
    billed_otherwise: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def of(self, linked: Linked) -> Document | None:
        """The document that a link names, if it is alive."""
        kept = {"invoice": self.invoices, "credit_note": self.notes}.get(linked.kind, self.payments)
        found = kept.get(linked.xero_id)
        return None if found is None or found.get("Status") in DEAD else found


def ask_books(books: Xero, day: date) -> Books:
    """All that Xero has of the day. Raises the client's errors."""
    return Books(
        _by_id(books.sales_dated(day), "InvoiceID"),
        _by_id(books.credits_dated(day), "CreditNoteID"),
        _by_id(books.payments_dated(day), "PaymentID"),
    )


def ask_for_the_rest(books: Xero, day: date, ledger: Ledger, found: Books) -> None:
    """Ask by id and number for what our links date on the day and the day does not show. Raises the client's errors."""
    ours = [each for each in ledger.all() if each.day == day]
    lacking = _unseen(ours, "invoice", found.invoices)
    found.invoices |= _by_id(books.invoices_by_id(sorted({each.xero_id for each in lacking})), "InvoiceID")
    lacking = _unseen(ours, "credit_note", found.notes)
    found.notes |= _by_id(books.credit_notes_numbered(sorted({each.number for each in lacking})), "CreditNoteID")
    lacking = _unseen(ours, "payment", found.payments)
    paid = {each.xero_id for lost in lacking for each in ledger.linked.get((lost.order_key, "invoice", "1"), ())}
    found.payments |= _by_id(books.payments_of(sorted(paid)), "PaymentID")


def ours_among(db: Database, store: Store, books: Books) -> tuple[set[int], list[int]]:
    """The orders and the summaries of this store whose documents Xero dates on the day, whatever our links say."""
    owners = [row for row in _owners(db, [*books.invoices, *books.notes]).values() if row["store"] == store.key]
    orders = {int(row["subject_key"]) for row in owners if row["subject_kind"] == "order"}
    return orders, sorted(int(row["subject_key"]) for row in owners if row["subject_kind"] == "summary")


def in_xero(linked: Linked, books: Books) -> InXero | None:
    """The side of Xero of one document; of one that sums up a day, this order's share of it."""
    there = books.of(linked)
    if there is None:
        return None
    dated = date_in(there, "Date")
    if dated is None:
        return None
    # What another connector or a person made bears a date of its own, which is right; ours bears what we wrote.
    day = linked.day if linked.adopted and linked.day is not None else dated
    if linked.kind in ("payment", PAID_OUT):
        account = str((there.get("Account") or {}).get("Code") or "")
        amount = linked.amount if linked.in_a_day else _signed(there) * _amount(there, "Amount")
        return InXero(amount, day, account=account or linked.account)
    return InXero(
        linked.amount if linked.in_a_day else _amount(there, "Total"), day, tuple(_unlike(linked, there, books))
    )


def whole_in_xero(linked: Linked, books: Books) -> Decimal | None:
    """What a day's document comes to in Xero; None where it is gone."""
    there = books.of(linked)
    if there is None:
        return None
    return _amount(there, "Amount" if linked.kind in ("payment", PAID_OUT) else "Total")


def strays_of(db: Database, store: Store, day: date, books: Books, known: Iterable[int]) -> list[Stray]:
    """What stands in Xero on the day, speaks of an order of ours, and is named by no link of any store."""
    owners = _owners(db, [*books.invoices, *books.notes, *books.payments, *_paid_ids(books)])
    policies = store.file.policies
    sold = [
        (each, _order_spoken_of(each, "InvoiceNumber", policies.prefix), "sales")
        for key, each in books.invoices.items()
        if key not in owners and _is_alive_on(each, day)
    ]
    credited = [
        (each, _order_spoken_of(each, "CreditNoteNumber", policies.credit_prefix), "refunds")
        for key, each in books.notes.items()
        if key not in owners and _is_alive_on(each, day)
    ]
    spoken = sorted({order for _, (order, _), _ in (*sold, *credited) if order is not None})
    ours, linked = set(known), _with_an_invoice(db, store, spoken)
    strays = []
    for each, (order, by_number), what in (*sold, *credited):
        if not by_number and order not in linked and order not in ours:
            continue  # a reference may be any number: of an order that we know nothing of, it is nobody's
        number = str(each.get("InvoiceNumber") or each.get("CreditNoteNumber") or "")
        cause = "doubled" if what == "sales" and order in linked else "not_ours"
        strays.append(_stray(each, order, cause, what, _amount(each, "Total"), number))
    return strays + _strange_payments(store, day, books, owners)


def _strange_payments(store: Store, day: date, books: Books, owners: Mapping[str, Row]) -> list[Stray]:
    """Payments on our documents that we did not post."""
    strays = []
    for key, each in books.payments.items():
        paid = owners.get(_paid_id(each))
        if key in owners or paid is None or paid["store"] != store.key or not _is_alive_on(each, day):
            continue
        if each.get("PaymentType") not in _SALES_PAYMENTS:
            continue
        order = int(paid["subject_key"]) if paid["subject_kind"] == "order" else None
        number = str((each.get("Invoice") or {}).get("InvoiceNumber") or "")
        amount = _signed(each) * _amount(each, "Amount")
        strays.append(_stray(each, order, "payment_not_ours", "payments", amount, number))
    return strays


def _stray(each: Document, order: int | None, cause: Any, what: Any, amount: Decimal, number: str) -> Stray:
    currency = str(each.get("CurrencyCode") or (each.get("Invoice") or {}).get("CurrencyCode") or "")
    account = str((each.get("Account") or {}).get("Code") or "")
    return Stray("" if order is None else str(order), cause, what, currency, amount, number, account)


def _order_spoken_of(each: Document, number_name: str, prefix: str) -> tuple[int | None, bool]:
    """The order that a document speaks of, and whether it does so by a number of ours."""
    number = str(each.get(number_name) or "")
    if number.casefold().startswith(prefix.casefold()):
        rest = _FIRST_NUMBER.match(number[len(prefix) :])
        if rest is not None:
            return int(rest[0]), True
        if _A_DAYS_NUMBER.match(number[len(prefix) :]):
            return None, True
    reference = str(each.get("Reference") or "").split()
    said = reference[0] if reference else ""
    return (int(said), False) if said.isascii() and said.isdigit() and len(said) < 16 else (None, False)


def _with_an_invoice(db: Database, store: Store, orders: Sequence[int]) -> set[int]:
    """Those of these orders whose invoice is linked."""
    if not orders:
        return set()
    keys = [str(order) for order in orders]
    rows = db.rows("ledger.links", store=store.key, subject_kind="order", subject_keys=keys)
    members = db.rows("reconciliation.members", store=store.key, order_keys=list(orders), summary_keys=[])
    db.rollback()
    live = [int(row["subject_key"]) for row in rows if row["kind"] == "invoice" and row["status"] not in DEAD]
    return {*live, *(int(row["order_key"]) for row in members if row["kind"] == "invoice")}


def _owners(db: Database, ids: Iterable[str]) -> dict[str, Row]:
    rows = db.rows("reconciliation.owners", xero_ids=sorted(set(ids)))
    db.rollback()
    return {str(row["xero_id"]).lower(): row for row in rows}


def _paid_ids(books: Books) -> list[str]:
    return [found for each in books.payments.values() if (found := _paid_id(each))]


def _paid_id(payment: Document) -> str:
    """The document that a payment is of; a credit note comes under `Invoice` as well, or under its own name."""
    note, invoice = payment.get("CreditNote") or {}, payment.get("Invoice") or {}
    return str(invoice.get("InvoiceID") or note.get("CreditNoteID") or "").lower()


def _unlike(linked: Linked, there: Document, books: Books) -> Iterable[str]:
    if linked.in_a_day:
        return
    tax = _amount(there, "TotalTax")
    if linked.tax is not None and tax != linked.tax:
        yield f"tax was {linked.tax:.2f} and is {tax:.2f}"
    currency = str(there.get("CurrencyCode") or linked.currency)
    if currency != linked.currency:
        yield f"currency was {linked.currency} and is {currency}"
    if linked.kind == "invoice" and linked.xero_id in books.billed_otherwise and not linked.adopted:
        yield "contact was {} and is {}".format(*books.billed_otherwise[linked.xero_id])


def _unseen(ours: Iterable[Linked], kind: str, seen: Mapping[str, Document]) -> list[Linked]:
    return [each for each in ours if each.kind == kind and each.xero_id not in seen]


def _is_alive_on(each: Document, day: date) -> bool:
    return each.get("Status") not in DEAD and date_in(each, "Date") == day


def _by_id(rows: Iterable[Document], name: str) -> dict[str, Document]:
    return {str(row.get(name)).lower(): row for row in rows}


def _signed(payment: Document) -> int:
    return _SALES_PAYMENTS.get(str(payment.get("PaymentType")), 1)


def _amount(each: Document, name: str) -> Decimal:
    return Decimal(str(each.get(name) or 0))
