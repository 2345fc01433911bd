"""What all processes share of a vendor's allowance. If they did not, each alone would be right and all would be shut out."""

from __future__ import annotations

import random
import threading
import time
from contextlib import closing
from dataclasses import replace

import psycopg2
import pytest
from processes import holding, kill, together

from include.clients.allowance import Terms, Told
from include.clients.answers import Answer, NoAnswer
from include.clients.errors import DayLimitSpent, Unavailable
from include.clients.pacing import BIGCOMMERCE_SHARED, XERO_SHARED, Turn
from include.database.connection import connect
from include.keepers.budget import SharedPace

QUICK = Terms("Xero", in_flight_max=5, calls_max=20, window_s=0.8, margin_s=0.02, linger_s=0.3)


@pytest.fixture
def budget(postgres, request):
    """Opens a share of this test's own row; `terms`, `lane` as said. Closed at the end."""
    opened = []

    def share(terms: Terms = XERO_SHARED, **changes) -> SharedPace:
        pace = SharedPace(postgres.writer_dsn, terms, **{"vendor": "xero", "tenant": request.node.name, **changes})
        opened.append(pace)
        return pace

    yield share
    for pace in opened:
        pace.close()


def call(pace: SharedPace, told: Told | None = None) -> None:
    with pace.place() as turn:
        turn.outcome, turn.told = Answer(200), told or Told()


def test_twenty_processes_never_make_more_calls_than_a_window_or_the_places_allow(budget):
    def calls(number: int) -> list[tuple[float, float, float]]:
        dice, seen = random.Random(number), []
        with closing(budget(QUICK)) as pace:
            for _ in range(5):
                with pace.place() as turn:
                    began = time.monotonic()
                    time.sleep(dice.uniform(0.0, 0.06))
                    counted = dice.uniform(began, time.monotonic())
                    turn.outcome = Answer(200)
                    seen.append((began, counted, time.monotonic()))
        return seen

    seen = [each for calls_of_one in together(calls, 20) for each in calls_of_one]

    assert len(seen) == 100
    counted = sorted(each[1] for each in seen)
    assert all(later - first >= QUICK.window_s for first, later in zip(counted, counted[20:], strict=False))
    steps = sorted([(began, 1) for began, _, _ in seen] + [(ended, -1) for _, _, ended in seen])
    at_once = [sum(step for _, step in steps[: at + 1]) for at in range(len(steps))]
    assert max(at_once) <= 5
    assert counted[-1] - counted[0] < 20  # four windows, on a machine that is busy


def test_the_threads_of_a_process_share_one_connection_and_all_places(budget):
    pace, together_now, most, lock = budget(), 0, 0, threading.Lock()
    meet = threading.Barrier(5, timeout=10)

    def one() -> None:
        nonlocal together_now, most
        with pace.place() as turn:
            with lock:
                together_now += 1
                most = max(most, together_now)
            meet.wait()
            with lock:
                together_now -= 1
            turn.outcome = Answer(200)

    threads = [threading.Thread(target=one) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert most == 5
    assert together_now == 0


def test_what_one_process_hears_all_obey(budget):
    call(budget(), Told(left=0, left_day=3000, closed_for_s=26.0))

    with pytest.raises(Unavailable, match="stay away") as raised:
        call(budget(lane="seconds"))
    assert raised.value.retry_after_s == pytest.approx(26.2, abs=1.0)


def test_the_end_of_the_day_is_kept_for_people_and_said_with_its_hour(budget):
    call(budget(), Told(left_day=50))

    with pytest.raises(DayLimitSpent, match="50 calls left today, and 50 of a day are kept") as raised:
        call(budget())
    assert raised.value.retry_after_s == pytest.approx(3600, abs=5)
    call(budget(lane="operations"), Told(left_day=49))
    assert budget().left_day is None
    operations = budget(lane="operations")
    call(operations, Told(left_day=48))
    assert operations.left_day == 48


def test_a_store_may_keep_more_of_the_day_or_nothing(budget):
    call(budget(), Told(left_day=10))

    call(budget(replace(XERO_SHARED, kept_a_day=0)))
    with pytest.raises(DayLimitSpent):
        call(budget(replace(XERO_SHARED, kept_a_day=200)))


def test_the_calls_of_a_killed_process_free_their_places_soon(budget):
    def hold():
        pace = budget(QUICK)
        places = [pace.place() for _ in range(5)]
        for place in places:
            place.__enter__()
        return places

    with holding(hold) as process_id:
        impatient = budget(QUICK, wait_max_s=0.5)
        with pytest.raises(Unavailable, match="No place was free"):
            call(impatient)
        kill(process_id)
        began = time.monotonic()
        call(budget(QUICK, wait_max_s=30))  # its time-outs would have been 250 s
        assert time.monotonic() - began < 25


def test_a_call_that_ends_is_counted_even_if_the_database_lost_us_meanwhile(budget, postgres):
    pace = budget(QUICK)
    with pace.place() as turn:
        with closing(psycopg2.connect(postgres.owner_dsn)) as owner, owner.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        turn.outcome, turn.told = Answer(200), Told(left_day=77)

    assert pace.left_day == 77
    call(pace)


def test_without_a_database_nothing_leaves_and_an_answer_that_came_is_kept(monkeypatch):
    monkeypatch.setattr("include.keepers.budget.TRIES", 1)
    pace = SharedPace("postgresql://127.0.0.1:1/none?password=planted", QUICK, vendor="xero", tenant="t")

    with pytest.raises(Unavailable, match=r"cannot be had from PostgreSQL \(OperationalError\)") as raised:
        call(pace)
    assert "planted" not in str(raised.value)
    pace._end("call", Turn(Answer(200)))


def test_a_call_that_never_left_is_not_counted(budget, postgres, request):
    pace = budget()
    with pace.place() as turn:
        turn.outcome = NoAnswer("could not be reached", may_have_arrived=False)
    with pytest.raises(Unavailable), pace.place():
        raise Unavailable("no token")

    with connect(postgres.reader_dsn) as db:
        row = db.row("pace.seen", vendor="xero", tenant=request.node.name)
    assert row["allowance"]["counted"] == []
    assert row["allowance"]["leases"] == {}


def test_tenants_and_vendors_share_nothing(budget):
    call(budget(), Told(closed_for_s=600.0))

    call(budget(tenant="another"))
    call(budget(BIGCOMMERCE_SHARED, vendor="bigcommerce"))
