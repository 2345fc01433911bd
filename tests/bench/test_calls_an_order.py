"""The short form of `make bench` and `make bench-peers`: the same command, its calls held to the goals. Time is not judged."""

import pytest

from include.commands.bench.goals import PEERS
from include.commands.bench.table import measured

ORDERS = 250  # a page of the shop; five chunks of invoices, five of payments
GOALS = {goal.key: goal for goal in PEERS}


@pytest.fixture
def dsn(postgres_server, monkeypatch):
    monkeypatch.setenv("BRIDGE_KEY", "bench-tests")
    return postgres_server.dsn("postgres", "postgres")


def test_where_ways_of_paying_are_known_an_order_costs_a_fiftieth_of_a_call_for_its_invoice_and_one_for_its_payment(
    dsn,
):
    told = measured(dsn, ORDERS, ())
    assert (told["sent"], told["held"]) == (ORDERS, 0)
    assert told["books_calls"] / ORDERS <= GOALS["xero_calls"].moonshot
    assert told["shop_calls"] == 2  # the page, and that it was the last


def test_where_payments_must_be_read_each_order_costs_one_call_to_the_shop_more(dsn):
    told = measured(dsn, ORDERS, ("--read-transactions",))
    assert (told["sent"], told["held"]) == (ORDERS, 0)
    assert told["shop_calls"] == 2 + ORDERS
    assert told["books_calls"] / ORDERS <= GOALS["xero_calls"].moonshot
