"""Business risk: a webhook is heard and nobody looks, or the bell rings on for what was looked at long ago."""

from datetime import UTC, datetime, timedelta

import pytest
from catalogue_desk import SIZES, a_day_later, bring, fate, in_xero, selling, told
from customer_desk import CustomerDesk
from test_stock_flows_back import run_stock, shelf

from include.clients.errors import ApiError
from include.sandbox.order_builder import an_order
from include.stages.orders.run import Run
from include.stages.orders.within_seconds import FLOW, enter_what_is_due

__all__ = ("shelf",)  # a fixture
SOLD = an_order(1042).line("MUG", price="22.00").bought_by("Ada Byron", customer=77).paid("card")


def heard(bridge, kind, key, *, cause="webhook", ago_s=1.0):
    """The door heard of it, as its own statement keeps it."""
    at = datetime.now(UTC) - timedelta(seconds=ago_s)
    with bridge.db.transaction():
        named = {"store": bridge.store.key, "subject_kind": kind, "subject_key": str(key)}
        bridge.db.run("batches.make_due", **named, cause=cause, due_at=at)


def still_due(bridge):
    with bridge.db._connection.cursor() as cursor:
        cursor.execute("SELECT subject_kind, subject_key FROM due WHERE claimed_by IS NULL AND cause = 'webhook'")
        found = sorted(cursor.fetchall())
    bridge.db.rollback()
    return found


def asked(bridge, path):
    return [call for call in bridge.town.calls if call.method == "GET" and call.path.endswith(path)]


# Products


@pytest.fixture
def shop(bridge):
    """A shop that sells one mug, which is an item by now."""
    bridge = selling(bridge)
    bridge.mug = bridge.town.shop.catalogue.put("Mug", "MUG", price="22.00")
    bring(bridge)
    bridge.town.calls.clear()
    return bridge


def test_a_variant_that_a_webhook_told_of_is_read_by_its_product_though_the_products_date_did_not_move(shop):
    shop.town.shop.catalogue.variants_move_products = False
    tee = shop.town.shop.catalogue.put("Tee", variants=SIZES)
    shop.town.shop.catalogue.edit(tee, date_modified="2026-11-01T00:00:00+00:00")
    bring(shop, whole=True)
    shop.town.shop.catalogue.edit_variant("TEE-M", price="31.00")
    bring(shop)
    assert float(in_xero(shop)["TEE-M"]["SalesDetails"]["UnitPrice"]) == 27.5

    heard(shop, "product", tee)
    bring(shop)

    assert float(in_xero(shop)["TEE-M"]["SalesDetails"]["UnitPrice"]) == 31
    assert still_due(shop) == []


def test_one_that_the_window_brought_anyway_is_not_read_a_second_time(shop):
    shop.town.shop.catalogue.edit(shop.mug, price="25.00")
    heard(shop, "product", shop.mug)

    bring(shop)

    assert len(asked(shop, "/catalog/products")) == 1
    assert still_due(shop) == []


def test_one_that_was_deleted_is_told_to_be_gone_without_reading_the_whole_catalogue(shop):
    shop.town.shop.catalogue.remove(shop.mug)
    heard(shop, "product", shop.mug)

    bring(shop)

    assert told(shop)["MUG"]["outcome"] == "skipped"
    assert still_due(shop) == []


def test_one_that_nobody_ever_made_an_item_of_ends_the_bell_all_the_same(shop):
    heard(shop, "product", 987654)

    bring(shop)

    assert still_due(shop) == []


def test_while_the_shop_does_not_answer_it_stays_due_and_the_next_run_takes_it(shop):
    heard(shop, "product", shop.mug)
    shop.town.stories.be_down_for("bigcommerce", 3600)
    with pytest.raises(ApiError):
        bring(shop)
    shop.db.rollback()
    assert still_due(shop) == [("product", str(shop.mug))]

    shop.town.stories.clear()
    bring(shop)
    assert still_due(shop) == []


def test_what_comes_while_the_run_reads_rings_again(shop):
    heard(shop, "product", shop.mug, ago_s=-5)

    bring(shop)

    assert still_due(shop) == [("product", str(shop.mug))]


def test_a_webhook_whose_product_is_as_it_was_writes_nothing(shop):
    heard(shop, "product", shop.mug)
    a_day_later(shop)

    bring(shop)

    assert (fate(shop, "MUG"), shop.town.calls.writes("xero")) == (("unchanged", None), [])


