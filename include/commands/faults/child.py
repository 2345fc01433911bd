"""One run of the flow in a process of its own, as its DAG would run it: chapter after chapter, each opens what it needs.

A chapter that fails is tried again where Airflow would (plugins/bridge/retrying.py), after the delay that it would wait;
one that stays red does not keep the others from their work (`all_done`). A killed run says nothing any more.
"""

from __future__ import annotations

import functools
import os
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any

import httpx

from include.clients.bigcommerce import BigCommerce, Window
from include.clients.pacing import OpenPace
from include.clients.xero import Xero
from include.commands.faults import kept_connections
from include.commands.faults.boundaries import Boundaries
from include.commands.faults.clock import SharedClock, live_by
from include.commands.faults.schedule import Schedule
from include.commands.faults.town import end_with
from include.database.connection import connect
from include.keepers import opened
from include.keepers.budget import SharedPace
from include.keepers.opened import for_books, for_shop
from include.settings.store import Store
from include.stages import orders, reference
from include.stages.orders import gathering, writing

TRIES_AGAIN_MAX = 5  # of extract and load; the other chapters have two (plugins/bridge)
TRIES_OF_OTHERS = 2
DELAY_S = 300.0
REFERENCE_FRESH_FOR_S = 30 * 86400.0  # in production a DAG of its own refreshes the snapshot; no run has to
CHAPTERS = ("extract", "check", "transform", "load", "audit")


@dataclass(frozen=True, slots=True)
class Job:
    """What a child is to do.

    window    None for the moving window        batches, chapter   where a killed run's task is tried again
    schedule  None: no faults
    shares    it has the keepers that all processes share; else it asks without a limit
    in_turn   its requests leave one after another; else some are in flight together, as in production
    """

    dsn: str
    store: Store
    run_id: str
    schedule: Schedule | None = None
    window: Window | None = None
    chapter: str = "extract"
    batches: tuple[int, ...] = ()
    shares: bool = False
    in_turn: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the child lives."""

    base: str
    credentials: Mapping[str, str]
    clock: SharedClock
    noted: int


def run_child(job: Job, around: Surroundings, pipe: Connection, parent: int) -> None:
    """Do the job in this process, and end it. Words through the pipe: ("chapter", ...), ("batches", ...), ("done", ...)."""
    end_with(parent)
    words = _Words(pipe)
    try:
        live_by(around.clock)
        vars(reference)["FRESH_FOR_S"] = REFERENCE_FRESH_FOR_S
        if job.shares:
            os.environ["BRIDGE_DSN"] = job.dsn
            vars(opened)["SharedPace"] = functools.partial(SharedPace, sleep=around.clock.sleep)
        if job.in_turn:
            for module in (gathering, writing):
                vars(module)["ThreadPoolExecutor"] = InTurn
        boundaries = Boundaries(
            job.schedule,
            job.run_id,
            around.clock,
            ask=words.ask,
            note=lambda line: _noted(around.noted, line),
        )
        boundaries.install()
        kept_connections.install()
        red = _Flow(job, around, boundaries, words).run()
        words.say("done", {"red": red, "boundaries": boundaries.count})
    except BaseException:
        words.say("broken", traceback.format_exc())
    finally:
        os._exit(0)


class InTurn:
    """A pool of threads without threads: what happens is then the same each time."""

    def __init__(self, at_once: int) -> None:
        """However many at once: it is one after another."""

    def __enter__(self) -> InTurn:
        return self

    def __exit__(self, *raised: object) -> None:
        """Nothing is left to do."""

    def submit(self, work: Callable[..., Any], *given: Any, **named: Any) -> Future[Any]:
        """Do it now."""
        future: Future[Any] = Future()
        try:
            future.set_result(work(*given, **named))
        except Exception as error:
            future.set_exception(error)
        return future

    def map(self, work: Callable[..., Any], *given: Iterable[Any]) -> Iterator[Any]:
        """Do each when its result is asked for."""
        return map(work, *given)


class _Words:
    """The pipe to the worker, for all threads of this process."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe, self._lock = pipe, Lock()

    def say(self, word: str, more: Any = None) -> None:
        """Tell the worker."""
        with self._lock:
            self._pipe.send((word, more))

    def ask(self, what: str) -> None:
        """Have the worker do it, and wait until it is done."""
        with self._lock:
            self._pipe.send(("ask", what))
            self._pipe.recv()


