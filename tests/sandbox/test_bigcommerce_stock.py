"""The shop's shelves: what is there, who may change it, and what an adjustment is refused for.

Business risk covered: a stock run that overwrites a sale, writes to the wrong item, or believes a stale reading sells what
is not there, or stops selling what is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from shop_desk import ShopDesk

from include.sandbox.bigcommerce.stock import QUANTITY_MAX, ROWS_MAX
from include.sandbox.order_builder import an_order
from include.sandbox.town import Town

INVENTORY = "/stores/demo1/v3/inventory"


@pytest.fixture
def shop(town: Town) -> ShopDesk:
    town.clock.set(datetime(2026, 5, 14, tzinfo=UTC))
    town.limits.enforced = False
    town.shop.set_stock("MUG", 12)
    return ShopDesk(town)


def absolute(shop: ShopDesk, *rows: dict[str, Any], **more: Any) -> httpx.Response:
    body = {"reason": "counted", "items": list(rows)} | more
    return shop.call("PUT", f"{INVENTORY}/adjustments/absolute", json=body)


def relative(shop: ShopDesk, *rows: dict[str, Any], **more: Any) -> httpx.Response:
    body = {"reason": "sold elsewhere", "items": list(rows)} | more
    return shop.call("POST", f"{INVENTORY}/adjustments/relative", json=body)


def a_row(quantity: Any, sku: str | None = "MUG", **more: Any) -> dict[str, Any]:
    row = {"location_id": 1, "sku": sku, "quantity": quantity} | more
    return {name: value for name, value in row.items() if value is not None}


def on_hand(shop: ShopDesk, sku: str = "MUG", location: int = 1) -> int:
    return shop.town.shop.stock_of(sku, location)["total_inventory_onhand"]


def seen(shop: ShopDesk, **query: str) -> dict[str, int]:
    """On hand as a reader sees it, by SKU, over all locations."""
    rows = shop.v3("inventory/items", {name.replace("__", ":"): value for name, value in query.items()}).json()["data"]
    return {row["identity"]["sku"]: sum(at["total_inventory_onhand"] for at in row["locations"]) for row in rows}


def refused(answer: httpx.Response) -> dict[str, Any]:
    """The vendor's problem; gives it."""
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == 422
    return problem


def test_an_item_is_answered_with_its_identities_and_its_level_at_each_location(shop: ShopDesk):
    shop.town.shop.set_stock("TEA", 20, safety_stock=3, product_id=11, variant_id=111)

    answer = shop.v3("inventory/items", {"sku:in": "TEA"}).json()

    assert answer["meta"]["pagination"]["total"] == 1
    assert answer["data"] == [
        {
            "identity": {"sku": "TEA", "variant_id": 111, "product_id": 11, "sku_id": None},
            "locations": [
                {
                    "location_id": 1,
                    "location_code": "BC-LOCATION-1",
                    "location_name": "Default location",
                    "available_to_sell": 17,
                    "total_inventory_onhand": 20,
                    "location_enabled": True,
                    "settings": {
                        "safety_stock": 3,
                        "is_in_stock": True,
                        "warning_level": 0,
                        "bin_picking_number": "",
                    },
                }
            ],
        }
    ]


def test_an_item_has_the_ids_that_the_orders_give_to_its_sku(shop: ShopDesk):
    shop.has(an_order(1).line("MUG", price="22.00"))

    identity = shop.v3("inventory/items").json()["data"][0]["identity"]
    line = shop.v2("orders/1/products").json()[0]

    assert (identity["product_id"], identity["variant_id"]) == (line["product_id"], line["variant_id"])
    product = shop.v3("catalog/products").json()["data"][0]
    assert (product["inventory_level"], product["inventory_tracking"]) == (12, "variant")


def test_orders_do_not_lower_the_shelf_by_themselves(shop: ShopDesk):
    shop.has(an_order(1).line("MUG", price="22.00", quantity=5))

    assert on_hand(shop) == 12


