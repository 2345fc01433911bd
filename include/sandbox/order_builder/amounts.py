"""Arithmetic of the order builder: exact decimals, and the few ways in which a shop rounds them."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

Amount = str | int | Decimal

#: Minor units of currencies that do not have two (ISO 4217).
MINOR_UNITS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3}

ZERO = Decimal(0)


def exactly(amount: Amount) -> Decimal:
    """The amount as a decimal; a float raises TypeError, since money never is one."""
    if isinstance(amount, float):
        raise TypeError(f"money is text, an integer or a Decimal, not the float {amount!r}")
    return Decimal(amount)


def half_up(amount: Decimal, places: int = 2) -> Decimal:
    """The amount rounded half away from zero, as BigCommerce was seen to round tax (captured order 112)."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def four(amount: Decimal) -> str:
    """Money as V2 orders state it: text with four decimals."""
    return f"{half_up(amount, 4):.4f}"


def plain(amount: Decimal) -> Decimal:
    """Money as V3 states it: a number, of two decimals (three where the currency has them)."""
    return half_up(amount, max(2, places_of(amount)))


def places_of(amount: Decimal) -> int:
    """How many decimals the amount bears, trailing zeros left out."""
    exponent = amount.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def spread(amount: Decimal, weights: Sequence[Decimal], places: int = 2) -> list[Decimal]:
    """The amount split in proportion to the weights, adding up to it exactly.

    Each share is cut to `places`; what is left goes, a unit each, to the shares that lost most, the earlier first.
    All weights zero: the first takes everything.
    """
    total = sum(weights, ZERO)
    if not weights:
        return []
    if not total:
        return [amount, *([ZERO] * (len(weights) - 1))]
    unit = Decimal(1).scaleb(-places)
    exact = [amount * weight / total for weight in weights]
    shares = [share // unit * unit for share in exact]
    lost = sorted(range(len(exact)), key=lambda at: (shares[at] - exact[at], at))
    left = amount - sum(shares, ZERO)
    for at in lost:
        step = min(unit, left)
        if step <= 0:
            break
        shares[at] += step
        left -= step
    return shares
