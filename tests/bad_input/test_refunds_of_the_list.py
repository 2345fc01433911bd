"""What makes a refund another one than yesterday's. If nothing did, a late decline is never seen; if all did, every run
reads every refunded order again."""

from decimal import Decimal
from typing import Any

import pytest

from include.clients.answers import json_of
from include.wire.bigcommerce_refunds import refund_states


def a_refund(**changes: Any) -> dict[str, Any]:
    payment = {"id": 7, "provider_id": "stripe", "amount": Decimal("22.00"), "offline": False, "is_declined": False}
    item = {"item_type": "PRODUCT", "item_id": 5, "quantity": 1, "requested_amount": None, "adjustments": []}
    return {
        "id": 12,
        "order_id": 1001,
        "created": "2026-05-20T00:00:00+00:00",
        "reason": "too large",
        "total_amount": Decimal("22.00"),
        "total_tax": 2,
        "items": [item],
        "payments": [payment],
        **changes,
    }


def digest(row: dict[str, Any]) -> str:
    [state], unread = refund_states({"data": [row], "meta": {}})
    assert unread == 0
    return state.digest


def with_payment(**changes: Any) -> dict[str, Any]:
    row = a_refund()
    return {**row, "payments": [{**row["payments"][0], **changes}]}


@pytest.mark.parametrize(
    "row",
    [
        a_refund(total_amount=22, total_tax=Decimal("2.0")),
        a_refund(reason="other words", user_id=3, is_new=True),
        with_payment(transaction_id="99", declined_message=""),
    ],
    ids=["spelling of amounts", "words and unknown fields", "the transaction, filled in later"],
)
def test_what_the_books_do_not_depend_on_is_no_change(row):
    assert digest(row) == digest(a_refund())


@pytest.mark.parametrize(
    "row",
    [
        with_payment(is_declined=True),
        with_payment(amount=Decimal("21.99")),
        with_payment(provider_id="storecredit"),
        a_refund(total_amount=Decimal("21.99")),
        a_refund(total_tax=Decimal("1.99")),
        a_refund(items=[]),
        a_refund(payments=[]),
        a_refund(payments=None),
        a_refund(order_id=1002),
    ],
)
def test_what_the_books_depend_on_is_a_change(row):
    assert digest(row) != digest(a_refund())


@pytest.mark.parametrize("body", [b"", b"[]", b'{"data": null}', b'{"meta": {}}', b'{"data": {"id": 1}}'])
def test_no_list_has_no_refunds(body):
    assert refund_states(json_of(body) if body else {}) == ([], 0)


@pytest.mark.parametrize("row", [None, 7, [], {}, {"id": 1}, {"id": "x", "order_id": 1}, {"id": 1, "order_id": 1.5}])
def test_a_row_that_names_no_refund_or_no_order_is_counted(row):
    states, unread = refund_states({"data": [row, a_refund()]})

    assert [state.refund_id for state in states] == [12]
    assert unread == 1


@pytest.mark.parametrize("created", [None, "", "noon", 7, "2026-05-20"])
def test_a_refund_without_a_readable_date_is_seen_all_the_same(created):
    [state], unread = refund_states({"data": [a_refund(created=created)]})

    assert (state.created_at, state.order_id, unread) == (None, 1001, 0)


def test_a_refund_that_stands_twice_in_a_page_is_one():
    assert len(refund_states({"data": [a_refund(), a_refund()]})[0]) == 1


@pytest.mark.parametrize(
    "odd", [Decimal("1e-99999999"), Decimal("9e99999999"), {"a": [Decimal(1)]}, ["x"], True, "\x00"]
)
def test_no_odd_value_stops_the_reading(odd):
    row = a_refund(total_amount=odd, items=odd, payments=[odd])

    assert len(digest(row)) == 64
