"""The budget and the circuit that all tasks and processes share: a row per vendor and tenant, on the database's clock.

Each question and each end of a call is one short transaction on a connection of its own, so that no work of a stage
holds the row, and no rollback of a stage forgets a call that was made. Nothing waits inside a transaction. A crash of
PostgreSQL may lose the last fraction of a second (`synchronous_commit` is off): a few calls are then not counted.

A holder is this process's session: it keeps an advisory lock for as long as it lives. A process that was killed loses
it, and its calls in flight end soon after instead of with their time-outs.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock
from typing import TypeVar

import psycopg2

from include.clients import asking, circuit
from include.clients.allowance import Allowance, Decision, Go, Lane, Terms
from include.clients.circuit import Circuit, Open
from include.clients.errors import Unavailable
from include.clients.pacing import Paced, Turn, ended
from include.database.connection import Database, connect, json_value

T = TypeVar("T")

TRIES = 6  # of one transaction, while PostgreSQL restarts
TRY_AGAIN_S = 0.25  # then doubled: eight seconds in all
PLACE_WAIT_MAX_S = 130.0  # two windows: other processes may take the whole of the first
LOST = (psycopg2.OperationalError, psycopg2.InterfaceError)
DEAD_LOOK_S = 2.0  # how often a call that waits looks for holders that died

log = logging.getLogger(__name__)


class SharedPace(Paced):
    """A client's share of what all processes may ask of one tenant. Safe to share between threads; close it."""

    def __init__(
        self,
        dsn: str,
        terms: Terms,
        *,
        vendor: str,
        tenant: str,
        lane: Lane = "batch",
        sleep: Callable[[float], None] = time.sleep,
        wait_max_s: float = PLACE_WAIT_MAX_S,
    ) -> None:
        """Nothing is asked yet. `vendor` and `tenant` name the row."""
        super().__init__(terms, lane, sleep=sleep, wait_max_s=wait_max_s)
        self._dsn = dsn
        self._row = {"vendor": vendor, "tenant": tenant}
        self._holder = random.SystemRandom().getrandbits(31)
        self._opened: tuple[AbstractContextManager[Database], Database] | None = None
        self._one_at_a_time = Lock()
        self._left_day: int | None = None
        self._looked_at = 0.0

    @property
    def left_day(self) -> int | None:
        """Calls left today as last heard by anybody, as of our last call; None when the vendor has not said."""
        return self._left_day

    def close(self) -> None:
        """Close the connection; with it goes the lock that says that we live."""
        with self._one_at_a_time:
            self._drop()

    def _ask(self, call: str) -> Decision | Open:
        try:
            return self._once_more_if_lost(lambda db: self._asked(db, call))
        except LOST as error:
            # psycopg2's own words may name user and host.
            raise Unavailable(
                f"The shared budget cannot be had from PostgreSQL ({type(error).__name__}).", retry_after_s=60.0
            ) from None

    def _end(self, call: str, turn: Turn) -> None:
        try:
            self._once_more_if_lost(lambda db: self._ended(db, call, turn))
        except psycopg2.Error as error:
            # The answer is worth more than the count: it is kept, and the place frees itself in time.
            log.warning("The end of a call was not told to the shared budget (%s).", type(error).__name__)

    def _asked(self, db: Database, call: str) -> Decision | Open:
        with self._taken(db) as (now, allowance, health, put):
            running = asking.in_flight(allowance, self._terms, now)
            refused = circuit.way(health, now, in_flight=running)
            if refused is not None:
                if health.probe in running:
                    put(self._without_the_dead(db, allowance, now), health)
                return refused
            after, decision = asking.ask(
                allowance, self._terms, now, lane=self._lane, call=call, holder=str(self._holder)
            )
            if isinstance(decision, Go):
                put(after, circuit.passing(health, call))
            else:
                put(self._without_the_dead(db, after, now), health)
            self._left_day = after.left_day
            return decision

    def _ended(self, db: Database, call: str, turn: Turn) -> None:
        with self._taken(db) as (now, allowance, health, put):
            allowance = ended(allowance, self._terms, now, call, turn)
            if not turn.left:
                health = circuit.not_tried(health, call)
            elif turn.failure:
                health = circuit.failed(health, now, call, turn.failure)
            else:
                health = circuit.succeeded(health, call)
            put(allowance, health)
            self._left_day = allowance.left_day

    def _without_the_dead(self, db: Database, allowance: Allowance, now: float) -> Allowance:
        """The same, less the calls of processes that died: looked for while others wait, and not all the time."""
        holders = {lease.holder for lease in allowance.leases.values()} - {"", str(self._holder)}
        if not holders or abs(now - self._looked_at) < DEAD_LOOK_S:
            return allowance
        self._looked_at = now
        alive = {str(row["holder"]) for row in db.rows("pace.alive")} | {str(self._holder)}
        return asking.bereaved(allowance, self._terms, now, alive)

    @contextmanager
    def _taken(self, db: Database) -> Iterator[tuple[float, Allowance, Circuit, Callable[[Allowance, Circuit], None]]]:
        """The row, locked: the moment, both its values, and what replaces them if they changed."""
        with db.transaction():
            row = db.row("pace.take", **self._row)
            if row is None:
                raise LookupError(f"the row of {self._row} was removed")
            allowance, health = Allowance.from_json(row["allowance"]), Circuit.from_json(row["circuit"])

            def put(new_allowance: Allowance, new_health: Circuit) -> None:
                if new_allowance is not allowance or new_health is not health:
                    values = {
                        "allowance": json_value(new_allowance.as_json()),
                        "circuit": json_value(new_health.as_json()),
                    }
                    db.run("pace.put", **self._row, **values)

            yield row["now"], allowance, health, put

    def _once_more_if_lost(self, work: Callable[[Database], T]) -> T:
        """Do the work, on a new connection where the old one was lost. Raises psycopg2.Error in the end."""
        with self._one_at_a_time:
            for attempt in range(TRIES):
                try:
                    return work(self._database())
                except LOST:
                    self._drop()
                    if attempt + 1 == TRIES:
                        raise
                    time.sleep(TRY_AGAIN_S * 2**attempt)
        raise AssertionError("the loop returns or raises")

    def _database(self) -> Database:
        if self._opened is None:
            opening = connect(self._dsn)
            database = opening.__enter__()
            self._opened = (opening, database)
            try:
                with database.transaction():
                    database.rows("pace.session", holder=self._holder)
                    database.run("pace.begin", **self._row)
            except BaseException:
                self._drop()
                raise
        return self._opened[1]

    def _drop(self) -> None:
        if self._opened is not None:
            opening, self._opened = self._opened[0], None
            opening.__exit__(None, None, None)
