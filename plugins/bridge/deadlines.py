"""A run that takes longer than its store's file allows, by Airflow's own deadline: kept as an alert, told by tell_people.

That yesterday's orders are in the books by a time of day is looked at by tell_people itself: a run that never started has no
deadline (reference airflow.md 7).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.sdk import AsyncCallback, DeadlineAlert, DeadlineReference

if TYPE_CHECKING:
    from include.settings.store import Store


def done_in_time(store: Store) -> DeadlineAlert | None:
    """The deadline of a run of this store, counted from when it was queued; None where its file sets none."""
    minutes = store.file.alerts.run_longer_than_minutes
    if minutes is None:
        return None
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(minutes=minutes),
        callback=AsyncCallback(run_is_slow, kwargs={"store_key": store.key, "minutes": minutes}),
    )


async def run_is_slow(store_key: str, minutes: int, context: Mapping[str, Any]) -> None:
    """Keep that a run is slow; it lasts until the run is green. Called in the triggerer, which must not wait for a database."""
    run = context.get("dag_run") or {}
    await asyncio.to_thread(_keep, store_key, minutes, str(run["dag_id"]), str(run.get("run_id") or run["dag_run_id"]))


def _keep(store_key: str, minutes: int, dag_id: str, run_id: str) -> None:
    from include.database.connection import connect
    from include.domain.alert import Alert
    from include.stages.alerts.keeping import raise_alert

    now = datetime.now(UTC)
    slow = Alert(
        "slow",
        dag_id,
        f"A run of {dag_id} has taken more than {minutes} minute{'s' if minutes > 1 else ''}.",
        "See in Airflow which step it is in: it may wait for a place in a pool, or for a vendor.",
        now,
        page=f"dags/{dag_id}/runs/{quote(run_id)}",
    )
    with connect() as db, db.transaction():
        raise_alert(db, store_key, slow, now, run_id=run_id)
