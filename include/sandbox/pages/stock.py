"""What the pages show of stock: the shop's shelves beside the books' price list, each with the way to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from include.sandbox.bigcommerce.stock import figures

if TYPE_CHECKING:
    from include.sandbox.town import Town

Json = dict[str, Any]


def shelves(town: Town) -> list[Json]:
    """One row for each SKU and location where somebody set a level: what is there, what is shown, what the books say."""
    now, stock = town.clock.now(), town.shop.stock
    return [
        {
            "sku": item.sku,
            "location": place.label,
            **figures(level, None),
            "safety_stock": level.safety_stock,
            # An adjustment that readers do not see yet.
            "shown": shown if (shown := level.shown(now)) != (level.on_hand or 0) else None,
            "in_books": town.books.quantity_of(item.sku),
        }
        for item in sorted(stock, key=lambda one: one.sku)
        for place in stock.locations.values()
        if (level := stock.level(item.sku, place.id)).on_hand is not None
    ]


def price_list(town: Town) -> list[Json]:
    """One row for each item that the books track: what is on hand, what it cost, what the shop has of it."""
    shop_has: dict[str, int] = {}
    for row in shelves(town):
        shop_has[row["sku"]] = shop_has.get(row["sku"], 0) + row["total_inventory_onhand"]
    return [
        {
            "code": item["Code"],
            "name": item["Name"],
            "on_hand": item["QuantityOnHand"],
            "value": item["TotalCostPool"],
            "in_shop": shop_has.get(item["Code"]),
        }
        for item in sorted(town.books.items.values(), key=lambda one: str(one["Code"]))
        if item["IsTrackedAsInventory"]
    ]
