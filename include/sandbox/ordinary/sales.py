"""An ordinary shop: its orders, each with what the shop did with it over time and what the books must show of it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from include.sandbox.order_builder import JsonObject, OrderBuilder, an_order
from include.sandbox.ordinary import baskets
from include.sandbox.ordinary.charged import Charged, GivenBack, charged_of
from include.sandbox.ordinary.lives import (
    ARCHIVED,
    BEYOND_THE_INVOICE,
    CREDIT_ABROAD,
    FREE_AMOUNT,
    Rule,
    in_between,
    lived,
)
from include.sandbox.ordinary.mix import Dice, traits_of
from include.sandbox.ordinary.organisations import Organisation
from include.sandbox.ordinary.people import Crowd, Shopper

FIRST_ID = 100_001
AUTOMATIC = "AvaTaxProvider"
OPENED = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
OPEN_FOR = timedelta(days=75)
NO_SALES_PERCENT = 3  # beside the orders that count: carts that were left, orders that came to nothing

Due = Literal["posted", "held", "skipped"]


@dataclass(frozen=True, slots=True)
class Fate:
    """What happened to the shopper's contact in Xero: before the shop was connected, or after an order was posted."""

    kind: Literal["archived", "merged"]
    after_an_order: bool


@dataclass(frozen=True, slots=True)
class Sale:
    """One order.

    first, later   what the shop states when it is first looked at, and the second time if it changed; `first` is None
                   for an order that was placed in between
    due            what must become of it; `held` only where accounting.md itself says so, in `rule`
    books          what the books must show in the end; None for nothing
    """

    order_id: int
    traits: frozenset[str]
    shopper: Shopper
    first: OrderBuilder | None
    later: OrderBuilder | None = None
    due: Due = "posted"
    rule: Rule | None = None
    books: Charged | None = None
    contact: Fate | None = None

    @property
    def last(self) -> OrderBuilder:
        """The order as it is in the end."""
        found = self.later or self.first
        assert found is not None  # an order is seen at least once
        return found

    def bundles(self) -> list[JsonObject]:
        """What the shop states, one look after the other."""
        return [stated(order) for order in (self.first, self.later) if order is not None]


def stated(order: OrderBuilder) -> JsonObject:
    """What the shop states of the order. Under automatic tax its rows do not say where they were owed (reference 5)."""
    bundle = order.build()
    if bundle["order"]["tax_provider_id"] == AUTOMATIC:
        for row in bundle["taxes"]:
            row.pop("order_address_id", None)
            row.pop("order_id", None)
            row["class"] = "Automatic Tax"
    return bundle


