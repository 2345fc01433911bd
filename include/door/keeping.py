"""What came is kept: many events, one commit. Then what they are about is made due, which rings the bell.

One thread speaks to the database, so that it costs one connection and 200 events a second are some tens of commits. A
webhook is answered once its events are committed. What is due follows in a transaction of its own: it may have to let a
run pass that is claiming the same order, and no webhook waits for that.

| what fails                            | then                                                                |
|---------------------------------------|---------------------------------------------------------------------|
| the database is away                  | DoorBusyError, at once for a second, then tried again               |
| one delivery that no row can hold     | it alone is dropped and counted; those of the same commit are kept  |
| a subject cannot be made due now      | it is tried again each second; deliveries are kept all the while    |
| the process is killed                 | what was not committed was not answered, so the vendor sends it again |
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field

import psycopg2
import psycopg2.errors
from psycopg2.extensions import make_dsn

from include.database.connection import Database, connect
from include.domain.event import Event

WAITING_MAX = 2000  # deliveries that nobody has kept yet; one more is told to come again
AT_ONCE_MAX = 500  # events a commit
ECHO_S = 30.0  # around a write of ours, by two clocks
FORGET_AT_ONCE = 10_000  # events a commit
LOOK_AGAIN_S = 1.0  # for what could not be made due at once
LET_PASS_MS = 100  # how long a subject that somebody else makes due or claims is waited for
COUNT_EVERY_S = 2.0  # what was dropped is told in one row, and not at once
GONE_AFTER_MS = 10_000  # without an answer of its host
AWAY_S = 1.0  # after a failure the database is left alone for so long, and deliveries are refused at once

log = logging.getLogger(__name__)
Count = tuple[str, str, str]  # store, vendor, what
NO_ROW = (psycopg2.DataError, psycopg2.IntegrityError, ValueError)  # of one delivery's content, whoever tries it again


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
        self._refuse_until, self._is_away = 0.0, False
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

    def open(self) -> None:
        """Begin before the first webhook: a process that died may have left what is not due yet."""
        with self._news:
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
        to_wake, pause = True, 0.0  # another process may have left something
        while True:
            with self._news:
                if not (self._waiting or self._ends):
                    self._news.wait(pause)
                ends, deliveries = self._ends, self._taken()
            if deliveries:
                self._keep(deliveries)
            pause = LOOK_AGAIN_S
            try:
                if deliveries or to_wake:
                    to_wake, pause = self._wake()
                if ends or time.monotonic() - counted_at > COUNT_EVERY_S:
                    counted_at = time.monotonic()
                    self._tell_counts()
                    to_wake = True
            except Exception as error:  # the thread outlives whatever it is
                to_wake = True
                self._lost(error)
            if ends and not self._waiting:
                self._drop()
                return

    def _taken(self) -> list[_Delivery]:
        taken: list[_Delivery] = []
        events = 0
        while self._waiting and events < AT_ONCE_MAX:
            delivery = self._waiting.popleft()
            if delivery.kept.set_running_or_notify_cancel():
                taken.append(delivery)
                events += len(delivery.rows)
        return taken

    def _keep(self, deliveries: Sequence[_Delivery]) -> None:
        try:
            told = keep_events(self._database(), [row for each in deliveries for row in each.rows])
        except NO_ROW:
            self._apart(deliveries)
        except Exception as error:  # whatever it is, the vendor shall send these again, and the door stays open
            self._lost(error)
            for each in deliveries:
                each.kept.set_exception(DoorBusyError())
        else:
            for each in deliveries:
                each.kept.set_result(None)
            self._add(told)

    def _apart(self, deliveries: Sequence[_Delivery]) -> None:
        """One of them has what no row can hold. To send it again would not help, so it is dropped."""
        if len(deliveries) > 1:
            for each in deliveries:
                self._keep([each])
            return
        self._add({(store, event.vendor, "no_row"): 1 for store, event in deliveries[0].rows})
        deliveries[0].kept.set_result(None)

    def _add(self, told: Mapping[Count, int]) -> None:
        with self._news:
            for key, events in told.items():
                self._counts[key] = self._counts.get(key, 0) + events

    def _wake(self) -> tuple[bool, float]:
        """Whether something may be left that is not due, and how long to wait before it is tried again."""
        try:
            if wake_some(self._database()):
                return True, 0.0
            return is_left(self._database()), LOOK_AGAIN_S
        except (psycopg2.errors.LockNotAvailable, psycopg2.errors.QueryCanceled, psycopg2.errors.DeadlockDetected):
            return True, LOOK_AGAIN_S

    def _tell_counts(self) -> None:
        with self._news:
            counts, self._counts = self._counts, {}
        if not counts:
            return
        try:
            db = self._database()
            with db.transaction():
                stores, vendors, whats = (list(column) for column in zip(*counts, strict=True))
                db.run("door.count", stores=stores, vendors=vendors, whats=whats, events=list(counts.values()))
        except psycopg2.Error:
            self._add(counts)  # and told later
            raise

    def _database(self) -> Database:
        if self._opened is None:
            dsn = self._dsn or os.environ.get("BRIDGE_DSN")
            opening = connect(make_dsn(dsn, tcp_user_timeout=GONE_AFTER_MS) if dsn else None)
            db = opening.__enter__()
            self._opened = (opening, db)
            db.run("door.session")
            db.commit()
        if self._is_away:
            self._is_away = False
            log.warning("The door reaches the database again")
        return self._opened[1]

    def _lost(self, error: Exception) -> None:
        if not self._is_away:
            self._is_away = True
            # psycopg2's own words may name user and host.
            log.warning("The door cannot reach the database (%s): vendors are told to come again", type(error).__name__)
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
    while wake_some(db):
        pass
    return is_left(db)


def wake_some(db: Database) -> int:
    """Make the oldest of it due; how many events that were."""
    with db.transaction():
        db.run("door.let_pass", milliseconds=str(LET_PASS_MS))
        return db.run("door.wake", limit=AT_ONCE_MAX)


def is_left(db: Database) -> bool:
    """Whether an event is kept and not due."""
    with db.transaction():
        return bool(db.value("door.to_wake"))


def forget_old(db: Database, days: int = 35) -> int:
    """Forget events older than so many days, but for those that are not due yet; how many. Some at a time."""
    forgotten = 0
    while True:
        with db.transaction():
            some = db.run("door.forget", days=days, limit=FORGET_AT_ONCE)
        forgotten += some
        if some < FORGET_AT_ONCE:
            return forgotten
