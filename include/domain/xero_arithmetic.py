"""What Xero will compute, computed by us first (T6; reference xero.md 4.2, Xero's page on rounding).

Unit price rounded to four decimals, times quantity, rounded half up to two: the line amount. Tax per line, rounded half
up, then added; a stated `TaxAmount` replaces the computed one. This file knows nothing of orders.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from include.domain.document import DocumentLine, LineAmountTypes
from include.domain.money import ZERO, half_up

UNIT_DIGITS = 4  # with unitdp=4
HUNDRED = Decimal(100)


def line_amount_of(quantity: Decimal, unit_amount: Decimal) -> Decimal:
    """Quantity times unit price as Xero rounds it."""
    return half_up(half_up(unit_amount, UNIT_DIGITS) * quantity)


def tax_of(amount: Decimal, rate_percent: Decimal, types: LineAmountTypes) -> Decimal:
    """The tax that Xero computes on a line amount.

    >>> tax_of(Decimal("25.06"), Decimal(15), "Exclusive")
    Decimal('3.76')
    """
    return half_up(exact_tax_of(amount, rate_percent, types))


def exact_tax_of(amount: Decimal, rate_percent: Decimal, types: LineAmountTypes) -> Decimal:
    """The same before rounding."""
    if types == "NoTax":
        return ZERO
    if types == "Inclusive":
        return amount * rate_percent / (HUNDRED + rate_percent)
    return amount * rate_percent / HUNDRED


@dataclass(frozen=True, slots=True)
class Totals:
    """A document's foot."""

    total: Decimal
    tax: Decimal


def totals_of(lines: Iterable[DocumentLine], types: LineAmountTypes) -> Totals:
    """What Xero will show under these lines."""
    amount = tax = ZERO
    for line in lines:
        amount += line_amount_of(line.quantity, line.unit_amount)
        tax += line.tax
    return Totals(amount if types == "Inclusive" else amount + tax, tax)


def priced(amount: Decimal, quantity: int) -> tuple[tuple[int, Decimal], ...] | None:
    """Quantities and unit prices of at most four decimals that Xero multiplies to exactly `amount`.

    One pair where a price fits; else two whose prices differ by the fourth decimal (400 x 0.3283 + 200 x 0.3284 =
    197.00); None if not even that does.
    """
    if quantity <= 0:
        return None
    unit = half_up(amount / quantity, UNIT_DIGITS)
    if half_up(unit * quantity) == amount:
        return ((quantity, unit),)
    step = Decimal("0.0001")
    low = (amount / quantity).quantize(step, rounding="ROUND_FLOOR")
    high = low + step
    wanted = int((amount - low * quantity) / step)
    for dear in (wanted, wanted + 1, wanted - 1):
        cheap = quantity - dear
        if dear > 0 and cheap > 0:
            total = line_amount_of(Decimal(cheap), low) + line_amount_of(Decimal(dear), high)
            if total == amount:
                return ((cheap, low), (dear, high))
    return None
