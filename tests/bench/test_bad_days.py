"""The short form of `make bench-faults`: the faults of the peers' harness, told to our own sandbox.

Lost, doubled and wrongly reported orders are read from the books and held against our ledger; all three must be none.
"""

import pytest

from include.commands.bench.trial import Invoice, _untrue


@pytest.mark.parametrize("n", [2, 3])
def test_every_nth_answer_is_lost(trial, n):
    trial.days.lose = n
    verdict = trial.run()
    assert (verdict.lost, verdict.doubled, verdict.wrong) == (0, 0, [])


@pytest.mark.parametrize("n", [2, 5])
def test_every_nth_call_is_throttled(trial, n):
    trial.days.throttle = n
    verdict = trial.run()
    assert (verdict.lost, verdict.doubled, verdict.wrong) == (0, 0, [])


@pytest.mark.parametrize("n", [2, 13])
def test_every_nth_order_is_refused(trial, n):
    trial.refuse_every(n)
    verdict = trial.run()
    assert (verdict.lost, verdict.doubled, verdict.wrong) == (0, 0, [])


@pytest.mark.parametrize("done", [True, False], ids=["its work done", "before its work"])
@pytest.mark.parametrize("at", [2, 4], ids=["invoices", "payments"])
def test_killed_at_a_call_and_run_again_when_its_key_has_expired(trial, at, done):
    verdict = trial.run_killed(at, done=done)
    assert (verdict.lost, verdict.doubled, verdict.wrong) == (0, 0, [])
    assert verdict.tries == 2


SAID = {
    ("BC-1", "invoice"): {"outcome": "posted", "reason": None, "xero_id": "a", "cents": 1100},
    ("BC-1", "payment"): {"outcome": "posted", "reason": None, "xero_id": "b", "cents": 1100},
}


def test_what_is_told_as_it_is_is_not_wrong():
    assert _untrue("BC-1", SAID, Invoice("a", 11.0, [11.0])) == []


@pytest.mark.parametrize(
    "there",
    [
        None,
        Invoice("a", 11.0),
        Invoice("z", 11.0, [11.0]),
        Invoice("a", 11.01, [11.0]),
        Invoice("a", 11.0, [11.0, 11.0]),
        Invoice("a", 11.0, [5.0]),
    ],
    ids=["no invoice", "not paid", "another invoice", "another total", "paid twice", "paid in part"],
)
def test_what_the_books_have_otherwise_is_wrongly_reported(there):
    assert _untrue("BC-1", SAID, there)


def test_what_is_held_and_stands_in_the_books_is_wrongly_reported():
    held = {key: row | {"outcome": "held", "reason": "invoice_held"} for key, row in SAID.items()}
    assert len(_untrue("BC-1", held, Invoice("a", 11.0, [11.0]))) == 2
    assert _untrue("BC-1", held, None) == []


def test_what_nothing_is_said_of_is_wrongly_reported():
    assert _untrue("BC-1", {}, None)
