"""Business risk: the bell that wakes the lane of seconds stays silent after a hiccup of its database, or never stops ringing."""

import asyncio
import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from bridge import triggers
from bridge.ears import Ears
from bridge.triggers import Doorbell
from include.database.connection import connect

SOON_S = 3.0  # within it a bell has rung that rings at all; a busy machine must not turn red
SETTLES_S = 0.2


@pytest.fixture
def house(postgres, monkeypatch):
    """The tables, empty; the bell waits moments where it else waits seconds and minutes."""
    monkeypatch.setenv("BRIDGE_DSN", postgres.writer_dsn)
    monkeypatch.setattr(triggers, "LOOKS_EVERY_S", 1.0)
    monkeypatch.setattr(triggers, "AWAY_S", 0.2)
    monkeypatch.setattr("bridge.ears.AWAY_S", 0.2)
    monkeypatch.setattr("include.domain.lane.BETWEEN_S", 0.0)
    with connect(postgres.owner_dsn) as db:
        run(db, "TRUNCATE due, lane_state, pace CASCADE")
        yield db


def run(db, statement, **values):
    with db.transaction(), db._connection.cursor() as cursor:
        cursor.execute(statement, values)


def comes(db, *keys, kind="order"):
    """A commit of the door: these subjects are due."""
    with db.transaction():
        for key in keys:
            named = {"store": "demo", "subject_kind": kind, "subject_key": str(key), "cause": "webhook"}
            db.run("batches.make_due", **named, due_at=datetime.now(UTC))


@asynccontextmanager
async def bell(**changed):
    """The bell of the demo's orders, listening; gives what waits for its next ring."""
    trigger = Doorbell(**{"store": "demo", "kind": "order", "settle_s": SETTLES_S, "organisation": "demo"} | changed)
    rings = trigger.run()
    waiting = None

    async def rung(within_s=SOON_S):
        """How many were due when it rang; None where it did not ring."""
        nonlocal waiting
        waiting = waiting or asyncio.ensure_future(anext(rings))
        done, _ = await asyncio.wait({waiting}, timeout=within_s)
        if not done:
            return None
        event, waiting = waiting.result(), None
        return event.payload["due"]

    try:
        await rung(0.5)  # it begins to listen
        yield rung
    finally:
        if waiting is not None:
            waiting.cancel()
        ears = Ears.of_this_loop()
        if ears._listening is not None:
            ears._listening.cancel()


def test_it_rings_once_for_a_burst_and_not_for_nothing(house):
    async def story():
        async with bell() as rung:
            assert await rung(0.5) is None
            comes(house, *range(1, 201))
            assert await rung() == 200
            assert await rung(0.8) is None

    asyncio.run(story())


def test_what_comes_while_nobody_took_the_first_rings_again_for_the_newer(house):
    async def story():
        async with bell() as rung:
            comes(house, 1)
            assert await rung() == 1
            comes(house, 2)
            assert await rung() == 2

    asyncio.run(story())


def test_what_nobody_takes_is_rung_for_again_and_less_and_less_often(house, monkeypatch):
    monkeypatch.setattr(triggers, "LOOKS_EVERY_S", 0.4)
    loop_time = []

    async def story():
        async with bell() as rung:
            comes(house, 1)
            for _ in range(4):
                assert await rung(6.0) == 1
                loop_time.append(asyncio.get_running_loop().time())

    asyncio.run(story())
    waits = [later - sooner for sooner, later in pairwise(loop_time)]
    assert waits[0] < waits[1] < waits[2]


def test_after_its_connection_was_ended_it_rings_for_what_came_meanwhile_and_from_then_on(house):
    async def story():
        async with bell() as rung:
            run(house, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%'")
            comes(house, 1)
            assert await rung(6.0) == 1
            run(house, "UPDATE due SET claimed_by = NULL")
            comes(house, 2)
            assert await rung(6.0) == 2

    asyncio.run(story())


def test_a_database_that_is_away_is_waited_for(house, monkeypatch):
    right = os.environ["BRIDGE_DSN"]

    async def story():
        monkeypatch.setenv("BRIDGE_DSN", "postgresql://nobody@127.0.0.1:1/none")
        async with bell() as rung:
            assert await rung(0.5) is None
            monkeypatch.setenv("BRIDGE_DSN", right)
            comes(house, 1)
            assert await rung(6.0) == 1

    asyncio.run(story())


def test_past_the_reserve_it_does_not_ring_and_says_so_and_rings_when_there_are_calls_again(house):
    def left(calls):
        run(
            house,
            "INSERT INTO pace (vendor, tenant, allowance) VALUES ('xero', 'demo', jsonb_build_object('left_day',"
            " %(calls)s::INT, 'day_ends_at', extract(EPOCH FROM now()) + 3600)) ON CONFLICT (vendor, tenant) DO UPDATE"
            " SET allowance = excluded.allowance",
            calls=calls,
        )

    def state():
        row = house.row("alerts.lane", store="demo")
        house.rollback()
        return row and row["state"]

    async def story():
        left(20)
        async with bell(kept=50) as rung:
            comes(house, 1)
            assert await rung(2.0) is None
            assert state() == "batch"
            left(4000)
            assert await rung(6.0) == 1
            assert state() == "seconds"

    asyncio.run(story())


def test_the_bells_of_other_kinds_and_stores_are_not_heard(house):
    async def story():
        async with bell() as rung:
            comes(house, "*", kind="stock")
            assert await rung(0.8) is None

    asyncio.run(story())


def test_what_is_kept_of_it_in_airflows_database_holds_no_address_and_no_secret(house):
    path, told = Doorbell("demo", "order", 3.0, "demo", 50).serialize()

    assert path == "bridge.triggers.Doorbell"
    assert told == {"store": "demo", "kind": "order", "settle_s": 3.0, "organisation": "demo", "kept": 50}
    assert os.environ["BRIDGE_DSN"] not in str(told)
