"""A store's terms of stock, with the items that its products became."""

from dataclasses import replace

from include.database.connection import Database
from include.domain.stock import StockPolicy
from include.settings.store import Store
from include.stages.item_codes import item_codes


def stock_policy(db: Database, store: Store) -> StockPolicy:
    """As the settings have it; a SKU whose item bears another code is found by the link of items too."""
    policy = store.stock_policy()
    if store.file.stock.source != "xero":
        return policy
    return replace(policy, item_codes={**item_codes(db, store).by_sku, **policy.item_codes})
