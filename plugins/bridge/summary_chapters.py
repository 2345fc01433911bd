"""The chapter of the summary that the order flows do not have. What follows it is theirs."""

from __future__ import annotations

from functools import partial

from airflow.sdk import task

from bridge.sleeping import sleeps
from bridge.wiring import books, database, run_since_the_cursor


@task
@sleeps
def gather(store_key: str) -> list[int]:
    """Plan the documents of the days that are over; the ids of all batches of summaries that are not done."""
    from include.settings.store import store_named
    from include.stages import summary

    with database() as db:
        return summary.gather(partial(books, store_key), db, store_named(store_key), run_since_the_cursor())
