"""Business risk: an ended consent turns a run red every quarter of an hour; the letter that matters drowns in ninety others."""

from types import SimpleNamespace

import pytest

from bridge.notifiers import operations
from include.clients.errors import ConsentNeeded, NotAllowed


@pytest.fixture
def sent(stores, postgres, monkeypatch):
    """The letters that left, for the stores `au` and `nz`, each test with a Connection of its own."""
    monkeypatch.setenv("BRIDGE_DSN", postgres.writer_dsn)
    letters = []
    monkeypatch.setattr(operations, "send", lambda letter, **_: letters.append(letter))
    return letters


def turns_red(store: str, error: Exception) -> None:
    ti = SimpleNamespace(
        dag_id=f"orders_to_books__{store}",
        task_id="load",
        run_id="r",
        try_number=1,
        log_url="http://airflow.example/log",
    )
    operations.TellOperations(store).notify({"ti": ti, "dag": SimpleNamespace(doc_md=""), "exception": error})


def ended(connection: str, since: str = "2026-11-30 10:00:00 UTC") -> ConsentNeeded:
    words = f"Connection {connection}: The consent has ended. make connect-xero STORE=au"
    return ConsentNeeded(words, connection=connection, since=since)


def test_one_letter_however_many_tasks_turn_red(sent):
    for _ in range(5):
        turns_red("au", ended("one"))

    assert len(sent) == 1
    assert "make connect-xero STORE=au" in sent[0].text


def test_who_looks_after_another_store_is_told_as_well(sent):
    turns_red("au", ended("two"))
    turns_red("nz", ended("two"))

    assert len(sent) == 2


def test_the_next_time_that_it_ends_is_another_letter(sent):
    turns_red("au", ended("three"))
    turns_red("au", ended("three", since="2027-01-29 10:00:00 UTC"))

    assert len(sent) == 2


def test_a_letter_that_did_not_leave_is_sent_by_the_next_red_task(sent, monkeypatch):
    def refuses(letter, **_):
        raise ConnectionRefusedError

    with monkeypatch.context() as down:
        down.setattr(operations, "send", refuses)
        turns_red("au", ended("four"))
    turns_red("au", ended("four"))

    assert len(sent) == 1


def test_any_other_refusal_is_told_each_time(sent):
    for _ in range(2):
        turns_red("au", NotAllowed("Xero does not allow this (403)."))

    assert len(sent) == 2


def test_where_the_database_is_away_the_task_stays_red_by_its_own_error(sent, monkeypatch):
    monkeypatch.setenv("BRIDGE_DSN", "postgresql://nobody@127.0.0.1:1/none")

    turns_red("au", ended("five"))

    assert sent == []