def _noted(file: int, words: str) -> None:
    os.write(file, f"{words}\n".encode())


class _Flow:
    def __init__(self, job: Job, around: Surroundings, boundaries: Boundaries, words: _Words) -> None:
        self._job, self._around, self._boundaries, self._words = job, around, boundaries, words
        self._batches = list(job.batches)

    def run(self) -> dict[str, str]:
        """Every chapter from the job's on; which were red, and why."""
        red: dict[str, str] = {}
        for chapter in CHAPTERS[CHAPTERS.index(self._job.chapter) :]:
            self._words.say("chapter", chapter)
            why = self._tried(chapter)
            if why is not None:
                red[chapter] = why
                if chapter == "extract":
                    break  # it handed on no batches: the other chapters are skipped
        return red

    def _tried(self, chapter: str) -> str | None:
        tries = TRIES_AGAIN_MAX if chapter in ("extract", "load") else TRIES_OF_OTHERS
        for left in range(tries, -1, -1):
            try:
                getattr(self, f"_{chapter}")()
                return None
            except Exception as error:
                failure = getattr(error, "failure", None)
                final = failure in ("record", "run") or isinstance(error, orders.StageRed)
                words = f"{type(error).__name__}: {error}"
                self._words.say("failed", f"{chapter}: {words}" if failure else f"{chapter}: {traceback.format_exc()}")
                if final or not left:
                    return words
                delay = getattr(error, "retry_after_s", None) if failure == "transient" else None
                self._around.clock.sleep(DELAY_S if delay is None else max(1.0, delay))
        return None

    def _extract(self) -> None:
        job = self._job
        flow = "orders_to_books" if job.window is None else "orders_of_the_day"
        with self._shop() as shop, connect(job.dsn) as db:
            run = orders.Run(flow, job.run_id, job.window)
            self._batches = orders.extract(shop, self._books, db, job.store, run)
        self._words.say("batches", self._batches)

    def _check(self) -> None:
        with connect(self._job.dsn) as db:
            orders.check(db, self._job.store, self._batches)

    def _transform(self) -> None:
        with connect(self._job.dsn) as db:
            orders.transform(db, self._job.store, self._batches)

    def _load(self) -> None:
        with self._books() as books, connect(self._job.dsn) as db:
            orders.load(books, db, self._job.store, self._batches)

    def _audit(self) -> None:
        with connect(self._job.dsn) as db:
            orders.audit(db, self._job.store, self._batches)

    @contextmanager
    def _books(self) -> Iterator[Xero]:
        given = self._around.credentials
        named: dict[str, Any] = {name: given[name] for name in ("client_id", "client_secret", "tenant_id")}
        token_url = f"{self._around.base}/connect/token"
        with (
            for_books(self._job.store) as kept,
            Xero.open(base_url=self._around.base, token_url=token_url, **named, **self._opened(kept)) as client,
        ):
            yield client

    @contextmanager
    def _shop(self) -> Iterator[BigCommerce]:
        given = self._around.credentials
        named: dict[str, Any] = {name: given[name] for name in ("store_hash", "access_token")}
        with (
            for_shop(self._job.store) as kept,
            BigCommerce.open(base_url=self._around.base, **named, **self._opened(kept)) as client,
        ):
            yield client

    def _opened(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        clock = self._around.clock
        return {
            "transport": self._boundaries.transport(),
            "clock": clock.monotonic,
            "sleep": clock.sleep,
            "timeout": httpx.Timeout(20.0),
            "pace": OpenPace(),
            **kept,
        }
