"""Where a store's quantities come from: Xero's tracked items, or the feed of a warehouse.

A source says what it has on hand, and which orders it had seen by then: what it had not is taken off (accounting.md 8).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol
from uuid import NAMESPACE_URL, uuid5

from include.clients.xero import Xero
from include.database.connection import Database
from include.domain.order import Order, Status
from include.settings.store import Store

OFF_THE_SHELF = (Status.SHIPPED, Status.COMPLETED, Status.REFUNDED)


@dataclass(frozen=True, slots=True)
class Supply:
    """What a source has on hand of one item at one location of the shop. on_hand None: it tracks it and states nothing."""

    code: str
    location_id: int
    on_hand: Decimal | None
    item_id: str


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


def own_id(store: Store, code: str) -> str:
    """An id for an item of a source that has none: the same each time."""
    return str(uuid5(NAMESPACE_URL, f"stock/{store.key}/{code}"))


def off_the_shelves(orders: Mapping[int, Order], counted_at: datetime) -> frozenset[int]:
    """The orders whose goods a count at that moment did not find any more: sent before it, and sent whole."""
    return frozenset(
        key
        for key, order in orders.items()
        if order.status in OFF_THE_SHELF and (order.shipped_at or order.modified_at) <= counted_at
    )