def ordinary_sales(organisation: Organisation, orders: int, seed: int) -> list[Sale]:
    """The shop's orders by id: so many sales in the fixed mix, and a few that came to nothing beside them."""
    crowd = Crowd(organisation)
    sales: list[Sale] = []
    for index, traits in enumerate(traits_of(orders, f"{seed}/{organisation.key}")):
        dice = Dice(f"{seed}/{organisation.key}/{index}")
        contact = _fate(sales, "contact" in traits)
        partner = _partner(sales, crowd, dice, contact, traits)
        sales.append(_sale(organisation, crowd, dice, index, orders, traits, contact, partner))
    for index in range(orders * NO_SALES_PERCENT // 100):
        sales.append(_no_sale(organisation, crowd, Dice(f"{seed}/{organisation.key}/none/{index}"), orders + index))
    return sales


def _fate(sales: list[Sale], has_one: bool) -> Fate | None:
    """Each of the four ways in turn: archived or merged, before the first order or after one."""
    if not has_one:
        return None
    turn = sum(1 for sale in sales if sale.contact is not None) % 4
    return Fate("merged" if turn % 2 == 0 else "archived", after_an_order=turn >= 2)


def _partner(
    sales: list[Sale], crowd: Crowd, dice: Dice, contact: Fate | None, traits: frozenset[str]
) -> Shopper | None:
    """Somebody who ordered once before, plainly: the contact to be archived or merged after that order."""
    if contact is None or not contact.after_an_order:
        return None
    times: dict[str, int] = {}
    for sale in sales:
        times[sale.shopper.home.email] = times.get(sale.shopper.home.email, 0) + 1
    plain = [
        sale.shopper
        for sale in sales
        if sale.due == "posted"
        and not sale.traits - {"guest", "discounted"}
        and ("guest" in sale.traits) == ("guest" in traits)
        and sale.later is None
        and times[sale.shopper.home.email] == 1
    ]
    if not plain:
        return None
    found = dice.one_of(plain)
    crowd.forget(found)
    return found


def _sale(
    organisation: Organisation,
    crowd: Crowd,
    dice: Dice,
    index: int,
    orders: int,
    traits: frozenset[str],
    contact: Fate | None,
    partner: Shopper | None,
) -> Sale:
    if contact is not None and contact.after_an_order and partner is None:
        contact = Fate(contact.kind, after_an_order=False)
    abroad = dice.percent(70 if "foreign" in traits else 3)
    place = dice.one_of(organisation.abroad if abroad else organisation.homes)
    shopper = partner or crowd.next(dice, place, guest="guest" in traits, new=contact is not None)
    order = _opened(organisation, FIRST_ID + index, _moment(dice, index, orders), shopper, dice, traits)
    order = baskets.fill(order, organisation, shopper, dice, traits)
    if organisation.tax_as_lines and len(order.places) < 2 and dice.one_in(2):
        order = order.stating(tax_provider_id=AUTOMATIC)
    life = lived(order, dice, traits | ({"believed"} if organisation.believes_cards else set()))
    if contact is not None and contact.after_an_order:
        life = in_between(life)
    books = life.books or life.later or life.first
    assert books is not None
    charged = charged_of(books, organisation, drafted=life.drafted)
    rule = life.rule
    if life.without:
        came = {key: amount for key, amount in charged.paid.items() if key[0] not in life.without}
        charged = replace(charged, paid=came)
        rule = rule or CREDIT_ABROAD
    if life.goodwill and not organisation.tax_as_lines:
        charged = replace(charged, refunds=charged.refunds[:-1])
        rule = rule or FREE_AMOUNT
    fitting = _within(charged) if organisation.voucher_rate else charged.refunds
    if fitting != charged.refunds:
        charged = replace(charged, refunds=fitting)
        rule = rule or BEYOND_THE_INVOICE
    if organisation.voucher_rate and "gift_card_liability" in life.without:
        # A certificate that was taxed when it was sold is a line of the invoice, so all of it waits; a draft from before stays.
        before = life.first if life.first is not None and not life.first.certificate[0] else None
        stays = charged_of(before, organisation) if before is not None else None
        return Sale(order.order_id, traits, shopper, life.first, life.later, "held", CREDIT_ABROAD, stays, contact)
    if contact is not None and contact.kind == "archived" and (contact.after_an_order or shopper.customer):
        return Sale(order.order_id, traits, shopper, life.first, life.later, "held", ARCHIVED, None, contact)
    due: Due = "held" if rule else "posted"
    return Sale(order.order_id, traits, shopper, life.first, life.later, due, rule, charged, contact)


def _within(charged: Charged) -> tuple[GivenBack, ...]:
    """The refunds that are no more than the invoice, one after the other."""
    left, within = charged.total, []
    for refund in charged.refunds:
        if refund.total <= left:
            within.append(refund)
            left -= refund.total
    return tuple(within)


def _opened(
    organisation: Organisation, order_id: int, placed: datetime, shopper: Shopper, dice: Dice, traits: frozenset[str]
) -> OrderBuilder:
    order = an_order(order_id).placed(placed).taxed(())
    order = replace(order, customer_id=shopper.customer, buyer=shopper.home)
    if not organisation.inclusive:
        order = order.prices_without_tax()
        if "refunded" not in traits and dice.one_in(25):
            order = order.tax_to_the_fourth_decimal()
    if "foreign" in traits:
        code = dice.one_of(sorted(organisation.foreign))
        return order.in_currency(code, store_currency=organisation.currency, rate=organisation.foreign[code])
    return order.in_currency(organisation.currency)


def _moment(dice: Dice, index: int, orders: int) -> datetime:
    """Ids follow time; to ten minutes, so that a checkout of seconds never passes midnight, wherever it is."""
    step = OPEN_FOR / orders
    moment = OPENED + step * index + timedelta(seconds=int(dice.random() * step.total_seconds()))
    return moment.replace(minute=moment.minute // 10 * 10, second=0, microsecond=0)


def _no_sale(organisation: Organisation, crowd: Crowd, dice: Dice, index: int) -> Sale:
    """A cart that was left, an order that was cancelled before anybody paid, a card that was declined."""
    shopper = crowd.next(dice, dice.one_of(organisation.homes), guest=dice.one_in(3), new=False)
    order = _opened(organisation, FIRST_ID + index, OPENED + OPEN_FOR, shopper, dice, frozenset())
    order = baskets.fill(order, organisation, shopper, dice, frozenset())
    way = dice.weighed({"left": 5, "cancelled": 3, "declined": 2})
    if way == "left":
        order = order.unpaid("card").status(0)
    elif way == "cancelled":
        order = order.unpaid().status(5)
    else:
        order = order.declined("card")
    return Sale(order.order_id, frozenset(), shopper, order, due="skipped")
