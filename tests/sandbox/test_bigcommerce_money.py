"""What was paid and given back is told by V3 as BigCommerce tells it.

Business risk covered: a refund that is not found is a credit note that is missing, and a tax return that is wrong.
"""

from __future__ import annotations

import pytest
from shop_desk import ShopDesk

from include.sandbox.order_builder import an_order
from include.sandbox.town import Town


@pytest.fixture
def shop(town: Town) -> ShopDesk:
    town.limits.enforced = False
    desk = ShopDesk(town)
    desk.has(
        an_order(1).line("MUG", price="22", quantity=2).authorised("card").captured("44"),
        an_order(2).line("MUG", price="22").refunded({"MUG": 1}, at="2026-05-20T00:00:00Z"),
        an_order(3).line("BAG", price="110").shipping("11").refunded(shipping="11", at="2026-05-21T00:00:00Z"),
        an_order(4).unpaid("Bank Deposit"),
    )
    return desk


def test_transactions_are_rows_with_numbers_and_order_ids_as_text(shop: ShopDesk):
    rows = shop.v3("orders/1/transactions").json()["data"]

    assert [(row["event"], row["amount"], row["order_id"]) for row in rows] == [
        ("authorization", 44.0, "1"),
        ("capture", 44.0, "1"),
    ]
    assert rows[0]["date_created"] == "2026-05-13T02:15:00+00:00"


def test_an_order_that_nobody_paid_has_no_transactions_and_no_body(shop: ShopDesk):
    assert shop.v3("orders/4/transactions").status_code == 204

    shop.town.shop.empty_transactions = 200
    assert shop.v3("orders/4/transactions").json()["data"] == []


def test_v3_refuses_in_its_own_shape(shop: ShopDesk):
    answer = shop.v3("orders/99/transactions")

    assert answer.status_code == 404
    assert set(answer.json()) == {"status", "title", "type"}


def test_refunds_of_one_order(shop: ShopDesk):
    refund = shop.v3("orders/2/payment_actions/refunds").json()["data"][0]

    assert (refund["total_amount"], refund["total_tax"]) == (22.0, 2.0)
    assert refund["items"][0]["item_type"] == "PRODUCT"
    paid_back = shop.v3("orders/2/transactions").json()["data"][-1]
    assert refund["payments"][0]["transaction_id"] == str(paid_back["id"])
    assert shop.v3("orders/1/payment_actions/refunds").json()["data"] == []


def test_refunds_of_all_orders_come_by_id_and_can_be_asked_by_time_and_id(shop: ShopDesk):
    everywhere = "orders/payment_actions/refunds"

    def ids(**query: object) -> list[int]:
        return [
            row["id"] for row in shop.v3(everywhere, {k.replace("__", ":"): v for k, v in query.items()}).json()["data"]
        ]

    assert ids() == [21, 31]
    assert ids(limit=1, page=2) == [31]
    assert ids(limit=1, page=3) == []
    assert ids(created__min="2026-05-20T12:00:00Z") == [31]
    assert ids(created__max="2026-05-20T00:00:00Z") == [21]
    assert ids(id__in="31,99") == [31]
    assert ids(order_id__in="2,3") == [21, 31]
    assert ids(transaction_id="202") == [21]
    assert shop.v3(everywhere).json()["meta"] == {}
    for undescribed in (
        {"created:min": "2026-05-20"},
        {"created:min": "Wed, 20 May 2026 00:00:00 +0000"},
        {"id:in": "twenty"},
        {"order_id:in": ""},
        {"sort": "created:desc"},
        {"is_declined": "true"},
    ):
        assert shop.v3(everywhere, undescribed).status_code == 501
    assert shop.v3(f"{everywhere}/31").json()["data"]["total_amount"] == 11.0


def test_a_declined_refund_says_so(shop: ShopDesk):
    shop.has(an_order(5).refunded({"MUG": 1}, declined=True))

    payment = shop.v3("orders/5/payment_actions/refunds").json()["data"][0]["payments"][0]
    assert payment["is_declined"] is True
    assert shop.v3("orders/5/transactions").json()["data"][-1]["status"] == "error"


@pytest.mark.parametrize("moves", [True, False])
def test_whether_a_refund_moves_the_orders_date_is_for_the_test_to_say(shop: ShopDesk, moves: bool):
    shop.town.shop.refunds_move_orders = moves
    before = shop.v2("orders/1").json()["date_modified"]

    shop.town.shop.refund(an_order(1).line("MUG", price="22", quantity=2).refunded({"MUG": 1}).build())
    assert shop.v3("orders/1/payment_actions/refunds").json()["data"][0]["id"] == 11
    assert (shop.v2("orders/1").json()["date_modified"] != before) is moves


@pytest.mark.parametrize("moves", [True, False])
def test_a_refund_is_declined_later_without_a_date_of_its_own(shop: ShopDesk, moves: bool):
    shop.town.shop.refunds_move_orders = moves
    before = shop.v2("orders/2").json()["date_modified"]
    created = shop.v3("orders/payment_actions/refunds/21").json()["data"]["created"]

    shop.town.shop.decline(21)

    refund = shop.v3("orders/payment_actions/refunds/21").json()["data"]
    assert (refund["created"], refund["payments"][0]["is_declined"]) == (created, True)
    assert shop.v3("orders/2/transactions").json()["data"][-1]["status"] == "error"
    assert (shop.v2("orders/2").json()["date_modified"] != before) is moves
    with pytest.raises(KeyError):
        shop.town.shop.decline(99)


def test_the_catalogue_and_the_customers_are_those_of_the_orders(shop: ShopDesk):
    products = shop.v3("catalog/products").json()
    customers = shop.v3("customers", {"id:in": "501"}).json()

    assert sorted(row["sku"] for row in products["data"]) == ["BAG", "MUG"]
    assert products["meta"]["pagination"]["total"] == 2
    assert [row["email"] for row in customers["data"]] == ["robin.hale@example.com"]


def test_coupons_and_fees_are_lists_of_their_own(shop: ShopDesk):
    shop.has(an_order(6).line("MUG", price="22").coupon("TEN", percent="10").fee("Packing", "1.10"))

    coupon = shop.v2("orders/6/coupons").json()[0]
    assert (coupon["code"], coupon["type"], coupon["discount"]) == ("TEN", 1, 2.2)
    assert shop.v2("orders/6/fees").json()["fees"][0]["cost_tax"] == "0.1000"
    assert shop.v2("orders/1/coupons").status_code == 204


def test_metafields_of_an_order_are_paged(shop: ShopDesk):
    bundle = an_order(7).build() | {"metafields": [{"key": "orderType", "value": "invoice payment"}]}
    shop.town.shop.put(bundle)

    assert shop.v3("orders/7/metafields").json()["data"][0]["key"] == "orderType"
