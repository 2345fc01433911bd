"""Exact amounts. `+` is exact; whatever rounds has a name."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
XERO_DIGITS = 2  # Xero keeps totals at two decimals for every currency (reference xero.md 4.2, rounding page)

# ISO 4217 currencies whose minor unit is not a hundredth.
_MINOR_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_UNITS = tuple(Decimal(1).scaleb(-digits) for digits in range(7))


def minor_digits(currency: str) -> int:
    """How many decimals the currency's minor unit has: 2 for AUD, 0 for JPY, 3 for KWD."""
    return _MINOR_DIGITS.get(currency, 2)


def minor_unit(digits: int) -> Decimal:
    """The smallest amount of that many decimals.

    >>> minor_unit(2)
    Decimal('0.01')
    """
    return _UNITS[digits]


def half_up(amount: Decimal, digits: int = XERO_DIGITS) -> Decimal:
    """The amount at that many decimals, halves away from zero, as Xero rounds.

    >>> half_up(Decimal("2.165"))
    Decimal('2.17')
    """
    return amount.quantize(_UNITS[digits], ROUND_HALF_UP)  # by position: by name takes twice as long


def rounded_to_sum(amounts: Sequence[Decimal], total: Decimal, digits: int = XERO_DIGITS) -> tuple[Decimal, ...]:
    """Each amount rounded, so that together they are `total` (largest remainder).

    Amounts that are zero stay zero: a cent of tax must not land on a line that bears none.
    The caller makes sure that `total` is near the sum, and that some amount is not zero unless `total` is.

    >>> rounded_to_sum([Decimal("0.125")] * 3, Decimal("0.38"))
    (Decimal('0.13'), Decimal('0.13'), Decimal('0.12'))
    """
    rounded = [half_up(amount, digits) for amount in amounts]
    bearing = [index for index, amount in enumerate(amounts) if amount]
    left = int((total - sum(rounded, ZERO)).scaleb(digits))
    if not left or not bearing:
        return tuple(rounded)
    step = _UNITS[digits] if left > 0 else -_UNITS[digits]
    # What rounding took away comes back first; among equals the later line gives way, so that the first ones read as expected.
    by_loss = sorted(bearing, key=lambda index: ((rounded[index] - amounts[index]) * step, -index))
    for turn in range(abs(left)):
        rounded[by_loss[turn % len(by_loss)]] += step
    return tuple(rounded)


def spread(total: Decimal, weights: Sequence[Decimal], digits: int = XERO_DIGITS) -> tuple[Decimal, ...]:
    """`total` divided in proportion to the weights, to the minor unit, nothing lost.

    >>> spread(Decimal("10.00"), [Decimal(55), Decimal(45)])
    (Decimal('5.50'), Decimal('4.50'))
    """
    whole = sum(weights, ZERO)
    if not whole:
        return tuple(ZERO for _ in weights)
    return rounded_to_sum([total * weight / whole for weight in weights], total, digits)


def shown(amount: Decimal, digits: int = XERO_DIGITS) -> str:
    """The amount as people read it.

    >>> shown(Decimal("2400"))
    '2400.00'
    """
    return str(half_up(amount, digits))
