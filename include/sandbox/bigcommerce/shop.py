"""The state of one store: its orders and their parts, its tokens, its settings, and the quota window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from include.sandbox.bigcommerce.apps import App
from include.sandbox.bigcommerce.catalogue import Catalogue
from include.sandbox.bigcommerce.customers import Customers
from include.sandbox.bigcommerce.hooks import Hooks
from include.sandbox.bigcommerce.moments import read, rfc
from include.sandbox.bigcommerce.postman import Postman
from include.sandbox.bigcommerce.stock import DEFAULT_LOCATION, Stock, TrackedBy
from include.sandbox.ground import Clock
from include.sandbox.order_builder import STATUSES

JsonObject = dict[str, Any]

STORE_HASH = "demo1"
TOKEN = "sandbox-bc-token"

#: The scopes that a token of the store-level kind may bear, as far as the routes here ask for them (reference 1).
ALL_SCOPES = frozenset(
    {
        "store_v2_orders_read_only",
        "store_v2_transactions_read_only",
        "store_v2_customers_read_only",
        "store_v2_products_read_only",
        "store_v2_information_read_only",
        "store_inventory",
        "store_locations_read_only",
    }
)

QUOTA_WINDOW_S = 30.0  # reference bigcommerce.md 2: one window of 30 s for all apps of a store
QUOTA_MAX = 150  # per window, Standard and Plus


@dataclass
class Kept:
    """An order with its parts, as they were put in, and the two moments that lists are asked by."""

    bundle: JsonObject
    created: datetime
    modified: datetime

    @property
    def order(self) -> JsonObject:
        """The order object, without the links to its parts."""
        order: JsonObject = self.bundle["order"]
        return order

    def rows(self, part: str) -> list[JsonObject]:
        """One part of the order as a list: products, taxes, fees, transactions, ... Absent parts are empty."""
        part_of = self.bundle.get(part) or []
        rows: list[JsonObject] = part_of["data"] if isinstance(part_of, dict) else part_of
        return rows


class Window:
    """The quota window: it opens with the first call, and closes 30 s later whatever happens in it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._closes = clock.now()
        self._used = 0

    def take(self, quota: int) -> tuple[int, int] | None:
        """Count one call. Gives calls left and ms until the window closes, or None when none was left."""
        now = self._clock.now()
        # A clock that was set back would otherwise leave the window open for as long.
        if now >= self._closes or self._closes - now > timedelta(seconds=QUOTA_WINDOW_S):
            self._closes, self._used = now + timedelta(seconds=QUOTA_WINDOW_S), 0
        if self._used >= quota:
            return None
        self._used += 1
        return quota - self._used, self.closes_in_ms

    def spend(self, quota: int) -> None:
        """Use up what is left: another app of the store has been busy."""
        self.take(quota)
        self._used = max(quota, self._used)

    @property
    def closes_in_ms(self) -> int:
        """Milliseconds until the allowance comes back."""
        return max(0, int((self._closes - self._clock.now()).total_seconds() * 1000))


