"""The store lets in who has a token and a scope, and counts every call.

Business risk covered: a revoked token, a missing scope and a spent quota look alike to a careless client; it then retries for
ever, or gives up for good.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from shop_desk import ShopDesk

from include.sandbox.bigcommerce.service import QUOTA_FIGURE
from include.sandbox.town import Town


@pytest.fixture
def shop(town: Town) -> ShopDesk:
    town.clock.set(datetime(2026, 5, 14, tzinfo=UTC))
    return ShopDesk(town)


def test_without_a_token_of_this_store_the_answer_is_401(shop: ShopDesk):
    shop.headers["x-auth-token"] = "another"

    answer = shop.v2("orders")
    assert answer.status_code == 401
    assert answer.json()[0]["status"] == 401
    assert shop.v3("orders/1/transactions").json()["status"] == 401


@pytest.mark.parametrize(
    ("scope", "open_to_it", "closed_to_it"),
    [
        ("store_v2_orders_read_only", "v2/orders", "v3/orders/1/transactions"),
        ("store_v2_transactions_read_only", "v3/orders/1/transactions", "v2/orders"),
        ("store_v2_transactions_read_only", "v3/orders/payment_actions/refunds", "v3/customers"),
        ("store_v2_orders", "v3/orders/payment_actions/refunds", "v2/store"),
        ("store_v2_information_read_only", "v2/store", "v2/orders"),
        ("store_v2_products_read_only", "v3/catalog/products", "v2/orders/1"),
        ("store_v2_customers_read_only", "v3/customers", "v2/order_statuses"),
        ("store_inventory_read_only", "v3/inventory/items", "v3/inventory/locations"),
        ("store_locations_read_only", "v3/inventory/locations", "v3/inventory/items"),
    ],
)
def test_a_scope_opens_its_own_doors_only(shop: ShopDesk, scope: str, open_to_it: str, closed_to_it: str):
    shop.has(1)
    shop.headers["x-auth-token"] = shop.town.shop.add_token("narrow", {scope})

    assert shop.call("GET", f"/stores/demo1/{open_to_it}").status_code in (200, 204)
    refused = shop.call("GET", f"/stores/demo1/{closed_to_it}")
    assert refused.status_code == 403
    assert "permission" in refused.text


def test_another_stores_address_is_403(shop: ShopDesk):
    assert shop.call("GET", "/stores/other/v2/orders").status_code == 403


def test_every_answer_says_what_is_left_of_the_quota(shop: ShopDesk):
    shop.has(1)
    shop.v2("orders")
    shop.town.clock.advance(10)
    headers = shop.v2("orders").headers

    assert headers["X-Rate-Limit-Requests-Quota"] == "150"
    assert headers["X-Rate-Limit-Requests-Left"] == "148"
    assert headers["X-Rate-Limit-Time-Reset-Ms"] == "20000"
    assert headers["X-Rate-Limit-Time-Window-Ms"] == "30000"
    assert shop.v2("orders", min_id=99).headers["X-Rate-Limit-Requests-Left"] == "147"  # a 204 counts, and says so


def test_the_151st_call_in_thirty_seconds_is_429_until_the_window_closes(shop: ShopDesk):
    shop.town.limits.figures[QUOTA_FIGURE] = 3
    statuses = [shop.v2("time").status_code for _ in range(4)]
    refused = shop.v2("time")
    shop.town.clock.advance(31)

    assert statuses == [200, 200, 200, 429]
    assert refused.headers["X-Rate-Limit-Requests-Left"] == "0"
    assert refused.headers["X-Rate-Limit-Time-Reset-Ms"] == "30000"
    assert shop.v2("time").status_code == 200


def test_limits_can_be_put_aside(shop: ShopDesk):
    shop.town.limits.figures[QUOTA_FIGURE] = 1
    shop.town.limits.enforced = False

    assert [shop.v2("time").status_code for _ in range(5)] == [200] * 5


def test_a_busy_platform_says_429_without_headers(shop: ShopDesk):
    shop.town.stories.throttle_next("bigcommerce", with_headers=False)
    without = shop.v2("time")
    shop.town.stories.throttle_next("bigcommerce")
    with_them = shop.v2("time")

    assert (without.status_code, with_them.status_code) == (429, 429)
    assert not [name for name in without.headers if name.startswith("x-rate")]
    assert with_them.headers["X-Rate-Limit-Requests-Left"] == "0"


def test_another_app_can_spend_the_quota(shop: ShopDesk):
    shop.town.stories.spend_the_minute("bigcommerce")

    assert shop.v2("time").status_code == 429
    shop.town.clock.advance(31)
    assert shop.v2("time").status_code == 200


def test_a_revoked_token_stays_revoked(shop: ShopDesk):
    shop.town.stories.revoke_the_token("bigcommerce")

    assert [shop.v2("time").status_code for _ in range(2)] == [401, 401]
    shop.headers["x-auth-token"] = shop.town.shop.add_token("remade")
    assert shop.v2("time").status_code == 200


def test_down_is_down_and_then_it_is_well_again(shop: ShopDesk):
    shop.town.stories.be_down_for("bigcommerce", calls=2)

    assert [shop.v2("time").status_code for _ in range(3)] == [503, 503, 200]


def test_every_route_names_its_source(town: Town):
    routes = next(service for service in town.services if service.vendor == "bigcommerce").routes

    assert len(routes) > 15
    assert all(known.source and known.shape for known in routes)
