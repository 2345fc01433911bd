"""What the shop offers: found by the filters that the vendor names, with the variants that carry the SKUs.

Business risk covered: a flow that reads half a catalogue leaves items in the books that nobody sells at that price.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from shop_desk import ShopDesk

from include.sandbox.order_builder import an_order
from include.sandbox.town import Town

SIZES = ({"sku": "TEE-S", "options": {"Size": "S"}}, {"sku": "TEE-M", "options": {"Size": "M"}, "price": "27.50"})


@pytest.fixture
def shop(town: Town) -> ShopDesk:
    town.clock.set(datetime(2026, 5, 14, tzinfo=UTC))
    town.limits.enforced = False
    town.shop.catalogue.put("Mug", "MUG", price="22.00")
    town.shop.catalogue.put("Tee", variants=SIZES, price="25.00")
    return ShopDesk(town)


def asked(shop: ShopDesk, **query: Any) -> list[dict[str, Any]]:
    answer = shop.v3("catalog/products", {name.replace("__", ":"): value for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


def names(shop: ShopDesk, **query: Any) -> list[str]:
    return [row["name"] for row in asked(shop, **query)]


def test_a_product_that_nobody_bought_is_offered_beside_those_that_orders_name(shop: ShopDesk):
    shop.has(an_order(1).line("BAG", price="40"))

    assert sorted(row["sku"] for row in asked(shop)) == ["", "BAG", "MUG"]


def test_a_plain_product_is_its_own_variant_and_one_with_options_has_none_of_its_own(shop: ShopDesk):
    mug, tee = asked(shop, include="variants")

    assert [(each["id"], each["sku"], each["price"]) for each in mug["variants"]] == [
        (mug["base_variant_id"], "MUG", 22)
    ]
    assert tee["base_variant_id"] is None
    assert [(each["sku"], each["price"], each["calculated_price"]) for each in tee["variants"]] == [
        ("TEE-S", None, 25),
        ("TEE-M", 27.5, 27.5),
    ]
    assert tee["variants"][0]["option_values"][0]["label"] == "S"
    assert "variants" not in asked(shop)[0]


def test_products_are_found_by_id_by_sku_of_the_product_by_visibility_and_by_date(shop: ShopDesk):
    mug, tee = (row["id"] for row in asked(shop))
    shop.town.clock.advance(3600)
    shop.town.shop.catalogue.edit(mug, is_visible=False)

    assert names(shop, id__greater=mug) == ["Tee"]
    assert names(shop, id__in=f"{mug},{tee}", sort="id", direction="desc") == ["Tee", "Mug"]
    assert names(shop, sku__in="MUG,TEE-S") == ["Mug"]  # a variant's SKU is none of its product's
    assert names(shop, is_visible="true") == ["Tee"]
    assert names(shop, date_modified__min="2026-05-14T00:30:00+00:00") == ["Mug"]
    assert names(shop, date_modified__max="2026-05-14T00:30:00+00:00") == ["Tee"]
    assert names(shop, date_modified__min="2026-05-14") == ["Mug"]  # no time: the time of the request, by the manual


def test_pages_go_on_after_the_last_id(shop: ShopDesk):
    first = asked(shop, limit=1, sort="id", direction="asc")

    assert [row["name"] for row in first] == ["Mug"]
    assert names(shop, limit=1, sort="id", direction="asc", id__greater=first[0]["id"]) == ["Tee"]
    assert shop.v3("catalog/products", {"limit": 251}).status_code == 501


def test_what_is_removed_is_offered_no_more_though_orders_name_it(shop: ShopDesk):
    shop.has(an_order(1).line("BAG", price="40"))
    for row in asked(shop):
        shop.town.shop.catalogue.remove(row["id"])

    assert asked(shop) == []
    assert shop.v3("catalog/products/20000").status_code == 404


def test_whether_a_variant_moves_its_product_is_not_known_and_can_be_set(shop: ShopDesk):
    catalogue = shop.town.shop.catalogue
    before = asked(shop, sort="name")[1]["date_modified"]
    shop.town.clock.advance(60)

    catalogue.variants_move_products = False
    catalogue.edit_variant("TEE-S", price="26.00")
    assert asked(shop, sort="name")[1]["date_modified"] == before

    catalogue.variants_move_products = True
    catalogue.edit_variant("TEE-S", price="27.00")
    assert asked(shop, sort="name")[1]["date_modified"] > before


@pytest.mark.parametrize(
    "query", [{"include": "options"}, {"sort": "total_sold"}, {"date_modified:min": "2026-05-14T00:00:00"}, {"id": "x"}]
)
def test_what_no_source_settles_is_not_guessed(shop: ShopDesk, query: dict[str, str]):
    assert shop.v3("catalog/products", query).status_code == 501


def test_an_operator_puts_and_edits_products_over_http(shop: ShopDesk):
    made = shop.call("POST", "/_sandbox/products", json={"name": "Pot", "sku": "POT", "price": "40.00"})
    product_id = made.json()["product"]
    shop.call("POST", "/_sandbox/products", json={"id": product_id, "price": "41.00"})

    assert [(row["name"], row["price"]) for row in asked(shop, id=product_id)] == [("Pot", 41)]
    assert shop.call("POST", "/_sandbox/products", json={"sku": "NAMELESS"}).status_code == 400
