"""A week backfilled twice under a real scheduler. If this breaks, an outage ends in doubled or missing invoices."""

import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from include.commands.stack.local import local_stack
from include.database.connection import connect

DAG = "orders_of_the_day__demo"

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


def test_a_week_twice_extracts_all_again_and_writes_nothing_the_second_time(tmp_path):
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first_day, last_day = midnight - timedelta(days=8), midnight

    with local_stack(folder=tmp_path / "stack") as stack:
        stack.airflow.wait_for_dag(DAG)
        stack.airflow.unpause(DAG)
        # Unpausing starts the latest interval at once. A backfill that creates the same date in that very second kills
        # Airflow 3.3.2's scheduler with an IntegrityError (seen), so the first run is awaited as people would.
        deadline = time.monotonic() + 60
        while not (runs := stack.airflow.runs(DAG)) and time.monotonic() < deadline:
            time.sleep(0.5)
        assert stack.airflow.wait(DAG, runs[0]["dag_run_id"], 120) == "success"

        def backfill() -> dict[str, int]:
            known = batches()
            backfill_id = stack.airflow.backfill(DAG, first_day, last_day, reprocess_behavior="completed")
            stack.airflow.wait_for_backfill(backfill_id, 300)
            return counts(batches() - known)

        def batches() -> set[int]:
            with connect(stack.dsn) as db:
                return {row["batch_id"] for row in db.rows("batches.all_of_store", store="demo")}

        def counts(ids: set[int]) -> dict[str, int]:
            totals = dict.fromkeys(("orders", "posted", "unchanged"), 0)
            with connect(stack.dsn) as db:
                for batch_id in ids:
                    row = db.row("audit.count", batch_id=batch_id)
                    assert row["state"] == "sealed"
                    for name in totals:
                        totals[name] += row[name]
            return totals

        first = backfill()
        httpx.delete(f"{stack.sandbox.url}/_sandbox/calls").raise_for_status()
        second = backfill()
        calls = httpx.get(f"{stack.sandbox.url}/_sandbox/calls").json()["calls"]

    assert first["posted"] > 0
    assert second["orders"] == first["orders"] > 0
    assert (second["posted"], second["unchanged"]) == (0, first["posted"] + first["unchanged"])
    written = [
        each for each in calls if each["vendor"] == "xero" and each["method"] != "GET" and "api.xro" in each["path"]
    ]
    assert calls
    assert written == []
