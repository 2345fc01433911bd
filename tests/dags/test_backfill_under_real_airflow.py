"""A week backfilled twice under a real scheduler. If this breaks, an outage ends in doubled or missing invoices."""

import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from include.clients.xero import Xero
from include.commands.stack.local import local_stack
from include.database.connection import connect
from include.sandbox.demo import EXPECTED

DAG = "orders_of_the_day__demo"
MOVING = "orders_to_books__demo"

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


def test_a_week_twice_extracts_all_again_and_writes_nothing_the_second_time(tmp_path):
    first_day, last_day = the_week()

    with local_stack(folder=tmp_path / "stack") as stack:
        start(stack, DAG)

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


def test_two_backfills_and_the_schedule_at_once_leave_the_books_of_one_after_the_other(tmp_path):
    """Airflow takes one backfill of a DAG at a time, so the second is the moving DAG's: it reads the same orders."""
    first_day, last_day = the_week()
    moments = (datetime.now(UTC) - timedelta(minutes=16), datetime.now(UTC))

    with local_stack(folder=tmp_path / "together") as stack:
        start(stack, DAG)
        start(stack, MOVING)
        backfills = [
            stack.airflow.backfill(DAG, first_day, last_day, max_active_runs=3),
            stack.airflow.backfill(MOVING, *moments, max_active_runs=3),
        ]
        by_hand = stack.airflow.trigger(MOVING)
        for backfill_id in backfills:
            stack.airflow.wait_for_backfill(backfill_id, 400)
        stack.airflow.wait(MOVING, by_hand, 200)
        states = {run["state"] for dag in (DAG, MOVING) for run in stack.airflow.runs(dag)}
        types = {run["run_type"] for run in stack.airflow.runs(MOVING)}
        together = books_of(stack)

    with local_stack(folder=tmp_path / "alone") as stack:
        start(stack, DAG)
        stack.airflow.wait_for_backfill(stack.airflow.backfill(DAG, first_day, last_day, max_active_runs=1), 400)
        start(stack, MOVING)
        stack.airflow.wait(MOVING, stack.airflow.trigger(MOVING), 200)
        alone = books_of(stack)

    assert states == {"success"}
    assert {"backfill", "manual"} <= types  # a scheduled run that a backfill does again is called a backfill
    assert len(alone["invoices"]) > 20
    assert together == alone


def the_week() -> tuple[datetime, datetime]:
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=8), midnight


def start(stack, dag_id: str) -> None:
    """Unpause it, and await the run that this starts at once.

    A backfill that creates the same date in that very second kills Airflow 3.3.2's scheduler with an IntegrityError
    (seen), so the first run is awaited as people would.
    """
    stack.airflow.wait_for_dag(dag_id)
    stack.airflow.unpause(dag_id)
    deadline = time.monotonic() + 60
    while not (runs := stack.airflow.runs(dag_id)) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert stack.airflow.wait(dag_id, runs[0]["dag_run_id"], 120) == "success"


def books_of(stack) -> dict[str, list]:
    """What Xero holds of the demo's orders, without ids."""
    numbers = [f"BC-{order_id}" for order_id in EXPECTED]
    with Xero.open(
        base_url=stack.sandbox.url,
        token_url=f"{stack.sandbox.url}/connect/token",
        client_id="sandbox-client",
        client_secret="sandbox-secret",
        tenant_id=None,
    ) as books:
        invoices = books.invoices_numbered(numbers)
        payments = books.payments_of([each["InvoiceID"] for each in invoices])
        notes = books.credit_notes_numbered([f"BCR-{order_id}-{order_id * 10 + 1}" for order_id in EXPECTED])
    return {
        "invoices": sorted(
            (each["InvoiceNumber"], each["Status"], each["Total"], each["AmountDue"]) for each in invoices
        ),
        "payments": sorted((each["Reference"], each["Status"], each["Amount"]) for each in payments),
        "credit_notes": sorted((each["CreditNoteNumber"], each["Status"], each["Total"]) for each in notes),
    }
