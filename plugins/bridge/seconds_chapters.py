"""The one chapter of orders within seconds: a task costs more than a second to start, so a chain would be too slow."""

from __future__ import annotations

from functools import partial

from airflow.sdk import get_current_context, task
from pendulum import duration

from bridge.retrying import TRIES_AGAIN_MAX
from bridge.sleeping import sleeps
from bridge.wiring import books, database, flow_of, shop


@task(retries=TRIES_AGAIN_MAX, retry_delay=duration(minutes=1))
@sleeps
def enter(store_key: str) -> dict[str, int]:
    """Everything that is due, from the shop into the books; the counts."""
    from include.settings.store import store_named
    from include.stages.orders.run import Run
    from include.stages.orders.within_seconds import enter_what_is_due

    dag_run = get_current_context()["dag_run"]
    run = Run(flow_of(dag_run.dag_id), dag_run.run_id)
    with shop(store_key, "seconds") as client, database() as db:
        return enter_what_is_due(client, partial(books, store_key, "seconds"), db, store_named(store_key), run)
