"""Xero's calls of the day are spent. If this breaks, a worker waits for a day, retries run out, or nobody sees why."""

import json
import socket

import pytest
from looking import BROWSER, browser, token
from troubled_stack import FLOW, demo_store, troubled_stack

from include.commands.stack.places import HOST
from include.commands.stack.sandbox import start_sandbox, wait_for

OTHER = "orders_to_books__second"
HOURS = 13

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


@pytest.fixture(scope="module")
def stack_with_one_worker(tmp_path_factory):
    """One worker, and one slot of each pool: whoever holds either while he sleeps stops everybody."""
    folder = tmp_path_factory.mktemp("asleep") / "stack"
    second = demo_store().replace("_demo", "_second")
    for name in ("store", "organisation"):
        second = second.replace(f"{name}: demo", f"{name}: second")
    pools = {f"{pool}_{store}": 1 for pool in ("shop", "books") for store in ("demo", "second")}
    told = {"AIRFLOW__CORE__PARALLELISM": "1"}
    with troubled_stack(folder, others={"second": second}, told=told, pools=pools) as place:
        yield place


@pytest.fixture
def place(stack_with_one_worker):
    """The demo shop as it was at the start, and empty books."""
    stack_with_one_worker.begin_anew()
    return stack_with_one_worker


def a_load_without_calls(place, retry_after_s):
    """A run whose day is spent when its load begins; it sleeps. Its id."""
    run_id = place.stack.airflow.trigger(FLOW)
    # Extract gets on without an answer of Xero, and the vendor's time would begin with its call.
    place.until("the end of extract", lambda: place.task(run_id, "extract")["state"] == "success")
    place.tell("spend_the_day", retry_after_s=retry_after_s)
    asleep(place, run_id)
    return run_id


def open_the_other_store(place):
    """The second store's own shop and own organisation, and Airflow's Connections to them."""
    stack = place.stack
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    theirs = start_sandbox(port=port, state=stack.state, logs=stack.folder / "logs" / "second", empty=False)
    wait_for(theirs.url, theirs.service)
    for name, text in theirs.connections().items():
        told = json.loads(text)
        told["connection_id"] = name.removeprefix("AIRFLOW_CONN_").lower().replace("_demo", "_second")
        stack.airflow.call("POST", "/connections", told | {"extra": json.dumps(told.get("extra", {}))})


def asleep(place, run_id):
    """Wait until the load sleeps."""
    return place.until("a load that sleeps", lambda: place.task(run_id, "load")["state"] == "up_for_reschedule")


def test_a_load_sleeps_until_the_vendor_said_and_goes_on_by_itself_with_all_its_retries_left(place):
    run_id = a_load_without_calls(place, retry_after_s=30)
    task = place.task(run_id, "load")

    assert task["rendered_map_index"].startswith("Xero has no calls left today; goes on ")
    assert task["rendered_map_index"].endswith(" UTC")

    assert place.ended(run_id) == "success"
    task = place.task(run_id, "load")
    assert task["try_number"] == 1
    assert task["rendered_map_index"] is None  # nothing is said any more
    place.ends_as_without_trouble()


def test_a_run_that_sleeps_holds_up_no_other_store_and_whoever_clears_it_wakes_it(place):
    run_id = a_load_without_calls(place, retry_after_s=HOURS * 3600)
    open_the_other_store(place)

    place.unpause(OTHER)  # a whole run, with the only worker that there is

    assert place.task(run_id, "load")["state"] == "up_for_reschedule"
    assert place.stack.airflow.call("GET", "/pools/books_demo")["occupied_slots"] == 0

    place.hours_pass(HOURS)
    place.clear(run_id, "load")

    assert place.ended(run_id) == "success"
    place.ends_as_without_trouble()


@pytest.mark.skipif(BROWSER is None, reason="no browser on this machine")
def test_whoever_looks_at_the_run_or_at_the_task_sees_why_it_sleeps_and_until_when(place):
    run_id = a_load_without_calls(place, retry_after_s=HOURS * 3600)
    sentence = place.task(run_id, "load")["rendered_map_index"]
    airflow, run = place.stack.airflow.url, f"/dags/{FLOW}/runs/{run_id}"
    finance = token(airflow, "finance", place.stack.keys.finance_password)  # who may only look

    with browser(place.stack.folder, airflow, finance) as page:
        for name, path in (("run", run), ("task", f"{run}/tasks/load"), ("home", "/")):
            assert page.shows(airflow + path, sentence, place.stack.folder / f"{name}.png"), name

    place.stack.airflow.call("PATCH", f"/dags/{FLOW}/dagRuns/{run_id}", {"state": "failed"})  # it would sleep on