def test_items_are_found_by_each_of_the_five_filters(shop: ShopDesk):
    stock = shop.town.shop
    second = stock.stock.add_location("Warehouse", code="WH")
    stock.set_stock("TEA", 20, product_id=11, variant_id=111)
    stock.set_stock("POT", 7, product_id=12, variant_id=112)
    stock.set_stock("POT", 5, location=second)

    assert seen(shop, sku__in="MUG,TEA") == {"MUG": 12, "TEA": 20}
    assert seen(shop, variant_id__in="111,112") == {"TEA": 20, "POT": 12}
    assert seen(shop, product_id__in="12") == {"POT": 12}
    assert seen(shop, location_id__in="2") == {"MUG": 0, "TEA": 0, "POT": 5}
    assert seen(shop, location_code__in="WH", sku__in="POT") == {"POT": 5}
    assert seen(shop, sku__in="NOTHING") == {}
    assert seen(shop, location_id__in="9") == {}


def test_a_page_holds_a_thousand_items_and_more_is_not_given(shop: ShopDesk):
    for n in range(1, 1002):
        shop.town.shop.set_stock(f"SKU-{n}", n, product_id=n, variant_id=20_000 + n)

    first = shop.v3("inventory/items", {"limit": "1000"}).json()
    second = shop.v3("inventory/items", {"limit": "1000", "page": "2"}).json()

    assert len(first["data"]) == 1000
    assert first["meta"]["pagination"] == {
        "total": 1002,
        "count": 1000,
        "per_page": 1000,
        "current_page": 1,
        "total_pages": 2,
        "links": {"current": "?page=1&limit=1000", "next": "?page=2&limit=1000"},
    }
    assert len(second["data"]) == 2
    assert shop.v3("inventory/items", {"limit": "1001"}).status_code == 501
    assert shop.v3("inventory/items", {"variant_id:in": "x"}).status_code == 501


def test_an_absolute_adjustment_overrides_and_a_relative_one_moves(shop: ShopDesk):
    answer = absolute(shop, a_row(30))
    assert answer.status_code == 200
    assert list(answer.json()) == ["transaction_id"]
    assert on_hand(shop) == 30

    variant_id = shop.v3("inventory/items").json()["data"][0]["identity"]["variant_id"]
    assert relative(shop, a_row(-4, sku=None, variant_id=variant_id)).status_code == 200
    assert on_hand(shop) == 26
    made = shop.town.shop.stock.adjustments
    assert [(one.how, one.reason, [row.quantity for row in one.rows]) for one in made] == [
        ("absolute", "counted", [30]),
        ("relative", "sold elsewhere", [-4]),
    ]
    assert made[0].transaction_id == answer.json()["transaction_id"]


def test_a_level_that_nobody_has_set_shows_nought_and_wants_an_absolute_adjustment_first(shop: ShopDesk):
    shop.town.shop.set_stock("TEA", None)
    assert seen(shop, sku__in="TEA") == {"TEA": 0}

    problem = refused(relative(shop, a_row(1, sku="TEA")))
    assert problem["title"] == "Items with identity: [sku TEA] requires absolute adjustment before relative"
    assert problem["errors"] == {}

    assert absolute(shop, a_row(5, sku="TEA")).status_code == 200
    assert relative(shop, a_row(1, sku="TEA")).status_code == 200
    assert on_hand(shop, "TEA") == 6


def test_each_location_wants_its_own_first_absolute_adjustment(shop: ShopDesk):
    second = shop.town.shop.stock.add_location("Warehouse")

    refused(relative(shop, a_row(1, location_id=second)))
    assert absolute(shop, a_row(4, location_id=second)).status_code == 200
    assert (on_hand(shop), on_hand(shop, location=second)) == (12, 4)


def test_a_relative_adjustment_below_the_safety_stock_is_refused_and_an_absolute_one_is_not(shop: ShopDesk):
    """The figures of the vendor's guide: 50 on hand, 10 kept back."""
    shop.town.shop.set_stock("MUG", 50, safety_stock=10)

    refused(relative(shop, a_row(-41)))
    assert on_hand(shop) == 50
    assert relative(shop, a_row(-20)).status_code == 200
    assert shop.town.shop.stock_of("MUG") == {"total_inventory_onhand": 30, "available_to_sell": 20}
    assert absolute(shop, a_row(2)).status_code == 200
    assert on_hand(shop) == 2
    assert relative(shop, a_row(3)).status_code == 200, "towards the safety stock, not away from it"


