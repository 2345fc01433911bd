"""Orders of the sandbox store are listed, paged, filtered and shown as BigCommerce is known to do it.

Business risk covered: an integration that was tested against a kinder store than the real one loses orders on the first day
with more than fifty of them, with an empty page, or with a date that it wrote its own way.
"""

from __future__ import annotations

import pytest
from shop_desk import ShopDesk

from include.sandbox.order_builder import an_order
from include.sandbox.town import Town


@pytest.fixture
def shop(town: Town) -> ShopDesk:
    town.limits.enforced = False
    return ShopDesk(town)


def test_an_empty_list_is_204_without_a_body(shop: ShopDesk):
    answer = shop.v2("orders")

    assert answer.status_code == 204
    assert answer.content == b""


def test_a_page_holds_fifty_unless_asked_and_250_at_most(shop: ShopDesk):
    shop.has(*range(1, 301))

    assert len(shop.ids()) == 50
    assert len(shop.ids(limit=250)) == 250
    assert shop.ids(limit=250, page=2) == list(range(251, 301))
    assert shop.ids(limit=250, page=3) == []
    assert shop.v2("orders", limit=251).status_code == 501


def test_orders_come_by_id_and_a_keyset_walks_over_them(shop: ShopDesk):
    shop.has(30, 10, 20)

    assert shop.ids() == [10, 20, 30]
    assert shop.ids(sort="id:desc") == [30, 20, 10]
    assert shop.ids(min_id=11, limit=1) == [20]
    assert shop.ids(min_id=20, max_id=20) == [20]


@pytest.mark.parametrize(
    "bound", ["2026-05-14T00:00:00Z", "2026-05-14T10:00:00+10:00", "Thu, 14 May 2026 00:00:00 +0000"]
)
def test_dates_are_understood_in_both_ways_and_in_any_zone(shop: ShopDesk, bound: str):
    shop.has(an_order(1).placed("2026-05-13T23:59:59Z"), an_order(2).placed("2026-05-14T00:00:00Z"))

    assert shop.ids(min_date_created=bound) == [2]
    assert shop.ids(max_date_created=bound) == [1, 2]
    assert shop.ids(min_date_modified=bound) == [2]


@pytest.mark.parametrize("bound", ["2026-05-14", "2026-05-14T00:00:00", "yesterday", "2026-05-14T00:00:00 00:00"])
def test_a_date_whose_meaning_nobody_recorded_is_refused_not_guessed(shop: ShopDesk, bound: str):
    shop.has(1)

    answer = shop.v2("orders", min_date_modified=bound)
    assert answer.status_code == 501
    assert "min_date_modified" in answer.json()["unknown"]


def test_orders_are_chosen_by_status_customer_email_channel_and_method(shop: ShopDesk):
    shop.has(
        an_order(1).bought_by("Ann Lee", customer=7).status(11),
        an_order(2).bought_by_guest("Bo Ray").status(2).paid("paypal"),
    )

    assert shop.ids(status_id=2) == [2]
    assert shop.ids(customer_id=7) == [1]
    assert shop.ids(customer_id=0) == [2]
    assert shop.ids(email="bo.ray@example.com") == [2]
    assert shop.ids(channel_id=1) == [1, 2]
    assert shop.ids(payment_method="PayPal") == [2]


@pytest.mark.parametrize(
    "query", [{"is_deleted": "true"}, {"min_total": "5"}, {"sort": "total"}, {"page": "0"}, {"colour": "red"}]
)
def test_what_no_source_settles_is_answered_501(shop: ShopDesk, query: dict[str, str]):
    shop.has(1)

    answer = shop.v2("orders", **query)
    assert answer.status_code == 501
    assert answer.json()["todo"]


def test_the_legacy_array_of_consignments_is_refused(shop: ShopDesk):
    shop.has(1)

    assert "legacy array shape" in shop.v2("orders", include="consignments").json()["unknown"]
    assert shop.v2("orders", include="fees").status_code == 200


def test_parts_of_an_order_are_links_until_they_are_asked_for(shop: ShopDesk):
    shop.has(an_order(1).line("MUG", price="22").fee("Packing", "1.10"))

    plain = shop.v2("orders/1").json()
    assert plain["products"]["resource"] == "/orders/1/products"
    for part in ("products", "shipping_addresses", "coupons", "consignments", "fees"):
        assert set(plain[part]) == {"url", "resource"}

    full = shop.v2("orders/1", include="consignments.line_items,fees", consignment_structure="object").json()
    assert [line["sku"] for line in full["consignments"]["shipping"][0]["line_items"]] == ["MUG"]
    assert full["fees"][0]["display_name_customer"] == "Packing"
    linked = shop.v2("orders/1", include="consignments", consignment_structure="object").json()
    assert linked["consignments"]["shipping"][0]["line_items"][0]["resource"] == "/orders/1/products/1001"


