"""What is on hand of tracked items, and how documents move it (reference xero.md 7).

An approved sales invoice takes the quantities of its lines, from the moment it is AUTHORISED until it is VOIDED; a draft or
submitted one takes nothing. An approved credit note that names the item gives back: the reference knows bills and invoices
only, so this is [U].

Value    Average cost: a sale takes its share of the cost pool, what comes back brings the average of the moment with it.
         Where nothing is on hand there is no average, and the purchase price stands in. [U]
Stamp    A quantity that moves leaves the item's UpdatedDateUTC alone. Which of both Xero does is [U]; this is the harder
         one for whoever reads changes only.
Dates    Whether an invoice dated before the stock arrived may take it is [U]: dates play no part here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from include.sandbox.xero.arithmetic import ZERO, half_up
from include.sandbox.xero.records import INVOICE, Document, Json

Items = dict[str, Json]


def is_tracked(item: Mapping[str, Any]) -> bool:
    """Whether the item has both accounts that make it tracked (spec InventoryAssetAccountCode)."""
    return bool(item.get("InventoryAssetAccountCode") and item.get("PurchaseDetails", {}).get("COGSAccountCode"))


def item_of(given: Mapping[str, Any], now: datetime) -> Json:
    """A whole item from the few fields that matter; what is given wins.

    An untracked item has neither QuantityOnHand nor TotalCostPool, not even as null (recorded): given for one, or
    IsTrackedAsInventory without both accounts, raises ValueError.
    """
    given = dict(given)
    for name in ("TotalCostPool", "QuantityOnHand"):
        if name in given:
            given[name] = Decimal(str(given[name]))
    sales = given["SalesDetails"] = _priced(given.get("SalesDetails", {}))
    purchase = given["PurchaseDetails"] = _priced(given.get("PurchaseDetails", {}))
    tracked = is_tracked(given)
    if not tracked and (given.get("IsTrackedAsInventory") or "QuantityOnHand" in given or "TotalCostPool" in given):
        raise ValueError(
            f"item {given['Code']}: tracked items need InventoryAssetAccountCode and PurchaseDetails.COGSAccountCode"
        )
    whole: Json = {
        "ItemID": str(uuid4()),
        "Code": given["Code"],
        "Description": given.get("Name", given["Code"]),
        "PurchaseDescription": given.get("Name", given["Code"]),
        "UpdatedDateUTC": now,
        "PurchaseDetails": purchase,
        "SalesDetails": sales,
        "Name": given["Code"],
        "IsTrackedAsInventory": tracked,
        "IsSold": True,
        "IsPurchased": True,
    }
    if tracked:
        on_hand = given.get("QuantityOnHand", ZERO)
        whole |= {"QuantityOnHand": on_hand, "TotalCostPool": half_up(on_hand * purchase.get("UnitPrice", ZERO))}
    return whole | given


def _priced(details: Mapping[str, Any]) -> Json:
    return dict(details) | ({"UnitPrice": Decimal(str(details["UnitPrice"]))} if "UnitPrice" in details else {})


def taken(document: Document | None) -> dict[str, Decimal]:
    """What a document takes off the shelves, by item code; a credit note's figures are below zero."""
    if document is None or document.status not in ("AUTHORISED", "PAID"):
        return {}
    sign = 1 if document.kind is INVOICE else -1
    found: dict[str, Decimal] = {}
    for line in document.lines:
        if line.item_code is not None and line.quantity is not None:
            found[line.item_code] = found.get(line.item_code, ZERO) + sign * line.quantity
    return found


def moved(items: Items, before: Document | None, after: Document) -> Items:
    """The items as they are once `after` stands in place of `before`. Those that are not tracked stay as they were."""
    old, new = taken(before), taken(after)
    changes = {code: new.get(code, ZERO) - old.get(code, ZERO) for code in old.keys() | new.keys()}
    touched = {
        code: _lowered(items[code], change)
        for code, change in changes.items()
        if change and code in items and items[code]["IsTrackedAsInventory"]
    }
    return items | touched if touched else items


def _lowered(item: Json, by: Decimal) -> Json:
    on_hand, pool = item["QuantityOnHand"], item["TotalCostPool"]
    average = pool / on_hand if on_hand > 0 else item["PurchaseDetails"].get("UnitPrice", ZERO)
    left = on_hand - by
    return item | {"QuantityOnHand": left, "TotalCostPool": half_up(max(ZERO, left * average))}


def short_of(items: Items, before: Document | None, after: Document) -> list[Json]:
    """The tracked items of which `after` would take more than there is, what `before` has taken counted as there."""
    old = taken(before)
    return [
        items[code]
        for code, quantity in taken(after).items()
        if (item := items.get(code)) is not None
        and item["IsTrackedAsInventory"]
        and quantity - old.get(code, ZERO) > max(ZERO, item["QuantityOnHand"])
    ]