def test_nothing_of_a_refused_adjustment_is_saved(shop: ShopDesk):
    shop.town.shop.set_stock("TEA", 3)

    refused(relative(shop, a_row(-1), a_row(-4, sku="TEA")))
    refused(absolute(shop, a_row(5), a_row(5, sku="NOBODY")))

    assert (on_hand(shop), on_hand(shop, "TEA")) == (12, 3)
    assert shop.town.shop.stock.adjustments == []


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (a_row(1, sku="NOBODY"), "sku NOBODY"),
        (a_row(1, sku=None, variant_id=5), "variant_id 5"),
        (a_row(1, sku=None, product_id=5), "product_id 5"),
        (a_row(1, location_id=7), "7"),
    ],
)
def test_what_or_where_nobody_knows_is_refused_by_its_name(shop: ShopDesk, row: dict[str, Any], named: str):
    assert f"[{named}]" in refused(absolute(shop, row))["title"]
    assert f"[{named}]" in refused(relative(shop, row))["title"]


def test_an_item_is_adjusted_by_the_identity_that_it_is_tracked_by(shop: ShopDesk):
    shop.town.shop.set_stock("TEA", 3, product_id=106, variant_id=206, tracked_by="product")

    problem = refused(absolute(shop, a_row(9, sku=None, variant_id=206)))
    assert problem["title"] == "[Item with variant_id 206 is tracked by product, please update stock by product id]"
    refused(absolute(shop, a_row(9, sku="TEA")))
    assert absolute(shop, a_row(9, sku=None, product_id=106)).status_code == 200
    assert on_hand(shop, "TEA") == 9
    mug = shop.v3("inventory/items", {"sku:in": "MUG"}).json()["data"][0]["identity"]["product_id"]
    refused(absolute(shop, a_row(9, sku=None, product_id=mug)))


def test_more_than_a_location_can_hold_is_refused(shop: ShopDesk):
    assert QUANTITY_MAX == 2_147_483_647
    assert absolute(shop, a_row(QUANTITY_MAX)).status_code == 200

    refused(absolute(shop, a_row(QUANTITY_MAX + 1)))
    refused(relative(shop, a_row(1)))
    assert on_hand(shop) == QUANTITY_MAX


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (a_row("3"), "items.0.quantity"),
        (a_row(2.5), "items.0.quantity"),
        (a_row(None), "items.0.quantity"),
        (a_row(3, location_id=None), "items.0.location_id"),
        (a_row(3, variant_id=4), "items.0"),
        (a_row(3, sku=None), "items.0"),
        (a_row(3, sku=17), "items.0.sku"),
    ],
)
def test_a_row_of_the_wrong_form_is_refused_by_the_name_of_its_field(shop: ShopDesk, row: dict[str, Any], field: str):
    assert list(refused(absolute(shop, row))["errors"]) == [field]
    assert on_hand(shop) == 12


def test_two_thousand_rows_are_the_most(shop: ShopDesk):
    rows = []
    for n in range(ROWS_MAX + 1):
        shop.town.shop.set_stock(f"S{n}", 1, product_id=n + 1, variant_id=50_000 + n)
        rows.append(a_row(2, sku=f"S{n}"))

    assert refused(absolute(shop, *rows))["errors"].keys() == {"items"}
    assert refused(absolute(shop))["errors"].keys() == {"items"}
    assert absolute(shop, *rows[:ROWS_MAX]).status_code == 200
    assert (on_hand(shop, "S0"), on_hand(shop, f"S{ROWS_MAX - 1}"), on_hand(shop, f"S{ROWS_MAX}")) == (2, 2, 1)


def test_what_no_source_settles_is_not_given(shop: ShopDesk):
    assert absolute(shop, a_row(1), a_row(2)).status_code == 501, "one item twice"
    assert absolute(shop, a_row(-1)).status_code == 501, "an absolute quantity below nought"
    assert shop.call("PUT", f"{INVENTORY}/adjustments/absolute", content=b"{").status_code == 501
    assert on_hand(shop) == 12


