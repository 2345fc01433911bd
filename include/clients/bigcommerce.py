"""The shop: orders and their parts, as BigCommerce said them, byte for byte.

Orders and what hangs on them are V2, transactions and refunds V3 (bigcommerce.md 0.1). Everything here is a read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx

from include.clients.after import after_bigcommerce
from include.clients.answers import Answer, Unreadable, json_in
from include.clients.bigcommerce_parts import (
    PAGE_ROWS,
    RawPart,
    Window,
    check_order,
    orders_in,
    part_of,
    refunds_checked,
)
from include.clients.errors import Refused
from include.clients.pacing import Pace, QuotaBudget, told_by_bigcommerce
from include.clients.paging import Page, by_key, by_page
from include.clients.sending import TIMEOUT, Call, Line, door, header_word

T = TypeVar("T")

__all__ = ["CALLS", "BigCommerce", "RawPart", "Window"]

ORDERS = Call("GET", "/v2/orders")
ORDER = Call("GET", "/v2/orders/{order_id}")
PRODUCTS = Call("GET", "/v2/orders/{order_id}/products")
TAXES = Call("GET", "/v2/orders/{order_id}/taxes")
SHIPPING_ADDRESSES = Call("GET", "/v2/orders/{order_id}/shipping_addresses")
COUPONS = Call("GET", "/v2/orders/{order_id}/coupons")
FEES = Call("GET", "/v2/orders/{order_id}/fees")
METAFIELDS = Call("GET", "/v3/orders/{order_id}/metafields")
TRANSACTIONS = Call("GET", "/v3/orders/{order_id}/transactions")
REFUNDS = Call("GET", "/v3/orders/{order_id}/payment_actions/refunds")
REFUNDS_OF_STORE = Call("GET", "/v3/orders/payment_actions/refunds")
STORE = Call("GET", "/v2/store")
TIME = Call("GET", "/v2/time")

# Every call that this client can make. The sandbox must know each; a test compares.
CALLS = (
    ORDERS,
    ORDER,
    PRODUCTS,
    TAXES,
    SHIPPING_ADDRESSES,
    COUPONS,
    FEES,
    TRANSACTIONS,
    REFUNDS,
    REFUNDS_OF_STORE,
    STORE,
    TIME,
)

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
        )
        budget = QuotaBudget(clock=clock, sleep=sleep) if pace is None else pace
        line = Line(
            http,
            after=after_bigcommerce,
            pace=budget,
            hear=told_by_bigcommerce,
            secrets=lambda: (access_token,),
            clock=clock,
            sleep=sleep,
        )
        return cls(line, f"{door(base_url)}/stores/{store_hash}")

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
        dates = {f"min_date_{by}": _moment(window.start), f"max_date_{by}": _moment(window.end, up=True)}

        def fetch(after: int) -> Page[list[RawPart]]:
            params = {**dates, **_INCLUDES, "sort": "id:asc", "limit": PAGE_ROWS, "page": 1, "min_id": after + 1}
            return self._get(ORDERS, lambda answer: orders_in(answer, window, by), params)

        return by_key(fetch, after=after_id, what="BigCommerce's orders")

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
        read = _reader("fees", 1)
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
            params = {"created:min": _moment(moment), "page": number, "limit": PAGE_ROWS}
            read = _reader("refunds", number)
            return self._get(REFUNDS_OF_STORE, lambda answer: refunds_checked(read(answer), moment), params)

        return by_page(fetch, what="BigCommerce's refunds")

    def store(self) -> RawPart:
        """What the store says of itself: time zone, currency, plan, whether prices are entered with tax."""
        return self._get(STORE, lambda answer: _object("store", answer))

    def time(self) -> datetime:
        """BigCommerce's clock, aware, UTC, to the second."""

        def read(answer: Answer) -> datetime:
            seconds = _object("time", answer).content.get("time")
            if not isinstance(seconds, int) or not 0 < seconds < 2**35:
                raise Unreadable("sent no time of day")
            return datetime.fromtimestamp(seconds, UTC)

        return self._get(TIME, read)

    def _list_of(self, call: Call, name: str, order_id: int, **params: str) -> list[RawPart]:
        def fetch(number: int) -> Page[RawPart]:
            query = {**params, "page": number, "limit": PAGE_ROWS}
            return self._get(call, _reader(name, number), query, order_id=order_id)

        return list(by_page(fetch, what=f"The {name} of order {order_id}"))

    def _enveloped(self, call: Call, name: str, order_id: int) -> list[RawPart]:
        def fetch(number: int) -> Page[RawPart]:
            # Neither call documents paging, though their answers count pages: only a second page is asked for by number.
            query = {"page": number} if number > 1 else {}
            return self._get(call, _reader(name, number), query, order_id=order_id)

        return list(by_page(fetch, what=f"The {name} of order {order_id}"))

    def _get(self, call: Call, read: Callable[[Answer], T], params: Mapping[str, Any] | None = None, **ids: int) -> T:
        request = self._line.http.build_request(call.method, self._base_url + call.at(**ids), params=params)
        return self._line.send(request, read)


def _reader(name: str, number: int) -> Callable[[Answer], Page[RawPart]]:
    # Transactions have a second page only on paper, so the part is known without its number.
    part = name if name == "transactions" and number == 1 else f"{name}/{number}"
    return lambda answer: part_of(answer, part)


def _object(name: str, answer: Answer) -> RawPart:
    content = json_in(answer)
    if not isinstance(content, dict):
        raise Unreadable("sent no JSON object where one is documented")
    return RawPart(name, answer.body, content)


def _moment(moment: datetime, *, up: bool = False) -> str:
    """ISO 8601 with its offset, in whole seconds, which is all that the vendor keeps."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    whole = moment.astimezone(UTC).replace(microsecond=0)
    return (whole + timedelta(seconds=1) if up and moment.microsecond else whole).isoformat()
