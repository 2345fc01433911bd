"""Refunds that no order's date tells of. One that is not found is money that left the shop and not the books.

Nobody knows whether BigCommerce moves an order's `date_modified` on a refund: both ways must give the same books.
"""

from dataclasses import replace
from datetime import datetime

import pytest
from after_the_sale import BOTH_WAYS, THE_LIST, ago, books_of, due_of, emptied, mugs, refund, shop_calls, sold

from include.clients.bigcommerce import Window
from include.sandbox.order_builder import an_order
from include.settings.store_file import PaymentRow
from include.stages.orders import refund_cursor


@pytest.fixture
def bridge(bridge):
    return emptied(bridge)


@BOTH_WAYS
def test_a_refund_becomes_its_credit_note_paid_out_and_twice_is_once(bridge, moves):
    sold(bridge, mugs(2001), mugs(2002), moves=moves)
    bridge.run()
    refund(bridge, mugs(2001))

    bridge.run()

    books = books_of(bridge)
    assert books["notes"] == [("BCR-2001-20011", "22.00", "0.00")]
    assert books["money"][0][0].startswith("BC-2001/")
    assert len(books["money"]) == 3  # two payments in, one out
    bridge.town.calls.clear()
    bridge.run()
    assert bridge.town.calls.writes() == []
    assert books_of(bridge) == books


def test_a_refund_that_came_with_its_order_is_not_read_a_second_time(bridge):
    sold(bridge, mugs(2001), moves=True)
    bridge.run()
    refund(bridge, mugs(2001))
    bridge.town.calls.clear()

    bridge.run()

    # The window, the order's tenders and refunds, the list.
    assert shop_calls(bridge) == 4
    assert due_of(bridge) == {}


@BOTH_WAYS
@pytest.mark.parametrize("in_full", [True, False], ids=["tenders are believed", "tenders are read"])
def test_a_refund_is_found_though_the_order_calls_itself_completed_and_captured(bridge, moves, in_full):
    card = PaymentRow(tender="card_clearing", payment_method="Credit Card", account="615-CARD", in_full=in_full)
    bridge.store = replace(bridge.store, file=bridge.store.file.model_copy(update={"payments": (card,)}))
    sold(bridge, mugs(2001), moves=moves)
    bridge.run()
    bridge.town.shop.refund(
        mugs(2001).refunded({"MUG": 1}, at=ago()).status(10).stating(payment_status="captured").build()
    )

    bridge.run()

    assert books_of(bridge)["notes"] == [("BCR-2001-20011", "22.00", "0.00")]


@BOTH_WAYS
def test_a_refund_declined_days_later_is_held_for_a_person(bridge, moves):
    sold(bridge, mugs(2001), moves=moves)
    bridge.run()
    refund(bridge, mugs(2001), at=ago(days=2))
    bridge.run()
    assert bridge.outcomes()[2001]["outcome"] == "posted"

    bridge.town.shop.decline(20011)
    bridge.run()

    outcome = bridge.outcomes()[2001]
    assert (outcome["outcome"], outcome["reason"]) == ("held", "refund_declined")
    bridge.town.calls.clear()
    bridge.run()
    assert bridge.town.calls.writes() == []
    assert bridge.outcomes()[2001]["reason"] == "refund_declined"


def test_a_shop_with_many_refunds_reads_fourteen_days_again_once_a_day_and_else_one_page(bridge, monkeypatch):
    monkeypatch.setattr(refund_cursor, "ROWS_OF_A_CALL", 2)
    sold(bridge, *(mugs(key) for key in range(2001, 2006)))
    bridge.run()
    for days, key in enumerate(range(2005, 2000, -1), 1):
        refund(bridge, mugs(key), at=ago(days=days))
    bridge.run()
    bridge.town.calls.clear()

    bridge.run()
    [asked] = bridge.town.calls.matching(path=THE_LIST)
    assert ago(days=4) < datetime.fromisoformat(asked.query["created:min"]) < ago(days=2)

    with bridge.db.transaction(), bridge.db._connection.cursor() as cursor:
        cursor.execute("UPDATE watermark SET moment = moment - INTERVAL '25 hours' WHERE flow LIKE '%/read_again'")
    bridge.town.shop.decline(20011)
    bridge.town.calls.clear()
    bridge.run()
    [asked] = bridge.town.calls.matching(path=THE_LIST)
    assert datetime.fromisoformat(asked.query["created:min"]) < ago(days=13.9)
    assert bridge.outcomes()[2001]["reason"] == "refund_declined"


def test_an_ordinary_run_costs_one_call_for_refunds_and_the_backfill_none(bridge):
    sold(bridge, mugs(2001))
    bridge.run()
    bridge.town.calls.clear()

    bridge.run()
    assert shop_calls(bridge, THE_LIST) == 1
    assert shop_calls(bridge) == 2  # the window, and the list

    bridge.town.calls.clear()
    bridge.run(Window(ago(days=4), ago(days=1)))
    assert shop_calls(bridge, THE_LIST) == 0


def test_a_refund_seen_before_its_order_enters_the_books_in_one_go(bridge):
    lagging = bridge.store.file.model_copy(
        update={"window": bridge.store.file.window.model_copy(update={"lag_seconds": 3600})}
    )
    prompt, bridge.store = bridge.store, replace(bridge.store, file=lagging)
    new = an_order(2001).placed(ago(minutes=5)).line("MUG", price="22.00", quantity=2, tax="10").paid("card")
    sold(bridge, new.refunded({"MUG": 1}, at=ago(minutes=1)))

    bridge.run()

    books = books_of(bridge)
    assert [(number, status) for number, status, _ in books["invoices"]] == [("BC-2001", "PAID")]
    assert books["notes"] == [("BCR-2001-20011", "22.00", "0.00")]
    assert len(books["money"]) == 2
    bridge.store = prompt
    bridge.run()
    assert books_of(bridge) == books


def test_a_refund_of_an_order_from_before_the_start_is_skipped_with_its_reason(bridge):
    old = an_order(2001).placed("2025-12-01T00:00:00Z").line("MUG", price="22.00", tax="10").paid("card")
    sold(bridge, old)
    bridge.run()
    assert 2001 not in bridge.outcomes()
    refund(bridge, old)

    bridge.run()

    outcome = bridge.outcomes()[2001]
    assert (outcome["outcome"], outcome["reason"]) == ("skipped", "before_start")
    assert books_of(bridge) == {"invoices": [], "notes": [], "money": []}


def test_what_shadow_saw_is_found_again_by_the_first_live_run(bridge):
    live = bridge.store
    bridge.store = replace(live, file=live.file.model_copy(update={"mode": "shadow"}))
    sold(bridge, mugs(2001))
    bridge.run()
    bridge.town.shop.refund(
        mugs(2001).refunded({"MUG": 1}, at=ago()).status(10).stating(payment_status="captured").build()
    )
    bridge.run()
    assert books_of(bridge)["notes"] == []

    bridge.store = live
    bridge.run()

    assert books_of(bridge)["notes"] == [("BCR-2001-20011", "22.00", "0.00")]
