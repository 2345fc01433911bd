"""Pages end, and calls keep their distance. If not, a run never ends, or the vendor shuts every app of the shop out."""

from __future__ import annotations

import threading

import pytest
from far_end import Time

from include.clients.answers import Answer
from include.clients.errors import DayLimitSpent, NotUnderstood, Unavailable
from include.clients.pacing import MinuteBudget, QuotaBudget, Told, told_by_bigcommerce, told_by_xero
from include.clients.paging import Page, by_key, by_page


def test_rows_that_come_out_of_order_or_again_stop_the_reading():
    for keys in [(2, 1), (1, 1), (5, 3)]:
        with pytest.raises(NotUnderstood):
            list(by_key(lambda after, keys=keys: Page("page", keys, is_last=False), what="Rows"))


def test_a_list_that_ignores_our_place_in_it_stops_the_reading():
    with pytest.raises(NotUnderstood, match="come again"):
        list(by_key(lambda after: Page("page", (1, 2, 3), is_last=False), what="Rows"))


def test_the_same_page_twice_stops_the_reading():
    with pytest.raises(NotUnderstood, match="page 2 is page 1 again"):
        list(by_page(lambda number: Page("page", ("a",), is_last=False), what="Rows"))


def test_pages_without_end_end_at_the_limit():
    with pytest.raises(NotUnderstood, match="7 pages"):
        list(by_page(lambda number: Page("page", (number,), is_last=False), what="Rows", pages_max=7))
    with pytest.raises(NotUnderstood, match="7 pages"):
        list(by_key(lambda after: Page("page", (after + 1,), is_last=False), what="Rows", pages_max=7))


def test_none_is_an_answer_on_the_first_page_only():
    assert list(by_page(lambda number: Page("none", (), is_last=True), what="Rows")) == ["none"]
    pages = {1: Page("one", (1,), is_last=False), 2: Page("none", (), is_last=True)}
    assert list(by_page(pages.__getitem__, what="Rows")) == ["one"]
    assert list(by_key(lambda after: Page("none", (), is_last=True), what="Rows")) == []


def a_minute(time: Time, **changes: int) -> MinuteBudget:
    return MinuteBudget(clock=time.clock, sleep=time.sleep, **changes)


def spend(budget: MinuteBudget | QuotaBudget, calls: int) -> None:
    for _ in range(calls):
        with budget.place():
            pass


def test_no_sixty_seconds_see_more_calls_than_our_own_limit():
    time = Time()
    budget = a_minute(time)
    called_at = []
    for _ in range(200):
        with budget.place():
            called_at.append(time.now)
            time.now += 0.01

    for first, later in zip(called_at, called_at[55:], strict=False):
        assert later - first >= 60.0
    assert called_at[-1] - called_at[0] < 60.0 * 200 / 55  # and it does not dawdle


def test_calls_that_others_made_tighten_our_allowance():
    time = Time()
    budget = a_minute(time)
    spend(budget, 1)
    budget.hear(Told(left=20))  # we made one of 60: the other 39 are gone to somebody else

    spend(budget, 15)
    assert time.slept == []
    spend(budget, 1)
    assert sum(time.slept) == pytest.approx(60.0)


def test_a_generous_vendor_never_loosens_our_allowance():
    time = Time()
    budget = a_minute(time)
    for _ in range(55):
        spend(budget, 1)
        budget.hear(Told(left=10_000))

    spend(budget, 1)
    assert sum(time.slept) == pytest.approx(60.0)


def test_a_door_closed_for_hours_is_told_at_once_and_not_slept():
    time = Time()
    budget = a_minute(time)
    budget.hear(Told(closed_for_s=66975.0, for_the_day=True, left_day=0))

    with pytest.raises(DayLimitSpent) as raised:
        spend(budget, 1)
    assert raised.value.retry_after_s == 66975.0
    assert time.slept == []
    assert budget.left_day == 0


def test_a_door_closed_for_half_a_minute_is_the_schedulers_and_for_seconds_ours():
    time = Time()
    budget = a_minute(time)
    budget.hear(Told(closed_for_s=26.0))
    with pytest.raises(Unavailable):
        spend(budget, 1)

    time.now += 20
    spend(budget, 1)
    assert time.slept == [pytest.approx(6.0)]


