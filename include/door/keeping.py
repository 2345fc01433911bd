"""What came is kept: many events, one commit. Then what they are about is made due, which rings the bell.

One thread speaks to the database, so that it costs one connection and 200 events a second are some tens of commits. A
webhook is answered once its events are committed. What is due follows in a transaction of its own: it may have to let a
run pass that is claiming the same order, and nobody waits for that.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field

import psycopg2

from include.database.connection import Database, connect
from include.domain.event import Event

WAITING_MAX = 2000  # deliveries that nobody has kept yet; one more is told to come again
AT_ONCE_MAX = 500  # events a commit
ECHO_S = 30.0  # around a write of ours, by two clocks
LOOK_AGAIN_S = 1.0  # for what could not be made due at once
COUNT_EVERY_S = 2.0  # what was dropped is told in one row, and not at once
AWAY_S = 1.0  # after a failure the database is left alone for so long, and deliveries are refused at once

log = logging.getLogger(__name__)
Count = tuple[str, str, str]  # store, vendor, what


class DoorBusyError(Exception):
    """It cannot be kept now. The vendor sends it again."""


@dataclass(slots=True)
class _Delivery:
    rows: Sequence[tuple[str, Event]]  # for which store
    kept: "Future[None]" = field(default_factory=Future)


class Keeper:
    """Keeps what is given to it. Safe to share between threads; `close` waits for what is under way.

    dsn  default: `BRIDGE_DSN`
    """

    def __init__(self, dsn: str | None = None) -> None:
        self._dsn = dsn
        self._news = threading.Condition()
        self._waiting: deque[_Delivery] = deque()
        self._counts: dict[Count, int] = {}
        self._ends = False
        self._refuse_until = 0.0
        self._thread: threading.Thread | None = None
        self._opened: tuple[AbstractContextManager[Database], Database] | None = None

    def keep(self, rows: Sequence[tuple[str, Event]]) -> "Future[None]":
        """Keep these events, each for a store: done once they are committed. Raises DoorBusyError, or the future does."""
        delivery = _Delivery(rows)
        with self._news:
            if len(self._waiting) >= WAITING_MAX or time.monotonic() < self._refuse_until or self._ends:
                raise DoorBusyError
            self._waiting.append(delivery)
            self._begin()
            self._news.notify()
        return delivery.kept

    def count(self, store: str, vendor: str, what: str, events: int = 1) -> None:
        """Count what was not kept. It is written within seconds, and lost with the process."""
        with self._news:
            key = (store, vendor, what)
            self._counts[key] = self._counts.get(key, 0) + events
            self._begin()

    def close(self) -> None:
        """Write what is left, and end."""
        with self._news:
            self._ends = True
            self._news.notify()
        if self._thread is not None:
            self._thread.join(30)

    def _begin(self) -> None:
        if self._thread is None and not self._ends:
            self._thread = threading.Thread(target=self._work, name="door", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        counted_at = time.monotonic()
        to_wake = True  # another process may have left something
        while True:
            with self._news:
                if not (self._waiting or self._ends):
                    self._news.wait(LOOK_AGAIN_S)
                ends, deliveries = self._ends, self._taken()
            if deliveries:
                self._keep(deliveries)
            try:
                if deliveries or to_wake:
                    to_wake = self._wake()
                if ends or time.monotonic() - counted_at > COUNT_EVERY_S:
                    counted_at = time.monotonic()
                    self._tell_counts()
                    to_wake = True
            except psycopg2.Error as error:
                self._lost(error)
            if ends and not self._waiting:
                self._drop()
                return

    def _taken(self) -> list[_Delivery]:
        taken: list[_Delivery] = []
        events = 0
        while self._waiting and events < AT_ONCE_MAX:
            taken.append(self._waiting.popleft())
            events += len(taken[-1].rows)
        return taken

    def _keep(self, deliveries: Sequence[_Delivery]) -> None:
        try:
            told = keep_events(self._database(), [row for each in deliveries for row in each.rows])
        except Exception as error:  # whatever it is, the vendor shall send these again, and the door stays open
            self._lost(error)
            for each in deliveries:
                each.kept.set_exception(DoorBusyError())
            return
        for each in deliveries:
            each.kept.set_result(None)
        with self._news:
            for (store, vendor, what), events in told.items():
                self._counts[store, vendor, what] = self._counts.get((store, vendor, what), 0) + events

    def _wake(self) -> bool:
        """Whether something is left that could not be made due."""
        return wake(self._database())

    def _tell_counts(self) -> None:
        with self._news:
            counts, self._counts = self._counts, {}
        if not counts:
            return
        db = self._database()
        try:
            with db.transaction():
                stores, vendors, whats = (list(column) for column in zip(*counts, strict=True))
                db.run("door.count", stores=stores, vendors=vendors, whats=whats, events=list(counts.values()))
        except psycopg2.Error:
            with self._news:  # and told later
                for key, events in counts.items():
                    self._counts[key] = self._counts.get(key, 0) + events
            raise

    def _database(self) -> Database:
        if self._opened is None:
            opening = connect(self._dsn)
            db = opening.__enter__()
            self._opened = (opening, db)
            db.run("door.session")
            db.commit()
        return self._opened[1]

    def _lost(self, error: Exception) -> None:
        # psycopg2's own words may name user and host.
        log.warning("The door cannot reach the database (%s); the vendors are told to come again", type(error).__name__)
        self._drop()
        with self._news:
            self._refuse_until = time.monotonic() + AWAY_S

    def _drop(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            with suppress(Exception):
                opened[0].__exit__(None, None, None)


def keep_events(db: Database, rows: Iterable[tuple[str, Event]]) -> dict[Count, int]:
    """Keep each event for its store, once; how many became what: stored, again, echo, not_ours."""
    events = list(rows)
    with db.transaction():
        told = db.rows(
            "door.keep",
            stores=[store for store, _ in events],
            vendors=[each.vendor for _, each in events],
            digests=[each.digest for _, each in events],
            scopes=[each.scope for _, each in events],
            kinds=[each.kind for _, each in events],
            keys=[each.key for _, each in events],
            xero_ids=[each.key if each.kind == "document" else None for _, each in events],
            moments=[each.happened_at for _, each in events],
            echo_s=ECHO_S,
        )
    return {(row["store"], row["vendor"], row["what"]): row["events"] for row in told}


def wake(db: Database) -> bool:
    """Make due what was kept and is not due yet; whether something is left."""
    while True:
        with db.transaction():
            woken = db.run("door.wake", limit=AT_ONCE_MAX)
        if not woken:
            break
    left = bool(db.value("door.to_wake"))
    db.rollback()
    return left


def forget_old(db: Database, days: int = 35) -> int:
    """Forget events older than so many days; how many."""
    with db.transaction():
        return db.run("door.forget", days=days)
