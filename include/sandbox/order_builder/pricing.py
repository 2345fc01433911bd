"""What each piece of an order costs, by the rules the shop was seen to follow.

With tax in the prices, the family `inc` is real: tax = (inc - discounts) x rate / (100 + rate), and `ex` is derived back
from the rounded tax, scaled to the amount before discounts. Captured order 519: 125.12 x 2500 / 2400 = 130.3333.
Without, `ex` is real and `inc` is derived. Stacked rates are rounded one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.sandbox.order_builder.amounts import ZERO, half_up, spread
from include.sandbox.order_builder.parts import Charge, Cut, Line, Tax

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Priced:
    """An amount in both families. `ex` and `inc` are before discounts, `tax` and `charged` after them, tax in `charged`."""

    ex: Decimal
    inc: Decimal
    tax: Decimal
    charged: Decimal
    rows: tuple[tuple[Tax, Decimal], ...]


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its price, its gift wrapping, and the discounts that fell on it."""

    line: Line
    price: Priced
    wrapping: Priced
    cuts: tuple[tuple[Cut, Decimal], ...]


def priced(amount: Decimal, off: Decimal, taxes: Sequence[Tax], *, inclusive: bool, tax_places: int) -> Priced:
    """The amount in both families, after `off` has been taken from it."""
    left = amount - off
    total_rate = sum((tax.rate for tax in taxes), ZERO)
    divisor = HUNDRED + total_rate if inclusive else HUNDRED
    rows = tuple((tax, half_up(left * tax.rate / divisor, tax_places)) for tax in taxes)
    tax = sum((part for _, part in rows), ZERO)
    before = tax * amount / left if left else amount * total_rate / divisor
    if inclusive:
        return Priced(half_up(amount - before, 4), amount, tax, left, rows)
    return Priced(amount, half_up(amount + before, 4), tax, left + tax, rows)


def priced_charge(charge: Charge, *, inclusive: bool, tax_places: int) -> Priced:
    """A charge in both families. A charge of nothing bears no tax row."""
    return priced(
        charge.amount, ZERO, charge.taxes if charge.amount else (), inclusive=inclusive, tax_places=tax_places
    )


def priced_lines(
    lines: Sequence[Line], cuts: Sequence[Cut], *, inclusive: bool, places: int, tax_places: int
) -> tuple[PricedLine, ...]:
    """Every line with the discounts that fall on it, each discount working on what the ones before it left."""
    fallen: list[list[tuple[Cut, Decimal]]] = [[] for _ in lines]
    left = [line.price * line.quantity for line in lines]
    for cut in cuts:
        for at, off in _shares(cut, lines, left, places):
            if off:
                fallen[at].append((cut, off))
                left[at] -= off
    return tuple(
        PricedLine(
            line,
            priced(
                line.price * line.quantity,
                sum((off for _, off in mine), ZERO),
                line.taxes,
                inclusive=inclusive,
                tax_places=tax_places,
            ),
            priced_charge(line.wrapping, inclusive=inclusive, tax_places=tax_places),
            tuple(mine),
        )
        for line, mine in zip(lines, fallen, strict=True)
    )


def _shares(cut: Cut, lines: Sequence[Line], left: Sequence[Decimal], places: int) -> list[tuple[int, Decimal]]:
    """Which lines a discount falls on, and with how much. A gift certificate that is sold is never discounted."""
    hit = [
        at
        for at, line in enumerate(lines)
        if line.kind != "giftcertificate" and line.price and (cut.on is None or line.sku == cut.on)
    ]
    if not hit:
        raise ValueError(f"the discount {cut.name!r} falls on no line")
    if cut.percent is not None:
        return [(at, half_up(left[at] * cut.percent / HUNDRED, places)) for at in hit]
    assert cut.amount is not None
    if cut.amount > sum((left[at] for at in hit), ZERO):
        raise ValueError(f"the discount {cut.name!r} of {cut.amount} is more than the lines it falls on")
    return list(zip(hit, spread(cut.amount, [left[at] for at in hit], places), strict=True))
