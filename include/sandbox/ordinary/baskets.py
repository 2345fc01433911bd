"""What is bought: lines, where they go, what comes on top and what comes off."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from zlib import crc32

from include.sandbox.order_builder import OrderBuilder
from include.sandbox.order_builder.amounts import half_up
from include.sandbox.order_builder.parts import Address
from include.sandbox.order_builder.parts import Place as Consignment
from include.sandbox.order_builder.sums import sums_of
from include.sandbox.ordinary.mix import Dice
from include.sandbox.ordinary.organisations import Goods, Organisation, Place, Taxes
from include.sandbox.ordinary.people import FIRST, LAST, Shopper, address

WARES = ("MUG", "LAMP", "TEA", "BOOK", "SOAP", "CHAIR", "KETTLE", "SHIRT", "HAT", "VASE", "KNIFE", "RUG")
KINDS = ("A", "B", "C", "XL", "RED", "BLUE")
LINES: Mapping[int, int] = {1: 40, 2: 25, 3: 14, 4: 8, 5: 5, 6: 4, 7: 2, 8: 2}
UNITS: Mapping[int, int] = {1: 62, 2: 18, 3: 7, 4: 4, 5: 2, 6: 2, 8: 1, 10: 2, 12: 1, 20: 1}
ENDINGS = ("95", "99", "50", "00", "49", "25", "37")
FEES = ("Small order fee", "Insurance", "Cold box")
TO_SPREAD = (5, 10, 12, 15, 20, 25, 30)  # percent


def fill(
    order: OrderBuilder, organisation: Organisation, shopper: Shopper, dice: Dice, traits: frozenset[str]
) -> OrderBuilder:
    """The order with its goods and all that is charged for them."""
    home = place_of(shopper.home)
    goods = _wares(organisation, dice)
    alone = "gift_card" in traits and not traits & {"discounted", "refunded"} and dice.one_in(4)
    if alone:
        return order.sold_certificate(_face(dice))
    way = dice.weighed({"home": 78, "other": 8, "two": 3, "pickup": 5, "download": 4, "mixed": 2})
    if way == "pickup" and home.country != organisation.country:
        way = "home"
    if way == "download":
        order = _lines(order, goods, organisation, home, dice, digital=True)
    elif way == "pickup":
        store = organisation.homes[0]
        order = _towards(order, Consignment("pickup", address(store, "Town", "store"), method="Town store"))
        order = _lines(order, goods, organisation, store, dice)
    else:
        order = _sent(order, goods, organisation, shopper, dice, way)
    main = main_place(order, shopper.home)
    standard = organisation.levied(main, "standard").taxes
    if dice.percent(4):
        order = order.fee(dice.one_of(FEES), money(dice, 100, 900), tax=standard)
    if dice.one_in(150):
        order = order.fee("Tip", money(dice, 100, 1000), tax=())
    if "gift_card" in traits and not sum_is_free(order) and dice.one_in(3):
        order = order.sold_certificate(_face(dice))
    if "discounted" in traits:
        order = _cut(order, dice, whole=not traits & {"refunded", "several_tenders", "gift_card"})
    return order


def place_of(where: Address) -> Place:
    """An address as tax sees it."""
    return Place(where.country_iso2, where.state or "", where.city or "", where.zip or "")


def main_place(order: OrderBuilder, home: Address) -> Place:
    """Where the order goes first, which decides what wrapping and fees are taxed with."""
    return place_of(order.places[0].address or home) if order.places else place_of(home)


def money(dice: Dice, least: int, most: int) -> str:
    """An amount with cents."""
    amount = dice.randint(least, most)
    return f"{amount // 100}.{amount % 100:02d}"


def sum_is_free(order: OrderBuilder) -> bool:
    """Whether nothing is to be paid."""
    return not sums_of(order).sold


def _face(dice: Dice) -> str:
    return dice.one_of(("25.00", "50.00", "100.00", "75.50"))


def _wares(organisation: Organisation, dice: Dice) -> list[tuple[str, Goods, int]]:
    """SKUs with their class of goods and units. A SKU is of one class and of one price in the whole shop."""
    count = dice.weighed(LINES)
    everything = [f"{ware}-{kind}" for ware in WARES for kind in KINDS]
    classes = [goods for goods, weight in organisation.classes.items() for _ in range(weight)]
    return [
        (sku, classes[crc32(sku.encode()) % len(classes)], dice.weighed(UNITS))
        for sku in dice.sample(everything, count)
    ]


def _price(sku: str, rate: Decimal) -> Decimal:
    dice = Dice(f"price of {sku}")
    whole = dice.choice((dice.randint(2, 30), dice.randint(10, 90), dice.randint(40, 400)))
    return half_up(Decimal(f"{whole}.{dice.one_of(ENDINGS)}") * rate)


def _lines(
    order: OrderBuilder,
    goods: list[tuple[str, Goods, int]],
    organisation: Organisation,
    place: Place,
    dice: Dice,
    *,
    digital: bool = False,
) -> OrderBuilder:
    for sku, kind, units in goods:
        taxes = organisation.levied(place, kind).taxes
        options = {"Size": dice.one_of(("S", "M", "L"))} if dice.one_in(5) else None
        price = _price(sku, order.exchange_rate)
        order = order.line(
            sku,
            price=price,
            quantity=units,
            tax=taxes,
            kind="digital" if digital else "physical",
            options=options,
        )
    return order


def _sent(
    order: OrderBuilder,
    goods: list[tuple[str, Goods, int]],
    organisation: Organisation,
    shopper: Shopper,
    dice: Dice,
    way: str,
) -> OrderBuilder:
    """What is sent: to the shopper, to somebody else, to two places, or with a download beside it."""
    home = place_of(shopper.home)
    where = [home]
    if way == "other":
        where = [dice.one_of(organisation.homes)]
    if way == "two" and len(goods) > 1:
        where = [home, dice.one_of(organisation.homes)]
    first = goods if len(where) == 1 else goods[: len(goods) // 2]
    for place, some in zip(where, (first, goods[len(first) :]), strict=False):
        there = shopper.home if place == home else address(place, dice.one_of(FIRST), dice.one_of(LAST))
        order = _towards(order, Consignment("shipping", there))
        order = _lines(order, some, organisation, place, dice)
        order = _delivered(order, organisation.levied(place, "standard").taxes, dice)
    if way == "mixed":
        order = _lines(order, [("E-BOOK", "standard", 1)], organisation, home, dice, digital=True)
    return order


def _towards(order: OrderBuilder, consignment: Consignment) -> OrderBuilder:
    """What follows goes there."""
    return replace(order, places=(*order.places, consignment))


def _delivered(order: OrderBuilder, taxes: Taxes, dice: Dice) -> OrderBuilder:
    """Shipping free or paid, now and then handling and gift wrapping, taxed as the place taxes what is standard."""
    if not dice.percent(40):
        order = order.shipping(money(dice, 395, 2450), tax=taxes)
    if dice.percent(4):
        order = order.handling(money(dice, 100, 600), tax=taxes)
    if dice.percent(5):
        here = [line.sku for line in order.lines if line.place == len(order.places) - 1]
        for sku in here[: dice.one_of((1, 1, 2))]:
            order = order.wrapping(money(dice, 200, 800), on=sku, tax=taxes)
    return order


def _cut(order: OrderBuilder, dice: Dice, *, whole: bool) -> OrderBuilder:
    """Money off, in one of the ways that a shop knows, or in two of them at once."""
    if whole and dice.one_in(60):
        return order.coupon("FREE", percent="100")
    ways = {"percent": 30, "fixed": 15, "line percent": 8, "line fixed": 8, "manual": 12, "manual line": 5}
    ways |= {"promotion": 12, "promotion line": 6, "two": 4}
    way = dice.weighed(ways)
    if way == "two":
        return _one_cut(_one_cut(order, dice, "promotion"), dice, "percent")
    return _one_cut(order, dice, way)


def _one_cut(order: OrderBuilder, dice: Dice, way: str) -> OrderBuilder:
    real = [line for line in order.lines if line.kind != "giftcertificate"]
    on = dice.one_of(real).sku if way.endswith("line") or way.startswith("line") else None
    worth = sum((line.price * line.quantity for line in real if on is None or line.sku == on), Decimal(0))
    off = half_up(worth * dice.one_of(TO_SPREAD) / 100)
    if worth > 20 and dice.one_in(3):
        off = Decimal(5)  # as people like to give
    if way in ("percent", "line percent"):
        return order.coupon(f"SAVE{dice.randint(1, 9)}", percent=str(dice.one_of((*TO_SPREAD, 50))), on=on)
    if way in ("fixed", "line fixed"):
        return order.coupon(f"LESS{dice.randint(1, 9)}", off, on=on)
    if way.startswith("manual"):
        return order.discount(off, on=on)
    return order.promotion("Season's end", off, on=on)


def edited(order: OrderBuilder, dice: Dice) -> OrderBuilder:
    """The order after somebody edited it: more units, another line gone, or money off."""
    real = [line for line in order.lines if line.kind != "giftcertificate" and not line.parent_sku]
    line = dice.one_of(real)
    way = dice.one_of(("units", "off", "gone"))
    plain = len(real) > 1 and len(order.places) < 2 and not order.cuts
    if way == "gone" and plain and not line.wrapping.amount:
        return order.without(line.sku)
    if way == "off" and line.price * line.quantity > 10:
        return (
            order.discount("2.50", on=line.sku) if not order.cuts else order.with_quantity(line.sku, line.quantity + 1)
        )
    return order.with_quantity(line.sku, line.quantity + 1)