class Shop:
    """One store. Orders come in as bundles (see `order_builder`), and go out as the vendor would state them.

    tokens              token -> its scopes; take one out to revoke it
    app                 the app that may be installed, see `apps`
    notes               order id -> a sentence for people who read the pages; no vendor has it
    lists_archived      whether archived orders stand in lists (`is_deleted` true). No source says; by default they do
    catalogue           what is offered beside what orders name, see `catalogue`
    stock               what is on the shelves, see `stock`; orders do not change it: `set_stock` says what there is
    hooks               the webhooks that accounts registered, see `hooks`; `postman` sends them what happens
    customers           the accounts beside those that orders tell of, see `customers`
    empty_transactions  the status for an order without transactions: 204 by default, 200 with an empty list is documented too
    refunds_move_orders whether a refund moves its order's `date_modified`. No source says (reference 3); by default it does
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.store_hash = STORE_HASH
        self.token = TOKEN
        self.tokens: dict[str, frozenset[str]] = {TOKEN: ALL_SCOPES}
        self.app = App(scopes=tuple(sorted(ALL_SCOPES)))
        self.notes: dict[int, str] = {}
        self.lists_archived = True
        self.empty_transactions = 204
        self.refunds_move_orders = True
        self.window = Window(clock)
        self.stock = Stock(clock)
        self.catalogue = Catalogue(clock)
        self.customers = Customers(clock)
        self.hooks = Hooks(clock)
        self.postman = Postman(clock, self.hooks)
        for part in (self.stock, self.catalogue, self.customers):
            part.tell = self.postman.tell
        self.settings: JsonObject = {
            "name": "Sandbox shop",
            "timezone": "Australia/Sydney",
            "country": "Australia",
            "country_code": "AU",
            "currency": "AUD",
            "currency_symbol": "$",
            "is_price_entered_with_tax": True,
        }
        self._kept: dict[int, Kept] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Kept]:
        """Every order, by id."""
        return (self._kept[order_id] for order_id in sorted(self._kept))

    def add_token(self, token: str, scopes: Iterable[str] = ALL_SCOPES) -> str:
        """Make an API account's token with these scopes. Gives the token back."""
        self.tokens[token] = frozenset(scopes)
        return token

    def put(self, bundle: Mapping[str, Any]) -> None:
        """Add an order, or replace the one of its id. Raises ValueError when its dates cannot be read."""
        kept = deepcopy(dict(bundle))
        order = kept["order"]
        created, modified = read(str(order["date_created"])), read(str(order["date_modified"]))
        if created is None or modified is None:
            raise ValueError(f"order {order['id']}: date_created and date_modified must be RFC 2822")
        before = self._kept.get(int(order["id"]))
        self._kept[int(order["id"])] = Kept(kept, created, modified)
        status_before = None if before is None else before.order.get("status_id")
        self._tell_of_order(int(order["id"]), status_before, is_new=before is None)

    def get(self, order_id: int) -> Kept | None:
        """The order of this id with its parts, or None."""
        return self._kept.get(order_id)

    def touch(self, order_id: int, **order_fields: Any) -> None:
        """Edit fields of an order and move its `date_modified` to now. A new status_id brings its label."""
        order = self._kept[order_id].order
        if "status_id" in order_fields:
            label = STATUSES[int(order_fields["status_id"])]
            order_fields = {"status": label, "custom_status": label, **order_fields}
        now = self.clock.now().replace(microsecond=0)
        status_before = order.get("status_id")
        order.update(order_fields)
        order["date_modified"] = rfc(now)
        self._kept[order_id].modified = now
        self._tell_of_order(order_id, status_before, is_new=False)

    def _tell_of_order(self, order_id: int, status_before: Any, *, is_new: bool) -> None:
        """One change is several events: the order's, and its status's where that moved (reference 11.12)."""
        about, status = {"type": "order", "id": order_id}, self._kept[order_id].order.get("status_id")
        self.postman.tell("store/order/created" if is_new else "store/order/updated", about)
        if status_before is not None and status_before != status:
            moved = {"previous_status_id": status_before, "new_status_id": status}
            self.postman.tell("store/order/statusUpdated", {**about, "status": moved})

    def refund(self, bundle: Mapping[str, Any]) -> None:
        """Replace an order by itself with one refund more; its `date_modified` moves only if `refunds_move_orders`."""
        order_id = int(bundle["order"]["id"])
        before = self._kept[order_id].modified
        self.put(bundle)
        self._money_moved(order_id, before)
        newest = max(int(refund["id"]) for refund in self._kept[order_id].rows("refunds"))
        refund = {"refund_id": newest}
        self.postman.tell("store/order/refund/created", {"type": "order", "id": order_id, "refund": refund})

    def decline(self, refund_id: int) -> None:
        """The provider declines a refund's payments after all. The refund itself bears no date of that (reference 6)."""
        for kept in self:
            for refund in kept.rows("refunds"):
                if int(refund["id"]) == refund_id:
                    declined = {str(payment["transaction_id"]) for payment in refund["payments"]}
                    for payment in refund["payments"]:
                        payment.update(is_declined=True, declined_message="Declined by provider")
                    for row in kept.rows("transactions"):
                        if str(row["id"]) in declined:
                            row["status"] = "error"
                    self._money_moved(int(kept.order["id"]), kept.modified)
                    return
        raise KeyError(f"no refund {refund_id}")

    def _money_moved(self, order_id: int, before: datetime) -> None:
        if self.refunds_move_orders:
            self.touch(order_id)
        else:
            self._kept[order_id].order["date_modified"] = rfc(before)
            self._kept[order_id].modified = before

    def remove(self, order_id: int) -> None:
        """Forget an order as if it had never been: no vendor does that, a test may need it."""
        del self._kept[order_id]

    # The shelves. Putting an order in does not lower them: a shop's own sales are part of what `set_stock` says.

    def set_stock(
        self,
        sku: str,
        on_hand: int | None,
        *,
        safety_stock: int = 0,
        location: int = DEFAULT_LOCATION,
        product_id: int | None = None,
        variant_id: int | None = None,
        tracked_by: TrackedBy = "variant",
    ) -> None:
        """Say what the shop has of a SKU, at once and whatever the delay. Raises KeyError for no such location.

        on_hand     None: nobody has ever set it, so that it shows 0 and refuses relative adjustments
        ids         left out: those that the order builder gives to this SKU
        tracked_by  "product": adjustments must name it by product_id, as the vendor wants it for such products
        """
        self.stock.set(sku, on_hand, safety_stock, location, product_id, variant_id, tracked_by)

    def stock_of(self, sku: str, location: int = DEFAULT_LOCATION) -> dict[str, int]:
        """What is true of a SKU now: `total_inventory_onhand` and `available_to_sell`. Raises KeyError."""
        return self.stock.settled(sku, location)

    @property
    def inventory_delay_s(self) -> float:
        """For how long after an adjustment the old level is still shown, by the town's clock."""
        return self.stock.delay_s

    @inventory_delay_s.setter
    def inventory_delay_s(self, seconds: float) -> None:
        self.stock.delay_s = seconds
