"""A town for the clients, and the clients that live in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from far_end import Time

from include.clients.bigcommerce import BigCommerce
from include.clients.warehouse import Warehouse
from include.clients.xero import Xero

if TYPE_CHECKING:
    from include.sandbox.town import Town


@dataclass
class Place:
    """The sandbox, served, with a client of each vendor. `time` passes for the clients and the town when they sleep."""

    town: Town
    base: str
    shop: BigCommerce
    books: Xero
    warehouse: Warehouse
    time: Time


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Town, str]]:
    """One server for all tests: starting one a test would cost more than the tests."""
    from include.sandbox.town import Town  # here, so that the tests without a town run without it

    town = Town()
    with town.serve() as base:
        yield town, base


@pytest.fixture
def place(served: tuple[Town, str]) -> Iterator[Place]:
    """An empty town on a new day. Its limits are off: those tests that are about limits turn them on."""
    town, base = served
    town.reset("empty")
    town.limits.enforced = False
    time = Time()

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        town.clock.advance(seconds)

    hands = {"clock": time.clock, "sleep": sleep}
    shop = BigCommerce.open(base_url=base, store_hash=town.shop.store_hash, access_token=town.shop.token, **hands)
    books = Xero.open(
        base_url=base,
        token_url=f"{base}/connect/token",
        client_id="sandbox-client",
        client_secret="sandbox-secret",
        tenant_id=town.books.tenant_id,
        **hands,
    )
    warehouse = Warehouse.open(
        url=f"{base}/warehouse/levels", token="sandbox-warehouse-token", now=town.clock.now, **hands
    )
    with shop, books, warehouse:
        yield Place(town, base, shop, books, warehouse, time)