# Customers


def test_a_customer_that_a_webhook_told_of_is_read_by_number(bridge):
    bridge.town.reset("empty")
    customers = CustomerDesk(bridge)
    customers.joins(1042)
    customers.flow()
    customers.joins(1042, first_name="Janet")
    with bridge.db.transaction(), bridge.db._connection.cursor() as cursor:
        cursor.execute("UPDATE watermark SET moment = now() + INTERVAL '1 hour'")  # no window sees it
    heard(bridge, "customer", 1042)

    customers.flow()

    assert customers.contact(1042)["FirstName"] == "Janet"
    assert still_due(bridge) == []


# Stock


def test_a_run_of_stock_answers_all_webhooks_that_came_before_it(shelf):
    heard(shelf, "stock", "*")

    run_stock(shelf)

    assert still_due(shelf) == []


def test_one_that_comes_while_it_looks_rings_again(shelf):
    heard(shelf, "stock", "*", ago_s=-60)

    run_stock(shelf)

    assert still_due(shelf) == [("stock", "*")]


# What people change in Xero


@pytest.fixture
def posted(bridge):
    """A paid order in the books, of which nothing changes in the shop any more."""
    bridge.town.reset("empty")
    bridge.town.shop.put(SOLD.build())
    bridge.run()
    bridge.town.calls.clear()
    return bridge


def changed_in_xero(bridge):
    heard(bridge, "order", 1042, cause="changed_in_xero")
    with bridge.shop() as client:
        enter_what_is_due(client, bridge.books, bridge.db, bridge.store, Run(FLOW, f"ring-{datetime.now(UTC)}"))
    row = bridge.outcomes()[1042]
    return row["outcome"], row["reason"]


def test_a_payment_that_somebody_deleted_is_held_within_seconds(posted):
    [payment] = posted.town.books.payments()
    posted.town.books.delete_payment(payment["PaymentID"])

    assert changed_in_xero(posted) == ("held", "edited_in_xero")


@pytest.fixture
def owing(bridge):
    """An order that was posted and not paid."""
    bridge.town.reset("empty")
    bridge.town.shop.put(an_order(1042).line("MUG", price="22.00").unpaid("Bank Deposit").status(11).build())
    bridge.run()
    bridge.town.calls.clear()
    return bridge


def test_an_invoice_that_somebody_edited_is_held_within_seconds(owing):
    [invoice] = owing.town.books.invoices()
    lines = [{**line, "UnitAmount": 20, "LineAmount": 20} for line in invoice["LineItems"]]
    owing.town.books.edit_invoice("BC-1042", {"LineItems": lines})

    assert changed_in_xero(owing) == ("held", "edited_in_xero")


def test_a_change_of_what_we_do_not_compare_leaves_the_order_as_it_is_and_writes_nothing(owing):
    owing.town.books.edit_invoice("BC-1042", {"Url": "https://example.com/1042"})

    assert changed_in_xero(owing) == ("unchanged", None)
    assert owing.town.calls.writes("xero") == []


def test_an_invoice_that_somebody_voided_is_held_and_never_posted_again_by_itself(owing):
    owing.town.books.edit_invoice("BC-1042", {"Status": "VOIDED"})

    assert changed_in_xero(owing)[0] == "held"
    assert [each["Status"] for each in owing.town.books.invoices()] == ["VOIDED"]


def test_all_that_changed_in_xero_costs_a_few_calls_however_many_orders_it_is(bridge):
    bridge.town.reset("empty")
    keys = range(3000, 3040)
    for key in keys:
        bridge.town.shop.put(
            an_order(key).line("MUG", price="22.00").bought_by("Ada Byron", customer=77).paid("card").build()
        )
    bridge.run()
    bridge.town.calls.clear()
    for key in keys:
        heard(bridge, "order", key, cause="changed_in_xero")

    with bridge.shop() as client:
        enter_what_is_due(client, bridge.books, bridge.db, bridge.store, Run(FLOW, "ring"))

    assert {row["outcome"] for row in bridge.outcomes().values()} == {"unchanged"}
    assert len([call for call in bridge.town.calls if call.vendor == "xero" and not call.is_token_call]) <= 4
