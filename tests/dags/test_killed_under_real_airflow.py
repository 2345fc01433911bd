"""Airflow's own parts die in the middle of a load. If this breaks, an outage ends in doubled or missing documents.

Each test ends at the books of a run that nothing happened to, document by document, line by line, payment by payment.
"""

import os

import psutil
import pytest
from troubled_stack import kill, troubled_stack

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

# In the order in which a load writes them.
WRITES = ("Contacts", "Invoices", "Payments")


@pytest.fixture(scope="module")
def stack_in_trouble(tmp_path_factory):
    with troubled_stack(tmp_path_factory.mktemp("trouble") / "stack") as place:
        yield place


@pytest.fixture
def place(stack_in_trouble):
    """The stack with all its parts running, the demo shop as it was at the start, and empty books."""
    stack_in_trouble.begin_anew()
    return stack_in_trouble


def test_a_task_that_is_killed_after_each_kind_of_write_writes_nothing_twice(place):
    """The next call is under way when it dies; it is carried out, and nobody hears of it."""
    run_id = place.trigger_slowly()
    killed = []
    for resource in WRITES:
        load = place.load_runs(run_id, not_as=killed[-1] if killed else None)
        place.until(f"a write of {resource}", lambda resource=resource: place.written(resource))
        kill(load)
        killed.append(load.pid)
    place.books_are_quick_again()

    assert place.ended(run_id) == "success"
    assert len(set(killed)) == len(WRITES)
    assert place.task(run_id, "load")["try_number"] == len(WRITES) + 1
    place.ends_as_without_trouble()


def test_a_task_that_is_killed_with_its_worker_is_missed_and_done_again(place):
    """Nobody is left to say that it died: Airflow must miss its heartbeats."""
    run_id = place.trigger_slowly()
    load = place.load_runs(run_id)
    place.until("a write of invoices", lambda: place.written("Invoices"))
    worker = load.parent()
    assert worker is not None
    assert place.is_ours(worker)
    kill(worker)
    kill(load)
    place.books_are_quick_again()

    assert place.ended(run_id) == "success"
    assert place.task(run_id, "load")["try_number"] > 1
    place.ends_as_without_trouble()


def test_a_load_that_outlives_its_scheduler_and_the_load_of_the_next_one_write_once_between_them(place):
    """A killed scheduler leaves its workers at work. The next one takes their task for lost and starts it beside them."""
    run_id = place.trigger_slowly()
    load = place.load_runs(run_id)
    place.until("a write of contacts", lambda: place.written("Contacts"))
    place.tell("answer_slowly", seconds=20)  # so that the first is still at work when the next scheduler has come
    place.kill("scheduler")
    outlived = load.is_running()
    second = place.load_runs(run_id, not_as=load.pid)
    place.books_are_quick_again()

    assert outlived
    assert second.pid != load.pid
    assert place.ended(run_id) == "success"
    place.until("the end of the first load", lambda: not load.is_running())
    place.ends_as_without_trouble()


def test_a_scheduler_that_is_killed_with_all_that_it_started_leaves_nothing_half_done(place):
    """As when the machine loses its power."""
    run_id = place.trigger_slowly()
    load = place.load_runs(run_id)
    place.until("a write of invoices", lambda: place.written("Invoices"))
    session = os.getsid(place.service("scheduler").known.pid)
    of_scheduler = place.service("scheduler").process.pid
    assert session == of_scheduler  # it leads a session of its own, which nobody else's process is in
    children = [load, *psutil.Process(of_scheduler).children(recursive=True)]
    place.kill("scheduler")
    for child in children:
        if child.is_running():
            kill(child)
    place.books_are_quick_again()

    assert place.ended(run_id) == "success"
    place.ends_as_without_trouble()


def test_a_database_that_is_killed_under_a_load_costs_no_document(place):
    """Airflow's tables and ours are both in it. It comes back after some seconds, with what it had confirmed."""
    run_id = place.trigger_slowly()
    place.load_runs(run_id)
    place.until("a write of invoices", lambda: place.written("Invoices"))
    place.kill("PostgreSQL")
    place.books_are_quick_again()

    assert place.ended(run_id) == "success"
    place.ends_as_without_trouble()


def test_a_load_that_is_cleared_while_it_writes_and_again_when_it_is_green_writes_once(place):
    run_id = place.trigger_slowly()
    load = place.load_runs(run_id)
    place.until("a write of invoices", lambda: place.written("Invoices"))
    place.clear(run_id, "load")
    place.load_runs(run_id, not_as=load.pid)
    place.books_are_quick_again()
    assert place.ended(run_id) == "success"
    place.ends_as_without_trouble()
    written = place.written()

    place.clear(run_id, "load")
    place.until("the run to begin again", lambda: place.task(run_id, "load")["state"] != "success")

    assert place.ended(run_id) == "success"
    assert place.written() == written > 0
    place.ends_as_without_trouble()
