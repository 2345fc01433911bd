"""Whether a DAG has become green since something of it was red. Asked of Airflow itself, for the few that are red.

A callback of each green task or run would say the same at the price of a process for each.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

TOMORROW = timedelta(days=1)  # runs of the future have no state yet


def is_green_since(dag_id: str, run_id: str, moment: datetime) -> bool:
    """Whether this run is green now, as one is that was cleared, or another of its DAG ended green after the moment.

    False too where Airflow cannot be asked, as outside of a task.
    """
    from airflow.sdk.exceptions import AirflowRuntimeError
    from airflow.sdk.execution_time import task_runner
    from airflow.sdk.execution_time.comms import GetDagRunState, GetPreviousDagRun

    # RuntimeTaskInstance asks for runs of its own DAG alone; these are the questions that it asks.
    airflow = getattr(task_runner, "SUPERVISOR_COMMS", None)
    if airflow is None:
        return False
    try:
        if getattr(airflow.send(GetDagRunState(dag_id=dag_id, run_id=run_id)), "state", None) == "success":
            return True
        newest = airflow.send(
            GetPreviousDagRun(dag_id=dag_id, logical_date=datetime.now(UTC) + TOMORROW, state="success")
        )
    except AirflowRuntimeError:  # the run was deleted, or the DAG is gone
        return False
    run = getattr(newest, "dag_run", None)
    return run is not None and run.end_date is not None and run.end_date > moment
