"""A made-up shop of ten days: who buys what, and what becomes of each order, day by day.

Two kinds of shops. In one, every kind of change happens and each day is completed before the next: an order that is edited
after it was paid is held because its first state was posted, so the books must have seen it. In the other, what is open
stays open over the days; there only such changes happen whose end does not depend on when they are seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from include.sandbox.order_builder import JsonObject, OrderBuilder, an_order
from include.sandbox.xero.default_organisation import ACCOUNTS

DAYS = 10
OPENED = datetime(2026, 5, 4, tzinfo=UTC)  # a Monday; the organisation is in Sydney
LOOKED_AT = timedelta(hours=12)  # of each day: its orders were placed in the hours before
FIRST_ID = 1001

ORGANISATION: dict[str, Any] = {
    "accounts": [
        *ACCOUNTS,
        {"Code": "617-BANK", "Name": "Bank Clearing", "Type": "CURRENT", "EnablePaymentsToAccount": True},
    ],
    "currencies": ["AUD", "NZD"],
}
WARES = (("MUG", "22.00"), ("LAMP", "149.95"), ("TEA", "8.50"), ("RUG", "310.00"), ("SOAP", "4.99"), ("VASE", "61.25"))
FIRST = ("Ada", "Bela", "Cora", "Dario", "Edda", "Femke", "Goran", "Hedda", "Ilja", "Jorin", "Kaia", "Lenz")
LAST = ("Arbor", "Brook", "Cliff", "Dune", "Ember", "Fjord", "Grove", "Heath", "Inlet", "Jetty", "Knoll", "Ledge")


@dataclass(frozen=True, slots=True)
class Shop:
    """What the shop states from which day on: (day, order), in the order in which it happens."""

    changes: tuple[tuple[int, OrderBuilder], ...]

    def of_day(self, day: int) -> list[JsonObject]:
        """What is new on this day."""
        return [order.build() for at, order in self.changes if at == day]


def begins(day: int) -> datetime:
    """Midnight in UTC of a day."""
    return OPENED + timedelta(days=day)


def looked_at(day: int) -> datetime:
    """When the first run of a day begins."""
    return begins(day) + LOOKED_AT


def shop_of(seed: int, number: int, orders: int, *, rests_daily: bool) -> Shop:
    """The shop of this number. The same seed is the same shop to the last cent."""
    dice = Random(f"{seed}/shop {number}")
    people = _People(dice, orders, shared=rests_daily)
    changes: list[tuple[int, OrderBuilder]] = []
    for index in range(orders):
        day = index * DAYS // orders
        changes += _life(dice, FIRST_ID + index, day, people, rests_daily)
    return Shop(tuple(sorted(changes, key=lambda change: (change[0], change[1].order_id))))


class _People:
    """Shoppers who come back, guests, and guests who have the e-mail of a customer."""

    def __init__(self, dice: Random, orders: int, *, shared: bool) -> None:
        self._dice, self._shared = dice, shared
        self._names = [f"{dice.choice(FIRST)} {dice.choice(LAST)}" for _ in range(max(3, orders * 2 // 3))]

    def buys(self, order: OrderBuilder) -> OrderBuilder:
        number = self._dice.randrange(len(self._names))
        name, email = self._names[number], f"shopper{number}@example.com"
        is_guest = number % 4 == 0
        if self._shared and self._dice.random() < 0.15:
            is_guest = not is_guest  # not logged in, or an account since
        return order.bought_by(name, customer=0 if is_guest else 500 + number, email=email)


Life = Callable[[Random, OrderBuilder, int], list[tuple[int, OrderBuilder]]]


def _life(dice: Random, order_id: int, day: int, people: _People, rests: bool) -> list[tuple[int, OrderBuilder]]:
    """An order from the day it is placed on: its states, each with the day from which it is stated."""
    at = begins(day) + timedelta(hours=dice.randint(0, 10), minutes=dice.randint(0, 59))
    order = people.buys(an_order(order_id).placed(at))
    for sku, price in dice.sample(WARES, dice.choice((1, 1, 2, 2, 3, 4))):
        order = order.line(sku, price=price, quantity=dice.choice((1, 1, 1, 2, 3)), tax=dice.choice(("10", "10", "0")))
    if dice.random() < 0.5:
        order = order.shipping("9.95", tax="10")
    if dice.random() < 0.2:
        order = order.discount("1.50")
    lives = STAYING if rests else SEEN_AT_ANY_TIME
    life = dice.choices([life for life, _ in lives], [weight for _, weight in lives])[0]
    states = life(dice, order, day)
    return [
        (min(on, DAYS - 1), _stated(state, min(on, DAYS - 1), is_first=n == 0)) for n, (on, state) in enumerate(states)
    ]


def _stated(order: OrderBuilder, day: int, *, is_first: bool) -> OrderBuilder:
    return order if is_first else order.modified(looked_at(day) - timedelta(minutes=order.order_id % 60 + 1))


def _later(dice: Random, day: int, most: int = 4) -> int:
    return min(DAYS - 1, day + dice.randint(1, most))


def _plain(dice: Random, order: OrderBuilder, day: int) -> list[tuple[int, OrderBuilder]]:
    return [(day, order.paid(dice.choice(("card", "card", "paypal"))).status(dice.choice((2, 10, 11))))]


def _foreign(dice: Random, order: OrderBuilder, day: int) -> list[tuple[int, OrderBuilder]]:
    return [(day, order.in_currency("NZD", store_currency="AUD", rate="1.08").paid("card").status(11))]


def _two_tenders(dice: Random, order: OrderBuilder, day: int) -> list[tuple[int, OrderBuilder]]:
    if dice.random() < 0.5:
        return [(day, order.gift_certificate("3.00").paid("card").status(11))]
    return [(day, order.paid("card", "2.50").paid("paypal").status(11))]


def _given_back(dice: Random, order: OrderBuilder, day: int) -> list[tuple[int, OrderBuilder]]:
    paid = order.paid("card").status(10)
    on = _later(dice, day)
    back = _refunded(paid, on, whole=dice.random() < 0.4)
    return [(day, paid), (on, back)]


def _given_back_twice(dice: Random, order: OrderBuilder, day: int) -> list[tuple[int, OrderBuilder]]:
    more = replace(order, lines=(replace(order.lines[0], quantity=3), *order.lines[1:]))
    paid = more.paid("card").status(10)
    first = _refunded(paid, _later(dice, day), whole=False)
    on = _later(dice, day + 2)
    return [(day, paid), (_later(dice, day, 1), first), (max(on, day + 1), _refunded(first, on, whole=False))]


def _refunded(order: OrderBuilder, on: int, *, whole: bool) -> OrderBuilder:
    at = looked_at(on) - timedelta(hours=1, minutes=order.order_id % 50)
    line = order.lines[0]
    units = line.quantity if whole else 1
    return replace(order.refunded({line.sku: units}, at=at), status_id=None)


def _captured_later(dice: Random, order: OrderBuilder, day: int) -> list[tuple[int, OrderBuilder]]:
    waits = order.authorised("card").status(11)
    on = _later(dice, day)
    return [(day, waits), (on, waits.captured(at=looked_at(on) - timedelta(hours=2)))]


def _note(dice: Random, order: OrderBuilder, day: int) -> list[tuple[int, OrderBuilder]]:
    paid = order.paid("card").status(11)
    noted = replace(paid, buyer=replace(paid.buyer, street_1="2 Example Street")).stating(staff_notes="at the door")
    return [(day, paid), (_later(dice, day), noted)]


def _deposit(dice: Random, order: OrderBuilder, day: int) -> list[tuple[int, OrderBuilder]]:
    on = _later(dice, day)
    return [(day, order.unpaid("Bank Deposit").status(7)), (on, _came(order, on))]


def _edited_then_paid(dice: Random, order: OrderBuilder, day: int) -> list[tuple[int, OrderBuilder]]:
    more = order.with_quantity(order.lines[0].sku, order.lines[0].quantity + 2)
    first, on = _later(dice, day, 2), _later(dice, day + 1)
    states = [(day, order.unpaid("Bank Deposit").status(7)), (first, more.unpaid("Bank Deposit").status(7))]
    return [*states, (max(first, on), _came(more, max(first, on)))]


def _came(order: OrderBuilder, on: int) -> OrderBuilder:
    return order.paid("bank deposit", at=looked_at(on) - timedelta(hours=3)).status(11)


def _edited_after(dice: Random, order: OrderBuilder, day: int) -> list[tuple[int, OrderBuilder]]:
    paid = order.paid("card").status(11).settled()
    return [(day, paid), (_later(dice, day), paid.with_quantity(order.lines[0].sku, order.lines[0].quantity + 1))]


def _cancelled(dice: Random, order: OrderBuilder, day: int) -> list[tuple[int, OrderBuilder]]:
    waits = order.unpaid("Bank Deposit")
    return [(day, waits.status(7)), (_later(dice, day), waits.status(5))]


def _left(dice: Random, order: OrderBuilder, day: int) -> list[tuple[int, OrderBuilder]]:
    return [(day, order.unpaid("Bank Deposit").status(dice.choice((7, 5))))]


SEEN_AT_ANY_TIME: tuple[tuple[Life, int], ...] = (
    (_plain, 30),
    (_foreign, 5),
    (_two_tenders, 10),
    (_given_back, 20),
    (_given_back_twice, 8),
    (_captured_later, 8),
    (_note, 8),
)
STAYING: tuple[tuple[Life, int], ...] = (
    *SEEN_AT_ANY_TIME,
    (_deposit, 14),
    (_edited_then_paid, 14),
    (_edited_after, 6),
    (_cancelled, 8),
    (_left, 4),
)
