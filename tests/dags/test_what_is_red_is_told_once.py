"""Business risk: what is red turns a run red every quarter of an hour; the letter that matters drowns in ninety others."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from bridge.notifiers import greens, looking, operations
from include.clients.errors import ConsentNeeded, NotAllowed
from include.database.connection import connect


@pytest.fixture
def office(stores, postgres, monkeypatch, post_office):
    """The letters that left, for the stores `au` and `nz`, each test with a Connection of its own."""
    monkeypatch.setenv("BRIDGE_DSN", postgres.writer_dsn)
    with connect() as db, db.transaction(), db._connection.cursor() as cursor:
        cursor.execute("DELETE FROM alert")
    return post_office


def turns_red(store: str, error: Exception, *, task="load", run="r") -> None:
    ti = SimpleNamespace(
        dag_id=f"orders_to_books__{store}",
        task_id=task,
        run_id=run,
        try_number=1,
        log_url="http://airflow.example/log",
    )
    operations.TellOperations(store).notify({"ti": ti, "dag": SimpleNamespace(doc_md=""), "exception": error})


def look(monkeypatch, *, green=()):
    """A look at all stores, while these DAGs are green again."""
    monkeypatch.setattr(greens, "is_green_since", lambda dag_id, run_id, moment, greens: dag_id in green)
    with connect() as db:
        looking.look_at_all(db)


def ended(connection: str, since: str = "2026-11-30 10:00:00 UTC") -> ConsentNeeded:
    words = f"Connection {connection}: The consent has ended. make connect-xero STORE=au"
    return ConsentNeeded(words, connection=connection, since=since)


def test_one_letter_however_many_tasks_turn_red_for_an_ended_consent(office):
    for task in ("extract", "load", "load", "refresh", "load"):
        turns_red("au", ended("one"), task=task)

    assert len(office.letters) == 1
    assert "make connect-xero STORE=au" in office.letters[0].text


def test_who_looks_after_another_store_is_told_as_well(office):
    turns_red("au", ended("two"))
    turns_red("nz", ended("two"))

    assert len(office.letters) == 2


def test_the_next_time_that_it_ends_is_another_letter(office, monkeypatch):
    turns_red("au", ended("three"))
    look(monkeypatch, green=("orders_to_books__au",))
    turns_red("au", ended("three", since="2027-01-29 10:00:00 UTC"))

    assert [subject.startswith("Demo shop: Over:") for subject in office.subjects] == [False, True, False]


def test_a_mail_server_that_is_down_loses_no_letter_and_hides_no_failure(office):
    office.down = True
    turns_red("au", ended("four"))
    turns_red("au", ended("four"))

    office.down = False
    with connect() as db:
        with db.transaction(), db._connection.cursor() as cursor:
            cursor.execute("UPDATE outbox SET next_try_at = now() WHERE sent_at IS NULL")
        operations.deliver(db)
    assert len([letter for letter in office.letters if "Connection four" in letter.text]) == 1


def test_a_task_that_is_red_each_quarter_of_an_hour_is_told_once_with_its_count_and_when_it_is_green(
    office, monkeypatch
):
    for run in ("r1", "r2", "r3"):
        turns_red("au", NotAllowed("Xero does not allow this (403)."), run=run)
        look(monkeypatch)
    assert office.emptied() == ["Red: orders_to_books__au, load"]
    with connect() as db:
        [row] = [row for row in db.rows("alerts.open", store="au") if row["kind"] == "red"]
    assert (row["count"], row["times_told"]) == (3, 1)

    look(monkeypatch, green=("orders_to_books__au",))
    assert office.emptied() == ["Demo shop: Over: load is red in orders_to_books__au"]
    look(monkeypatch, green=("orders_to_books__au",))
    assert office.emptied() == []


def test_another_task_is_another_cause(office):
    turns_red("nz", NotAllowed("Xero does not allow this (403)."), task="load")
    turns_red("nz", NotAllowed("Xero does not allow this (403)."), task="refresh")

    assert len(office.letters) == 2


def test_in_the_quiet_hours_a_red_task_waits_for_the_morning_and_an_ended_consent_does_not(office, stores, monkeypatch):
    now = datetime.now(UTC)
    begin, end = f"{(now.hour - 1) % 24:02}:00", f"{(now.hour + 2) % 24:02}:00"
    path = stores / "nz.yaml"
    quiet = f'alerts: {{quiet_hours: {{begin: "{begin}", end: "{end}"}}, '
    path.write_text(path.read_text().replace("alerts: {", quiet))

    turns_red("nz", NotAllowed("Xero does not allow this (403)."), task="enter")
    assert office.emptied() == []
    turns_red("nz", ended("five"))
    assert office.emptied() == ["Red: orders_to_books__nz, load"]


def test_where_the_database_is_away_the_letter_leaves_all_the_same(office, monkeypatch):
    monkeypatch.setenv("BRIDGE_DSN", "postgresql://nobody@127.0.0.1:1/none")

    turns_red("au", ended("six"))

    assert office.subjects == ["Red: orders_to_books__au, load"]


def test_a_red_task_of_all_stores_is_told_to_the_operations_of_each(office):
    ti = SimpleNamespace(
        dag_id="tell_people", task_id="look", run_id="r", try_number=1, log_url="http://airflow.example/log"
    )
    context = {"ti": ti, "dag": SimpleNamespace(doc_md=""), "exception": None}
    operations.TellAllOperations().notify(context)

    assert office.subjects == ["Red: tell_people, look"] * 2
