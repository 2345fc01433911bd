"""What people ask of the tables: the console's pages, and what tell_people looks for every five minutes."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from include.commands.bench.scale.question import Question
from include.database.connection import Database
from include.settings.store import Store, store_named
from include.stages.alerts.causes import causes
from include.stages.console import finding, life, review, today

ZONE = "Australia/Sydney"
TIMES = 7


@dataclass(frozen=True, slots=True)
class Page:
    """All that a page reads, without its HTML, which takes some milliseconds more."""

    name: str
    median_ms: float
    worst_ms: float


def asked_by_people(
    store: str, held: Mapping[str, Any], large: Mapping[str, Any], keys: list[int]
) -> Iterator[Question]:
    """The statements. `held` names an order that waits, `keys` some orders of all years."""
    now = datetime.now(UTC)
    yield from _console(store, held, large, keys, now)
    yield from _alerts(store, now)


def _console(
    store: str, held: Mapping[str, Any], large: Mapping[str, Any], keys: list[int], now: datetime
) -> Iterator[Question]:
    topic = "the console"
    of_store, of_days = {"store": store}, {"zone": ZONE, "today": now.date(), "days": 30}
    yield Question(topic, "today.came", {**of_store, **of_days})
    # A month of documents is much of a small store: its plan is judged by the time that it takes in a large one.
    yield Question(topic, "today.booked", {**of_store, "today": now.date(), "days": 30}, "a month", whole=True)
    yield Question(topic, "today.waits", {**of_store, "zone": ZONE}, whole=True)
    yield Question(topic, "today.failed", {**of_store, "zone": ZONE})
    day = now - timedelta(days=400)
    yield Question(topic, "today.outcomes", {**of_store, "begins": day, "ends": day + timedelta(days=1)})
    yield Question(topic, "today.lanes", of_store)
    yield Question(topic, "today.lane", of_store)
    yield Question(topic, "today.red", of_store)
    for name in (
        "outcome",
        "versions",
        "newest_body",
        "events",
        "causes",
        "postings",
        "findings",
        "attempts",
        "documents",
    ):
        yield Question(topic, f"life.{name}", {**held, "limit": 200})
    for name in ("differences", "told", "days"):
        yield Question(topic, f"life.{name}", {**held, "limit": 200})
    stores = {"stores": [store]}
    yield Question(topic, "life.by_order", {**stores, "order_key": keys[0]})
    yield Question(topic, "life.by_number", {**stores, "number": f"BC-{keys[0]}", "limit": 20})
    yield Question(topic, "life.by_gateway", {**stores, "gateway_id": "ch_1", "limit": 20})
    yield Question(topic, "life.by_email", {**of_store, "email_key": "email:0000", "limit": 20})
    every = {"reason": None, "least": None, "most": None, "days": None, "skip": 0, "limit": 51}
    yield Question(topic, "review.waiting", {**of_store, **every, "largest": False}, "the oldest page of all")
    yield Question(topic, "review.waiting", {**of_store, **every, "largest": True}, "the largest of all", whole=True)
    yield Question(topic, "review.reasons", of_store, whole=True)
    yield Question(topic, "review.others", of_store)
    yield from _of_a_run(topic, store, large)
    span = {"start": now - timedelta(days=400), "end": now - timedelta(days=393)}
    yield Question(topic, "backfill.known", {**of_store, **span}, "a week")
    yield Question(topic, "backfill.lately", of_store)


def _of_a_run(topic: str, store: str, large: Mapping[str, Any]) -> Iterator[Question]:
    """The tab on a run's page, of the run that has the largest batch."""
    batches = {"batch_ids": [large["batch_id"]]}
    yield Question(
        topic, "run.batches", {"store": store, "flow": "orders_of_the_day", "run_id": large["run_id"], "limit": 100}
    )
    yield Question(topic, "run.outcomes", batches)
    yield Question(topic, "run.waits", {**batches, "limit": 50})


def _alerts(store: str, now: datetime) -> Iterator[Question]:
    topic, of_store = "alerts", {"store": store}
    yield Question(topic, "alerts.living", of_store)
    yield Question(topic, "alerts.undecided", of_store, whole=True)
    yield Question(topic, "alerts.stuck", of_store)
    yield Question(topic, "outbox.take", {"only": None})
    yield Question(topic, "outbox.forget", {"days": 90})
    yield Question(topic, "chain.page", {**of_store, "after": 0, "limit": 1000}, "a thousand entries, by night")
    yield Question(topic, "chain.sealed_without_entry", {**of_store, "since": now - timedelta(days=1)}, "by night")


def pages(db: Database, store_key: str, held_order: int, old_order: int) -> Iterator[Page]:
    """How long it takes to read each page of the console, and one look of tell_people."""
    store, now = _demo_as(store_key), datetime.now(UTC)
    asked: tuple[tuple[str, Callable[[], object]], ...] = (
        ("Today", lambda: today.today_of(db, store, now)),
        ("Order, one that waits", lambda: life.life_of(db, store, held_order, with_person=True)),
        ("Order, one of years ago", lambda: life.life_of(db, store, old_order, with_person=True)),
        ("Order, found by its invoice", lambda: finding.find(db, {store_key: store}, f"BC-{old_order}")),
        (
            "Review desk, its list",
            lambda: (review.waiting(db, store, review.Filter()), review.by_reason(db, store), review.others(db, store)),
        ),
        ("Review desk, the largest first", lambda: review.waiting(db, store, review.Filter(largest=True))),
        ("One look of tell_people", lambda: causes(db, store, now)),
    )
    for name, read in asked:
        read()
        took = []
        for _ in range(TIMES):
            began = time.perf_counter()
            read()
            db.rollback()
            took.append((time.perf_counter() - began) * 1000)
        yield Page(name, statistics.median(took), max(took))


def _demo_as(key: str) -> Store:
    """The demo's settings, under the key of the store whose tables are large."""
    demo = store_named("demo")
    return replace(demo, file=demo.file.model_copy(update={"store": key}))
