"""Xero's arithmetic: one line at a time, half a cent up (reference xero.md 4.2). Nothing is taken from the client's sums.

All amounts are treated with two decimals. [U]: what Xero does with yen is not confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
_PLACES = {2: CENT, 4: Decimal("0.0001")}


class Inconsistent(ValueError):  # noqa: N818 - it names what happened, as all of ours do
    """A line whose numbers Xero refuses; the text is the sentence it refuses with."""


@dataclass(frozen=True)
class Amounts:
    """The settled numbers of one line, before tax."""

    quantity: Decimal | None
    unit_amount: Decimal | None
    line_amount: Decimal
    discount_rate: Decimal | None = None
    discount_amount: Decimal | None = None


def half_up(amount: Decimal, places: int = 2) -> Decimal:
    """The amount rounded to 2 or 4 decimals, a half away from zero.

    Source  "2.165 to 2.17, 2.164 to 2.16" (Xero staff, COM 66891). Negative halves: [U], taken as the mirror image.
    """
    rounded = amount.quantize(_PLACES[places], ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)  # no minus before nothing


def amounts_of(
    quantity: Decimal | None,
    unit_amount: Decimal | None,
    line_amount: Decimal | None,
    *,
    places: int,
    discount_rate: Decimal | None = None,
    discount_amount: Decimal | None = None,
) -> Amounts:
    """The line's numbers, the missing one calculated.

    Order     the unit amount is rounded first, then multiplied, discounted, and the product rounded to the cent.
    Raises    Inconsistent: negative quantity, discount above the line, LineAmount that does not match.
    Source    reference xero.md 4.1, 4.2; the spec's LineItem.LineAmount.
    """
    if quantity is not None and quantity < 0:
        raise Inconsistent(f"The quantity value '{quantity:.4f}' is invalid. Quantity must not be less than zero.")
    unit = half_up(unit_amount, places) if unit_amount is not None else None
    if quantity is None and unit is not None and line_amount is not None and unit != 0:
        quantity = half_up(line_amount / unit, 4)
    elif unit is None and quantity is not None and line_amount is not None and quantity != 0:
        unit = half_up(line_amount / quantity, places)
        # The amount that was given stands: the unit amount is only what it comes to.
        return Amounts(quantity, unit, half_up(line_amount))
    elif unit is not None and quantity is None:
        quantity = Decimal(1)  # [U]: not confirmed; a line with a price and no quantity is taken as one
    if quantity is None or unit is None:
        # A line may be a mere description (spec, LineItem.Description): it weighs nothing.
        return Amounts(quantity, unit, half_up(line_amount) if line_amount is not None else ZERO)
    whole = quantity * unit
    rate, amount = _discount(whole, discount_rate, discount_amount)
    expected = half_up(whole - amount)
    if line_amount is not None and half_up(line_amount) != expected:
        raise Inconsistent(f"The line total {half_up(line_amount)} does not match the expected line total {expected}")
    return Amounts(quantity, unit, expected, rate, discount_amount if discount_amount else None)


def _discount(whole: Decimal, rate: Decimal | None, amount: Decimal | None) -> tuple[Decimal | None, Decimal]:
    """The rate shown, and the amount that comes off the line."""
    if amount is not None:
        # Xero turns the amount into a rate, so that even 0 on a negative line fails (Xero-OpenAPI #429).
        rate = half_up(amount * 100 / whole) if whole else ZERO
        if whole < 0 or amount > whole:
            raise Inconsistent(
                f"The discount rate '{rate}' is invalid. Discount must not be greater than the line total."
            )
        return rate, amount
    if rate:
        if rate > 100 or rate < 0:
            raise Inconsistent(
                f"The discount rate '{rate}' is invalid. Discount must not be greater than the line total."
            )
        return rate, whole * rate / 100
    return None, ZERO


def tax_of(line_amount: Decimal, rate_percent: Decimal, amount_types: str) -> Decimal:
    """The tax on or in one line amount, to the cent. `amount_types`: Exclusive, Inclusive or NoTax."""
    if amount_types == "NoTax":
        return ZERO
    if amount_types == "Inclusive":
        return half_up(line_amount * rate_percent / (100 + rate_percent))
    return half_up(line_amount * rate_percent / 100)


def totals_of(lines: list[tuple[Decimal, Decimal]], amount_types: str) -> tuple[Decimal, Decimal, Decimal]:
    """SubTotal, TotalTax and Total of (line amount, tax) pairs: rounded lines, added. Never the tax of a sum."""
    tax = sum((line[1] for line in lines), ZERO)
    amounts = sum((line[0] for line in lines), ZERO)
    if amount_types == "Inclusive":
        return amounts - tax, tax, amounts
    return amounts, tax, amounts + tax
