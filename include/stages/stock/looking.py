"""The order of asking, which is what keeps a sale from being sold again: the shop's orders, the source, the shop's levels,
and the shop's orders once more.

A sale before the levels were read is in the second answer at the latest, and is taken off. One after that leaves the level
that we read, so a relative adjustment keeps it; an absolute one overwrites it, and that window is measured.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from include.clients.bigcommerce import BigCommerce, Window
from include.domain.order import Order
from include.domain.stock import NEVER_SOLD
from include.stages.orders.parts import read_order
from include.stages.stock.sources import Source, Supply

# The shop's list may lag behind its own clock; what comes twice counts once.
MEANWHILE_OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One SKU at one location of the shop. safety: what the shop itself keeps back."""

    sku: str
    location_id: int
    on_hand: int
    safety: int
    enabled: bool
    product_id: int | None


@dataclass(frozen=True, slots=True)
class Unread:
    """An order that cannot be read as a sale: what of it was counted, by SKU."""

    units: Counter[str]


@dataclass(frozen=True, slots=True)
class Looked:
    """What both sides said in one look.

    orders   the orders that may not be off the source's quantity yet, and those that changed lately
    seen     those of them that are off it
    unread   units by SKU in orders that cannot be read as sales: they are held as they are, and their goods are sold
    """

    orders: Mapping[int, Order]
    seen: frozenset[int]
    unread: Counter[str]
    supplies: tuple[Supply, ...]
    shelves: Mapping[tuple[str, int], Shelf]
    asked_at: datetime
    levels_at: datetime
    again_at: datetime


def look(
    shop: BigCommerce,
    source: Source,
    *,
    waiting: Mapping[int, Order | Unread],
    since: datetime,
    places: Iterable[int],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Looked:
    """Ask, in this order. Raises the clients' errors.

    waiting  orders that we have and the source had not seen when it was asked last
    since    from when on the shop is asked for changed orders: what we have is older
    places   the locations whose levels are read
    """
    asked_at = now()
    found = {**waiting, **changed_orders(shop, since, asked_at)}
    orders = _read(found)
    supplies, seen = source.ask(orders)
    shelves = {
        (each.sku, each.location_id): each for place in dict.fromkeys(places) for each in _shelves_at(shop, place)
    }
    levels_at = now()
    late = changed_orders(shop, asked_at - MEANWHILE_OVERLAP, levels_at)
    seen |= source.saw(_read({key: order for key, order in late.items() if key not in orders}))
    found |= late
    unread = sum((each.units for each in found.values() if isinstance(each, Unread)), Counter())
    return Looked(_read(found), seen, unread, tuple(supplies), shelves, asked_at, levels_at, now())


def changed_orders(shop: BigCommerce, since: datetime, until: datetime) -> dict[int, Order | Unread]:
    """The orders that the shop changed in between."""
    return {
        int(part.content["id"]): order_or_units({"order": part.content})
        for page in shop.orders(Window(min(since, until), until), by="modified", after_id=0)
        for part in page
    }


def order_or_units(content: dict[str, Any]) -> Order | Unread:
    """The order of these parts; where it cannot be read, what of it can be counted."""
    order = read_order(dict(content))
    if isinstance(order, Order):
        return order
    head = content.get("order")
    return Unread(
        Counter() if not isinstance(head, Mapping) or head.get("status_id") in NEVER_SOLD else _units_in(head)
    )


def _units_in(value: Any) -> Counter[str]:
    """Units by SKU wherever a line with both stands."""
    units: Counter[str] = Counter()
    if isinstance(value, Mapping):
        sku, quantity = value.get("sku"), value.get("quantity")
        if isinstance(sku, str) and sku and isinstance(quantity, int) and quantity > 0:
            return Counter({sku: quantity})
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            units += _units_in(each)
    return units


def _read(found: Mapping[int, Order | Unread]) -> dict[int, Order]:
    return {key: order for key, order in found.items() if isinstance(order, Order)}


def _shelves_at(shop: BigCommerce, location_id: int) -> list[Shelf]:
    found: list[Shelf] = []
    for page in shop.inventory_items(location_id=location_id):
        for row in page.content["data"]:
            identity: Mapping[str, Any] = row.get("identity") or {}
            places = row.get("locations") or ()
            place = next((each for each in places if each.get("location_id") == location_id), None)
            if identity.get("sku") and place is not None:
                settings = place.get("settings") or {}
                found.append(
                    Shelf(
                        str(identity["sku"]),
                        location_id,
                        int(place["total_inventory_onhand"]),
                        int(settings.get("safety_stock") or 0),
                        place.get("location_enabled") is not False,
                        identity.get("product_id"),
                    )
                )
    return found
