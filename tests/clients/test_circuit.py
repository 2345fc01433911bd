"""A vendor that is down is asked by one call now and then. If not, a batch is fifty time-outs, and the vendor stays down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.clients.answers import Answer, NoAnswer, Unreadable
from include.clients.circuit import (
    FAILURES_MAX,
    OPEN_FIRST_S,
    OPEN_MAX_S,
    Circuit,
    Open,
    failed,
    not_tried,
    passing,
    state_of,
    succeeded,
    way,
)
from include.clients.pacing import Turn


def opened(now: float = 0.0) -> Circuit:
    circuit = Circuit()
    for number in range(FAILURES_MAX):
        circuit = failed(circuit, now, f"call {number}", "answered 503")
    return circuit


def test_it_opens_at_so_many_failures_in_a_row_and_not_before():
    circuit = Circuit()
    for number in range(FAILURES_MAX - 1):
        circuit = failed(circuit, 0.0, str(number), "answered 503")
    assert way(circuit, 0.0, in_flight=()) is None
    assert succeeded(circuit, "good") == Circuit()

    circuit = failed(circuit, 0.0, "last", "answered 503")
    assert way(circuit, 1.0, in_flight=()) == Open(pytest.approx(OPEN_FIRST_S - 1.0))
    assert circuit.said == "answered 503"


def test_one_call_that_the_vendor_always_trips_over_opens_nothing():
    from include.clients.after import ATTEMPTS_MAX

    assert FAILURES_MAX > ATTEMPTS_MAX


def test_after_its_time_one_call_tries_and_all_others_wait():
    circuit = opened()
    assert state_of(circuit, OPEN_FIRST_S + 1) == "half-open"

    circuit = passing(circuit, "probe")
    assert isinstance(way(circuit, OPEN_FIRST_S + 1, in_flight={"probe"}), Open)
    assert succeeded(circuit, "probe") == Circuit()


def test_a_probe_that_ended_without_a_word_makes_room_for_another():
    circuit = passing(opened(), "probe")

    assert way(circuit, OPEN_FIRST_S + 1, in_flight=()) is None  # its process was killed
    assert way(not_tried(circuit, "probe"), OPEN_FIRST_S + 1, in_flight={"probe"}) is None


def test_each_opening_lasts_twice_as_long_up_to_a_limit_and_says_since_when():
    circuit, now, lasted = opened(), 0.0, []
    for number in range(8):
        lasted.append(circuit.until - now)
        now = circuit.until + 1.0
        circuit = failed(passing(circuit, f"probe {number}"), now, f"probe {number}", "did not answer in time")

    assert lasted == [30.0, 60.0, 120.0, 240.0, 480.0, OPEN_MAX_S, OPEN_MAX_S, OPEN_MAX_S]
    assert circuit.since == 0.0


def test_calls_that_left_before_it_opened_change_nothing():
    circuit = opened()

    assert failed(circuit, 5.0, "old", "answered 500") is circuit
    assert succeeded(circuit, "old") is circuit


@given(st.lists(st.sampled_from(["ask", "good", "bad", "nothing", "later"]), max_size=60))
def test_while_it_is_not_closed_there_is_never_more_than_one_call_on_its_way(steps):
    circuit, now, tries = opened(), 0.0, []
    for number, step in enumerate(steps):
        if step == "later":
            now += 17.0
        elif step == "ask":
            if state_of(circuit, now) != "closed" and way(circuit, now, in_flight=tries) is None:
                circuit = passing(circuit, str(number))
                tries.append(str(number))
        elif tries:
            call = tries.pop()
            if step == "good":
                circuit = succeeded(circuit, call)
            elif step == "nothing":
                circuit = not_tried(circuit, call)
            else:
                circuit = failed(circuit, now, call, "answered 500")
        assert len(tries) <= 1
        if state_of(circuit, now) == "closed":
            return


@pytest.mark.parametrize(
    ("outcome", "failure"),
    [
        (Answer(200, {"content-type": "application/json"}), ""),
        (Answer(400), ""),
        (Answer(404, {"content-type": "text/html"}), ""),
        (Answer(429), ""),
        (Answer(501), ""),
        (Answer(500), "answered 500"),
        (Answer(503), "answered 503"),
        (Answer(200, {"content-type": "text/html; charset=utf-8"}), "answered with a web page"),
        (NoAnswer("could not be reached", may_have_arrived=False), "could not be reached"),
        (Unreadable("sent more than 64 MiB"), "sent more than 64 MiB"),
    ],
)
def test_a_refusal_is_an_answer_and_silence_or_a_proxys_page_is_none(outcome, failure):
    assert Turn(outcome).failure == failure


def test_it_is_kept_as_json_and_read_from_any_version():
    circuit = passing(opened(), "probe")

    assert Circuit.from_json(circuit.as_json()) == circuit
    assert Circuit.from_json({"failures": 2, "new": 1}) == Circuit(failures=2)
