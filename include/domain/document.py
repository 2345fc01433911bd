"""What enters the books: contacts, invoices, payments, credit notes, before any vendor's spelling."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from include.domain.order import Person, Recipient

LineAmountTypes = Literal["Inclusive", "Exclusive", "NoTax"]
InvoiceStatus = Literal["DRAFT", "AUTHORISED"]
LineKind = Literal[
    "item", "gift_certificate", "shipping", "handling", "wrapping", "fee", "tax_liability", "voucher", "rounding"
]
DocumentKind = Literal["contact", "invoice", "payment", "credit_note", "refund_payment", "allocation"]


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line as it will stand in Xero.

    amount    what the line bears in the document's own family: gross if Inclusive, net otherwise.
    tax       the tax that it will show; `tax_stated` says whether we send it or let Xero compute it.
    source_id the shop's id of what it came from: order product, order address or fee. Refunds refer to it.
    words     why it bears this tax, for whoever asks.
    tracking  (category, option) of Xero's tracking, at most two.
    """

    kind: LineKind
    ref: str
    description: str
    quantity: Decimal
    unit_amount: Decimal
    amount: Decimal
    tax: Decimal
    tax_stated: bool
    account: str
    tax_type: str
    item_code: str | None
    source_id: int = 0
    words: str = ""
    tracking: tuple[tuple[str, str], ...] = ()

    def net(self, types: LineAmountTypes) -> Decimal:
        """The line without its tax."""
        return self.amount - self.tax if types == "Inclusive" else self.amount

    def gross(self, types: LineAmountTypes) -> Decimal:
        """The line with its tax."""
        return self.amount if types == "Inclusive" else self.amount + self.tax


@dataclass(frozen=True, slots=True)
class Invoice:
    """One sale. `total` and `tax` are what Xero will compute, already compared with what the shop demands."""

    number: str
    reference: str
    url: str
    invoice_date: date
    due_date: date
    currency: str
    currency_rate: Decimal | None
    line_amount_types: LineAmountTypes
    status: InvoiceStatus
    contact_key: str
    lines: tuple[DocumentLine, ...]
    total: Decimal
    tax: Decimal
    rounding: Decimal = Decimal(0)
    branding_theme_id: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The order's invoice where it is in the books already: it keeps its date, and a lock binds only what changes it.

    today   the day in the organisation's zone, by which a closed period is credited; None where nobody asks
    """

    dated: date
    status: str
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received for an invoice. `not_before` is the day on which it clears, where that is later than today it waits."""

    part: str
    invoice_number: str
    tender: str
    account: str
    payment_date: date
    amount: Decimal
    currency: str
    reference: str
    not_before: date | None = None
    currency_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CreditNote:
    """One refund, at its invoice's currency rate."""

    number: str
    invoice_number: str
    reference: str
    credit_date: date
    currency: str
    line_amount_types: LineAmountTypes
    lines: tuple[DocumentLine, ...]
    total: Decimal
    tax: Decimal
    currency_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RefundPayment:
    """Money given back for a credit note."""

    part: str
    credit_note_number: str
    tender: str
    account: str
    payment_date: date
    amount: Decimal
    currency: str
    reference: str


@dataclass(frozen=True, slots=True)
class Allocation:
    """The rest of a credit note, set against what is due on its invoice."""

    part: str
    credit_note_number: str
    invoice_number: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is billed, ready for Xero: cut and cleaned. `key` names the contact in our tables without personal data."""

    key: str
    number: str
    name: str
    suffixed_name: str
    person: Person = field(repr=False)
    recipient: Recipient | None = field(default=None, repr=False)
