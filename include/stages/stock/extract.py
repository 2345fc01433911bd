"""Extract: pending orders from the shop first, then Xero's items, then the shop's levels. The order of asking matters:
a sale that comes in between is then counted twice at worst, never resold.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from include.clients.bigcommerce import BigCommerce, Window
from include.clients.xero import Xero
from include.database.connection import Database, Row
from include.domain.order import Order
from include.domain.stock import pending_units
from include.settings.store import Store
from include.stages.item_codes import item_codes
from include.stages.orders.parts import content_of, read_order
from include.stages.orders.run import code_version, digest_key

FLOW = "stock_to_store"
SOLD_LATELY = timedelta(days=7)
# How long an adjustment may take to show; the vendor says "asynchronous" and no figure. Ours is on the safe side.
SETTLES_IN = timedelta(minutes=30)


def extract(shop: BigCommerce, books: Xero, db: Database, store: Store, run_id: str) -> int:
    """Keep what both sides say of every tracked item; the batch's id. Raises the clients' errors: nothing is half kept."""
    stock = store.file.stock
    newest = int(db.value("stock.newest_attempt", store=store.key))
    db.rollback()
    changed = _changed_since_the_cursor(shop, db, store)
    sold_lately = _sold_lately(db, store, changed)
    waiting = _known_to_wait(db, store) | changed
    pending = pending_units(waiting.values(), _approved(db, store, waiting))
    skus = _skus_by_code(db, store)
    tracked = [item for item in books.items() if item.get("IsTrackedAsInventory")]
    items = {skus.get(str(item["Code"]), str(item["Code"])): item for item in tracked}
    levels = _levels(shop, stock.location_id)
    links = {row["sku"]: row for row in db.rows("stock.links", store=store.key, location_id=stock.location_id)}
    settling = {
        row["sku"] for row in db.rows("stock.lately_adjusted", store=store.key, since=datetime.now(UTC) - SETTLES_IN)
    }
    db.rollback()
    with db.transaction():
        batch_id = int(
            db.value(
                "batches.open_batch",
                store=store.key,
                flow=FLOW,
                run_id=run_id,
                extraction_id=None,
                settings_version=store.version,
                code_version=code_version(),
                reference_id=None,
            )
        )
        db.insert(
            "stock.store_lines",
            [
                (
                    batch_id,
                    store.key,
                    sku,
                    stock.location_id,
                    str(item["ItemID"]),
                    Decimal(str(item["QuantityOnHand"])) if item.get("QuantityOnHand") is not None else None,
                    pending[sku],
                    levels.get(sku),
                    sku not in links,
                    sku in sold_lately,
                    _is_settling(sku, levels.get(sku), settling, links),
                    newest,
                )
                for sku, item in sorted(items.items())
            ],
        )
        db.run("batches.move_batch", batch_id=batch_id, state="extracted")
    return batch_id


def _skus_by_code(db: Database, store: Store) -> dict[str, str]:
    """The SKU of an item whose code is another one: a SKU may be longer than a code, or mapped by hand."""
    codes = {**item_codes(db, store).by_sku, **store.file.item_codes}
    return {code: sku for sku, code in codes.items()}


def _is_settling(sku: str, level: int | None, adjusted: set[str], links: Mapping[str, Row]) -> bool:
    """Adjusted so lately that it may not show, and not seen to show (reference bigcommerce.md 8)."""
    link = links.get(sku)
    return (
        sku in adjusted and (link is None or link["verified_at"] is None) and (link is None or level != link["level"])
    )


def _sold_lately(db: Database, store: Store, changed: dict[int, Order]) -> set[str]:
    """The SKUs that sold in the last week: of the orders that we have, and of those that just changed."""
    since = datetime.now(UTC) - SOLD_LATELY
    keys = [int(row["order_key"]) for row in db.rows("stock.placed_since", store=store.key, since=since)]
    known = _orders_kept(db, store, keys)
    orders = [order for order in (known | changed).values() if order.created_at > since]
    return {line.sku for order in orders for line in order.lines if line.sku}


def _changed_since_the_cursor(shop: BigCommerce, db: Database, store: Store) -> dict[int, Order]:
    """The orders that the shop changed since the order flow last looked."""
    now = datetime.now(UTC)
    cursor = db.value("batches.watermark", store=store.key, flow="orders_to_books")
    db.rollback()
    begins = store.policy(digest_key(store)).start_from or now
    since = begins if cursor is None else cursor - timedelta(minutes=store.file.window.overlap_minutes)
    found: dict[int, Order] = {}
    for page in shop.orders(Window(min(since, now), now), by="modified", after_id=0):
        for part in page:
            order = read_order({"order": part.content})
            if isinstance(order, Order):
                found[order.id] = order
    return found


def _approved(db: Database, store: Store, orders: Iterable[int]) -> frozenset[int]:
    """Those of these orders whose invoice Xero has approved."""
    keys = [str(key) for key in orders]
    rows = db.rows("stock.approved_orders", store=store.key, subject_keys=keys)
    return frozenset(int(row["order_key"]) for row in rows)


def _known_to_wait(db: Database, store: Store) -> dict[int, Order]:
    """Orders that we have and Xero has not approved: held, failed, drafts. Any change of theirs is in the shop's answer."""
    return _orders_kept(db, store, [int(row["order_key"]) for row in db.rows("stock.pending_orders", store=store.key)])


def _orders_kept(db: Database, store: Store, keys: list[int]) -> dict[int, Order]:
    """These orders as they were extracted last."""
    rows = db.rows("stock.parts", store=store.key, order_keys=keys) if keys else []
    db.rollback()
    found: dict[int, Order] = {}
    for key, parts in groupby(rows, key=lambda row: int(row["order_key"])):
        order = read_order({row["part"]: content_of(row["body"]) for row in parts})
        if isinstance(order, Order):
            found[key] = order
    return found


def _levels(shop: BigCommerce, location_id: int) -> dict[str, int]:
    """The shop's units on hand by SKU at the location."""
    found: dict[str, int] = {}
    for page in shop.inventory_items(location_id=location_id):
        for row in page.content["data"]:
            sku = str((row.get("identity") or {}).get("sku") or "")
            place: Mapping[str, Any] | None = next(
                (each for each in row.get("locations") or () if each.get("location_id") == location_id), None
            )
            if sku and place is not None:
                found[sku] = int(place["total_inventory_onhand"])
    return found
