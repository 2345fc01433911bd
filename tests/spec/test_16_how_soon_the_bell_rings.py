"""Business risk: the lane of seconds spends the day's calls by noon, and then neither batches nor people have any."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.domain.lane import BETWEEN_S, CALLS_A_RUN, DAY_S, WAIT_MAX_S, Budget, pace_of

budgets = st.builds(
    Budget,
    left=st.none() | st.integers(0, 5000),
    kept=st.integers(0, 2000),
    ends_in_s=st.none() | st.floats(0, DAY_S),
    closed=st.booleans(),
)
settles = st.floats(0, 300)


@given(budgets, settles)
def test_it_rings_after_it_has_settled_or_says_that_it_does_not_and_why(budget, settle_s):
    pace = pace_of(budget, settle_s)

    assert (pace.gathers_s is None) == (pace.state == "batch")
    assert pace.why
    if pace.gathers_s is not None:
        assert pace.gathers_s >= max(settle_s, BETWEEN_S)
        assert pace.gathers_s <= max(WAIT_MAX_S, settle_s, BETWEEN_S)
        assert (pace.state == "seconds") == (pace.gathers_s == max(settle_s, BETWEEN_S))


@given(budgets, settles, st.integers(1, 500))
def test_with_fewer_calls_left_of_the_same_allowance_it_never_rings_sooner(budget, settle_s, fewer):
    if budget.left is None or budget.closed:
        return
    less = replace(budget, left=max(0, budget.left - fewer))
    if (budget.left > 1000) != (less.left > 1000):  # which allowance it is, the calls that are left tell
        return
    sooner, later = pace_of(budget, settle_s).gathers_s, pace_of(less, settle_s).gathers_s

    assert later is None or (sooner is not None and later >= sooner)


@given(st.sampled_from([1000, 5000]), st.integers(0, 300), st.floats(0, 60), st.floats(0, DAY_S))
def test_however_many_orders_come_a_day_never_falls_below_half_of_what_is_kept_for_people(
    allowance, kept, settle_s, begins
):
    """Orders come without end: each time the bell may ring, it does, and a run spends its calls."""
    left, at = allowance, begins
    while at < DAY_S:
        pace = pace_of(Budget(left, kept, DAY_S - at), settle_s)
        if pace.gathers_s is None:
            at += WAIT_MAX_S
            continue
        at += pace.gathers_s
        left -= CALLS_A_RUN
        assert left >= kept // 2
    assert left >= kept // 2


@pytest.mark.parametrize(
    ("budget", "state"),
    [
        (Budget(), "seconds"),
        (Budget(left=4000, kept=50, ends_in_s=DAY_S), "seconds"),
        (Budget(left=1200, kept=50, ends_in_s=DAY_S), "slower"),
        (Budget(left=60, kept=50, ends_in_s=DAY_S), "batch"),  # what is left would be a run each two hours
        (Budget(left=20, kept=50, ends_in_s=60), "batch"),
        (Budget(left=4000, kept=50, closed=True), "batch"),
    ],
)
def test_by_example(budget, state):
    assert pace_of(budget, 3.0).state == state
