"""Business risk: ops starts a backfill that spends the day's calls, because the page promised less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.domain.estimate import Counted, estimate, remaining_s


def counted(**changes):
    known = {"orders": 1000, "in_books": 0, "days": 10, "looked_up": 0.0, "new_shoppers": 0.0, "left": 4950}
    return Counted(**(known | changes))


def test_a_thousand_new_orders_in_ten_days_cost_a_page_and_four_writes_a_day():
    cost = estimate(counted())

    assert cost.shop_calls == 10  # a hundred a day, a page each
    assert cost.books_calls == 10 + 10 * 2 * 2  # the organisation, two of invoices, two of payments a day
    assert cost.budget_days == 1


def test_what_is_in_the_books_already_costs_no_write():
    assert estimate(counted(in_books=1000)).books_calls == 10


def test_orders_that_are_looked_up_and_shoppers_that_are_new_cost_more():
    cost = estimate(counted(looked_up=100.0, new_shoppers=100.0))

    assert cost.shop_calls == 10 + 1000
    assert cost.books_calls == 10 + 10 * (4 + 4)


def test_more_than_is_left_today_takes_another_of_xeros_days():
    assert estimate(counted(left=20)).budget_days == 2
    assert estimate(counted(orders=1_000_000, left=4950), a_day=4950).budget_days == 9


def test_more_than_a_minutes_calls_waits_for_the_minutes():
    assert estimate(counted(orders=30_000, days=1)).seconds >= 60 * 19


@given(
    orders=st.integers(0, 10**6), more=st.integers(0, 10**5), days=st.integers(1, 400),
    looked_up=st.floats(0, 300), new=st.floats(0, 100), share=st.floats(0, 1),
)  # fmt: skip
def test_more_orders_never_cost_less_and_more_in_the_books_never_more(orders, more, days, looked_up, new, share):
    here = counted(orders=orders, days=days, looked_up=looked_up, new_shoppers=new)
    there = counted(orders=orders + more, days=days, looked_up=looked_up, new_shoppers=new)
    known = counted(orders=orders, days=days, looked_up=looked_up, new_shoppers=new, in_books=int(orders * share))

    one, other, less = estimate(here), estimate(there), estimate(known)
    assert (other.shop_calls, other.books_calls) >= (one.shop_calls, one.books_calls)
    assert other.seconds >= one.seconds
    assert less.books_calls <= one.books_calls
    assert one.budget_days >= 1


@pytest.mark.parametrize(("done", "left", "said"), [(0, 5, False), (1, 5, False), (2, 5, True), (7, 0, True)])
def test_how_long_it_goes_on_is_said_once_two_days_are_done(done, left, said):
    rest = remaining_s(done, 60.0, left, 3)

    assert (rest is not None) is said
    if rest is not None:
        assert 0 <= rest[0] <= rest[1]
        assert rest == (0.0, 0.0) or rest[0] < 60 / done * left < rest[1]
