"""Business risk: two lanes over the same orders book one twice, or an order whose webhook was lost is never booked."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from random import Random

import pytest
from test_orders_within_seconds import FIRST, asked, known, placed, within_seconds, woken

from include.clients.errors import ApiError
from include.database.connection import connect
from include.sandbox.order_builder import an_order
from include.stages.orders import within_seconds as lane
from include.stages.orders.deciding import decide

__all__ = ("known",)  # a fixture
EXTRACT = import_module("include.stages.orders.extract")


def booked(bridge):
    """Number, status and total of what was placed here, as a bookkeeper sees it."""
    return sorted(
        (each["InvoiceNumber"], each["Status"], f"{each['Total']:.2f}")
        for each in bridge.town.books.invoices()
        if each["InvoiceNumber"] >= f"BC-{FIRST}" and len(each["InvoiceNumber"]) == len(f"BC-{FIRST}")
    )


def right(orders):
    return [(f"BC-{key}", "PAID", "22.00") for key in range(FIRST, FIRST + orders)]


def due(bridge):
    with bridge.db._connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_key FROM due WHERE claimed_by IS NULL AND subject_kind = 'order' AND due_at <= now()"
        )
        found = sorted(int(key) for (key,) in cursor.fetchall() if int(key) >= FIRST)
    bridge.db.rollback()
    return found


def test_both_over_the_same_orders_at_the_same_time_post_each_once(known, dsn):
    placed(known, 40)
    woken(known, range(FIRST, FIRST + 40))
    broke = []

    def clock():
        with connect(dsn) as db:
            try:
                replace(known, db=db, runs=100).run()
            except Exception as error:  # told below: a thread's own is lost
                broke.append(error)

    beside = threading.Thread(target=clock)
    beside.start()
    within_seconds(known)
    beside.join()
    known.a_while_later()
    known.run()

    assert broke == []
    assert booked(known) == right(40)
    assert len(known.town.books.payments()) == len({each["PaymentID"] for each in known.town.books.payments()})


def test_of_every_five_webhooks_one_is_lost_and_all_orders_arrive(known):
    placed(known, 50)
    lost = set(Random(20).sample(range(FIRST, FIRST + 50), 10))
    for start in range(FIRST, FIRST + 50, 10):
        woken(known, [key for key in range(start, start + 10) if key not in lost])
        within_seconds(known, run_id=f"ring-{start}")
    assert len(booked(known)) == 40

    known.run()

    assert booked(known) == right(50)


def test_a_run_that_is_killed_after_it_claimed_leaves_all_due_again(known, monkeypatch):
    placed(known, 5)
    woken(known, range(FIRST, FIRST + 5))

    class Killed(BaseException):
        pass

    def dies(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(EXTRACT, "_listed", dies)
        with pytest.raises(Killed):
            within_seconds(known)
    known.db.rollback()
    assert due(known) == list(range(FIRST, FIRST + 5))

    within_seconds(known, run_id="again")
    assert booked(known) == right(5)
    assert due(known) == []


@pytest.mark.parametrize("stage", ["check", "transform", "load", "audit"])
def test_one_that_is_killed_before_a_stage_is_finished_by_the_run_by_the_clock(known, monkeypatch, stage):
    placed(known, 5)
    woken(known, range(FIRST, FIRST + 5))

    class Killed(BaseException):
        pass

    def dies(*_, **__):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(lane, stage, dies)
        with pytest.raises(Killed):
            within_seconds(known)
    known.db.rollback()

    known.a_while_later()
    known.run()

    assert booked(known) == right(5)


def test_while_the_shop_is_down_they_stay_due(known):
    placed(known, 5)
    woken(known, range(FIRST, FIRST + 5))
    known.town.stories.be_down_for("bigcommerce", 3600)

    with pytest.raises(ApiError):
        within_seconds(known)
    known.db.rollback()

    assert due(known) == list(range(FIRST, FIRST + 5))


# Read as a list, or one by one


def read_one_by_one(monkeypatch):
    monkeypatch.setattr(EXTRACT, "TOGETHER_FROM", 10_000)


@pytest.mark.parametrize("one_by_one", [False, True])
def test_a_list_says_the_same_as_asking_for_each(known, monkeypatch, one_by_one):
    """More than a page, one that was deleted, one that the list lacks since it changed long ago, one that is no order yet."""
    placed(known, 260)
    known.town.shop.remove(FIRST + 3)
    long_ago = datetime.now(UTC) - timedelta(days=2)
    old = an_order(FIRST + 4).placed(long_ago).bought_by("Jo Park", customer=7).line("SKU-0", price="33.00")
    known.town.shop.put(old.paid("card", at=long_ago).modified(long_ago.isoformat()).build())
    known.town.shop.put(an_order(FIRST + 5).placed(datetime.now(UTC)).line("SKU-0", price="22.00").status(0).build())
    if one_by_one:
        read_one_by_one(monkeypatch)
    woken(known, range(FIRST, FIRST + 260))

    within_seconds(known)

    amounts = {number: total for number, _, total in booked(known)}
    assert len(amounts) == 258
    assert f"BC-{FIRST + 3}" not in amounts
    assert f"BC-{FIRST + 5}" not in amounts
    assert amounts[f"BC-{FIRST + 4}"] == "33.00"
    pages = asked(known)["/stores/{store_hash}/v2/orders"]
    assert (pages == 0) if one_by_one else (1 <= pages <= 32)


def test_an_order_that_changes_while_the_list_is_read_is_taken_as_it_is_afterwards_by_its_own_webhook(
    known, monkeypatch
):
    placed(known, 10)
    woken(known, range(FIRST, FIRST + 10))
    reads = EXTRACT._listed

    def then_it_changes(*told):
        found = reads(*told)
        more = an_order(FIRST).placed(datetime.now(UTC)).bought_by("Jo Park", customer=7).line("SKU-0", price="22.00")
        known.town.shop.put(more.line("SKU-1", price="11.00").paid("card").build())
        known.town.shop.touch(FIRST)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(EXTRACT, "_listed", then_it_changes)
        within_seconds(known)
    assert known.outcomes()[FIRST]["total"] == 22

    woken(known, [FIRST])
    within_seconds(known, run_id="again")

    assert known.outcomes()[FIRST]["total"] == 33
    assert known.outcomes()[FIRST]["outcome"] == "held"  # it was paid: the difference is a person's


def test_what_somebody_decides_is_carried_out_within_seconds(known):
    held = next(key for key, row in known.outcomes().items() if row["reason"] == "tax_rate_unmapped")
    decide(known.db, known.store, held, "post", by="ann", why="looked at it")

    within_seconds(known)

    assert known.outcomes()[held]["outcome"] == "posted"
