"""BigCommerce's own Python client works against the sandbox as it would against a store.

Business risk covered: a sandbox that only our client understands is our client's opinion of BigCommerce.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import trustme
import uvicorn
from bigcommerce.api import BigcommerceApi
from bigcommerce.exception import ClientRequestException, RateLimitingException, ServerException

from include.sandbox.order_builder import an_order
from include.sandbox.town import Town, server_config

START_MAX_S = 10.0


@pytest.fixture
def address(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Host and port of the town behind TLS, since the client speaks nothing else."""
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    config = server_config(town)
    config.load()
    config.ssl = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(config.ssl)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    latest = time.monotonic() + START_MAX_S
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < latest, "the server did not start in time"
        time.sleep(0.01)
    yield f"localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = server.force_exit = True
    thread.join(START_MAX_S)


@pytest.fixture
def api(town: Town, address: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("BC_API_ENDPOINT", address)
    return BigcommerceApi(client_id="client", store_hash=town.shop.store_hash, access_token=town.shop.token)


def v3(api: Any, address: str, path: str) -> Any:
    """The client knows V2 only; for V3 it is given whole addresses."""
    return api.connection.make_request("GET", f"https://{address}/stores/demo1/v3/{path}")


def test_it_reads_an_order_and_its_parts(town: Town, api: Any):
    town.shop.put(an_order(1001).line("MUG", price="22", quantity=2).coupon("TEN", percent="10").shipping("11").build())

    order = api.Orders.get(1001)
    assert (order.id, order.total_inc_tax, order.status) == (1001, "50.6000", "Awaiting Fulfillment")
    assert [line.sku for line in order.products()] == ["MUG"]
    assert order.shipping_addresses()[0].cost_inc_tax == "11.0000"
    assert order.coupons()[0].code == "TEN"
    assert [row.line_amount for row in order.taxes()] == ["3.6000", "1.0000"]
    assert api.OrderProducts.get(1001, 1001001).quantity == 2


def test_it_pages_through_all_orders_and_stops_at_the_204(town: Town, api: Any):
    for order_id in range(1, 502):
        town.shop.put(an_order(order_id).build())

    assert [order.id for order in api.Orders.iterall()] == list(range(1, 502))
    assert town.calls.count(vendor="bigcommerce", status=204) == 1
    assert api.connection.rate_limit["requests_quota"] == 150


def test_it_reads_an_empty_shop(api: Any):
    # `Orders.all()` of nothing is an object without fields: the client makes one of whatever it got.
    assert api.connection.get("orders") == {}
    assert list(api.Orders.iterall()) == []


def test_it_filters_counts_and_reads_the_store(town: Town, api: Any):
    town.shop.put(an_order(1).status(11).build())
    town.shop.put(an_order(2).status(2).build())

    assert [order.id for order in api.Orders.all(status_id=2)] == [2]
    assert api.Orders.count() == 2
    assert len(api.OrderStatuses.all()) == 15
    assert api.Store.all()["timezone"]["name"] == "Australia/Sydney"
    assert api.Time.all()["time"] > 0


def test_it_reads_products_customers_and_payments_of_v3(town: Town, api: Any, address: str):
    town.shop.put(an_order(7).line("MUG", price="22").refunded({"MUG": 1}).build())

    assert [row["sku"] for row in v3(api, address, "catalog/products")["data"]] == ["MUG"]
    assert [row["id"] for row in v3(api, address, "customers")["data"]] == [501]
    assert [row["event"] for row in v3(api, address, "orders/7/transactions")["data"]] == ["purchase", "refund"]
    assert v3(api, address, "orders/payment_actions/refunds")["data"][0]["total_amount"] == 22.0


def test_it_meets_the_errors_that_it_knows(town: Town, api: Any):
    with pytest.raises(ClientRequestException, match="404"):
        api.Orders.get(5)
    town.stories.throttle_next("bigcommerce")
    with pytest.raises(RateLimitingException):
        api.Orders.all()
    town.stories.be_down_for("bigcommerce", calls=1)
    with pytest.raises(ServerException):
        api.Orders.all()
    town.shop.tokens.clear()
    with pytest.raises(ClientRequestException, match="401"):
        api.Orders.all()
