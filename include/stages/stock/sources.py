"""Where a store's quantities come from: Xero's tracked items, or the feed of a warehouse.

A source says what it has on hand, and which orders it had seen by then: what it had not is taken off (accounting.md 8).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal, Protocol
from uuid import NAMESPACE_URL, uuid5

from include.clients.warehouse import Warehouse
from include.clients.xero import Xero
from include.database.connection import Database
from include.domain.order import Order, Status
from include.settings.store import Store

# A feed that says no moment: what was sent within the hour may be counted still.
UNSTAMPED = timedelta(hours=1)
OFF_THE_SHELF = (Status.SHIPPED, Status.COMPLETED, Status.REFUNDED)


@dataclass(frozen=True, slots=True)
class Supply:
    """What a source has on hand of one item at one location of the shop.

    on_hand   None: it tracks it and states nothing that can be used; `problem` says why, and what mends it
    """

    code: str
    location_id: int
    on_hand: Decimal | None
    item_id: str
    problem: str = ""


class Source(Protocol):
    """Asked once a run, after the shop's orders were."""

    counts_orders_of: Literal["books", "shelves"]

    def ask(self, orders: Mapping[int, Order]) -> tuple[list[Supply], frozenset[int]]:
        """What is on hand, and which of these orders are off it already. Raises the client's errors."""

    def saw(self, late: Mapping[int, Order]) -> frozenset[int]:
        """Which of these orders, of which we heard after the source was asked, were off it when it was."""


class XeroItems:
    """Tracked items: Xero lowers them when an invoice is approved.

    books      asks Xero.
    approved   which of these orders had an approved invoice in our ledger at a moment.
    now        the ledger's clock.
    """

    counts_orders_of: Literal["books", "shelves"] = "books"

    def __init__(
        self,
        books: Xero,
        location_id: int,
        approved: Callable[[Iterable[int], datetime], frozenset[int]],
        now: Callable[[], datetime],
    ) -> None:
        self._books = books
        self._location_id = location_id
        self._approved = approved
        self._now = now
        self._asked_at: datetime | None = None

    def ask(self, orders: Mapping[int, Order]) -> tuple[list[Supply], frozenset[int]]:
        """One call. An invoice that is approved while it is answered counts as not approved: less is offered then."""
        self._asked_at = self._now()
        seen = self._approved(orders, self._asked_at)
        return [*self._supplies()], seen

    def saw(self, late: Mapping[int, Order]) -> frozenset[int]:
        """Those that were approved before the items were asked for."""
        return self._approved(late, self._asked_at) if late and self._asked_at is not None else frozenset()

    def _supplies(self) -> Iterator[Supply]:
        for item in self._books.items():
            if item.get("IsTrackedAsInventory"):
                on_hand = item.get("QuantityOnHand")
                yield Supply(
                    str(item["Code"]),
                    self._location_id,
                    None if on_hand is None else Decimal(str(on_hand)),
                    str(item["ItemID"]),
                )


def xero_items(books: Xero, db: Database, store: Store) -> XeroItems:
    """Xero as the source of a store's stock."""

    def now() -> datetime:
        moment: datetime = db.value("stock.now")
        db.rollback()
        return moment

    return XeroItems(books, store.file.stock.location_id, approvals(db, store), now)


def approvals(db: Database, store: Store) -> Callable[[Iterable[int], datetime], frozenset[int]]:
    """Which orders had an approved invoice at a moment, by our ledger."""

    def among(orders: Iterable[int], at: datetime) -> frozenset[int]:
        rows = db.rows("stock.approved_orders", store=store.key, subject_keys=[str(key) for key in orders], at=at)
        db.rollback()
        return frozenset(int(row["order_key"]) for row in rows)

    return among


class WarehouseFeed:
    """What lies on a warehouse's shelves, or what it has less what it promised itself (docs/warehouse_feed.md)."""

    counts_orders_of: Literal["books", "shelves"] = "shelves"

    def __init__(
        self, client: Warehouse, store: Store, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._client = client
        self._store = store
        self._now = now
        self._counted_at: datetime | None = None

    def ask(self, orders: Mapping[int, Order]) -> tuple[list[Supply], frozenset[int]]:
        """One GET. A place that the settings do not name is not the shop's: nothing is set of it."""
        stock = self._store.file.stock
        asked_at = self._now()
        feed = self._client.levels()
        self._counted_at = feed.counted_at or asked_at - UNSTAMPED
        supplies = [
            Supply(each.sku, place, each.on_hand, _own_id(self._store, each.sku))
            for each in feed.levels
            if (place := stock.location_id if each.location is None else stock.locations.get(each.location)) is not None
        ]
        words = {each.sku: f"{each.words} {each.remedy}" for each in reversed(feed.problems) if each.sku is not None}
        for sku, problem in sorted(words.items()):
            supplies += [
                Supply(sku, place, None, _own_id(self._store, sku), problem)
                for place in self._store.stock_policy().places
            ]
        return supplies, self.saw(orders)

    def saw(self, late: Mapping[int, Order]) -> frozenset[int]:
        """Those that had left when it counted; where it promised them itself, those that were placed by then."""
        if self._counted_at is None:
            return frozenset()
        if self._store.file.stock.counts == "available":
            return frozenset(key for key, order in late.items() if order.created_at <= self._counted_at)
        return off_the_shelves(late, self._counted_at)


def _own_id(store: Store, code: str) -> str:
    """An id for an item of a source that has none: the same each time."""
    return str(uuid5(NAMESPACE_URL, f"stock/{store.key}/{code}"))


def off_the_shelves(orders: Mapping[int, Order], counted_at: datetime) -> frozenset[int]:
    """The orders whose goods a count at that moment did not find any more: sent before it, and sent whole."""
    return frozenset(
        key
        for key, order in orders.items()
        if order.status in OFF_THE_SHELF and (order.shipped_at or order.modified_at) <= counted_at
    )
