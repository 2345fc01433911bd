"""Which item of Xero a SKU is, as the flow of items keeps it: what an order's lines are booked under."""

from collections.abc import Mapping
from dataclasses import dataclass

from include.database.connection import Database
from include.settings.store import Store


@dataclass(frozen=True, slots=True)
class ItemCodes:
    """SKU -> code where they differ, and the codes that are so new that a snapshot of Xero may not list them yet."""

    by_sku: Mapping[str, str]
    new: frozenset[str]


def item_codes(db: Database, store: Store) -> ItemCodes:
    """The store's. They are facts of the link table and no setting: the settings' version does not know of them."""
    if not store.file.products.enabled:
        return ItemCodes({}, frozenset())
    rows = db.rows("items.codes", store=store.key)
    db.rollback()
    by_sku = {row["sku"]: row["code"] for row in rows if row["code"] != row["sku"]}
    return ItemCodes(by_sku, frozenset(row["code"] for row in rows if row["is_new"]))
