"""What follows an attempt, row by row.

If a row is wrong, a write is repeated that was already carried out (an invoice twice), a worker sleeps for hours, or
a trouble of the line is blamed on somebody's order.
"""

from __future__ import annotations

import itertools
import pickle

import pytest

from include.clients.after import (
    ATTEMPTS_MAX,
    WAIT_MAX_S,
    RetryIn,
    SoFar,
    Take,
    after_bigcommerce,
    after_warehouse,
    after_xero,
    after_xero_token,
)
from include.clients.answers import Answer, NoAnswer, Unreadable
from include.clients.errors import (
    ApiError,
    DayLimitSpent,
    NotAllowed,
    NotUnderstood,
    OutcomeUnknown,
    Refused,
    Unavailable,
)

FIRST = SoFar()
LAST = SoFar(attempt=ATTEMPTS_MAX - 1)
ARRIVED = SoFar(attempt=1, may_have_arrived=True)
RENEWED = SoFar(attempt=1, renewed=True)
SEEN_ONE_PAGE = SoFar(attempt=1, unreadable=1)

BROKEN = NoAnswer("broke the connection", may_have_arrived=True)
UNREACHED = NoAnswer("could not be reached", may_have_arrived=False)
A_PAGE = Unreadable("answered with text/html instead of JSON")
TOO_LARGE = Unreadable("sent more than 64 MiB", once_more=False)


def a(status: int, **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()})


