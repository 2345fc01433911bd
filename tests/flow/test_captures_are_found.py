"""Money that was reserved and is taken later. A capture that is not found is an invoice that stays open in the books for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from after_the_sale import ago, books_of, due_of, emptied, sold

from include.sandbox.order_builder import an_order
from include.stages.orders.authorised import next_look


@pytest.fixture
def bridge(bridge):
    return emptied(bridge)


def test_a_capture_is_found_though_the_orders_date_stays(bridge):
    placed = ago(hours=5)
    order = an_order(2001).placed(placed).line("MUG", price="22.00", tax="10").authorised("card").modified(placed)
    sold(bridge, order)
    bridge.run()
    assert books_of(bridge)["money"] == []
    [(doc, after)] = due_of(bridge).items()
    assert doc == ("2001", "authorised")
    assert timedelta(minutes=50) < after < timedelta(minutes=60)  # six hours after it was placed

    bridge.town.shop.put(order.captured("22.00", at=ago()).modified(placed).build())
    bridge.a_while_later()
    bridge.run()

    assert [amount for _, amount in books_of(bridge)["money"]] == [22]
    assert due_of(bridge) == {}


def test_a_look_that_finds_nothing_new_writes_nothing_and_the_next_is_farther_off(bridge):
    placed = ago(days=2, hours=1)
    sold(bridge, an_order(2001).placed(placed).line("MUG", price="22.00", tax="10").authorised("card").modified(placed))
    bridge.run()
    bridge.a_while_later()
    bridge.town.calls.clear()

    bridge.run()

    assert bridge.town.calls.writes() == []
    [after] = due_of(bridge).values()
    assert timedelta(hours=22) < after < timedelta(hours=24)


@pytest.mark.parametrize(
    "order",
    [
        an_order(2001).authorised("card").placed("2026-05-13T00:00:00Z"),
        an_order(2001).authorised("card").voided().status(5).placed(ago(days=1)),
        an_order(2001).placed(ago(days=1)).paid("card"),
        an_order(2001).placed(ago(days=1)).unpaid(),
    ],
    ids=["older than a month", "voided", "paid", "awaited"],
)
def test_only_money_that_may_still_be_captured_is_looked_at_again(bridge, order):
    sold(bridge, order)
    bridge.run()

    assert due_of(bridge) == {}


def test_looks_grow_farther_apart_and_end_after_a_month():
    placed, waits = datetime(2026, 5, 1, tzinfo=UTC), []
    now = placed
    while (wait := next_look(placed, now)) is not None:
        waits.append(wait)
        now += wait

    assert waits[:4] == [timedelta(hours=hours) for hours in (1, 5, 18, 24)]
    assert len(waits) == 32
    assert now - placed == timedelta(days=30)
