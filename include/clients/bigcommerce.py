"""The shop: orders and their parts, as BigCommerce said them, byte for byte.

Orders and what hangs on them are V2, transactions, refunds and stock V3 (bigcommerce.md 0.1). What writes:
`adjust_stock`, and `hooks`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

import httpx

from include.clients.after import after_bigcommerce
from include.clients.answers import Answer, Unreadable
from include.clients.bigcommerce_calls import (
    CALLS,
    CATALOGUE,
    COUPONS,
    CUSTOMERS,
    FEES,
    INVENTORY_ITEMS,
    LOCATIONS,
    METAFIELDS,
    ORDER,
    ORDERS,
    ORDERS_COUNT,
    PRODUCTS,
    REFUNDS,
    REFUNDS_OF_STORE,
    SHIPPING_ADDRESSES,
    STORE,
    TAXES,
    TIME,
    TRANSACTIONS,
)
from include.clients.bigcommerce_catalogue import products_by_id, products_numbered
from include.clients.bigcommerce_customers import changed_in, numbered
from include.clients.bigcommerce_hooks import Hooks
from include.clients.bigcommerce_parts import (
    PAGE_ROWS,
    RawPart,
    Window,
    check_order,
    counted,
    moment_text,
    object_of,
    orders_in,
    reader_of,
    refunds_checked,
)
from include.clients.bigcommerce_stock import (
    STOCK_ROWS,
    How,
    adjustment,
    adjustment_body,
    stock_checked,
    transaction_in,
)
from include.clients.errors import Refused
from include.clients.pacing import Pace, QuotaBudget, told_by_bigcommerce
from include.clients.paging import Page, by_key, by_page
from include.clients.sending import TIMEOUT, Call, Line, door, header_word, trusted

T = TypeVar("T")

__all__ = ["CALLS", "BigCommerce", "RawPart", "Window"]

# Saves a call per order for lines and fees. Taxes, transactions and refunds cannot be included (bigcommerce.md 3).
_INCLUDES = {"include": "consignments.line_items,fees", "consignment_structure": "object"}


class BigCommerce:
    """A client of one store. Open it with `open`, use it as a context manager, share it between threads.

    Every method raises Unavailable, Refused, NotAllowed or NotUnderstood. `calls` counts what was asked, repeats too.
    """

    def __init__(self, line: Line, base_url: str) -> None:
        self._line = line
        self._base_url = base_url

    @classmethod
    def open(
        cls,
        *,
        base_url: str,
        store_hash: str,
        access_token: str,
        transport: httpx.BaseTransport | None = None,
        pace: Pace | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Self:
        """A client for the store at `base_url` (https://api.bigcommerce.com for the real one). Nothing is asked yet.

        Raises ValueError for an address, hash or token that cannot be right; it names the field, not the value.
        """
        if not store_hash.isalnum() or not store_hash.isascii():
            raise ValueError("the store hash has letters and digits only, as in the API path")
        http = httpx.Client(
            headers={
                "X-Auth-Token": header_word(access_token, "the BigCommerce access token"),
                "Accept": "application/json",
                "User-Agent": "bigcommerce-xero-bridge",
            },
            timeout=timeout,
            transport=transport,
            follow_redirects=False,
            verify=trusted(),
        )
        address = f"{door(base_url)}/stores/{store_hash}"
        budget = QuotaBudget(clock=clock, sleep=sleep) if pace is None else pace
        line = Line(
            http,
            after=after_bigcommerce,
            pace=budget,
            hear=told_by_bigcommerce,
            secrets=lambda: (access_token,),
            clock=clock,
            sleep=sleep,
            within=urlsplit(address).path,
        )
        return cls(line, address)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._line.http.close()

    @property
    def calls(self) -> int:
        """How many calls were made so far, repeats counted."""
        return self._line.calls

    def orders(
        self, window: Window, *, by: Literal["modified", "created"], after_id: int = 0
    ) -> Iterator[list[RawPart]]:
        """The orders modified or created in `window`, in pages of up to 250, ids ascending, none twice.

        Shape     each a RawPart "order", cut out of the page's own bytes; fees and consignments included, at most
                  50 lines each (`__warning__` if cut, bigcommerce.md 0.7).
        Window    whether its ends are inclusive is not known: let windows overlap, and keep the later of two.
        Changes   pages go by id, so an order that leaves the window while we read shifts no other. It comes in the
                  next window.
        after_id  to go on where an earlier run stopped.
        Raises    NotUnderstood when rows lie far outside the window or do not ascend: a filter was ignored.
        Source    bigcommerce.md 3.
        """
        dates = {f"min_date_{by}": moment_text(window.start), f"max_date_{by}": moment_text(window.end, up=True)}

        def fetch(after: int) -> Page[list[RawPart]]:
            params = {**dates, **_INCLUDES, "sort": "id:asc", "limit": PAGE_ROWS, "page": 1, "min_id": after + 1}
            return self._get(ORDERS, lambda answer: orders_in(answer, window, by), params)

        return by_key(fetch, after=after_id, what="BigCommerce's orders")

    def orders_placed(self, window: Window) -> int:
        """How many orders were placed in the window, carts that nobody finished left out: one call, whatever their number.

        Source: orders.v2, getOrdersCount. Raises NotUnderstood where the answer is no count.
        """
        dates = {"min_date_created": moment_text(window.start), "max_date_created": moment_text(window.end, up=True)}
        return self._get(ORDERS_COUNT, counted, dates)

    def order(self, order_id: int) -> RawPart | None:
        """One order with fees and consignments, or None when the store has no such order (404, and only that)."""
        try:
            return self._get(ORDER, lambda answer: check_order(answer, order_id), _INCLUDES, order_id=order_id)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def products(self, order_id: int) -> list[RawPart]:
        """All lines of an order, also beyond the 50 that `orders` includes. One part a page, at least one."""
        return self._list_of(PRODUCTS, "products", order_id)

    def taxes(self, order_id: int) -> list[RawPart]:
        """The tax rows of an order, with the line that each belongs to. One part a page, at least one."""
        return self._list_of(TAXES, "taxes", order_id, details="true")

    def shipping_addresses(self, order_id: int) -> list[RawPart]:
        """The shipping addresses of an order with their costs; none for a digital one. One part a page."""
        return self._list_of(SHIPPING_ADDRESSES, "shipping_addresses", order_id)

    def coupons(self, order_id: int) -> list[RawPart]:
        """The coupons used on an order. One part a page, at least one."""
        return self._list_of(COUPONS, "coupons", order_id)

    def fees(self, order_id: int) -> list[RawPart]:
        """The fees of an order: one part, which is the whole answer. `orders` includes them already."""
        read = reader_of("fees", 1)
        return [self._get(FEES, lambda answer: read(answer).content, order_id=order_id)]

    def transactions(self, order_id: int) -> list[RawPart]:
        """What the payment gateways did for an order, in V3's envelope (`data`, `meta`). One part a page.

        Amounts are JSON numbers in the transaction's own currency; `order_id` is text. Source: bigcommerce.md 6.
        """
        return self._enveloped(TRANSACTIONS, "transactions", order_id)

    def refunds(self, order_id: int) -> list[RawPart]:
        """The refunds of an order, in V3's envelope. One part a page, at least one."""
        return self._enveloped(REFUNDS, "refunds", order_id)

    def metafields(self, order_id: int) -> list[RawPart]:
        """What apps pinned to an order, in V3's envelope, a part a page: B2B Edition says there what an order is for."""
        return self._enveloped(METAFIELDS, "metafields", order_id)

    def refunds_since(self, moment: datetime) -> Iterator[RawPart]:
        """All refunds of the store made at or after `moment` (aware), ids ascending, in V3's envelope, a part a page.

        A refund has no date of change: ask again for recent ones to learn of a payment declined later.
        Raises NotUnderstood when refunds from long before come: the filter was ignored. Source: bigcommerce.md 6.
        """

        def fetch(number: int) -> Page[RawPart]:
            params = {"created:min": moment_text(moment), "page": number, "limit": PAGE_ROWS}
            read = reader_of("refunds", number)
            return self._get(REFUNDS_OF_STORE, lambda answer: refunds_checked(read(answer), moment), params)

        return by_page(fetch, what="BigCommerce's refunds")

    def catalogue(self, changed: Window | None, *, after_id: int = 0) -> Iterator[list[RawPart]]:
        """The products that changed in the window, or all, each with its variants: RawParts "product", pages of up to 250.

        Pages go by id, as those of `orders` do. That a variant's change moves its product's date is not known.
        Raises NotUnderstood when products lie far outside the window or do not ascend. Source: bigcommerce.md 7.
        """
        return products_by_id(lambda query, read: self._get(CATALOGUE, read, query), changed, after_id)

    def catalogue_of(self, ids: Sequence[int]) -> Iterator[list[RawPart]]:
        """These products, shaped as `catalogue`; one that the shop has no more is missing. Source: catalog/products `id:in`."""
        return products_numbered(lambda query, read: self._get(CATALOGUE, read, query), ids)

    def customers_changed(self, window: Window) -> Iterator[list[RawPart]]:
        """The customers modified in `window`, in pages of up to 250, with up to ten addresses and their form fields each.

        Each is a RawPart "customer", cut out of the page's own bytes. In no order; one that is deleted comes no more.
        Raises NotUnderstood when rows lie far outside the window: a filter was ignored. Source: bigcommerce.md 7.
        """
        return changed_in(lambda query, read: self._get(CUSTOMERS, read, query), window)

    def customers(self, ids: Sequence[int]) -> Iterator[list[RawPart]]:
        """These customers, shaped as `customers_changed`; one that the shop does not have any more is missing."""
        return numbered(lambda query, read: self._get(CUSTOMERS, read, query), ids)

    def inventory_items(self, *, location_id: int | None = None) -> Iterator[RawPart]:
        """The stock of every item at every location, or at one, in V3's envelope: a part a page of up to 1,000 items.

        Rows     `identity` (sku, variant_id, product_id) and `locations`, each with `available_to_sell` and
                 `total_inventory_onhand`; the first is the second less the safety stock.
        Late     a level that is read just after an adjustment may be the old one.
        Changes  pages go by number: an item that is deleted while we read may hide another until the next run.
        Raises   NotUnderstood when stock of another location comes: the filter was ignored.
        Source   bigcommerce.md 8.
        """
        chosen = {} if location_id is None else {"location_id:in": location_id}

        def fetch(number: int) -> Page[RawPart]:
            read = reader_of("inventory_items", number)
            params = {**chosen, "page": number, "limit": STOCK_ROWS}
            return self._get(INVENTORY_ITEMS, lambda answer: stock_checked(read(answer), location_id), params)

        return by_page(fetch, what="BigCommerce's stock")

    def locations(self) -> list[RawPart]:
        """The places that stock lies at, in V3's envelope, a part a page. Only the default one is sold from as a rule."""

        def fetch(number: int) -> Page[RawPart]:
            return self._get(LOCATIONS, reader_of("locations", number), {"page": number, "limit": STOCK_ROWS})

        return list(by_page(fetch, what="BigCommerce's locations"))

    def adjust_stock(self, rows: Sequence[Mapping[str, Any]], *, how: How, reason: str) -> str:
        """Set stock ("absolute") or add to it ("relative"); the transaction_id, when the shop took all of it.

        rows    1 to 2,000 of {"location_id": 1, "sku": "MUG", "quantity": 3}, or by variant_id or product_id, as
                the shop tracks the item. Each item of a location once.
        reason  what the shop's own log shows.

        Once    it leaves once: nothing tells a repeat from a second one, and even a level set again undoes a sale.
        Raises  Refused with the vendor's words (422: tracked by another id, or no absolute level yet; whether it
                rejects all rows is not known), OutcomeUnknown when the answer was lost: read the levels, later.
                ValueError: our own mistake, nothing was sent.
        Source  bigcommerce.md 8.
        """
        call = adjustment(how)
        request = self._line.http.build_request(
            call.method,
            self._base_url + call.path,
            content=adjustment_body(rows, how, reason),
            headers={"Content-Type": "application/json"},
        )
        return self._line.send(request, transaction_in, ask="write")

    @property
    def hooks(self) -> Hooks:
        """The webhooks that this account registered with the store."""
        return Hooks(self._line, self._base_url)

    def store(self) -> RawPart:
        """What the store says of itself: time zone, currency, plan, whether prices are entered with tax."""
        return self._get(STORE, lambda answer: object_of("store", answer))

    def time(self) -> datetime:
        """BigCommerce's clock, aware, UTC, to the second."""

        def read(answer: Answer) -> datetime:
            seconds = object_of("time", answer).content.get("time")
            if not isinstance(seconds, int) or not 0 < seconds < 2**35:
                raise Unreadable("sent no time of day")
            return datetime.fromtimestamp(seconds, UTC)

        return self._get(TIME, read)

    def _list_of(self, call: Call, name: str, order_id: int, **params: str) -> list[RawPart]:
        def fetch(number: int) -> Page[RawPart]:
            query = {**params, "page": number, "limit": PAGE_ROWS}
            return self._get(call, reader_of(name, number), query, order_id=order_id)

        return list(by_page(fetch, what=f"The {name} of order {order_id}"))

    def _enveloped(self, call: Call, name: str, order_id: int) -> list[RawPart]:
        def fetch(number: int) -> Page[RawPart]:
            # Neither call documents paging, though their answers count pages: only a second page is asked for by number.
            query = {"page": number} if number > 1 else {}
            return self._get(call, reader_of(name, number), query, order_id=order_id)

        return list(by_page(fetch, what=f"The {name} of order {order_id}"))

    def _get(self, call: Call, read: Callable[[Answer], T], params: Mapping[str, Any] | None = None, **ids: int) -> T:
        request = self._line.http.build_request(call.method, self._base_url + call.at(**ids), params=params)
        return self._line.send(request, read)
