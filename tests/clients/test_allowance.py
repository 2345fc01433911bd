"""All of the vendor's minute is used, and none of it twice. Else a backfill dawdles, or every app of the shop stands still."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vendor_minutes import Caller, Vendor, run

from include.clients import asking
from include.clients.allowance import Allowance, Closed, Go, Reserved, Terms, Told, Wait
from include.clients.pacing import BIGCOMMERCE_SHARED, XERO_SHARED

XERO = XERO_SHARED


def going(state: Allowance, now: float, call: str, lane="batch", terms: Terms = XERO, holder: str = "") -> Allowance:
    state, decision = asking.ask(state, terms, now, lane=lane, call=call, holder=holder)
    assert decision == Go(), decision
    return state


def answered(state: Allowance, now: float, told: Told, lane="batch") -> Allowance:
    """A call that leaves now and is answered now."""
    return asking.answered(going(state, now, "one", lane), XERO, now, "one", told)


def decided(state: Allowance, now: float, lane="batch", terms: Terms = XERO):
    return asking.ask(state, terms, now, lane=lane, call="asked")[1]


@settings(max_examples=25)
@given(
    rolling=st.booleans(),
    phase=st.floats(0, 60),
    latencies=st.lists(st.floats(0.01, 30), min_size=1, max_size=7),
    shares=st.lists(st.floats(0, 1), min_size=1, max_size=5),
    lanes=st.lists(st.sampled_from(["batch", "seconds", "operations"]), min_size=1, max_size=12),
    calls=st.integers(1, 18),
)
def test_no_window_of_the_vendor_is_ever_overdrawn(rolling, phase, latencies, shares, lanes, calls):
    vendor = Vendor(rolling, phase)
    callers = [Caller(calls, lane, begins_at=7.0 * at) for at, lane in enumerate(lanes)]

    run(vendor, XERO, callers, lambda n: latencies[n % len(latencies)], lambda n: shares[n % len(shares)])

    assert vendor.refused == []
    assert all(len(caller.waited) == calls for caller in callers)


@settings(max_examples=20)
@given(rolling=st.booleans(), latency=st.floats(0.05, 2.0), share=st.floats(0, 1))
def test_a_backfill_of_two_windows_takes_at_most_three_percent_more_than_the_vendor_allows(rolling, latency, share):
    vendor = Vendor(rolling, phase=latency * share)  # the window begins with our first call: the worst case

    took = run(vendor, XERO, [Caller(24) for _ in range(5)], lambda n: latency, lambda n: share)

    least = 60.0 + 12 * latency  # 60 calls in the first window, 60 five at a time in the second
    assert vendor.refused == []
    assert took <= 1.03 * least


def test_120_calls_of_two_seconds_take_a_minute_the_first_call_and_the_second_half():
    took = run(Vendor(rolling=False), XERO, [Caller(24) for _ in range(5)], lambda n: 2.0)

    assert took == pytest.approx(2.0 + 60.2 + 24.0)


@settings(max_examples=10)
@given(latency=st.floats(0.05, 5.0), windows=st.integers(2, 8))
def test_a_long_backfill_pays_one_latency_a_window(latency, windows):
    took = run(Vendor(rolling=True), XERO, [Caller(12 * windows) for _ in range(5)], lambda n: latency)

    assert took <= (windows - 1) * max(60.0 + latency + 0.3, 12 * latency) + 12 * latency + 0.1


def test_an_idle_lane_costs_nothing_and_an_active_one_finds_room():
    alone = run(Vendor(rolling=True), XERO, [Caller(24) for _ in range(5)], lambda n: 1.0)
    doorbell = Caller(20, "seconds", pause_s=20.0, begins_at=5.0)
    vendor = Vendor(rolling=True)
    run(vendor, XERO, [*[Caller(60) for _ in range(5)], doorbell], lambda n: 1.0)

    assert alone == pytest.approx(73.2, abs=0.5)
    assert vendor.refused == []
    assert doorbell.waited[0] <= 1.0  # it only waits for a place of the batch
    # The minute that the batch had spent before it is the only one it waits for.
    assert sum(wait > 3.0 for wait in doorbell.waited) <= 1


def test_who_waits_in_another_lane_goes_before_a_batch():
    state = Allowance(counted=tuple([0.0] * 60))
    state, wait = asking.ask(state, XERO, 50.0, lane="seconds", call="bell")
    assert wait == Wait(pytest.approx(10.2))

    assert decided(state, 60.3) == Wait(0.0, for_place=True)
    state = going(state, 60.3, "bell", "seconds")
    assert decided(state, 60.3) == Go()


def test_a_waiter_that_never_comes_back_holds_nobody_up():
    state = Allowance(counted=tuple([0.0] * 60))
    state, _ = asking.ask(state, XERO, 50.0, lane="operations", call="gone")

    assert decided(state, 61.5) == Go()


def test_what_others_spend_of_the_minute_lowers_ours_and_a_generous_vendor_raises_nothing():
    state = answered(Allowance(), 0.0, Told(left=10))
    assert asking.used(state, XERO, 0.0) == 50

    assert asking.used(answered(state, 1.0, Told(left=10_000)), XERO, 1.0) == 51


def test_calls_in_flight_are_not_taken_for_those_of_others():
    state = Allowance()
    for call in "abcd":
        state = going(state, 0.0, call)
    state = asking.answered(state, XERO, 2.0, "a", Told(left=56))  # the vendor has counted all four

    assert asking.used(state, XERO, 2.0) == 4


def test_a_429_closes_the_door_for_as_long_as_it_asks():
    state = answered(Allowance(), 0.0, Told(left=0, closed_for_s=26.0))

    assert decided(state, 1.0) == Closed(pytest.approx(25.2))
    assert decided(state, 1.0, "operations") == Closed(pytest.approx(25.2))
    assert decided(state, 26.3) == Go()


def test_the_last_calls_of_the_day_are_kept_from_batches():
    state = answered(Allowance(), 0.0, Told(left_day=50))

    assert decided(state, 1.0) == Reserved(pytest.approx(3599.0), 50, known=False)
    assert decided(state, 1.0, "seconds") == Go()
    assert decided(answered(Allowance(), 0.0, Told(left_day=51)), 1.0) == Go()


def test_calls_in_flight_may_spend_the_last_that_a_batch_may():
    state = going(answered(Allowance(), 0.0, Told(left_day=51)), 1.0, "last")

    assert decided(state, 1.0) == Wait(0.0, for_place=True)


def test_a_day_without_calls_is_over_for_every_lane_without_asking_the_vendor():
    state = answered(Allowance(), 0.0, Told(left_day=0), "seconds")

    assert isinstance(decided(state, 1.0, "seconds"), Reserved)


def test_where_nobody_knows_when_the_day_ends_one_call_an_hour_looks():
    state = answered(Allowance(), 0.0, Told(left_day=10))
    state = going(state, 3600.0, "look")

    assert decided(state, 3600.0) == Wait(0.0, for_place=True)  # its answer is worth waiting for
    state = asking.answered(state, XERO, 3601.0, "look", Told(left_day=999))
    assert decided(state, 3601.0) == Go()


def test_after_a_day_that_the_vendor_said_the_end_of_one_call_looks_at_once_and_the_others_wait_for_its_answer():
    state = answered(Allowance(), 0.0, Told(left_day=0, closed_for_s=30.0, for_the_day=True))
    assert decided(state, 29.0) == Closed(pytest.approx(1.2), for_the_day=True)

    state = going(state, 31.0, "look")
    assert decided(state, 32.0) == Wait(0.0, for_place=True)
    state = asking.answered(state, XERO, 33.0, "look", Told(left_day=4999))
    assert decided(state, 33.0) == Go()


def test_a_429_of_the_day_says_when_it_ends_and_so_does_the_next_day():
    state = answered(Allowance(), 0.0, Told(left_day=0, closed_for_s=7200.0, for_the_day=True))
    assert decided(state, 10.0) == Closed(pytest.approx(7190.2), for_the_day=True)

    state = answered(state, 7300.0, Told(left_day=4999))
    for calls_left in (3000, 1000, 48):
        state = answered(state, 20_000.0, Told(left_day=calls_left))
    assert decided(state, 20_000.0) == Reserved(pytest.approx(7200.2 + 86_400 - 20_000), 48, known=True)


def test_answers_that_overtake_one_another_give_no_call_back():
    state = answered(Allowance(), 0.0, Told(left_day=52))

    assert answered(state, 1.0, Told(left_day=55)).left_day == 52


def test_a_call_that_is_not_answered_in_time_keeps_its_place_while_the_vendor_may_work_on_it():
    state = Allowance()
    for call in "abcde":
        state = going(state, 0.0, call)
    state = asking.given_up(state, XERO, 60.0, "a")

    assert decided(state, 65.0) == Wait(0.0, for_place=True)
    assert decided(state, 70.1) == Go()
    assert asking.used(state, XERO, 129.0) == 5  # and it is counted when it ended, not when it left


def test_a_call_that_never_left_costs_nothing_and_one_whose_line_broke_is_counted():
    state = going(going(Allowance(), 0.0, "a"), 0.0, "b")

    assert asking.used(asking.never_left(state, XERO, 1.0, "a"), XERO, 1.0) == 1
    assert asking.used(asking.broken(state, XERO, 1.0, "a"), XERO, 1.0) == 2


def test_the_calls_of_a_process_that_died_end_soon_and_those_of_the_living_stay():
    state = Allowance()
    for call, holder in zip("abcde", ["dead"] * 4 + ["alive"], strict=True):
        state = going(state, 0.0, call, holder=holder)
    state = asking.bereaved(state, XERO, 5.0, {"alive"})

    assert decided(state, 14.0) == Wait(0.0, for_place=True)
    assert decided(state, 15.1) == Go()
    assert asking.bereaved(state, XERO, 20.0, {"alive"}) is state or asking.used(state, XERO, 20.0) == 5


def test_a_lease_that_nobody_ends_is_over_with_the_calls_own_time_outs():
    state = Allowance()
    for call in "abcde":
        state = going(state, 0.0, call, holder="alive")

    assert decided(state, XERO.lease_s - 1) == Wait(0.0, for_place=True)
    assert decided(state, XERO.lease_s + 1) == Go()


@settings(max_examples=50)
@given(st.floats(-1e6, 1e6))
def test_a_clock_that_is_set_back_or_forth_keeps_nobody_out_for_longer(set_to):
    state = answered(Allowance(counted=tuple([1e6] * 58)), 1e6, Told(left=0, closed_for_s=5.0))
    state = asking.ask(state, XERO, 1e6, lane="seconds", call="s")[0]
    waited, now = 0.0, set_to
    while not isinstance(decision := decided(state, now), Go):
        state, decision = asking.ask(state, XERO, now, lane="batch", call="b")
        now, waited = now + max(0.25, decision.s), waited + max(0.25, decision.s)
        assert waited < 70


def test_what_another_version_kept_is_read_and_what_it_lacks_is_as_at_the_beginning():
    state = going(answered(Allowance(), 0.0, Told(left=30, left_day=900)), 1.0, "a", holder="me")

    assert Allowance.from_json(json.loads(json.dumps(state.as_json()))) == state
    assert Allowance.from_json({"counted": [1.0], "of_a_later_version": 1}) == Allowance(counted=(1.0,))
    assert Allowance.from_json({}) == Allowance()


def test_the_shops_window_is_shared_by_its_headers_and_a_few_calls_are_left_to_other_apps():
    state = going(Allowance(), 0.0, "a", terms=BIGCOMMERCE_SHARED)
    state = asking.answered(state, BIGCOMMERCE_SHARED, 0.0, "a", Told(left=4, quota=150, resets_in_s=12.0))
    state = going(state, 0.0, "b", terms=BIGCOMMERCE_SHARED)

    assert decided(state, 2.0, terms=BIGCOMMERCE_SHARED) == Wait(pytest.approx(10.2))
    assert decided(state, 12.3, terms=BIGCOMMERCE_SHARED) == Go()
    assert asking.used(state, BIGCOMMERCE_SHARED, 2.0) == 147
