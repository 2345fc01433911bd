"""Business risk: a data engineer sees a green run in Airflow and cannot say what it did, or reads a log to learn it."""

import pytest
from console_browser import BROWSER, window

RUN = "run?dag=orders_to_books__demo&run=run-1"


@pytest.fixture
def desk(console, ran):
    console.decides("demo", "finance")
    return console


def test_the_tab_of_a_run_says_what_it_took_what_became_of_it_and_what_waits(desk):
    told = desk("finance", "GET", RUN).text

    assert "60 orders" in told
    for words in ("invoice", "posted", "held", "AUD", "Held or failed", "sealed", "order?store=demo", "1029"):
        assert words in told
    assert "<nav" not in told  # it stands within Airflow's page, which has its own


def test_the_tab_of_a_task_says_what_its_being_red_means_and_what_to_do(desk):
    told = desk("finance", "GET", f"{RUN}&task=load").text

    assert "If load is red" in told
    assert "What to do:" in told
    assert "is red</h2>" not in desk("finance", "GET", f"{RUN}&task=no_such_step").text


def test_no_customers_name_stands_there_for_whoever_sees_runs(desk, ran):
    from include.stages.console.life import life_of

    person = life_of(ran.db, ran.store, 1004, with_person=True).person
    told = desk("admin", "GET", RUN).text

    assert person.name not in told
    assert person.email not in told


def test_a_run_that_took_nothing_and_a_dag_of_all_stores_are_said_to_be_so(desk):
    assert "opened no batch" in desk("finance", "GET", "run?dag=orders_to_books__demo&run=none").text
    assert desk("finance", "GET", "run?dag=tell_people&run=x").status_code == 404
    assert desk("finance", "GET", "run?dag=orders_to_books__nowhere&run=x").status_code == 404
    assert desk("finance", "GET", "run?dag=..%2F..%2Fetc__demo&run=x&task=load").status_code == 200


def test_airflows_pages_of_a_run_and_of_a_task_have_the_tab():
    from bridge_plugin import BridgePlugin

    tabs = {view["destination"]: view for view in BridgePlugin.external_views if view["destination"] != "nav"}
    assert set(tabs) == {"dag_run", "task_instance"}
    assert all(view["url_route"] and view["href"].startswith("/bridge/run?") for view in tabs.values())


@pytest.mark.skipif(BROWSER is None, reason="no browser on this machine")
def test_it_is_seen(desk, tmp_path):
    with window(desk, tmp_path, "finance") as seen:
        seen.open(f"{RUN}&task=load")
        seen.reads("What the run did")
        seen.picture("run-light")
        seen.theme("dark")
        seen.open(RUN)
        seen.picture("run-dark")