def test_a_closed_location_cannot_be_edited(shop: ShopDesk):
    second = shop.town.shop.stock.add_location("Pop-up", enabled=False)

    refused(absolute(shop, a_row(4, location_id=second)))
    assert shop.v3("inventory/items").json()["data"][0]["locations"][1]["location_enabled"] is False


def test_a_reader_sees_an_adjustment_only_after_the_delay(shop: ShopDesk):
    shop.town.shop.inventory_delay_s = 60

    absolute(shop, a_row(20))
    assert (seen(shop)["MUG"], on_hand(shop)) == (12, 20)
    shop.town.clock.advance(30)
    relative(shop, a_row(-5))
    assert (seen(shop)["MUG"], on_hand(shop)) == (12, 15), "what is settled is adjusted, not what is shown"
    shop.town.clock.advance(31)
    assert seen(shop)["MUG"] == 20
    shop.town.clock.advance(30)
    assert seen(shop)["MUG"] == 15


def test_an_adjustment_whose_answer_was_lost_has_been_made(shop: ShopDesk):
    shop.town.stories.lose_the_next_answer("bigcommerce", writes_only=True)

    with pytest.raises(ConnectionResetError):
        relative(shop, a_row(-2))

    assert on_hand(shop) == 10


def test_a_shop_that_was_told_to_refuse_answers_as_the_inventory_does(shop: ShopDesk):
    shop.town.stories.refuse_next_writes("bigcommerce")

    refused(absolute(shop, a_row(3)))
    assert on_hand(shop) == 12


@pytest.mark.parametrize(
    ("scope", "may_read", "may_write", "may_list_locations"),
    [
        ("store_inventory_read_only", True, False, False),
        ("store_inventory", True, True, False),
        ("store_locations_read_only", False, False, True),
        ("store_v2_products_read_only", False, False, False),
    ],
)
def test_stock_and_locations_have_scopes_of_their_own(
    shop: ShopDesk, scope: str, may_read: bool, may_write: bool, may_list_locations: bool
):
    shop.headers["x-auth-token"] = shop.town.shop.add_token("narrow", {scope})

    def expected(may: bool) -> int:
        return 200 if may else 403

    assert shop.v3("inventory/items").status_code == expected(may_read)
    assert absolute(shop, a_row(3)).status_code == expected(may_write)
    assert relative(shop, a_row(1)).status_code == expected(may_write)
    assert shop.v3("inventory/locations").status_code == expected(may_list_locations)


def test_locations_are_listed_and_the_default_one_can_be_asked_for(shop: ShopDesk):
    shop.town.shop.stock.add_location("Warehouse", code="WH", enabled=False)

    rows = shop.v3("inventory/locations").json()["data"]
    assert [(row["id"], row["code"], row["label"], row["enabled"]) for row in rows] == [
        (1, "BC-LOCATION-1", "Default location", True),
        (2, "WH", "Warehouse", False),
    ]
    assert rows[1]["created_at"] == "2026-05-14T00:00:00Z"

    def ids(query: dict[str, str]) -> list[int]:
        return [row["id"] for row in shop.v3("inventory/locations", query).json()["data"]]

    assert ids({"is_default": "true"}) == [1]
    assert ids({"is_active": "false"}) == [2]
    assert ids({"location_code:in": "WH"}) == [2]
    assert ids({"location_id:in": "1,2"}) == [1, 2]


def test_the_operator_sets_stock_and_delay_over_http(shop: ShopDesk):
    told = shop.call(
        "POST", "/_sandbox/stock", json={"sku": "TEA", "on_hand": 4, "safety_stock": 1, "delay_s": 5}
    ).json()

    assert told["delay_s"] == shop.town.shop.inventory_delay_s == 5
    assert told["stock"]["TEA"] == {"1": {"total_inventory_onhand": 4, "available_to_sell": 3}}
    assert shop.call("POST", "/_sandbox/stock", json={"sku": "TEA", "on_hand": 4, "location": 9}).status_code == 400
