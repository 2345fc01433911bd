"""accounting.md 9: what shop, ledger and Xero say of one order, compared, in the closed words of the daily report."""

from dataclasses import replace

import pytest
from given import D
from hypothesis import given
from hypothesis import strategies as st

from include.domain.difference import GONE, InBooks
from include.domain.found import Sides, Written, found_in, stands
from include.domain.reconciliation import CAUSES

THERE = InBooks("id", "BC-1042", "PAID", D("22.00"), D("2.00"), D("22.00"), D("0.00"), "1042", "c", "AUD")
BY_HAND = replace(THERE, xero_id="other", number="INV-7")
AGREES = Sides(
    order_key=1042,
    currency="AUD",
    is_owed=True,
    invoice=Written("BC-1042", D("22.00")),
    there=THERE,
    payments=(Written("BC-1042/1", D("22.00")),),
)
VOIDED = replace(THERE, status="VOIDED")
GONE_PAYMENT = (Written("BC-1042/1", D("22.00"), is_live=False),)


def causes(sides):
    return [each.cause for each in found_in(sides)]


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        (AGREES, []),
        (replace(AGREES, invoice=None, there=None, payments=()), ["missing"]),
        (replace(AGREES, invoice=None, there=None, payments=(), is_owed=False), []),
        (replace(AGREES, there=VOIDED), ["missing_in_xero"]),
        (replace(AGREES, there=None), ["missing_in_xero"]),
        (replace(AGREES, there=VOIDED, is_owed=False), []),  # cancelled in the shop, and voided by us
        (replace(AGREES, edit="We wrote 22.00."), ["edited_in_xero"]),
        (replace(AGREES, payments=GONE_PAYMENT), ["payment_missing"]),
        (replace(AGREES, there=VOIDED, payments=GONE_PAYMENT), ["missing_in_xero"]),  # the payment went first
        (replace(AGREES, strangers=(D("5.00"),)), ["payment_not_ours"]),
        (replace(AGREES, refunds=(Written("BCR-1042-7", D("5.00"), is_live=False),)), ["refund_missing"]),
        (replace(AGREES, others=(BY_HAND,)), ["doubled"]),
        (replace(AGREES, invoice=None, there=None, payments=(), others=(BY_HAND,)), ["not_ours"]),
        (replace(AGREES, changed=True), ["changed_in_shop"]),
        (replace(AGREES, waits=(("held", "Why."), ("failed", "Why not."))), ["still_held", "on_its_way"]),
        (replace(AGREES, in_shop=False), ["deleted_in_shop"]),
    ],
)
def test_each_difference_has_its_word(sides, expected):
    assert causes(sides) == expected


def test_of_an_order_that_the_shop_deleted_it_says_what_stands():
    [found] = found_in(replace(AGREES, in_shop=False))

    assert found.sentence == (
        "The shop has no order 1042; BC-1042 of 22.00 AUD is PAID in Xero, 22.00 AUD paid by us. Nothing was voided."
    )


AMOUNTS = st.decimals("0.01", "999.99", places=2)
WRITTEN = st.builds(Written, st.just("BC-1042/1"), AMOUNTS, st.booleans())
ANY_SIDES = st.builds(
    Sides,
    order_key=st.just(1042),
    currency=st.sampled_from(["AUD", "JPY", ""]),
    in_shop=st.booleans(),
    is_owed=st.booleans(),
    changed=st.booleans(),
    invoice=st.none() | WRITTEN,
    there=st.none() | st.sampled_from([THERE, VOIDED, replace(THERE, status="DELETED")]),
    edit=st.sampled_from(["", "We wrote 22.00."]),
    payments=st.lists(WRITTEN, max_size=3).map(tuple),
    strangers=st.lists(AMOUNTS, max_size=2).map(tuple),
    refunds=st.lists(WRITTEN, max_size=2).map(tuple),
    others=st.lists(st.just(BY_HAND), max_size=2).map(tuple),
    waits=st.lists(st.sampled_from([("held", "Why."), ("failed", "Why.")]), max_size=2).map(tuple),
)


@given(ANY_SIDES)
def test_every_order_is_told_of_in_the_closed_words_with_a_sentence(sides):
    for each in found_in(sides):
        assert each.cause in CAUSES
        assert each.sentence.endswith(".")


@given(ANY_SIDES)
def test_money_is_looked_for_only_on_an_invoice_that_stands(sides):
    of_money = {"payment_missing", "payment_not_ours", "refund_missing"} & set(causes(sides))

    assert not of_money or (sides.invoice is not None and sides.there is not None and sides.there.status not in GONE)
    assert stands(sides) == (sides.there is not None and sides.there.status not in GONE)


@given(ANY_SIDES)
def test_what_is_owed_and_does_not_stand_is_always_told(sides):
    found = set(causes(sides))

    if sides.in_shop and sides.is_owed and not (sides.invoice is not None and stands(sides)):
        assert found & {"missing", "missing_in_xero", "not_ours"}
