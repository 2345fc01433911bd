"""What was sold, proved by the order's own lines (T3).

BigCommerce states two families of amounts and only one is real (reference bigcommerce.md 0.2). A total may be stated
before or after gift certificates and store credit; no source settles it. So nothing is assumed: the parts are added up
and must meet one of the readings to the cent of the tolerance, else the order is held with the figures.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from include.domain.money import ZERO, half_up, minor_digits, minor_unit, shown
from include.domain.order import Cost, Line, Order, Place
from include.domain.outcome import Hold

PieceKind = Literal["item", "gift_certificate", "shipping", "handling", "wrapping", "fee"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that bears money: an order line, shipping, handling, wrapping or a fee.

    amount   after all discounts, in the proven family: gross if prices include tax, net otherwise.
    tax      as the shop states it, unrounded, after discounts.
    """

    kind: PieceKind
    ref: str
    amount: Decimal
    tax: Decimal
    place: Place
    quantity: int
    before_discount: Decimal
    line: Line | None = None
    tax_class_id: int | None = None
    source_id: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """The sale: `total` with tax and `tax`, both rounded to the currency, and the pieces that prove them."""

    inclusive: bool
    total: Decimal
    tax: Decimal
    pieces: tuple[Piece, ...]
    reading: str


def prove(order: Order, tolerance_minor_units: int) -> Proof | Hold:
    """What was sold, or `total_differs` with the figures.

    Where the order does not say whether its prices include tax, the family that proves the total is taken; if both do,
    the inclusive one for a taxed order and the exclusive one otherwise (accounting.md 2, LineAmountTypes).
    """
    if order.prices_include_tax is not None:
        return _in_family(order, order.prices_include_tax, tolerance_minor_units)
    inclusive = _in_family(order, True, tolerance_minor_units)
    exclusive = _in_family(order, False, tolerance_minor_units)
    if isinstance(inclusive, Hold):
        return exclusive
    if isinstance(exclusive, Hold):
        return inclusive
    return inclusive if order.total_tax else exclusive


def _in_family(order: Order, inclusive: bool, tolerance_minor_units: int) -> Proof | Hold:
    digits = minor_digits(order.currency)
    tolerance = minor_unit(digits) * tolerance_minor_units
    pieces = tuple(_pieces(order, inclusive))
    tax = half_up(order.total_tax, digits)
    summed = sum((piece.amount for piece in pieces), ZERO)
    sold = summed if inclusive else summed + order.total_tax

    tendered = order.gift_certificate_amount + order.store_credit_amount
    readings = {"stated with its tenders": order.total_inc}
    if tendered:
        readings["stated net of gift certificates and store credit"] = order.total_inc + tendered
    gaps = {reading: abs(total - sold) for reading, total in readings.items()}
    reading = min(gaps, key=lambda name: gaps[name])
    if gaps[reading] > tolerance:
        return Hold(
            "total_differs",
            f"The lines, shipping and fees less discounts come to {shown(sold, digits)}, "
            f"but the order says {shown(readings[reading], digits)}.",
            {
                "lines": shown(sold, digits),
                "order": shown(readings[reading], digits),
                "difference": shown(readings[reading] - sold, digits),
            },
        )
    pieces_tax = sum((piece.tax for piece in pieces), ZERO)
    if abs(pieces_tax - order.total_tax) > tolerance:
        return Hold(
            "total_differs",
            f"The tax of the lines comes to {shown(pieces_tax, digits)}, but the order says {shown(tax, digits)}.",
            {
                "tax of lines": shown(pieces_tax, digits),
                "tax of order": shown(tax, digits),
                "difference": shown(order.total_tax - pieces_tax, digits),
            },
        )
    return Proof(inclusive, half_up(readings[reading], digits), tax, pieces, reading)


def _pieces(order: Order, inclusive: bool) -> Iterator[Piece]:
    for line in order.lines:
        before = line.total_inc if inclusive else line.total_ex
        yield Piece(
            kind="gift_certificate" if line.kind == "giftcertificate" else "item",
            ref=line.sku or line.name,
            amount=_net_of_discounts(line, inclusive),
            tax=line.total_tax,
            place=line.place,
            quantity=line.quantity,
            before_discount=before,
            line=line,
            source_id=line.id,
        )
    yield from _deliveries(order, inclusive)
    if order.wrapping.inc or order.wrapping.ex:
        yield from _wrappings(order, inclusive)
    for fee in order.fees:
        if fee.cost.inc or fee.cost.ex:
            yield _cost_piece("fee", fee.name, fee.cost, main_place(order), inclusive, fee.id)


def _net_of_discounts(line: Line, inclusive: bool) -> Decimal:
    if inclusive and line.discounted_total_inc is not None:
        return line.discounted_total_inc
    return (line.total_inc if inclusive else line.total_ex) - line.discount


def _deliveries(order: Order, inclusive: bool) -> Iterator[Piece]:
    """Shipping and handling: by consignment where these sum to the order's, so that each is taxed where it goes."""
    kinds: tuple[tuple[Literal["shipping", "handling"], Cost], ...] = (
        ("shipping", order.shipping),
        ("handling", order.handling),
    )
    for kind, whole in kinds:
        if not (whole.inc or whole.ex or whole.tax):
            continue
        each = [(delivery, getattr(delivery, kind)) for delivery in order.deliveries]
        by_consignment = len(each) > 1 and (
            sum((cost.inc for _, cost in each), ZERO) == whole.inc
            and sum((cost.ex for _, cost in each), ZERO) == whole.ex
            and sum((cost.tax for _, cost in each), ZERO) == whole.tax
        )
        if by_consignment and len({delivery.place for delivery, _ in each}) > 1:
            for delivery, cost in each:
                if cost.inc or cost.ex:
                    yield _cost_piece(kind, kind, cost, delivery.place, inclusive, delivery.id)
        else:
            source_id = order.deliveries[0].id if order.deliveries else 0
            yield _cost_piece(kind, kind, whole, main_place(order), inclusive, source_id)


def _wrappings(order: Order, inclusive: bool) -> Iterator[Piece]:
    """Gift wrapping: one piece where all of it goes to one place, else by line, so that each is taxed where it goes."""
    wrapped = [line for line in order.lines if line.wrapping.inc or line.wrapping.ex]
    whole = order.wrapping
    by_line = len({line.place for line in wrapped}) > 0 and (
        sum((line.wrapping.inc for line in wrapped), ZERO) == whole.inc
        and sum((line.wrapping.ex for line in wrapped), ZERO) == whole.ex
        and sum((line.wrapping.tax for line in wrapped), ZERO) == whole.tax
    )
    places = {line.place for line in wrapped} if by_line else {main_place(order)}
    if len(places) > 1:
        for line in wrapped:
            yield _cost_piece("wrapping", "wrapping", line.wrapping, line.place, inclusive, line.id)
    else:
        yield _cost_piece("wrapping", "wrapping", whole, places.pop(), inclusive, 0)


def _cost_piece(kind: PieceKind, ref: str, cost: Cost, place: Place, inclusive: bool, source_id: int) -> Piece:
    amount = cost.inc if inclusive else cost.ex
    return Piece(kind, ref, amount, cost.tax, place, 1, amount, None, cost.tax_class_id, source_id)


def main_place(order: Order) -> Place:
    """Where the order goes: its first consignment, or the billing address of one that is not shipped."""
    if order.deliveries:
        return order.deliveries[0].place
    return order.lines[0].place if order.lines else order.billing_place
