"""Whether a DAG has become green since something of it was red. Asked of Airflow itself, for the few that are red.

A callback of each green task or run would say the same at the price of a process for each.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

TOMORROW = timedelta(days=1)  # runs of the future have no state yet


def green_runs(dag_id: str) -> int | None:
    """How many runs of a DAG have ended green; None where Airflow cannot be asked, as outside of a task."""
    from airflow.sdk.execution_time.comms import GetDRCount

    return getattr(_answer(GetDRCount(dag_id=dag_id, states=["success"])), "count", None)


def is_green_since(dag_id: str, run_id: str, moment: datetime, greens: int | None) -> bool:
    """Whether this run is green now, as one is that was cleared, or another of its DAG ended green after the moment.

    greens  how many were green then: a run that a person started has no date by which it would be found
    """
    from airflow.sdk.execution_time.comms import GetDagRunState, GetPreviousDagRun

    if getattr(_answer(GetDagRunState(dag_id=dag_id, run_id=run_id)), "state", None) == "success":
        return True
    if greens is not None and (green_runs(dag_id) or 0) > greens:
        return True
    asked = GetPreviousDagRun(dag_id=dag_id, logical_date=datetime.now(UTC) + TOMORROW, state="success")
    run = getattr(_answer(asked), "dag_run", None)
    return run is not None and run.end_date is not None and run.end_date > moment


def _answer(question: Any) -> Any:
    """What Airflow says; None where it cannot be asked, or knows neither run nor DAG any more."""
    from airflow.sdk.exceptions import AirflowRuntimeError
    from airflow.sdk.execution_time import task_runner

    # A task's own object asks these questions about its own DAG alone.
    airflow = getattr(task_runner, "SUPERVISOR_COMMS", None)
    if airflow is None:
        return None
    try:
        return airflow.send(question)
    except AirflowRuntimeError:
        return None
