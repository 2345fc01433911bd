"""The chapters that both order flows share. Each opens what it needs and calls one stage; ids and counts are handed on.

`all_done`: a chapter works on every batch that it can, though the chapter before it turned another batch red.
`sleeps`: a chapter that speaks to a vendor waits for hours without a worker, where the vendor is closed so long.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import task

from bridge.retrying import TRIES_AGAIN_MAX
from bridge.sleeping import sleeps
from bridge.wiring import batches_of, books, database, run_over_its_day, run_since_the_cursor, shop

# What extract hands on: its promise while the DAG is built; the ids of batches, or None, when the task runs.
Handed = Any


@task(task_id="extract", retries=TRIES_AGAIN_MAX)
@sleeps
def extract_changes(store_key: str) -> list[int]:
    """Keep what changed since the cursor; the ids of all batches that this run works on."""
    from include.settings.store import store_named
    from include.stages import orders

    with shop(store_key) as client, database() as db:
        return orders.extract(client, partial(books, store_key), db, store_named(store_key), run_since_the_cursor())


@task(task_id="extract", retries=TRIES_AGAIN_MAX)
@sleeps
def extract_day(store_key: str) -> list[int]:
    """Keep what was placed in the run's day; the ids of all batches that this run works on."""
    from include.settings.store import store_named
    from include.stages import orders

    with shop(store_key) as client, database() as db:
        return orders.extract(client, partial(books, store_key), db, store_named(store_key), run_over_its_day())


@task(trigger_rule="all_done")
def check(extracted: Handed, store_key: str) -> None:
    """Hold the orders whose shape we do not know."""
    from include.settings.store import store_named
    from include.stages import orders

    with database() as db:
        orders.check(db, store_named(store_key), batches_of(extracted))


@task(trigger_rule="all_done")
def transform(extracted: Handed, store_key: str) -> None:
    """Give every order one decision a document."""
    from include.settings.store import store_named
    from include.stages import orders

    with database() as db:
        orders.transform(db, store_named(store_key), batches_of(extracted))


@task(trigger_rule="all_done", retries=TRIES_AGAIN_MAX)
@sleeps
def load(extracted: Handed, store_key: str) -> None:
    """Write what differs into the books, at most once."""
    from include.settings.store import store_named
    from include.stages import orders

    with books(store_key) as client, database() as db:
        orders.load(client, db, store_named(store_key), batches_of(extracted))


@task(trigger_rule="all_done")
def audit(extracted: Handed, store_key: str) -> dict[str, int]:
    """Prove that every order and document has exactly one outcome, and seal the batches; the counts."""
    from include.settings.store import store_named
    from include.stages import orders

    with database() as db:
        return orders.audit(db, store_named(store_key), batches_of(extracted))


@task(trigger_rule="all_done")
def tell_finance(store_key: str) -> int:
    """One e-mail about what newly needs a person, or, in shadow, about what would be posted; how much it told of."""
    from bridge.notifiers.drift import tell_drift
    from bridge.notifiers.finance import tell
    from bridge.notifiers.shadow import tell_shadow
    from include.settings.store import store_named

    store = store_named(store_key)
    with database() as db:
        tell_drift(db, store)
        return tell_shadow(db, store) if store.file.mode == "shadow" else tell(db, store)


def all_green() -> EmptyOperator:
    """A task that does nothing, after all others: it turns the run red with any of them, though finance is told last.

    The scheduler passes it without a worker. A run's state is that of its last tasks, and `tell_finance` runs always.
    """
    return EmptyOperator(task_id="all_green", on_failure_callback=None)