def test_money_of_consignments_is_numbers_where_that_of_orders_is_text(shop: ShopDesk):
    shop.has(an_order(1).shipping("11.00"))

    order = shop.v2("orders/1", include="consignments", consignment_structure="object").json()
    assert order["shipping_cost_inc_tax"] == "11.0000"
    assert order["consignments"]["shipping"][0]["cost_inc_tax"] == 11.0
    assert shop.v2("orders/1/shipping_addresses").json()[0]["cost_inc_tax"] == "11.0000"


def test_fifty_lines_at_most_come_with_a_consignment_and_it_says_so(shop: ShopDesk):
    order = an_order(1)
    for n in range(60):
        order = order.line(f"SKU-{n}", price="1.10")
    shop.has(order)

    listed = shop.v2("orders", include="consignments.line_items", consignment_structure="object").json()[0]
    consignment = listed["consignments"]["shipping"][0]
    assert len(consignment["line_items"]) == 50
    assert "50" in consignment["__warning__"]
    assert len(shop.v2("orders/1/products").json()) == 50
    assert len(shop.v2("orders/1/products", page=2).json()) == 10
    assert len(shop.v2("orders/1/products", limit=250).json()) == 60
    assert shop.v2("orders/1/products", page=3).status_code == 204


def test_lines_stand_in_the_group_by_which_they_travel(shop: ShopDesk):
    order = an_order(1).line("MUG", price="22").sent_to("NZ").line("TEA", price="11", tax="0")
    shop.has(order.picked_up().line("LAMP", price="33").download("E-BOOK", price="5").sold_certificate("50"))

    consignments = shop.v2("orders/1/consignments", include="consignments.line_items").json()
    skus = [[line["sku"] for line in one["line_items"]] for one in consignments["shipping"]]
    assert skus == [["MUG"], ["TEA"]]
    assert [line["sku"] for line in consignments["pickups"][0]["line_items"]] == ["LAMP"]
    assert [line["sku"] for line in consignments["downloads"][0]["line_items"]] == ["E-BOOK"]
    assert len(consignments["email"]["gift_certificates"][0]["line_items"]) == 1


def test_dates_of_v2_are_rfc_2822_in_utc(shop: ShopDesk):
    shop.has(an_order(1).placed("2026-04-28T23:06:44+10:00"))

    assert shop.v2("orders/1").json()["date_created"] == "Tue, 28 Apr 2026 13:06:44 +0000"


def test_an_order_that_is_not_there_is_a_list_of_one_message(shop: ShopDesk):
    answer = shop.v2("orders/404")

    assert answer.status_code == 404
    assert answer.json() == [{"status": 404, "message": "The requested resource was not found."}]
    assert shop.v2("orders/404/products").status_code == 404


def test_tax_rows_name_their_lines_only_with_details(shop: ShopDesk):
    shop.has(an_order(1).line("MUG", price="22").shipping("11"))

    rows = shop.v2("orders/1/taxes", details="true").json()
    assert [(row["line_item_type"], row["line_amount"]) for row in rows] == [("item", "2.0000"), ("shipping", "1.0000")]
    assert all("line_item_type" not in row for row in shop.v2("orders/1/taxes").json())


def test_an_edit_moves_date_modified_and_nothing_else_does(shop: ShopDesk):
    shop.has(1)
    shop.town.shop.touch(1, status_id=2)

    order = shop.v2("orders/1").json()
    assert (order["status"], order["custom_status"]) == ("Shipped", "Shipped")
    assert order["date_created"] == "Wed, 13 May 2026 02:15:00 +0000"
    assert shop.ids(min_date_modified="2026-05-14T00:00:00Z") == [1]


def test_what_a_test_does_to_its_bundle_later_does_not_reach_the_shop(shop: ShopDesk):
    bundle = an_order(1).build()
    shop.town.shop.put(bundle)
    bundle["order"]["total_inc_tax"] = "0.0000"

    assert shop.v2("orders/1").json()["total_inc_tax"] == "22.0000"


def test_orders_are_counted_by_status(shop: ShopDesk):
    shop.has(an_order(1).status(11), an_order(2).status(11), an_order(3).status(0))

    counted = shop.v2("orders/count").json()
    assert counted["count"] == 3
    assert {row["id"]: row["count"] for row in counted["statuses"] if row["count"]} == {11: 2, 0: 1}
    assert len(shop.v2("order_statuses").json()) == 15


def test_the_store_tells_its_zone_and_its_time(shop: ShopDesk):
    store = shop.v2("store").json()

    assert store["timezone"]["name"] == "Australia/Sydney"
    assert (store["timezone"]["raw_offset"], store["timezone"]["dst_offset"]) == (36000, 39600)
    assert shop.v2("time").json()["time"] == pytest.approx(shop.town.clock.now().timestamp(), abs=5)
