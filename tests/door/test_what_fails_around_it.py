"""Business risk: an order's event is answered "kept" and gone, or one bad delivery or one slow neighbour makes the vendor
shut the door for every store behind it.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import psycopg2
import pytest
from door_desk import ORDER, emptied

from include.commands.stack.places import ROOT
from include.database.connection import connect
from include.domain.event import Event
from include.door.keeping import DoorBusyError, Keeper, wake
from include.settings.door_secret import HEADER, door_secret

DEADLINE_S = 30


def event(key, **changes):
    told = {"vendor": "bigcommerce", "scope": "store/order/updated", "kind": "order", "key": key, "happened_at": None}
    return Event(**{**told, "digest": key.encode(), **changes})


def body(key):
    return {**ORDER, "data": {"type": "order", "id": key}, "hash": f"{key:040x}"}


def until(true, what):
    deadline = time.monotonic() + DEADLINE_S
    while not (found := true()):
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
    return found


@contextmanager
def session(dsn):
    connection = psycopg2.connect(dsn)
    try:
        yield connection
    finally:
        connection.close()


def test_a_delivery_that_no_row_can_hold_takes_no_other_with_it(the_door):
    rows = [event("1"), event("2", scope="store/order/\0"), event("3", scope="store/order/\ud800"), event("4")]
    with the_door.keeper._news:  # all four are one commit
        kept = [the_door.keeper.keep([("au", each)]) for each in rows]
    for each in kept:
        each.result(10)

    assert the_door.rows("SELECT subject_key FROM inbox ORDER BY 1") == [("1",), ("4",)]
    assert the_door.counted() == {"stored": 2, "no_row": 2}


def test_while_somebody_else_makes_an_order_due_all_other_webhooks_are_answered_at_once(the_door, postgres):
    with session(postgres.owner_dsn) as other, other.cursor() as cursor:
        cursor.execute(
            "INSERT INTO due (store, subject_kind, subject_key, cause) VALUES ('au', 'order', '1', 'webhook')"
        )
        began = time.monotonic()
        answers = [the_door.shop(body(key)).status_code for key in range(1, 21)]
        took = time.monotonic() - began
        other.rollback()

    assert answers == [200] * 20
    assert took < 10  # a tenth of a second each at most, and no refusals; a lock of ten seconds before
    until(lambda: len(the_door.due()) == 20, "the order that waited was never due")


def test_a_connection_that_breaks_costs_a_refusal_and_no_event(the_door, postgres_server, postgres):
    name = postgres.owner_dsn.rpartition("/")[2].partition("?")[0]
    assert the_door.shop(body(1)).status_code == 200
    with session(postgres_server.dsn("postgres", "postgres")) as admin:
        admin.autocommit = True
        cursor = admin.cursor()
        cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            refused = [the_door.shop(body(2)), the_door.shop(body(3))]
        finally:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert [(each.status_code, each.content, each.headers["retry-after"]) for each in refused] == [(503, b"", "60")] * 2

    for key in (2, 3):  # as the vendor does, a minute later
        until(lambda key=key: the_door.shop(body(key)).status_code == 200, "the door stayed shut")
    until(lambda: [key for _, key, _ in the_door.due()] == ["1", "2", "3"], "an event was lost")


def test_more_than_can_wait_is_told_to_come_again(monkeypatch):
    monkeypatch.setattr("include.door.keeping.WAITING_MAX", 3)
    monkeypatch.setattr(Keeper, "_begin", lambda self: None)  # the database stands still
    keeper = Keeper()
    for key in range(3):
        keeper.keep([("au", event(str(key)))])
    with pytest.raises(DoorBusyError):
        keeper.keep([("au", event("4"))])


def test_without_its_address_the_thread_lives_on_and_refuses(monkeypatch):
    monkeypatch.delenv("BRIDGE_DSN", raising=False)
    monkeypatch.setattr("include.door.keeping.AWAY_S", 0.0)
    keeper = Keeper()
    for key in range(3):
        with pytest.raises(DoorBusyError):
            keeper.keep([("au", event(str(key)))]).result(5)
    keeper.close()


@contextmanager
def door_alone(dsn):
    """`python -m include.commands.door`, killed at the end. Gives (address, process)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "BRIDGE_DSN": dsn, "BRIDGE_KEY": "a key of a test"}
    environment.pop("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", None)
    command = [sys.executable, "-m", "include.commands.door", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    url = f"http://127.0.0.1:{port}/bridge/hooks"
    try:
        until(lambda: process.poll() is None and _answers(f"{url}/bigcommerce/nobody"), "the door did not open")
        yield url, process
    finally:
        process.kill()
        process.wait(10)


def _answers(url):
    try:
        return httpx.post(url, trust_env=False, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_a_door_that_is_killed_after_its_answer_has_lost_nothing_and_the_next_one_rings(postgres, monkeypatch):
    """kill -9 between the commit and what follows it; no further webhook comes."""
    emptied(postgres.owner_dsn)
    monkeypatch.setenv("BRIDGE_KEY", "a key of a test")
    with session(postgres.owner_dsn) as other, other.cursor() as cursor:
        # Nobody can make the order due while this is open, so it is killed at that very point.
        cursor.execute(
            "INSERT INTO due (store, subject_kind, subject_key, cause) VALUES ('demo', 'order', '7', 'webhook')"
        )
        with door_alone(postgres.writer_dsn) as (url, process):
            said = {**body(7), "producer": "stores/demo1"}
            answer = httpx.post(
                f"{url}/bigcommerce/demo", json=said, headers={HEADER: door_secret("demo")}, trust_env=False
            )
            assert (answer.status_code, answer.content) == (200, b"")
            os.kill(process.pid, signal.SIGKILL)
        other.rollback()
    with connect(postgres.owner_dsn) as db:
        assert db.value("door.to_wake")

    with door_alone(postgres.writer_dsn), connect(postgres.owner_dsn) as db:
        until(lambda: not _left(db), "the event that the killed door kept is not due")
        assert not wake(db)


def _left(db):
    left = db.value("door.to_wake")
    db.rollback()
    return left
