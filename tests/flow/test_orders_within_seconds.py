"""Business risk: an order that comes within seconds is booked by other rules than one by the clock, or twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from include.sandbox.order_builder import an_order
from include.stages.orders.run import Run, look_again
from include.stages.orders.within_seconds import FLOW, enter_what_is_due

FIRST = 500_000


def within_seconds(bridge, run_id="ring"):
    with bridge.shop() as shop:
        return enter_what_is_due(shop, bridge.books, bridge.db, bridge.store, Run(FLOW, run_id))


def placed(bridge, orders):
    now = datetime.now(UTC)
    for key in range(FIRST, FIRST + orders):
        order = an_order(key).placed(now).bought_by("Jo Park", customer=7)
        bridge.town.shop.put(order.line("SKU-0", price="22.00").paid("card", at=now).build())


def woken(bridge, keys, cause="webhook"):
    with bridge.db.transaction():
        for key in keys:
            look_again(bridge.db, bridge.store, str(key), cause, timedelta(0))


def asked(bridge):
    """How often each address of the shop was asked."""
    return Counter(call.template for call in bridge.town.calls if call.vendor == "bigcommerce")


@pytest.fixture
def known(bridge):
    """The bridge after a run by the clock: reference and contacts are known."""
    bridge.run()
    bridge.town.calls.clear()
    return bridge


TENDER = "/stores/{store_hash}/v3/orders/{order_id}/transactions"  # the demo's settings believe no card without looking


def test_an_order_that_a_webhook_woke_is_in_the_books_and_nothing_else_was_asked_for(known):
    placed(known, 1)
    woken(known, [FIRST])

    counts = within_seconds(known)

    assert (counts["orders"], counts["posted"], counts["held"]) == (1, 2, 0)
    assert known.outcomes()[FIRST]["invoice_status"] == "PAID"
    assert asked(known) == {"/stores/{store_hash}/v2/orders/{order_id}": 1, TENDER: 1}


def test_many_orders_are_read_as_a_list_of_what_changed(known):
    placed(known, 30)
    woken(known, range(FIRST, FIRST + 30))

    counts = within_seconds(known)

    assert counts["orders"] == 30
    assert asked(known) == {"/stores/{store_hash}/v2/orders": 1, TENDER: 30}


def test_the_next_run_by_the_clock_finds_them_as_they_are(known):
    placed(known, 3)
    woken(known, range(FIRST, FIRST + 3))
    within_seconds(known)
    known.a_while_later()

    counts = known.run()

    assert (counts["posted"], counts["unchanged"] > 5) == (0, True)


def test_nothing_that_is_due_is_no_batch_and_no_call(known):
    assert within_seconds(known) == {}
    assert asked(known) == {}