def test_after_a_closed_door_reopens_one_answer_tells_how_many_calls_others_left():
    time = Time()
    budget = a_minute(time)
    spend(budget, 1)
    budget.hear(Told(left=0, closed_for_s=9.0))
    spend(budget, 1)
    assert time.slept == [pytest.approx(9.0)]

    budget.hear(Told(left=0))  # the vendor's window rolls: others still hold the rest of it
    spend(budget, 1)
    assert sum(time.slept) > 50


def test_no_more_calls_are_in_flight_than_there_are_places():
    budget = MinuteBudget(in_flight_max=2)
    together, most, lock, go_on = 0, 0, threading.Lock(), threading.Event()

    def call() -> None:
        nonlocal together, most
        with budget.place():
            with lock:
                together += 1
                most = max(most, together)
            go_on.wait(0.05)
            with lock:
                together -= 1

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)

    assert most == 2
    assert together == 0


def test_a_call_that_fails_gives_its_place_back():
    budget = MinuteBudget(in_flight_max=1)
    for _ in range(3):
        with pytest.raises(RuntimeError), budget.place():
            raise RuntimeError


def test_the_shops_quota_is_kept_and_a_few_calls_left_to_other_apps():
    time = Time()
    budget = QuotaBudget(clock=time.clock, sleep=time.sleep)
    spend(budget, 1)
    budget.hear(Told(left=10, quota=150, resets_in_s=12.0))

    spend(budget, 7)
    assert time.slept == []
    spend(budget, 1)
    assert time.slept == [pytest.approx(12.0)]


def test_a_shop_whose_quota_was_spent_by_others_is_asked_again_after_its_reset():
    time = Time()
    budget = QuotaBudget(clock=time.clock, sleep=time.sleep)
    spend(budget, 1)
    budget.hear(Told(left=0, quota=150, resets_in_s=29.0))
    spend(budget, 1)
    budget.hear(Told(left=149, quota=150, resets_in_s=30.0))
    spend(budget, 100)

    assert time.slept == [pytest.approx(29.0)]


def test_a_quota_of_unknown_size_that_was_spent_is_asked_for_again_after_its_window():
    time = Time()
    budget = QuotaBudget(clock=time.clock, sleep=time.sleep)
    spend(budget, 1)
    budget.hear(Told(left=0))
    spend(budget, 1)

    assert time.slept == [pytest.approx(30.0)]


def test_calls_in_flight_are_taken_off_the_vendors_count():
    time = Time()
    budget = QuotaBudget(clock=time.clock, sleep=time.sleep)
    with budget.place(), budget.place():
        budget.hear(Told(left=6, quota=150, resets_in_s=12.0))  # the answer to a call before these two

    spend(budget, 1)
    assert time.slept == []
    spend(budget, 1)
    assert time.slept == [pytest.approx(12.0)]


def test_an_answer_that_overtook_another_does_not_give_calls_back():
    time = Time()
    budget = QuotaBudget(clock=time.clock, sleep=time.sleep)
    spend(budget, 1)
    budget.hear(Told(left=5, quota=150, resets_in_s=12.0))
    budget.hear(Told(left=100, quota=150, resets_in_s=12.0))

    spend(budget, 3)
    assert time.slept != []


def test_what_the_vendors_headers_say_is_read_or_left_unsaid():
    throttled = {
        "retry-after": "26",
        "x-minlimit-remaining": "0",
        "x-daylimit-remaining": "344",
        "x-rate-limit-problem": "minute",
    }
    assert told_by_xero(Answer(429, throttled)) == Told(left=0, left_day=344, closed_for_s=26.0)
    assert told_by_xero(Answer(200, {"x-minlimit-remaining": "many"})) == Told()
    quota = {
        "x-rate-limit-requests-left": "148",
        "x-rate-limit-requests-quota": "150",
        "x-rate-limit-time-reset-ms": "21734",
    }
    assert told_by_bigcommerce(Answer(200, quota)) == Told(left=148, quota=150, resets_in_s=21.734)
    assert told_by_bigcommerce(Answer(429, quota)).closed_for_s == 21.734
    assert told_by_bigcommerce(Answer(429, {})) == Told()
