"""How an order is paid, what becomes of it, and what is given back."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from include.sandbox.order_builder import OrderBuilder
from include.sandbox.order_builder.amounts import half_up
from include.sandbox.order_builder.sums import sums_of
from include.sandbox.order_builder.tenders import given_back_by
from include.sandbox.ordinary.mix import Dice

#: The account's role of each way of paying.
ROLES = {
    "card": "card_clearing",
    "apple pay": "card_clearing",
    "paypal": "paypal_clearing",
    "bank deposit": "bank_clearing",
    "gift_certificate": "gift_card_liability",
    "store_credit": "store_credit_liability",
}
WAYS = {"card": 62, "paypal": 22, "apple pay": 8, "bank deposit": 4, "captured later": 4}
DONE = {10: 40, 2: 28, 11: 16, 9: 9, 3: 4, 12: 1, 13: 1}
UNPAID = {"Bank Deposit": 8, "Cash on Delivery": 3, "authorised": 3}
REFUNDS = {"line": 34, "units": 26, "shipping": 10, "whole": 20, "twice": 6, "goodwill": 4}


def paid(order: OrderBuilder, dice: Dice, traits: frozenset[str], days: int = 0) -> OrderBuilder:
    """Paid in full, so many days after it was placed: by one tender, or by several."""
    total = sums_of(order).sold
    if not total:
        return order
    guest, back = not order.customer_id, "refunded" in traits
    sells = any(line.kind == "giftcertificate" for line in order.lines)
    rest = total
    if "gift_card" in traits and not sells:
        whole = dice.one_in(3) and "several_tenders" not in traits
        part = total if whole else _part(total, dice)
        worth = half_up(part * dice.randint(1, 3))
        order, rest = order.gift_certificate(part, worth=worth), rest - part
    if "several_tenders" in traits:
        ways = ["two cards"] + ([] if guest else ["store credit"])
        if not order.certificate[0] and not (guest and back):
            ways.append("certificate")
        way, part = dice.one_of(ways), _part(rest, dice)
        if way == "two cards":
            at = _soon(order, dice) + timedelta(days=days)
            order = order.paid("card", part, at=at).paid("card", rest - part, at=at)
            rest = part = Decimal(0)
        else:
            order = order.store_credit(part) if way == "store credit" else order.gift_certificate(part)
        rest -= part
    if order.certificate[0] or order.credit[0]:
        order = order.total_stated(dice.one_of(("before tenders", "after tenders")))
    return _the_rest(order, rest, dice, days, at_once="believed" in traits)


def _the_rest(order: OrderBuilder, rest: Decimal, dice: Dice, days: int, *, at_once: bool) -> OrderBuilder:
    if not rest:
        return order if order.tenders is not None else replace(order, tenders=())
    way = dice.weighed(WAYS)
    at = _soon(order, dice) + timedelta(days=days)
    if way == "captured later" and not at_once:
        return order.authorised("card", rest, at=at).captured(rest, at=at + timedelta(days=dice.randint(1, 4)))
    if way == "bank deposit":
        at += timedelta(days=dice.randint(1, 5))
    return order.paid("card" if way == "captured later" else way, rest, at=at)


def _part(total: Decimal, dice: Dice) -> Decimal:
    """Something between nothing and everything."""
    part = half_up(total * dice.randint(10, 80) / 100)
    return min(max(part, Decimal("0.01")), total - Decimal("0.01"))


def _soon(order: OrderBuilder, dice: Dice) -> datetime:
    """A checkout takes seconds. It never ends on the next day, or a method that is charged at once would not be."""
    return order.placed_at + timedelta(seconds=dice.randint(1, 40))


def went_on(order: OrderBuilder, dice: Dice) -> OrderBuilder:
    """The status of an order that was paid."""
    if any(place.kind == "pickup" for place in order.places) and dice.one_in(2):
        return order.status(8)
    if not order.places:
        return order.status(10)
    return order.status(dice.weighed(DONE))


def unpaid(order: OrderBuilder, dice: Dice, way: str | None = None) -> OrderBuilder:
    """Nothing came yet: a deposit is awaited, the driver will be paid, or a card is only reserved."""
    way = way or dice.weighed(UNPAID)
    if way == "authorised":
        return order.authorised("card", at=_soon(order, dice)).status(11)
    if way == "Cash on Delivery":
        return order.unpaid(way).status(dice.one_of((11, 9, 2, 10)))
    return order.unpaid(way).status(dice.one_of((7, 7, 1)))


def deposited(order: OrderBuilder, dice: Dice) -> OrderBuilder:
    """The deposit that was awaited came."""
    at = order.placed_at + timedelta(days=dice.randint(1, 6), hours=dice.randint(0, 9))
    return replace(order, payment_name=None, status_id=11).paid("bank deposit", sums_of(order).sold, at=at)


def given_back(order: OrderBuilder, dice: Dice, *, foreign: bool) -> tuple[OrderBuilder, bool]:
    """Something came back and was refunded. True: as a free amount on the order, of which the shop states no tax."""
    kind = dice.weighed(REFUNDS)
    sums = sums_of(order)
    lines = [line for line in order.lines if line.kind != "giftcertificate"]
    to_credit = bool(order.customer_id) and not foreign and dice.percent(20)
    days = dice.randint(1, 20)
    at = _last_payment(order) + timedelta(days=days, minutes=dice.randint(1, 600))
    charged = {line.line.sku: line.price.charged for line in sums.lines}
    worth = [line for line in lines if charged[line.sku]]
    if kind == "goodwill":
        amount = half_up(min(Decimal(10), sums.sold / 4))
        return _settled(order.refunded(amount=amount, at=at, reason="Goodwill"), to_credit), True
    alone = len(order.places) == 1 and order.places[0].kind == "shipping"
    shipping = sums.total_of("shipping").charged if alone else Decimal(0)
    if kind == "shipping" and shipping:
        return _settled(order.refunded(shipping=shipping, at=at, reason="Late"), to_credit), False
    if kind == "whole" and alone:
        order = order.refunded(
            {line.sku: line.quantity for line in lines},
            shipping=shipping,
            handling=sums.total_of("handling").charged,
            fees={fee.name: price.charged for fee, price in zip(order.fees, sums.fees, strict=True)},
            wrapping=tuple(line.line.sku for line in sums.lines if line.wrapping.charged),
            at=at,
            reason="Sent back",
        )
        order = _settled(order, to_credit)
        cancelled = dice.one_in(3) and _all_back(order) and not order.certificate[0]
        return (order.status(5) if cancelled else replace(order, status_id=None)), False
    line = dice.one_of(worth)
    units = line.quantity if kind == "line" else max(1, line.quantity // 2)
    wrapped = (line.sku,) if line.wrapping.amount and units == line.quantity else ()
    order = _settled(order.refunded({line.sku: units}, wrapping=wrapped, at=at, reason="Too small"), to_credit)
    if kind == "twice" and line.quantity > units:
        order = _settled(order.refunded({line.sku: 1}, at=at + timedelta(days=2)), to_credit)
    return (order if dice.one_in(6) else replace(order, status_id=None)), False


def _last_payment(order: OrderBuilder) -> datetime:
    return max([order.placed_at, *(tender.at for tender in order.tenders or () if tender.at is not None)])


def _all_back(order: OrderBuilder) -> bool:
    sums = sums_of(order)
    return given_back_by(order, sums, len(order.refunds) - 1)[0] >= sums.sold


def _settled(order: OrderBuilder, to_credit: bool) -> OrderBuilder:
    """The last refund with its way: to what was paid with, as far as that reaches; the rest as store credit."""
    refund, sums = order.refunds[-1], sums_of(order)
    total = given_back_by(order, sums, len(order.refunds) - 1)[0]
    came = [tender for tender in order.tenders or () if tender.event != "authorization"]
    way = came[0].by if came else "store_credit"
    before = sum((amount for each in order.refunds[:-1] for by, amount in each.to if by == way and amount), Decimal(0))
    left = sum((tender.amount for tender in came if tender.amount is not None), Decimal(0)) - before
    first = Decimal(0) if to_credit or way == "store_credit" else min(total, left)
    parts = ((way, first), ("store_credit", total - first))
    ways = tuple((by, amount) for by, amount in parts if amount)
    return replace(order, refunds=(*order.refunds[:-1], replace(refund, to=ways)))
