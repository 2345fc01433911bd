"""Business risk: three people mend the same thing, or each believes that another does; and reminders go on meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from console_browser import BROWSER, window

from bridge.notifiers import alerts
from include.database.connection import connect
from include.domain.alert import Alert
from include.settings.store import store_named
from include.stages.alerts.keeping import raise_alert

NOW = datetime.now(UTC)


@pytest.fixture
def red(console, postgres, post_office):
    """The alert's number: a step of `au` is red, and operations were told."""
    with connect(postgres.writer_dsn) as db:
        with db.transaction(), db._connection.cursor() as cursor:
            cursor.execute("DELETE FROM alert")
        alert = Alert("red", "orders_to_books__au/load", "load is red in orders_to_books__au.", "Clear it.", NOW)
        with db.transaction():
            alert_id = raise_alert(db, "au", alert, NOW, again=True, run_id="r")
        alerts.tell(db, store_named("au"), NOW)
    assert post_office.emptied() == ["Demo shop: load is red in orders_to_books__au"]
    return alert_id


def take(console, who, role, alert_id, fields=None):
    fields = fields or console.form(console(who, "GET", "today?store=au", role=role), "today-take")
    return console(who, "POST", "today-take", role=role, data={**fields, "alert": str(alert_id)})


def reminded(postgres, post_office, days):
    with connect(postgres.writer_dsn) as db:
        alerts.tell(db, store_named("au"), NOW + timedelta(days=days))
    return post_office.emptied()


def test_who_looks_after_it_stands_there_is_audited_and_nobody_is_reminded_for_a_week(
    console, red, postgres, post_office
):
    answer = take(console, "ops", "op", red)

    assert answer.status_code == 303
    page = console("eve", "GET", "today?store=au").text
    assert "<td>ops</td>" in page
    with connect(postgres.writer_dsn) as db:
        entry = db.rows("audit.entries", store="au")[-1]
    assert (entry["event"], entry["content"]["by"]) == ("alert_taken", "ops")
    assert reminded(postgres, post_office, 2) == []
    assert reminded(postgres, post_office, 8) == ["Demo shop: Still: load is red in orders_to_books__au"]


def test_where_nobody_looks_after_it_they_are_reminded_the_next_day(red, postgres, post_office):
    assert reminded(postgres, post_office, 2) == ["Demo shop: Still: load is red in orders_to_books__au"]


def test_of_two_who_take_it_the_second_is_told(console, red):
    fields = console.form(console("ann", "GET", "today?store=au", role="op"), "today-take")

    assert take(console, "ops", "op", red).status_code == 303
    answer = take(console, "ann", "op", red, fields)

    assert answer.status_code == 409
    assert "somebody looks after it already" in answer.text


def test_who_only_reads_and_a_form_of_another_are_refused(console, red):
    theirs = console.form(console("ops", "GET", "today?store=au", role="op"), "today-take")

    assert "I look after it" not in console("eve", "GET", "today?store=au").text
    assert take(console, "eve", "viewer", red, theirs).status_code == 403
    assert take(console, "admin", "admin", red, theirs).status_code == 403


@pytest.mark.skipif(BROWSER is None, reason="no browser on this machine")
def test_it_is_taken_by_a_press_of_a_button(console, red, tmp_path):
    with window(console, tmp_path, "ops", role="op") as seen:
        seen.open("today?store=au")
        seen.press("1 thing that people were told of")
        seen.picture("today-told-light")
        seen.press("I look after it")
        seen.press("1 thing that people were told of")
        assert "ops" in seen.words()
        seen.picture("today-taken-light")
