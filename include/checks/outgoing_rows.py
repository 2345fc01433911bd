"""The rows that the outgoing check looks at: each document added up from what will be sent, not from what was planned.

Amounts are `Decimal` in the document's currency; None where there is nothing to compare with.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from include.domain.document import Allocation, CreditNote, DocumentLine, Invoice, Payment, RefundPayment
from include.domain.money import ZERO, half_up, minor_digits, minor_unit

UNIT_PRICE_DIGITS: Final = 4  # what Xero keeps of a unit price (reference xero.md 4.2)

DOCUMENT_COLUMNS: Final = (
    *("row", "order_key", "number", "number_of_kind", "total", "lines_total", "tax", "lines_tax", "tax_charged"),
    *("shop_total", "shop_tax", "tax_demanded", "rounding", "rounding_max", "invoice_total", "credited"),
)
LINE_COLUMNS: Final = ("row", "order_key", "number", "ref", "account", "tax_type")
MONEY_COLUMNS: Final = ("row", "order_key", "number", "tender", "account", "invoice_total", "paid")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One document that is about to be sent.

    order_total, order_tax  what the shop charged for the order, where the document is its invoice; None where unknown.
                            The shop's tax is stated as it is also where it is posted as a line of its own.
    """

    order_key: int
    kind: str
    part: str
    document: Invoice | Payment | CreditNote | RefundPayment | Allocation
    order_tax: Decimal | None = None
    order_total: Decimal | None = None


def document_rows(
    outgoing: Iterable[Outgoing], tolerance_minor_units: int, liability_line: bool
) -> list[dict[str, Any]]:
    """A row per invoice and credit note, with its lines added up as Xero will (reference xero.md 4.2)."""
    everything = tuple(outgoing)
    invoiced = _invoiced(everything)
    credited: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for each in everything:
        if isinstance(each.document, CreditNote):
            credited[each.order_key] += each.document.total
    rows: list[dict[str, Any]] = []
    for each in everything:
        document = each.document
        if not isinstance(document, Invoice | CreditNote):
            continue
        is_invoice = isinstance(document, Invoice)
        digits = minor_digits(document.currency)
        tax = sum((line.tax for line in document.lines), ZERO)
        amount = sum((_sent_amount(line) for line in document.lines), ZERO)
        owed = _sum_of(document.lines, "tax_liability")
        number = document.number
        rows.append(
            {
                "row": len(rows),
                "order_key": each.order_key,
                "number": number,
                "number_of_kind": f"{'invoice' if is_invoice else 'credit note'} {number}",
                "total": document.total,
                "lines_total": amount + tax if document.line_amount_types == "Exclusive" else amount,
                "tax": document.tax,
                "lines_tax": tax,
                "tax_charged": owed + document.tax,
                "shop_total": _to_the_unit(each.order_total, digits) if is_invoice else None,
                "shop_tax": _to_the_unit(each.order_tax, digits) if is_invoice else None,
                "tax_demanded": ZERO if liability_line or document.line_amount_types == "NoTax" else None,
                "rounding": abs(_sum_of(document.lines, "rounding")),
                "rounding_max": minor_unit(digits) * tolerance_minor_units,
                "invoice_total": None if is_invoice else invoiced.get(each.order_key),
                "credited": None if is_invoice else credited[each.order_key],
            }
        )
    return rows


def line_rows(outgoing: Iterable[Outgoing]) -> list[dict[str, Any]]:
    """A row per line. A document without tax needs no tax type."""
    rows: list[dict[str, Any]] = []
    for each in outgoing:
        document = each.document
        if not isinstance(document, Invoice | CreditNote):
            continue
        taxless = document.line_amount_types == "NoTax"
        for line in document.lines:
            rows.append(
                {
                    "row": len(rows),
                    "order_key": each.order_key,
                    "number": document.number,
                    "ref": line.ref,
                    "account": line.account,
                    "tax_type": None if taxless else line.tax_type,
                }
            )
    return rows


def money_rows(outgoing: Iterable[Outgoing]) -> list[dict[str, Any]]:
    """A row per payment, in or out. `paid` is what comes in for the whole order, nothing for money that goes out."""
    everything = tuple(outgoing)
    invoiced = _invoiced(everything)
    paid: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for each in everything:
        if isinstance(each.document, Payment):
            paid[each.order_key] += each.document.amount
    rows: list[dict[str, Any]] = []
    for each in everything:
        document = each.document
        if not isinstance(document, Payment | RefundPayment):
            continue
        comes_in = isinstance(document, Payment)
        rows.append(
            {
                "row": len(rows),
                "order_key": each.order_key,
                "number": document.invoice_number if isinstance(document, Payment) else document.credit_note_number,
                "tender": document.tender,
                "account": document.account,
                "invoice_total": invoiced.get(each.order_key) if comes_in else None,
                "paid": paid[each.order_key] if comes_in else None,
            }
        )
    return rows


def _invoiced(outgoing: Iterable[Outgoing]) -> dict[int, Decimal]:
    """What each order's invoice is worth: as it goes out, or the shop's total where it went out before."""
    worth: dict[int, Decimal] = {}
    for each in outgoing:
        if isinstance(each.document, Invoice):
            worth[each.order_key] = each.document.total
        elif each.order_total is not None:
            worth.setdefault(each.order_key, half_up(each.order_total, minor_digits(each.document.currency)))
    return worth


def _sent_amount(line: DocumentLine) -> Decimal:
    """Quantity times unit price: the amount itself is not sent, so it is not believed."""
    return half_up(half_up(line.unit_amount, UNIT_PRICE_DIGITS) * line.quantity)


def _sum_of(lines: Sequence[DocumentLine], kind: str) -> Decimal:
    return sum((_sent_amount(line) for line in lines if line.kind == kind), ZERO)


def _to_the_unit(amount: Decimal | None, digits: int) -> Decimal | None:
    """The shop states four decimals; nobody can be charged more than the currency's minor unit."""
    return None if amount is None else half_up(amount, digits)
