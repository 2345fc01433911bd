"""The demo's stock: what the books counted before the first order, and what the shop believes to have.

All of it is invented, and worked out by hand from the demo's orders (`sales`, `fates`):

    sku       counted   invoiced once all orders are in   on hand then   still pending          to be on the shelf   it says
    MUG            60   2 + 1 + 1 + 1 + 1 + 1 = 7                   53   1, in US dollars                       52        55
    TEA            30   2 + 1 + 1 = 4                               26   0                                      26        26
    KETTLE         20   1 + 1 + 1 + 1 = 4                           16   1, with an unmapped fee                15        15
    BOTTLE         40   10                                          30   0                                      30        40
    SHIRT-M        25   1 + 1 + 1 + 1 = 4                           21   0                                      21        21

So that a stock run has something to show, two of five differ: of mugs somebody counted three too many, and the sale of ten
bottles never reached the shelf, which would sell them again. Two of five are fewer than half: no guard against a broken feed
should speak up, and nothing goes to 0.

An order that is pending, whatever it waits for, has left the shop's shelf and not the books'. What was never sold (left at
checkout, cancelled, declined), what was sold elsewhere (carried over) and what was a test of the gateway is in no column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from include.sandbox.town import Town

_TRACKED: dict[str, Any] = {"IsTrackedAsInventory": True, "InventoryAssetAccountCode": "630"}


def _item(code: str, name: str, counted: int, cost: str) -> dict[str, Any]:
    purchase = {"UnitPrice": cost, "COGSAccountCode": "310"}
    return {"Code": code, "Name": name, "QuantityOnHand": counted, "PurchaseDetails": purchase, **_TRACKED}


#: Some of the shop's SKUs are items here, most are not: an invoice line may name an item only where there is one.
#: They have no sales details: what an order says of price, account and tax is what the invoice says.
ITEMS: list[dict[str, Any]] = [
    _item("MUG", "Mug", 60, "8.00"),
    _item("TEA", "Tea, 250 g", 30, "5.50"),
    _item("KETTLE", "Kettle", 20, "41.00"),
    _item("BOTTLE", "Bottle", 40, "120.00"),
    _item("SHIRT-M", "Shirt, medium", 25, "19.00"),
]

#: What the shop has, by SKU, when the town opens.
ON_THE_SHELF: dict[str, int] = {"MUG": 55, "TEA": 26, "KETTLE": 15, "BOTTLE": 40, "SHIRT-M": 21}

#: By SKU, what the books have on hand once every order of the demo went through, without a safety stock of ours.
EXPECTED_ON_HAND: dict[str, int] = {"MUG": 53, "TEA": 26, "KETTLE": 16, "BOTTLE": 30, "SHIRT-M": 21}

#: By SKU, what the shop should then say that it has: on hand in the books, less what is pending.
EXPECTED_ON_THE_SHELF: dict[str, int] = {"MUG": 52, "TEA": 26, "KETTLE": 15, "BOTTLE": 30, "SHIRT-M": 21}


def furnish(town: Town) -> None:
    """Put the items into the books, the stock into the shop, and the same goods as the books count into the warehouse."""
    for item in ITEMS:
        town.books.add_item(item)
    for sku, on_hand in ON_THE_SHELF.items():
        town.shop.set_stock(sku, on_hand)
    for sku, on_hand in EXPECTED_ON_HAND.items():
        town.warehouse.set(sku, on_hand, location="main")
