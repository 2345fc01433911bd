"""What a referee does not notice, a harness proves nothing about: wrongs are planted in books, and each is told."""

from dataclasses import replace
from random import Random

import pytest

from include.commands.faults.books import Books, differences
from include.commands.faults.referee import Verdict
from include.commands.faults.schedule import KINDS, NAMES, Boundary, Schedule
from include.commands.faults.shop import DAYS, shop_of
from include.commands.faults.tally import never_came

INVOICE = {"Status": "PAID", "Total": 22.0, "contact": "robin@example.com bc:demo1:501 Robin Hale"}
PAYMENT = {"Amount": 22.0, "Date": "/Date(1778544000000+0000)/", "account": "615-CARD", "Status": "AUTHORISED"}
WELL = Books(
    invoices=(("BC-1001", INVOICE), ("BC-1002", INVOICE)),
    credit_notes=(("BCR-1002-10021", {"Total": 11.0, "allocated": []}),),
    payments=(("BC-1001/1 on BC-1001", PAYMENT),),
    contacts=(("robin@example.com bc:demo1:501 Robin Hale", {"status": "ACTIVE"}),),
    ids={},
)


def test_books_that_are_equal_have_no_differences():
    assert differences(WELL, WELL) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (replace(WELL, payments=WELL.payments * 2), "payment BC-1001/1 on BC-1001: there 2 times, must be 1 times"),
        (replace(WELL, payments=()), "payment BC-1001/1 on BC-1001: there 0 times, must be 1 times"),
        (replace(WELL, invoices=WELL.invoices[:1]), "invoice BC-1002: there 0 times, must be 1 times"),
        (
            replace(WELL, credit_notes=WELL.credit_notes * 2),
            "credit note BCR-1002-10021: there 2 times, must be 1 times",
        ),
        (
            replace(WELL, contacts=WELL.contacts * 2),
            "contact robin@example.com bc:demo1:501 Robin Hale: there 2 times, must be 1 times",
        ),
        (
            replace(WELL, invoices=(("BC-1001", INVOICE | {"Total": 22.01}), WELL.invoices[1])),
            "invoice BC-1001: Total is 22.01, must be 22.0",
        ),
        (
            replace(WELL, payments=(("BC-1001/1 on BC-1001", PAYMENT | {"account": "616-PP"}),)),
            "payment BC-1001/1 on BC-1001: account is '616-PP', must be '615-CARD'",
        ),
    ],
    ids=[
        "a payment twice",
        "a payment lost",
        "an invoice lost",
        "a credit note twice",
        "a contact twice",
        "a cent",
        "an account",
    ],
)
def test_a_planted_wrong_is_told(wrong, told):
    assert differences(WELL, wrong) == [told]


def test_a_seed_decides_everything():
    boundaries = [Boundary("before request", "xero", True, False, 3), Boundary("after commit")] * 200
    once = [Schedule(7, 3).fault_at("2.0", n, each, n) for n, each in enumerate(boundaries)]
    assert once == [Schedule(7, 3).fault_at("2.0", n, each, n) for n, each in enumerate(boundaries)]
    assert once != [Schedule(8, 3).fault_at("2.0", n, each, n) for n, each in enumerate(boundaries)]
    assert shop_of(7, 1, 20, rests_daily=True) == shop_of(7, 1, 20, rests_daily=True)
    assert shop_of(7, 1, 20, rests_daily=True) != shop_of(8, 1, 20, rests_daily=True)


def test_among_25_schedules_each_kind_of_fault_is_one_s_favourite():
    assert {Schedule(1, number).favourite for number in range(25)} == set(NAMES)


def test_a_fault_comes_only_where_it_can():
    dice, places = Random(1), []
    for number in range(2000):
        boundary = Boundary(dice.choice(["before commit", "after answer"]), "xero")
        kind = Schedule(1, number).fault_at("3.0", number, boundary)
        places.append(kind)
        assert kind is None or boundary.moment in kind.at
    assert any(places)


def test_a_favourite_that_never_came_is_told():
    fired = {kind.name: 1 for kind in KINDS if kind.name != "mixed batch"}
    every = [Verdict(Schedule(1, number), (), fired) for number in range(len(NAMES))]
    assert never_came(every) == ["mixed batch"]
    assert never_came(every[:3]) == []


def test_a_shop_has_orders_on_all_its_days_and_edits_and_refunds_after_them():
    shop = shop_of(1, 0, 20, rests_daily=True)
    orders = [order.order_id for _, order in shop.changes]
    assert {day for day, _ in shop.changes} == set(range(DAYS))
    assert len(set(orders)) == 20
    assert len(orders) > 25
    assert any(order.refunds for _, order in shop.changes)
