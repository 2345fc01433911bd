"""What a store has on its shelves: items, locations, levels, and the adjustments that change them.

Source  inventory.v3.yml, locations.v3.yml, and the vendor's guide to inventory adjustments (reference bigcommerce.md 8).

A level is undefined until it was set once, and shows as 0: only an absolute adjustment ends that (guide).
Adjustments take effect at once, in the order in which they come; what is *shown* may lag behind them: the guide speaks
of "some time delay" and names no figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from include.sandbox.ground import Clock, Tell, untold
from include.sandbox.order_builder.stated import product_id_of

QUANTITY_MAX = 2_147_483_647  # at one location (guide); beyond it nothing is saved
ROWS_MAX = 2_000  # rows of one adjustment (inventory.v3.yml)
DEFAULT_LOCATION = 1  # every store has it (locations.v3.yml)
IDENTITIES = ("sku", "variant_id", "product_id")

TrackedBy = Literal["variant", "product"]
How = Literal["absolute", "relative"]


@dataclass(frozen=True)
class StockItem:
    """What the shelves know of a SKU. `tracked_by` decides which identity an adjustment must name."""

    sku: str
    product_id: int
    variant_id: int
    tracked_by: TrackedBy = "variant"


@dataclass(frozen=True)
class Location:
    """A place that holds stock. The storefront sells from the default one."""

    id: int
    code: str
    label: str
    enabled: bool
    created: datetime


@dataclass
class Level:
    """One item at one location. `on_hand` is None while nobody has set it. `before` is what is still shown, and until when."""

    on_hand: int | None = None
    safety_stock: int = 0
    before: list[tuple[datetime, int]] = field(default_factory=list)

    def shown(self, now: datetime) -> int:
        """On hand as a reader sees it at this moment."""
        return next((old for until, old in self.before if now < until), self.on_hand or 0)


@dataclass(frozen=True)
class Row:
    """One row of an adjustment, already resolved to its item."""

    item: StockItem
    location: int
    quantity: int


@dataclass(frozen=True)
class Adjustment:
    """An adjustment that was accepted. No vendor address gives it back: it is for tests and pages."""

    transaction_id: str
    how: How
    reason: str
    rows: tuple[Row, ...]
    at: datetime


class Stock:
    """All shelves of one store."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._items: dict[str, StockItem] = {}
        self._levels: dict[tuple[str, int], Level] = {}
        self.tell: Tell = untold
        self.delay_s = 0.0
        self.keeps_good_rows = False  # of a refused adjustment; which the vendor does is [U] (reference 8)
        self.names_refused_rows = True  # its examples do; whether all its refusals do is [U]
        self.adjustments: list[Adjustment] = []
        self.locations: dict[int, Location] = {}
        self.add_location("Default location", code="BC-LOCATION-1")

    def __iter__(self) -> Iterator[StockItem]:
        """Every item, by variant."""
        return iter(sorted(self._items.values(), key=lambda item: (item.variant_id, item.sku)))

    def add_location(self, label: str, *, code: str | None = None, enabled: bool = True) -> int:
        """Open another location. Gives its id."""
        location_id = max(self.locations, default=0) + 1
        self.locations[location_id] = Location(
            location_id, code or f"BC-LOCATION-{location_id}", label, enabled, self._clock.now()
        )
        return location_id

    def disable_location(self, location_id: int) -> None:
        """Close a location: its levels stay, and cannot be edited any more."""
        self.locations[location_id] = replace(self.locations[location_id], enabled=False)

    def forget(self, sku: str) -> None:
        """Somebody deletes the product: its SKU is known no more. Raises KeyError for one that is not there."""
        del self._items[sku]
        self._levels = {key: level for key, level in self._levels.items() if key[0] != sku}

    def set(
        self,
        sku: str,
        on_hand: int | None,
        safety_stock: int,
        location: int,
        product_id: int | None,
        variant_id: int | None,
        tracked_by: TrackedBy,
    ) -> None:
        """Make the row of a SKU as it is, without an adjustment and without delay. Raises KeyError for no such location."""
        if location not in self.locations:
            raise KeyError(f"no location {location}")
        known = self._items.get(sku)
        product_id = product_id or (known.product_id if known else product_id_of(sku, sku))
        # The builder's orders number variants so: an order's line and the shelf then speak of the same thing.
        variant_id = variant_id or (known.variant_id if known else product_id + 10_000)
        self._items[sku] = StockItem(sku, product_id, variant_id, tracked_by)
        self._levels[sku, location] = Level(on_hand, safety_stock)
        self._tell(self._items[sku], on_hand or 0)

    def _tell(self, item: StockItem, on_hand: int) -> None:
        """Whoever moved it, a person or an API: our own writes come back as well."""
        level = {"product_id": item.product_id, "method": "absolute", "value": on_hand}
        if item.tracked_by == "product":
            about = {"type": "product", "id": item.product_id, "inventory": level}
            self.tell("store/product/inventory/updated", about)
        else:
            about = {"type": "sku", "id": item.variant_id, "inventory": {**level, "variant_id": item.variant_id}}
            self.tell("store/sku/inventory/updated", about)

    def item(self, sku: str) -> StockItem:
        """The item of this SKU. Raises KeyError."""
        return self._items[sku]

    def level(self, sku: str, location: int) -> Level:
        """The level of an item at a location; an undefined one where nobody has set any."""
        return self._levels.get((sku, location), Level())

    def by_identity(self) -> dict[tuple[str, Any], StockItem]:
        """Every item by each identity that may name it; a product's is that of its first variant."""
        found: dict[tuple[str, Any], StockItem] = {}
        for item in self:
            for name in IDENTITIES:
                found.setdefault((name, getattr(item, name)), item)
        return found

    def adjust(self, how: How, reason: str, rows: Iterable[Row]) -> str:
        """Carry out rows that were found to be right. Gives the transaction's id."""
        now, kept = self._clock.now(), tuple(rows)
        for row in kept:
            key = (row.item.sku, row.location)
            level = self._levels.setdefault(key, Level())
            settled = row.quantity if how == "absolute" else (level.on_hand or 0) + row.quantity
            if self.delay_s > 0:
                level.before = [(until, old) for until, old in level.before if now < until]
                # A level that still shows an older value shows this one next: each waits its own delay.
                level.before.append((now + timedelta(seconds=self.delay_s), level.on_hand or 0))
            level.on_hand = settled
            self._tell(row.item, settled)
        made = Adjustment(str(uuid4()), how, reason, kept, now)
        self.adjustments.append(made)
        return made.transaction_id

    def settled(self, sku: str, location: int) -> dict[str, int]:
        """What is true now, whatever is shown. Raises KeyError for a SKU that has no row."""
        self.item(sku)
        return figures(self.level(sku, location), None)


def figures(level: Level, now: datetime | None) -> dict[str, int]:
    """On hand and available to sell, as shown at a moment, or as settled for None.

    Available is on hand minus the safety stock, as the description has it. That nothing bounds it at 0 is [U].
    """
    on_hand = level.shown(now) if now is not None else level.on_hand or 0
    return {"total_inventory_onhand": on_hand, "available_to_sell": on_hand - level.safety_stock}


def is_whole(value: object) -> bool:
    """Whether this is an integer of JSON; true and false are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def identity_of(row: Mapping[str, Any]) -> tuple[str, Any] | None:
    """The one name and value by which a row names its item, or None when it is not exactly one."""
    named = [(name, row[name]) for name in IDENTITIES if row.get(name) is not None]
    return named[0] if len(named) == 1 else None
