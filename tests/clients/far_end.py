"""Clients on a line whose far end is a function of the test: no network, and time that passes only when told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from include.clients.bigcommerce import BigCommerce, Window
from include.clients.warehouse import Warehouse
from include.clients.xero import Xero

BC_TOKEN = "planted-shop-token-7c1f"
XERO_SECRET = "planted-client-secret-9a2e"
XERO_TOKEN = "planted-access-token-4d8b"
WAREHOUSE_TOKEN = "planted-warehouse-token-5e3a"
SECRETS = (BC_TOKEN, XERO_SECRET, XERO_TOKEN, WAREHOUSE_TOKEN)

MAY = Window(datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
IN_MAY = "Wed, 13 May 2026 02:15:00 +0000"

Far = Callable[[httpx.Request], httpx.Response]


class Time:
    """A clock that stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def in_turn(*steps: httpx.Response | Exception | Far) -> Far:
    """Answer the first call with the first step, and so on. One call more than steps is a failed test."""
    waiting = list(steps)

    def far(request: httpx.Request) -> httpx.Response:
        assert waiting, f"an unexpected call: {request.method} {request.url}"
        step = waiting.pop(0)
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, httpx.Response) else step(request)

    return far


def a_shop(far: Far, time: Time | None = None, **changes: Any) -> BigCommerce:
    """A client of a shop at the far end of the line."""
    time = time or Time()
    settings: dict[str, Any] = {"base_url": "https://shop.test", "store_hash": "abc123", "access_token": BC_TOKEN}
    transport = httpx.MockTransport(far)
    return BigCommerce.open(**{**settings, **changes}, transport=transport, clock=time.clock, sleep=time.sleep)


def the_books(far: Far, time: Time | None = None, **changes: Any) -> Xero:
    """A client of books at the far end of the line. Tokens are given by themselves; `far` sees accounting calls only."""
    time = time or Time()

    def with_tokens(request: httpx.Request) -> httpx.Response:
        return a_token() if request.url.path == "/connect/token" else far(request)

    settings: dict[str, Any] = {
        "base_url": "https://books.test",
        "token_url": "https://identity.test/connect/token",
        "client_id": "client",
        "client_secret": XERO_SECRET,
        "tenant_id": "tenant",
    }
    transport = httpx.MockTransport(changes.pop("all_calls", None) or with_tokens)
    return Xero.open(**{**settings, **changes}, transport=transport, clock=time.clock, sleep=time.sleep)


def a_warehouse(far: Far, time: Time | None = None, **changes: Any) -> Warehouse:
    """A client of a feed at the far end of the line."""
    time = time or Time()
    settings: dict[str, Any] = {"url": "https://warehouse.test/secret-path/stock.csv", "token": WAREHOUSE_TOKEN}
    transport = httpx.MockTransport(far)
    return Warehouse.open(**{**settings, **changes}, transport=transport, clock=time.clock, sleep=time.sleep)


def a_token(access: str = XERO_TOKEN, life_s: int = 1800) -> httpx.Response:
    return httpx.Response(200, json={"access_token": access, "expires_in": life_s, "token_type": "Bearer"})


def json_bytes(content: Any) -> bytes:
    return json.dumps(content).encode()


def an_order(order_id: int, **changes: Any) -> dict[str, Any]:
    """One order, created and modified in May. Say only what your test is about."""
    return {"id": order_id, "date_created": IN_MAY, "date_modified": IN_MAY, "total_inc_tax": "22.0000", **changes}


def invoices(*numbers: str) -> bytes:
    """The body of a write of so many invoices."""
    return json_bytes({"Invoices": [{"Type": "ACCREC", "InvoiceNumber": number} for number in numbers]})


def stored(*numbers: str) -> httpx.Response:
    """Xero's answer when all of them were stored."""
    return httpx.Response(
        200,
        json={
            "Status": "OK",
            "Invoices": [
                {
                    "InvoiceID": f"60aa5d55-a47e-4665-a974-{at:012d}",
                    "InvoiceNumber": number,
                    "StatusAttributeString": "OK",
                    "HasErrors": False,
                }
                for at, number in enumerate(numbers, 1)
            ],
        },
    )


def an_invoice(number: str, **changes: object) -> dict[str, object]:
    """An invoice of one mug at 22.00 with GST. Say only what your test is about."""
    line = {"Description": "Mug", "Quantity": 1, "UnitAmount": 22.0, "AccountCode": "200", "TaxType": "OUTPUT"}
    return {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "InvoiceNumber": number,
        "Contact": {"Name": "Robin Doe"},
        "Date": "2026-05-13",
        "DueDate": "2026-05-13",
        "LineAmountTypes": "Inclusive",
        "LineItems": [line],
        **changes,
    }


def body(*invoices: dict[str, object]) -> bytes:
    return json_bytes({"Invoices": list(invoices)})
