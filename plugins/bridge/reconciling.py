"""The chapters of the daily reconciliation."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import get_current_context, task

from bridge.retrying import TRIES_AGAIN_MAX
from bridge.sleeping import sleeps
from bridge.wiring import books, database, shop


@task(retries=TRIES_AGAIN_MAX)
@sleeps
def reconcile(store_key: str) -> dict[str, int]:
    """Ask both sides about the run's day, and about what of the week before may have changed; each day's version."""
    from include.settings.store import store_named
    from include.stages import reconciliation

    store = store_named(store_key)
    dag_run = get_current_context()["dag_run"]
    with shop(store_key) as theirs, books(store_key) as ours, database() as db:
        days = reconciliation.days_of_run(
            ours,
            db,
            store,
            interval_start=dag_run.data_interval_start,
            alone=dag_run.run_type == "backfill",  # a text and a member at once
            now=datetime.now(UTC),
        )
        return {day.isoformat(): reconciliation.reconcile(theirs, ours, db, store, day) for day in days}


@task(trigger_rule="all_done")
def tell_finance(store_key: str) -> int:
    """The letter with the report that finance signs; how many days it told of."""
    from bridge.notifiers.reconciliation import tell
    from include.settings.store import store_named

    with database() as db:
        return tell(db, store_named(store_key))