XERO = [
    # outcome, so far, ask, what follows
    (a(200), FIRST, "read", Take),
    (a(200), FIRST, "keyed write", Take),
    (a(200), ARRIVED, "keyed write", Take),
    (a(400), FIRST, "read", Take),
    (a(400), FIRST, "keyed write", Take),
    (a(400), ARRIVED, "keyed write", Take),
    (a(401), FIRST, "read", RetryIn(0.0, NotAllowed(""))),
    (a(401), FIRST, "keyed write", RetryIn(0.0, NotAllowed(""))),
    (a(401), RENEWED, "read", NotAllowed),
    (a(401), RENEWED, "keyed write", NotAllowed),
    (a(401), SoFar(1, renewed=True, may_have_arrived=True), "keyed write", OutcomeUnknown),
    (a(403), FIRST, "read", NotAllowed),
    (a(403), ARRIVED, "keyed write", OutcomeUnknown),
    (a(404), FIRST, "read", Refused),
    (a(404), FIRST, "keyed write", Refused),
    (a(404), ARRIVED, "keyed write", OutcomeUnknown),
    (a(409), FIRST, "read", Refused),
    (a(412), FIRST, "read", Refused),
    (a(408), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(429, retry_after="7", x_rate_limit_problem="minute"), FIRST, "read", RetryIn(7, Unavailable(""))),
    (a(429, retry_after="7", x_rate_limit_problem="MINUTE"), FIRST, "keyed write", RetryIn(7, Unavailable(""))),
    (a(429, retry_after="26", x_rate_limit_problem="minute"), FIRST, "read", Unavailable),
    (a(429), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(429), SoFar(attempt=1), "read", RetryIn(1.0, Unavailable(""))),
    (a(429), SoFar(attempt=2), "read", RetryIn(2.0, Unavailable(""))),
    (a(429), LAST, "read", Unavailable),
    (a(429), LAST, "keyed write", Unavailable),
    (a(429), SoFar(ATTEMPTS_MAX - 1, may_have_arrived=True), "keyed write", OutcomeUnknown),
    (a(429, x_rate_limit_problem="concurrent"), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(429, x_rate_limit_problem="something new", retry_after="3"), FIRST, "read", RetryIn(3, Unavailable(""))),
    (a(429, retry_after="soon"), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(429, retry_after="-5"), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(429, retry_after="inf"), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(429, retry_after="66975", x_rate_limit_problem="day"), FIRST, "read", DayLimitSpent),
    (a(429, retry_after="66975", x_rate_limit_problem="Day"), FIRST, "keyed write", DayLimitSpent),
    (a(429, x_rate_limit_problem="day"), FIRST, "read", DayLimitSpent),
    (a(429, retry_after="66975"), FIRST, "read", DayLimitSpent),
    (a(429, retry_after="66975", x_rate_limit_problem="day"), ARRIVED, "keyed write", OutcomeUnknown),
    (a(500), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(500), FIRST, "keyed write", RetryIn(0.5, OutcomeUnknown(""))),
    (a(500), FIRST, "write", OutcomeUnknown),
    (a(500), LAST, "read", Unavailable),
    (a(500), LAST, "keyed write", OutcomeUnknown),
    (a(502), LAST, "keyed write", OutcomeUnknown),
    (a(504), LAST, "keyed write", OutcomeUnknown),
    (a(503), FIRST, "keyed write", RetryIn(0.5, Unavailable(""))),
    (a(503), LAST, "keyed write", Unavailable),
    (a(503), SoFar(ATTEMPTS_MAX - 1, may_have_arrived=True), "keyed write", OutcomeUnknown),
    (a(503, retry_after="600"), FIRST, "read", Unavailable),
    (a(501), FIRST, "read", NotUnderstood),
    (a(302, location="https://elsewhere.test/login?token=x"), FIRST, "read", NotUnderstood),
    (a(302), FIRST, "keyed write", NotUnderstood),
    (a(999), FIRST, "read", NotUnderstood),
    (BROKEN, FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (BROKEN, FIRST, "keyed write", RetryIn(0.5, OutcomeUnknown(""))),
    (BROKEN, FIRST, "write", OutcomeUnknown),
    (BROKEN, LAST, "read", Unavailable),
    (BROKEN, LAST, "keyed write", OutcomeUnknown),
    (UNREACHED, FIRST, "keyed write", RetryIn(0.5, Unavailable(""))),
    (UNREACHED, FIRST, "write", RetryIn(0.5, Unavailable(""))),
    (UNREACHED, LAST, "keyed write", Unavailable),
    (UNREACHED, SoFar(ATTEMPTS_MAX - 1, may_have_arrived=True), "keyed write", OutcomeUnknown),
    (A_PAGE, FIRST, "read", RetryIn(0.5, NotUnderstood(""))),
    (A_PAGE, SEEN_ONE_PAGE, "read", NotUnderstood),
    (A_PAGE, LAST, "read", NotUnderstood),
    (A_PAGE, FIRST, "keyed write", RetryIn(0.5, OutcomeUnknown(""))),
    (A_PAGE, SEEN_ONE_PAGE, "keyed write", OutcomeUnknown),
    (A_PAGE, FIRST, "write", OutcomeUnknown),
    (TOO_LARGE, FIRST, "read", NotUnderstood),
    (TOO_LARGE, FIRST, "keyed write", OutcomeUnknown),
]

BIGCOMMERCE = [
    (a(200), FIRST, "read", Take),
    (a(204), FIRST, "read", Take),
    (a(400), FIRST, "read", Refused),
    (a(401), FIRST, "read", NotAllowed),
    (a(403), FIRST, "read", NotAllowed),
    (a(404), FIRST, "read", Refused),
    (Answer(404, {"content-type": "text/html"}, b"<html>"), FIRST, "read", RetryIn(0.5, NotUnderstood(""))),
    (Answer(404, {"content-type": "text/html"}, b"<html>"), SEEN_ONE_PAGE, "read", NotUnderstood),
    (a(413), FIRST, "read", Refused),
    (a(423), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(429, x_rate_limit_time_reset_ms="12500"), FIRST, "read", RetryIn(12.5, Unavailable(""))),
    (a(429, x_rate_limit_time_reset_ms="21734"), FIRST, "read", Unavailable),
    (a(429, x_retry_after="4"), FIRST, "read", RetryIn(4, Unavailable(""))),
    (a(429, x_retry_after="4", x_rate_limit_time_reset_ms="9000"), FIRST, "read", RetryIn(9, Unavailable(""))),
    (a(429), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(429), LAST, "read", Unavailable),
    (a(500), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(500), LAST, "read", Unavailable),
    (a(503), LAST, "read", Unavailable),
    (a(501), FIRST, "read", NotUnderstood),
    (a(507), FIRST, "read", Refused),
    (a(301), FIRST, "read", NotUnderstood),
    (BROKEN, FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (BROKEN, FIRST, "write", OutcomeUnknown),
    (A_PAGE, FIRST, "read", RetryIn(0.5, NotUnderstood(""))),
]

TOKEN = [
    (a(200), FIRST, "read", Take),
    (a(400), FIRST, "read", NotAllowed),
    (a(401), FIRST, "read", NotAllowed),
    (a(429, retry_after="5"), FIRST, "read", RetryIn(5, Unavailable(""))),
    (a(500), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(503), LAST, "read", Unavailable),
    (A_PAGE, SEEN_ONE_PAGE, "read", NotUnderstood),
    (UNREACHED, LAST, "read", Unavailable),
]

WAREHOUSE = [
    (a(200), FIRST, "read", Take),
    (a(400), FIRST, "read", NotUnderstood),
    (a(401), FIRST, "read", NotAllowed),
    (a(403), FIRST, "read", NotAllowed),
    (a(404), FIRST, "read", NotUnderstood),
    (a(406), FIRST, "read", NotUnderstood),
    (a(408), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(429), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(429, retry_after="7"), FIRST, "read", RetryIn(7, Unavailable(""))),
    (a(429, retry_after="21"), FIRST, "read", Unavailable),
    (a(503, retry_after="Tue, 24 Nov 2026 06:00:09 GMT", date="Tue, 24 Nov 2026 06:00:00 GMT"), FIRST, "read",
     RetryIn(9, Unavailable(""))),
    (a(503, retry_after="Tue, 24 Nov 2026 05:00:00 GMT", date="Tue, 24 Nov 2026 06:00:00 GMT"), FIRST, "read",
     RetryIn(0, Unavailable(""))),
    (a(503, retry_after="Tue, 24 Nov 2026 08:00:00 GMT", date="Tue, 24 Nov 2026 06:00:00 GMT"), FIRST, "read",
     Unavailable),
    (a(503, retry_after="Tue, 24 Nov 2026 06:00:09 GMT"), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(503, retry_after="tomorrow", date="Tue, 24 Nov 2026 06:00:00 GMT"), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(500), FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (a(503), LAST, "read", Unavailable),
    (a(501), FIRST, "read", NotUnderstood),
    (a(302, location="https://elsewhere.test/"), FIRST, "read", NotUnderstood),
    (BROKEN, FIRST, "read", RetryIn(0.5, Unavailable(""))),
    (UNREACHED, LAST, "read", Unavailable),
    (A_PAGE, FIRST, "read", RetryIn(0.5, NotUnderstood(""))),
    (A_PAGE, SEEN_ONE_PAGE, "read", NotUnderstood),
]  # fmt: skip

ROWS = [
    *((after_xero, *row) for row in XERO),
    *((after_bigcommerce, *row) for row in BIGCOMMERCE),
    *((after_xero_token, *row) for row in TOKEN),
    *((after_warehouse, *row) for row in WAREHOUSE),
]


@pytest.mark.parametrize(("after", "outcome", "so_far", "ask", "expected"), ROWS)
def test_each_row_of_the_decision(after, outcome, so_far, ask, expected):
    verdict = after(outcome, so_far, ask)

    if isinstance(expected, RetryIn):
        assert verdict == expected
        assert type(verdict.or_else) is type(expected.or_else)
    else:
        assert type(verdict) is expected


def test_the_table_above_is_not_empty():
    assert len(ROWS) > 90


@pytest.mark.parametrize("after", [after_xero, after_bigcommerce, after_xero_token, after_warehouse])
@pytest.mark.parametrize("wait", ["0", "1", "19", "20", "21", "3600", "999999999"])
@pytest.mark.parametrize("status", [429, 503])
def test_no_wait_that_is_slept_is_longer_than_the_limit(after, wait, status):
    verdict = after(a(status, retry_after=wait, x_retry_after=wait), FIRST, "read")

    if isinstance(verdict, RetryIn):
        assert verdict.wait_s <= WAIT_MAX_S
    else:
        assert verdict.retry_after_s == float(wait)


@pytest.mark.parametrize("ask", ["read", "keyed write", "write"])
@pytest.mark.parametrize("outcome", [a(429), a(500), a(503), BROKEN, UNREACHED, A_PAGE, a(423), a(408)])
def test_the_last_attempt_is_never_told_to_go_on(outcome, ask):
    for after in (after_xero, after_bigcommerce, after_xero_token, after_warehouse):
        assert not isinstance(after(outcome, LAST, ask), RetryIn)


@pytest.mark.parametrize("after", [after_xero, after_bigcommerce])
def test_once_a_write_may_have_arrived_no_status_proves_that_it_did_not(after):
    for status, attempt in itertools.product(range(100, 600), range(ATTEMPTS_MAX)):
        verdict = after(a(status), SoFar(attempt, renewed=True, may_have_arrived=True), "keyed write")
        if isinstance(verdict, RetryIn):
            verdict = verdict.or_else
        assert isinstance(verdict, Take | OutcomeUnknown)


def test_a_redirect_names_the_host_and_nothing_else_of_the_address():
    verdict = after_xero(a(302, location="https://elsewhere.test/login?token=x"), FIRST, "read")

    assert "elsewhere.test" in str(verdict)
    assert "token" not in str(verdict)


def test_every_error_says_whose_turn_it_is():
    turns = {
        error: error.failure
        for error in (Unavailable, DayLimitSpent, OutcomeUnknown, Refused, NotAllowed, NotUnderstood)
    }

    assert turns == {
        Unavailable: "transient",
        DayLimitSpent: "transient",
        OutcomeUnknown: "transient",
        Refused: "record",
        NotAllowed: "run",
        NotUnderstood: "run",
    }


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("down.", retry_after_s=7.0),
        DayLimitSpent("spent.", retry_after_s=None),
        OutcomeUnknown("lost.", retry_after_s=60.0),
        Refused("no.", status=409, problems=["a", "b"]),
        NotAllowed("no."),
        NotUnderstood("what?"),
    ],
)
def test_an_error_survives_the_way_from_one_process_to_another(error: ApiError):
    again = pickle.loads(pickle.dumps(error))

    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_what_a_vendor_says_is_kept_within_limits():
    refused = Refused("no.", problems=["x" * 9000, "x" * 9000, "", "y\n y", *map(str, range(100))])

    assert refused.problems[:2] == ("x" * 500, "y y")
    assert len(refused.problems) == 20
