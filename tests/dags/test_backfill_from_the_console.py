"""Business risk: ops backfills from the page and Airflow skips the days in silence, or somebody starts it who may not."""

import re
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from looking import token
from page_reader import PageReader

from include.commands.stack.local import local_stack
from include.database.connection import connect

DAG = "orders_of_the_day__demo"
YESTERDAY = datetime.now(UTC).date() - timedelta(days=2)


@pytest.fixture
def backfills(monkeypatch):
    """Airflow's own side: what it was asked; the real one is in the slow test below."""
    from bridge.console import airflow_backfills

    asked = []
    began = datetime.now(UTC) - timedelta(minutes=5)
    paused = airflow_backfills.Kept(
        2, YESTERDAY, YESTERDAY, "ops", began, None, True, {"success": 3, "running": 1, "queued": 2}, ("a", "b"), began
    )
    ended = airflow_backfills.Kept(1, YESTERDAY, YESTERDAY, "", began, began, False, {"failed": 1}, (), None)
    monkeypatch.setattr(airflow_backfills, "is_paused", lambda dag_id: True)
    monkeypatch.setattr(airflow_backfills, "listed", lambda dag_id: [paused, ended])
    monkeypatch.setattr(airflow_backfills, "unpause", lambda dag_id: asked.append(("unpause", dag_id)))
    monkeypatch.setattr(airflow_backfills, "start", lambda *told: asked.append(("start", *told)) or 1)
    monkeypatch.setattr(airflow_backfills, "turn", lambda *told: asked.append(("turn", *told)))
    return asked


def fields(console, who, role):
    return console.form(console(who, "GET", "backfill?store=au", role=role), "backfill")


def test_who_may_not_start_runs_in_airflow_sees_the_page_and_no_form_and_is_refused(console, backfills):
    theirs = fields(console, "ops", "op")
    shown = console("eve", "GET", "backfill?store=au")

    assert "3 of 6 days done, 1 running" in PageReader(shown.text).words
    assert "ended; 1 run is red" in shown.text
    assert "Resume" not in shown.text
    assert "Who backfills needs the right to start runs" in shown.text
    assert "Count what it takes" not in shown.text
    days = {"first": str(YESTERDAY), "last": str(YESTERDAY)}
    for path in ("backfill", "backfill-start", "backfill-turn"):
        answer = console("eve", "POST", path, data=theirs | days | {"backfill": "1", "how": "pause"})
        assert answer.status_code == 403, path
    assert backfills == []


def test_it_is_started_over_these_days_and_the_dag_is_switched_on_where_that_was_ticked(console, backfills):
    days = {"first": str(YESTERDAY - timedelta(days=6)), "last": str(YESTERDAY)}
    answer = console(
        "ops", "POST", "backfill-start", role="op", data=fields(console, "ops", "op") | days | {"unpause": "yes"}
    )

    assert answer.status_code == 303
    assert backfills == [
        ("unpause", "orders_of_the_day__au"),
        ("start", "orders_of_the_day__au", YESTERDAY - timedelta(days=6), YESTERDAY, "ops"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("soon", "later", "A day is written as"),
        ("2026-11-20", "2026-11-10", "The first day is not after the last"),
        ("2000-01-01", "2026-11-10", "they are at most"),
        ("2026-11-20", str(datetime.now(UTC).date() + timedelta(days=1)), "That day is not over"),
        ("2026-01-01", "2026-01-05", "books begin on"),
    ],
)
def test_days_that_cannot_be_are_refused_in_a_sentence(console, backfills, first, last, says):
    told = fields(console, "ops", "op") | {"first": first, "last": last}
    for path in ("backfill", "backfill-start"):
        answer = console("ops", "POST", path, role="op", data=told)
        assert (answer.status_code, says in answer.text) == (409, True), answer.text
    assert backfills == []


def test_a_form_of_another_person_or_without_its_token_starts_nothing(console, backfills):
    told = fields(console, "ops", "op") | {"first": str(YESTERDAY), "last": str(YESTERDAY)}
    for wrong in (told | {"token": "9.0"}, told):
        who = "ops" if wrong["token"] == "9.0" else "admin"
        assert console(who, "POST", "backfill-start", role="admin", data=wrong).status_code == 403
    assert backfills == []


@pytest.mark.airflow
@pytest.mark.slow
def test_a_week_is_counted_started_paused_resumed_and_done_twice_under_a_real_airflow(tmp_path):
    last = datetime.now(UTC).date() - timedelta(days=2)
    first = last - timedelta(days=6)
    with local_stack(folder=tmp_path / "stack") as stack:
        stack.airflow.wait_for_dag(DAG)
        address = f"{stack.airflow.url}/bridge/"
        cookies = {"_token": token(stack.airflow.url, "ops", stack.keys.ops_password)}
        with httpx.Client(base_url=address, cookies=cookies, timeout=60, trust_env=False) as http:

            def form(answer, button):
                """The form that has this button."""
                part = next(each for each in answer.text.split("<form")[1:] if button in each.partition("</form>")[0])
                found = re.findall(r'name="(\w+)" value="([^"]*)"', part.partition("</form>")[0])
                return dict(found)

            def whole():
                counted = http.post("backfill", data=form(http.get("backfill?store=demo"), "Count what it takes")
                                    | {"first": str(first), "last": str(last)})  # fmt: skip
                assert counted.status_code == 200, counted.text
                orders = int(re.search(r"(\d+) orders? in 7 days", PageReader(counted.text).words)[1])
                started = http.post("backfill-start", data=form(counted, "Start the backfill") | {"unpause": "yes"})
                assert started.status_code == 303, started.text
                return orders

            def until(text, limit_s=240):
                deadline = time.monotonic() + limit_s
                while time.monotonic() < deadline:
                    page = http.get("backfill?store=demo")
                    if text in PageReader(page.text).words:
                        return page
                    time.sleep(2)
                raise AssertionError(f"{text!r} was not seen: {PageReader(page.text).words}")

            def books():
                return {
                    kind: sorted(each["InvoiceNumber"] for each in stack.sandbox.documents(kind))
                    for kind in ("Invoices",)
                }

            orders = whole()
            page = until("running")
            paused = http.post("backfill-turn", data=form(page, "Pause") | {"how": "pause"})
            assert paused.status_code == 303
            page = until("paused: what runs ends")
            assert http.post("backfill-turn", data=form(page, "Resume") | {"how": "resume"}).status_code == 303
            page = until("7 of 7 days done")
            page = until("ended")
            once = books()
            read = int(re.search(r"(\d+) orders read", PageReader(page.text).words)[1])
            assert orders > 20
            assert 0 <= read - orders <= 3  # carts that nobody finished are read, and are no orders
            with connect(stack.dsn) as db:
                known = db.row(
                    "backfill.known", store="demo", start=datetime(2020, 1, 1, tzinfo=UTC), end=datetime.now(UTC)
                )
            assert known["in_books"] > 20

            whole()
            until("running")
            deadline = time.monotonic() + 240
            while PageReader(http.get("backfill?store=demo").text).words.count("ended") < 2:
                assert time.monotonic() < deadline
                time.sleep(2)
            assert books() == once
