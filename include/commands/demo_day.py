"""The demo's third act: yesterday is reconciled, read, and signed."""

from datetime import UTC, datetime, timedelta

from include.commands.stack.local import Stack
from include.commands.stack.processes import StackError
from include.commands.stack.progress import Progress
from include.database.connection import connect
from include.domain.reconciliation import Paper
from include.papers.plain import plain
from include.settings.store import store_named
from include.stages import reconciliation
from include.stages.reconciliation.listing import days

DAG = "reconcile_daily__demo"
RUN_MAX_S = 120.0
WHO, NOTE = "finance", "Signed by the demo: what is open is known, and waits for its decision."


def reconcile_a_day(stack: Stack, progress: Progress) -> Paper:
    """Trigger the DAG, wait for it, and sign the newest day; the paper as finance reads it."""
    with progress.step("yesterday, reconciled and signed") as note:
        stack.airflow.wait_for_dag(DAG)
        run_id = stack.airflow.trigger(DAG, run_after=datetime.now(UTC) - timedelta(days=1))
        stack.airflow.unpause(DAG)
        state = stack.airflow.wait(DAG, run_id, RUN_MAX_S)
        if state != "success":
            raise StackError(f"the reconciliation ended {state}; its logs are in .local/airflow/logs")
        note(run_id)
    store = store_named("demo")
    with connect(stack.dsn) as db:
        day = days(db, store, limit=1)[0].day
        reconciliation.sign(db, store, day, WHO, NOTE)
        return reconciliation.paper(db, store, day)


def day_told(paper: Paper) -> list[str]:
    """The day as it is printed."""
    return plain(paper, "Demo shop").rstrip().splitlines()


def day_differences(paper: Paper) -> list[str]:
    """What may not be in a day that only the demo's own orders made, a sentence each: all that is open is held."""
    return [
        f"order {each.order_key or each.number}: {each.cause}, {each.sentence}"
        for each in paper.report.open
        if each.cause != "still_held"
    ]
