"""The chapters of the flow of items. Each can be cleared by itself; what is open is taken up by the next run."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from airflow.sdk import Param, get_current_context, task

from bridge.retrying import TRIES_AGAIN_MAX
from bridge.sleeping import sleeps
from bridge.wiring import batches_of, books, database, run_since_the_cursor, shop

Handed = Any  # the ids of batches that extract made

PARAMS = {
    "since": Param(
        None,
        type=["null", "string"],
        format="date",
        title="Since",
        description="A backfill: all products that changed since this day (UTC) are read again. No cursor moves.",
    ),
    "as_settings": Param(
        default=False,
        type="boolean",
        title="As today's settings have it",
        description="Also bring items to today's settings whose product did not change. With `since`, or a whole reading.",
    ),
}


@task(retries=TRIES_AGAIN_MAX)
@sleeps
def extract(store_key: str) -> list[int]:
    """Keep the products that are due; the ids of all batches that this run works on."""
    from include.settings.store import store_named
    from include.stages import items

    since = get_current_context()["params"]["since"]
    with shop(store_key) as client, database() as db:
        return items.extract(
            client,
            partial(books, store_key),
            db,
            store_named(store_key),
            run_since_the_cursor(),
            since=date.fromisoformat(since) if since else None,
        )


@task(trigger_rule="all_done")
def check(extracted: Handed, store_key: str) -> None:
    """Hold what is not sane."""
    from include.settings.store import store_named
    from include.stages import items

    with database() as db:
        items.check(db, store_named(store_key), batches_of(extracted))


@task(trigger_rule="all_done")
def transform(extracted: Handed, store_key: str) -> None:
    """Give each SKU its code and the fields that its item should have."""
    from include.settings.store import store_named
    from include.stages import items

    with database() as db:
        items.transform(db, store_named(store_key), batches_of(extracted))


@task(trigger_rule="all_done", retries=TRIES_AGAIN_MAX)
@sleeps
def load(extracted: Handed, store_key: str) -> None:
    """Create what is missing, change what the shop alone changed; in shadow, nothing."""
    from include.settings.store import store_named
    from include.stages import items

    as_settings = bool(get_current_context()["params"]["as_settings"])
    with books(store_key) as client, database() as db:
        items.load(client, db, store_named(store_key), batches_of(extracted), as_settings=as_settings)


@task(trigger_rule="all_done")
def audit(extracted: Handed, store_key: str) -> dict[str, int]:
    """Prove that every product has its lines and every line one outcome, and seal the batches; the counts."""
    from include.settings.store import store_named
    from include.stages import items

    with database() as db:
        return items.audit(db, store_named(store_key), batches_of(extracted))


@task(trigger_rule="all_done")
def tell_items(store_key: str) -> int:
    """One e-mail about what newly needs a person; how much it told of."""
    from bridge.notifiers.items import tell
    from include.settings.store import store_named

    with database() as db:
        return tell(db, store_named(store_key))
