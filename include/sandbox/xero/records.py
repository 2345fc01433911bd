"""What the books hold, as values: a change makes a new one, so that a failed call can be undone by forgetting."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from include.sandbox.xero.arithmetic import ZERO

NOBODY = "00000000-0000-0000-0000-000000000000"  # the id of what was not created (reference xero.md 3.2)

Json = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """How invoices and credit notes differ in words. `type` is the only document type the sandbox knows."""

    type: str
    list_key: str
    id_key: str
    number_key: str
    number_prefix: str
    noun: str


INVOICE = Kind("ACCREC", "Invoices", "InvoiceID", "InvoiceNumber", "INV-", "invoice")
CREDIT_NOTE = Kind("ACCRECCREDIT", "CreditNotes", "CreditNoteID", "CreditNoteNumber", "CN-", "credit note")


@dataclass(frozen=True)
class Line:
    """One line of a document, settled. `unit_amount` keeps four decimals when it was sent with unitdp=4."""

    id: str
    description: str | None
    quantity: Decimal | None
    unit_amount: Decimal | None
    line_amount: Decimal
    tax_amount: Decimal
    tax_type: str | None
    account_code: str | None
    account_id: str | None
    item_code: str | None
    discount_rate: Decimal | None
    discount_amount: Decimal | None
    tracking: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Document:
    """An invoice or a credit note. `paid`: payments, or refunds of a credit note; `credited`: allocations, both ways."""

    kind: Kind
    id: str
    number: str
    contact_id: str
    date: datetime.date
    due_date: datetime.date | None
    status: str
    amount_types: str
    lines: tuple[Line, ...]
    currency: str
    currency_rate: Decimal
    reference: str | None
    url: str | None
    sent_to_contact: bool
    sub_total: Decimal
    total_tax: Decimal
    total: Decimal
    updated_at: datetime.datetime
    by_this_app: bool
    branding_theme_id: str | None = None
    expected_payment_date: datetime.date | None = None
    paid: Decimal = ZERO
    credited: Decimal = ZERO
    fully_paid_on: datetime.date | None = None
    payment_ids: tuple[str, ...] = ()
    allocation_ids: tuple[str, ...] = ()

    @property
    def outstanding(self) -> Decimal:
        """What is still due, or still to be given back. Nothing on a document that is gone (recorded: VOIDED shows 0)."""
        return ZERO if self.status in ("VOIDED", "DELETED") else self.total - self.paid - self.credited

    @property
    def is_touched(self) -> bool:
        """Whether a live payment or allocation hangs on it."""
        return self.paid != 0 or self.credited != 0


@dataclass(frozen=True)
class Payment:
    """A payment of an invoice, or a refund of a credit note."""

    id: str
    document_id: str
    type: str
    account_id: str
    date: datetime.date
    amount: Decimal
    bank_amount: Decimal
    currency_rate: Decimal
    reference: str | None
    is_reconciled: bool
    status: str
    updated_at: datetime.datetime


@dataclass(frozen=True)
class Allocation:
    """The part of a credit note that settles an invoice."""

    id: str
    credit_note_id: str
    invoice_id: str
    amount: Decimal
    date: datetime.date
