"""A store's DAGs appear from its file. A mistake in one file turns its own DAGs red and leaves the others alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from airflow.sdk import dag, get_parsing_context, task
from pendulum import datetime, duration

from bridge.notifiers.operations import TellAllOperations, TellOperations
from bridge.retrying import DELAY, ByWhoseTurnItIs
from include.settings.store import SettingsError, Store, read_store, store_files

START = datetime(2020, 1, 1, tz="UTC")  # before any order that somebody may backfill
SCHEDULES_BY_NAME = ("@once", "@continuous")

BROKEN = """
# A store's file has a mistake

This DAG stands in for the real one until the file can be read. Other stores are not affected.

| red step | what it means | what to do |
|---|---|---|
| `read_settings` | the store's file has a mistake: its log names file and line | correct it; the real DAG is back in a minute |
"""


def for_each_store(build: Callable[[Store], Any], *, stands_in: bool = True) -> None:
    """Build one DAG a store: `build(store)`, whose name is the flow.

    A store whose file cannot be read gets a DAG of the same id, with one task that fails and shows file and line; not for
    a flow that a store must ask for (`stands_in` False): nobody knows whether it did.

    A worker that parses the file to run one task builds the DAG of that task's store alone.
    """
    wanted = get_parsing_context().dag_id
    for path in store_files():
        if wanted not in (None, _dag_id(build, path)):
            continue
        try:
            store = read_store(path)
            _check_schedule(store)
        except Exception as error:  # whatever is wrong with one store's file, the other stores' DAGs must appear
            if not stands_in:
                continue
            _stand_in(
                _dag_id(build, path), path, str(error) if isinstance(error, SettingsError) else f"{path.name}: {error}"
            )
        else:
            build(store)


def arguments(store: Store, owner: str) -> dict[str, Any]:
    """What all tasks of a store's DAGs share."""
    return {
        "owner": owner,
        "retries": 2,
        "retry_delay": DELAY,
        "retry_policy": ByWhoseTurnItIs(),
        "execution_timeout": duration(hours=4),  # the largest window at the vendors' own limits, and then some
        "on_failure_callback": TellOperations(store.key),
    }


def of_the_house() -> dict[str, Any]:
    """What the tasks share that are of all stores."""
    return {
        "owner": "operations",
        "retries": 2,
        "retry_delay": DELAY,
        "retry_policy": ByWhoseTurnItIs(),
        "execution_timeout": duration(minutes=30),
        "on_failure_callback": TellAllOperations(),
    }


def _check_schedule(store: Store) -> None:
    """Airflow would refuse the whole DAG file, with the DAGs of all stores in it, for one store's bad schedule."""
    from croniter import croniter

    file = store.file
    schedules: dict[tuple[str, ...], str] = {("schedule",): file.schedule}
    schedules |= {
        (name, "schedule"): getattr(file, name).schedule
        for name in ("stock", "products", "customers", "reconciliation")
    }
    for steps, schedule in schedules.items():
        by_name = schedule in SCHEDULES_BY_NAME and steps != ("reconciliation", "schedule")  # a day needs its interval
        if not by_name and not croniter.is_valid(schedule):
            raise SettingsError(f"{store.place_of(*steps)}: {'.'.join(steps)}: {schedule!r} is not a cron expression.")


def _key(path: Path) -> str:
    """The store's key, or what Airflow takes as one of a file that has no right name."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", path.stem)


def _dag_id(build: Callable[[Store], Any], path: Path) -> str:
    return f"{build.__name__}__{_key(path)}"


def _stand_in(dag_id: str, path: Path, mistake: str) -> None:
    @task(retries=0)
    def read_settings(mistake: str) -> None:
        raise SettingsError(mistake)

    @dag(
        dag_id=dag_id,
        doc_md=BROKEN,
        schedule="@hourly",  # so that it is seen: a DAG that never runs is never red
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args={"owner": "operations", "on_failure_callback": TellOperations(path.stem)},
        tags=["broken settings", _key(path)],
    )
    def stand_in() -> None:
        read_settings(mistake)

    stand_in()
