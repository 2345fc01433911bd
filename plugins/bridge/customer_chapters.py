"""The chapters of the flow of customers. Ids and counts are handed on; a red batch leaves the others alone."""

from __future__ import annotations

from typing import Any

from airflow.sdk import get_current_context, task

from bridge.retrying import TRIES_AGAIN_MAX
from bridge.sleeping import sleeps
from bridge.wiring import batches_of, books, database, run_since_the_cursor, shop

Handed = Any  # the ids of batches that extract handed on
SINCE = "since"  # the DAG's parameter: read again everyone who changed since this day


@task(retries=TRIES_AGAIN_MAX)
@sleeps
def extract(store_key: str) -> list[int]:
    """Keep the customers who changed since the cursor, or since the day that was asked for; the ids of all batches."""
    from datetime import date

    from include.settings.store import store_named
    from include.stages import customers

    asked = get_current_context()["params"].get(SINCE)
    since = date.fromisoformat(asked) if asked else None
    with shop(store_key) as client, database() as db:
        return customers.extract(client, db, store_named(store_key), run_since_the_cursor(), since)


@task(trigger_rule="all_done")
def check(extracted: Handed, store_key: str) -> None:
    """Hold the customers whose shape we do not know."""
    from include.settings.store import store_named
    from include.stages import customers

    with database() as db:
        customers.check(db, store_named(store_key), batches_of(extracted))


@task(trigger_rule="all_done")
def transform(extracted: Handed, store_key: str) -> None:
    """Give every customer one decision."""
    from include.settings.store import store_named
    from include.stages import customers

    with database() as db:
        customers.transform(db, store_named(store_key), batches_of(extracted))


@task(trigger_rule="all_done", retries=TRIES_AGAIN_MAX)
@sleeps
def load(extracted: Handed, store_key: str) -> None:
    """Find or make each customer's contact, and write what only the shop changed."""
    from include.settings.store import store_named
    from include.stages import customers

    with books(store_key) as client, database() as db:
        customers.load(client, db, store_named(store_key), batches_of(extracted))


@task(trigger_rule="all_done")
def audit(extracted: Handed, store_key: str) -> dict[str, int]:
    """Prove that every customer has exactly one outcome, and seal the batches; the counts."""
    from include.settings.store import store_named
    from include.stages import customers

    with database() as db:
        return customers.audit(db, store_named(store_key), batches_of(extracted))


@task(trigger_rule="all_done")
def tell_finance(store_key: str) -> int:
    """One e-mail about customers who newly need a decision or a look; how many it told of."""
    from bridge.notifiers.customers import tell
    from include.settings.store import store_named

    with database() as db:
        return tell(db, store_named(store_key))
