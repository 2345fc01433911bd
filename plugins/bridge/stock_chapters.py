"""The chapters of the stock flow. A batch is one moment's levels, so what is red is not cleared but started again."""

from __future__ import annotations

from typing import Any

from airflow.sdk import task

from bridge.retrying import TRIES_AGAIN_MAX
from bridge.sleeping import sleeps
from bridge.wiring import database, run_since_the_cursor, shop, stock_source

Handed = Any  # the id of the batch that extract made


@task(retries=TRIES_AGAIN_MAX)
@sleeps
def extract(store_key: str) -> int:
    """Keep what both sides say of every tracked item; the batch's id."""
    from include.settings.store import store_named
    from include.stages import stock

    run = run_since_the_cursor()
    with shop(store_key) as theirs, database() as db, stock_source(store_key, db) as source:
        return stock.extract(theirs, source, db, store_named(store_key), run.run_id)


@task
def check(batch: Handed, store_key: str) -> None:
    """Hold what is not sane."""
    from include.settings.store import store_named
    from include.stages import stock

    with database() as db:
        stock.check(db, store_named(store_key), batch)


@task
def transform(batch: Handed, store_key: str) -> None:
    """Decide each SKU."""
    from include.settings.store import store_named
    from include.stages import stock

    with database() as db:
        stock.transform(db, store_named(store_key), batch)


@task(retries=TRIES_AGAIN_MAX)
@sleeps
def load(batch: Handed, store_key: str) -> None:
    """Tell the shop what differs; in a dry run, nothing."""
    from include.settings.store import store_named
    from include.stages import stock

    with shop(store_key) as client, database() as db:
        stock.load(client, db, store_named(store_key), batch)


@task
def audit(batch: Handed, store_key: str) -> dict[str, int]:
    """Prove that every item has exactly one outcome; the counts."""
    from include.settings.store import store_named
    from include.stages import stock

    with database() as db:
        return stock.audit(db, store_named(store_key), batch)


@task
def tell_operations(store_key: str) -> int:
    """One e-mail about what was held or, in a dry run, would be changed; how many items it told of."""
    from bridge.notifiers.stock import tell
    from include.settings.store import store_named

    with database() as db:
        return tell(db, store_named(store_key))
