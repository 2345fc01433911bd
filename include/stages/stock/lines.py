"""A row a SKU and location: what was seen, beside what our tables know of it from the runs before."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import accumulate, groupby
from typing import Any

from include.database.connection import Database, Row
from include.domain.order import Order
from include.domain.stock import NEVER_SOLD, Seen, StockPolicy, pending_units, sold_lines
from include.settings.store import Store
from include.stages.orders.parts import content_of
from include.stages.stock.looking import Looked, Shelf, Unread, order_or_units
from include.stages.stock.sources import Supply
from include.stages.stock.terms import stock_policy

SOLD_LATELY = timedelta(days=7)
RELEASE_HOLDS_FOR = timedelta(hours=24)
# How long an adjustment may take to show; the vendor says "asynchronous" and no figure. Ours is on the safe side.
SETTLES_IN = timedelta(minutes=30)

COLUMNS = (
    *("sku", "location_id", "item_id", "code", "in_xero", "pending", "in_store", "elsewhere", "first_use"),
    *(
        "sold_lately",
        "settling",
        "shop_safety",
        "drift",
        "unsteady",
        "gone",
        "closed",
        "released",
        "product_id",
        "problem",
    ),
)


def seen_in(row: Row) -> Seen:
    """A stored line as the core reads it."""
    return Seen(
        sku=row["sku"],
        item_id=str(row["item_id"]),
        in_xero=row["in_xero"],
        pending=row["pending"],
        in_store=row["in_store"],
        first_use=row["first_use"],
        sold_this_week=row["sold_lately"],
        settling=row["settling"],
        location_id=row["location_id"],
        code=row["code"] or "",
        elsewhere=row["elsewhere"],
        shop_safety=row["shop_safety"],
        drift=row["drift"],
        unsteady=row["unsteady"],
        gone=row["gone"],
        closed=row["closed"],
        released=row["released"],
    )


def lines(looked: Looked, db: Database, store: Store) -> list[Row]:
    """A row a SKU and location, in the order of both: what was seen, and what our tables know of it."""
    policy = stock_policy(db, store)
    sales = Sales(_sold_lately(db, store, looked))
    pending = pending_units(looked.orders.values(), looked.seen, policy)
    for sku, units in looked.unread.items():
        pending.update({code: each * units for code, each in policy.items_of(sku).items()})
    now = datetime.now(UTC)
    asked = {"store": store.key, "since": now - SETTLES_IN}
    links = {(row["sku"], row["location_id"]): row for row in db.rows("stock.links", store=store.key)}
    adjusted = {(row["sku"], row["location_id"]) for row in db.rows("stock.lately_adjusted", **asked)}
    let_through = {
        (row["sku"], row["location_id"]): row
        for row in db.rows("stock.released", store=store.key, since=now - RELEASE_HOLDS_FOR)
    }
    db.rollback()
    single = _with_a_product_of_their_own(looked.shelves.values())
    elsewhere = _elsewhere(looked.shelves.values(), policy)

    def line(sku: str, place: int, code: str, supply: Supply | None, item_id: str) -> Row:
        shelf, link = looked.shelves.get((sku, place)), links.get((sku, place))
        level = shelf.on_hand if shelf is not None else None
        settling = (sku, place) in adjusted and not _shows(level, link)
        drift = 0 if settling else _drift(sku, level, link, sales)
        on_hand = supply.on_hand if supply is not None else None
        return {
            "sku": sku,
            "location_id": place,
            "item_id": item_id,
            "code": code or None,
            "in_xero": on_hand,
            "pending": pending[code] if code else 0,
            "in_store": level,
            "elsewhere": elsewhere[code],
            "first_use": link is None,
            "sold_lately": sku in sales,
            "settling": settling,
            "shop_safety": shelf.safety if shelf is not None else 0,
            "drift": drift,
            "unsteady": _unsteady(link, drift, settling),
            "gone": False,
            "closed": shelf is not None and not shelf.enabled,
            "released": _is_released(let_through.get((sku, place)), on_hand),
            "product_id": single.get(sku),
            "problem": supply.problem if supply is not None and supply.problem else None,
        }

    skus = _skus_of(policy)
    found = [
        line(sku, supply.location_id, supply.code, supply, supply.item_id)
        for supply in looked.supplies
        for sku in _sold_as(supply, skus, looked.shelves)
    ]
    made_of = {(supply.code, supply.location_id): supply for supply in looked.supplies}
    for name, kit in sorted(policy.kits.items()):
        parts = [made_of.get((code, policy.location_id)) for code in kit.parts]
        if all(part is not None for part in parts) and (first := parts[0]) is not None:
            found.append(line(name, policy.location_id, "", None, first.item_id))
    there = {(row["sku"], row["location_id"]) for row in found}
    lost = [
        line(sku, place, "", None, str(link["item_id"])) | {"gone": True}
        for (sku, place), link in links.items()
        if (sku, place) not in there and place in policy.places
    ]
    return sorted([*found, *lost], key=lambda row: (row["location_id"], row["sku"]))


def _skus_of(policy: StockPolicy) -> Mapping[str, list[str]]:
    """The SKUs that are sold as an item of another name."""
    found: dict[str, list[str]] = defaultdict(list)
    for sku, code in sorted(policy.item_codes.items()):
        found[code].append(sku)
    return found


def _sold_as(supply: Supply, skus: Mapping[str, list[str]], shelves: Mapping[tuple[str, int], Shelf]) -> Iterator[str]:
    """The SKUs that an item is sold under: its own code, unless others are and the shop has none of that name."""
    others = [sku for sku in skus.get(supply.code, ()) if sku != supply.code]
    if not others or (supply.code, supply.location_id) in shelves:
        yield supply.code
    yield from others


def _with_a_product_of_their_own(shelves: Iterable[Shelf]) -> dict[str, int]:
    """SKUs that are all of their product: only those can be set by the product's id."""
    skus: dict[int, set[str]] = defaultdict(set)
    for shelf in shelves:
        if shelf.product_id is not None:
            skus[shelf.product_id].add(shelf.sku)
    return {next(iter(names)): product_id for product_id, names in skus.items() if len(names) == 1}


