"""Business risk: what is red in Airflow is told to nobody, each quarter of an hour anew, or never said to be over."""

import time

import httpx
import pytest
from looking import BROWSER, browser, token
from troubled_stack import FLOW, demo_store, troubled_stack

REFERENCE, PEOPLE = "refresh_reference__demo", "tell_people"

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A running Airflow, whose DAGs run when they are started; a run of orders may take a minute."""
    folder = tmp_path_factory.mktemp("alerts") / "stack"
    strict = demo_store().replace("alerts:\n", "alerts:\n  run_longer_than_minutes: 1\n")
    with troubled_stack(folder, others={"demo": strict}) as place:
        for dag_id in (REFERENCE, PEOPLE):
            place.unpause(dag_id)
        place.seen = len(letters(place))
        yield place


def letters(place):
    """Subjects of all mails, oldest first."""
    return [mail["subject"] for mail in reversed(httpx.get(f"{place.stack.mailbox.url}/mails.json").json())]


def news(place):
    """The subjects that came since the last time, but for what newly waits, which the demo shop always has."""
    found = letters(place)
    fresh, place.seen = found[place.seen :], len(found)
    return [subject for subject in fresh if "decision" not in subject]


def run(place, dag_id):
    return place.ended(place.stack.airflow.trigger(dag_id), dag_id)


def test_a_red_step_is_told_at_once_and_once_and_told_to_be_over_when_it_is_green(place):
    place.tell("answer_html_next", calls=500)
    for _ in range(2):
        assert run(place, REFERENCE) == "failed"
    assert run(place, PEOPLE) == "success"
    assert news(place) == [f"Red: {REFERENCE}, refresh"]

    place.books_are_quick_again()
    assert run(place, PEOPLE) == "success"
    assert news(place) == []  # nothing of it was green since

    assert run(place, REFERENCE) == "success"
    assert run(place, PEOPLE) == "success"
    assert news(place) == [f"Demo shop: Over: refresh is red in {REFERENCE}"]


def test_a_run_that_takes_too_long_is_told_by_airflows_own_deadline_and_over_when_it_is_done(place):
    place.stack.airflow.make_pool("shop_demo", 0, "closed")
    run_id = place.stack.airflow.trigger(FLOW)
    time.sleep(62)
    slow = f"Demo shop: A run of {FLOW} has taken more than 1 minute"
    place.until("the letter about it", lambda: run(place, PEOPLE) == "success" and slow in letters(place))

    place.stack.airflow.make_pool("shop_demo", 1, "open")
    assert place.ended(run_id) == "success"
    assert run(place, PEOPLE) == "success"
    assert news(place) == [slow, f"Demo shop: Over: {slow.removeprefix('Demo shop: ')}"]


@pytest.mark.skipif(BROWSER is None, reason="no browser on this machine")
def test_the_tab_stands_on_airflows_own_page_of_a_run(place, tmp_path):
    airflow, keys = place.stack.airflow, place.stack.keys
    run_id = airflow.runs(FLOW)[0]["dag_run_id"]
    with browser(tmp_path, airflow.url, token(airflow.url, "finance", keys.finance_password)) as page:
        seen = page.shows(
            f"{airflow.url}/dags/{FLOW}/runs/{run_id}/plugin/bridge-run", "Shop to books", tmp_path / "tab.png"
        )
    assert seen
