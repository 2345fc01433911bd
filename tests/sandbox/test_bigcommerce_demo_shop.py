"""The demo shop has one order for each thing that can happen, and says what the books must show of it.

Business risk covered: the demo ends red when the books differ from what is expected here. If the expectation were wrong, the
first thing that anybody sees of the project would be a false alarm, or a false calm.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from shop_desk import ShopDesk

from include.sandbox import demo
from include.sandbox.order_builder import JsonObject
from include.sandbox.town import Town

D = Decimal
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
BUNDLES = {bundle["order"]["id"]: bundle for bundle in demo.bundles(NOW)}


def received(bundle: JsonObject) -> Decimal:
    taken = ("purchase", "capture")
    rows = bundle["transactions"]["data"]
    return sum(
        (row["amount"] for row in rows if row["event"] in taken and row["status"] == "ok" and not row["test"]), D(0)
    )


def test_there_are_orders_enough_and_each_has_a_story_and_an_expectation():
    assert len(BUNDLES) >= 24
    assert list(BUNDLES) == list(demo.STORIES) == list(demo.EXPECTED) == list(range(1001, 1001 + len(BUNDLES)))
    assert all(story.endswith((".", "?")) for story in demo.STORIES.values())
    assert len(set(demo.STORIES.values())) == len(BUNDLES)


@pytest.mark.parametrize(
    "now", [NOW, datetime(2026, 7, 1, 0, 0, 5, tzinfo=UTC), datetime(2026, 3, 1, 23, 59, tzinfo=UTC)]
)
def test_all_orders_were_placed_in_the_seven_days_before_today(now: datetime):
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for bundle in demo.bundles(now):
        placed = datetime.strptime(bundle["order"]["date_created"], "%a, %d %b %Y %H:%M:%S %z")
        touched = datetime.strptime(bundle["order"]["date_modified"], "%a, %d %b %Y %H:%M:%S %z")
        assert today - timedelta(days=7) <= placed < today
        assert placed <= touched < today


def test_the_totals_written_by_hand_are_those_that_the_shop_states():
    checked = 0
    for order_id, expected in demo.EXPECTED.items():
        if "total" not in expected:
            continue
        order = BUNDLES[order_id]["order"]
        tenders = D(order["gift_certificate_amount"]) + D(order["store_credit_amount"])
        assert D(expected["total"]) == D(order["total_inc_tax"]) + tenders, order_id
        assert D(expected["tax"]) == D(order["total_tax"]), order_id
        checked += 1
    assert checked > 24


def test_what_is_expected_to_be_paid_is_what_the_shop_received():
    for order_id, expected in demo.EXPECTED.items():
        if expected["outcome"] == "posted":
            assert D(expected["paid"]) == received(BUNDLES[order_id]), order_id
            is_paid = D(expected["paid"]) == D(expected["total"])
            assert (expected["invoice_status"] == "PAID") == is_paid, order_id


def test_an_invoice_bears_the_date_of_sydney():
    for order_id, bundle in BUNDLES.items():
        placed = datetime.strptime(bundle["order"]["date_created"], "%a, %d %b %Y %H:%M:%S %z")
        assert demo.invoice_date(order_id, NOW) == placed.astimezone(ZoneInfo("Australia/Sydney")).date()


def test_the_manual_discount_is_that_of_the_captured_order_519():
    order = BUNDLES[1004]["order"]

    assert (order["total_inc_tax"], order["total_tax"], order["subtotal_ex_tax"]) == (
        "2400.0000",
        "125.1200",
        "2369.6667",
    )


def test_every_outcome_occurs():
    outcomes = [expected["outcome"] for expected in demo.EXPECTED.values()]

    assert set(outcomes) == {"posted", "held", "skipped"}
    statuses = {expected.get("invoice_status") for expected in demo.EXPECTED.values()}
    assert {"PAID", "AUTHORISED", "DRAFT"} <= statuses


def test_furnishing_fills_the_shop_and_the_books():
    town = Town.demo()
    desk = ShopDesk(town)

    assert desk.ids(limit=250) == list(demo.STORIES)
    assert town.books.invoices() == []
    assert town.shop.notes == demo.STORIES


def test_people_of_the_demo_are_invented():
    for bundle in BUNDLES.values():
        assert bundle["order"]["billing_address"]["email"].casefold().endswith("@example.com")