def _elsewhere(shelves: Iterable[Shelf], policy: StockPolicy) -> Counter[str]:
    """Units by item at the locations that people keep; a kit's are its parts'."""
    units: Counter[str] = Counter()
    for shelf in shelves:
        if shelf.location_id in policy.elsewhere:
            for code, each in policy.items_of(shelf.sku).items():
                units[code] += each * max(0, shelf.on_hand)
    return units


def _shows(level: int | None, link: Row | None) -> bool:
    """Whether the shop was seen to show our last adjustment (bigcommerce.md 8: they take effect later)."""
    return link is not None and (link["verified_at"] is not None or level == link["level"])


class Sales:
    """What was sold of each SKU, by the moment."""

    def __init__(self, orders: Iterable[Order]) -> None:
        sold: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
        for order in sorted(orders, key=lambda order: order.created_at):
            if order.status not in NEVER_SOLD:
                for line in sold_lines(order):
                    sold[line.sku].append((order.created_at, line.quantity))
        self._moments = {sku: [moment for moment, _ in rows] for sku, rows in sold.items()}
        self._sums = {sku: [0, *accumulate(units for _, units in rows)] for sku, rows in sold.items()}

    def __contains__(self, sku: str) -> bool:
        return sku in self._moments

    def after(self, sku: str, moment: datetime) -> int:
        """The units sold after a moment."""
        sums = self._sums.get(sku, [0])
        return sums[-1] - sums[bisect_right(self._moments.get(sku, ()), moment)]


def _drift(sku: str, level: int | None, link: Row | None, sales: Sales) -> int:
    """By how much the level moved since the last run without a sale or an adjustment of ours."""
    if level is None or link is None or link["baseline"] is None:
        return 0
    return level - (int(link["baseline"]) - sales.after(sku, link["baseline_at"]))


def _unsteady(link: Row | None, drift: int, settling: bool) -> int:
    if link is None:
        return 0
    return int(link["unsteady"]) if settling else int(link["unsteady"]) + 1 if drift else 0


def _is_released(row: Row | None, on_hand: Any) -> bool:
    """What a person let through holds for what they saw, or less: sales go on."""
    if row is None:
        return False
    return row["in_xero"] is None or (on_hand is not None and on_hand <= row["in_xero"])


def _sold_lately(db: Database, store: Store, looked: Looked) -> list[Order]:
    """The orders placed in the last week: those that we have, and those that just changed."""
    since = datetime.now(UTC) - SOLD_LATELY
    keys = [int(row["order_key"]) for row in db.rows("stock.placed_since", store=store.key, since=since)]
    known = orders_kept(db, store, [key for key in keys if key not in looked.orders])
    found = {**known, **looked.orders}.values()
    return [order for order in found if isinstance(order, Order) and order.created_at > since]


def orders_kept(db: Database, store: Store, keys: list[int]) -> dict[int, Order | Unread]:
    """These orders as they were extracted last. Any change of theirs since then is in the shop's answer."""
    rows = db.rows("stock.parts", store=store.key, order_keys=keys) if keys else []
    db.rollback()
    return {
        key: order_or_units({row["part"]: content_of(row["body"]) for row in parts})
        for key, parts in groupby(rows, key=lambda row: int(row["order_key"]))
    }
