"""Airflow's own backfills, as its REST routes make and change them (airflow/api_fastapi/core_api/routes/public/backfills.py).

Always `completed`: with Airflow's default it skips days that ran before in silence, and whoever repairs an outage gets
nothing (design 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

AT_ONCE = 3  # runs: vendors' limits are shared, so more would only wait for each other
LISTED_MAX = 10


class NotStarted(Exception):  # noqa: N818 - it is an answer to a person
    """Airflow would not have it. The text says why and what to do."""


@dataclass(frozen=True)
class Kept:
    """A backfill as Airflow keeps it. `states` counts its runs by state."""

    id: int
    first: date
    last: date
    by: str
    started: datetime
    ended: datetime | None
    paused: bool
    states: dict[str, int]
    run_ids: tuple[str, ...]
    began: datetime | None

    @property
    def runs(self) -> int:
        """All of its runs."""
        return sum(self.states.values())

    @property
    def done(self) -> int:
        """Runs that have ended, well or not."""
        return self.states.get("success", 0) + self.states.get("failed", 0)


def start(dag_id: str, first: date, last: date, user: str) -> int:
    """Begin the backfill of these days; its id. Raises NotStarted."""
    from airflow.models import backfill

    try:
        made = backfill._create_backfill(
            dag_id=dag_id,
            from_date=datetime.combine(first, time.min, UTC),
            to_date=datetime.combine(last, time.max.replace(microsecond=0), UTC),
            max_active_runs=AT_ONCE,
            reverse=False,
            dag_run_conf={},
            triggering_user_name=user,
            reprocess_behavior=backfill.ReprocessBehavior.COMPLETED,
            run_on_latest_version=True,
        )
    except backfill.AlreadyRunningBackfill:
        raise NotStarted(
            "A backfill of this flow runs already. Airflow has one at a time; wait for it, or cancel it."
        ) from None
    except Exception as refused:
        if type(refused).__module__.startswith("airflow."):
            raise NotStarted(f"Airflow says: {refused}") from None
        raise
    return int(made.id)


def listed(dag_id: str) -> list[Kept]:
    """The newest backfills of a DAG, newest first."""
    from airflow.models.backfill import Backfill, BackfillDagRun
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        newest = select(Backfill).where(Backfill.dag_id == dag_id).order_by(Backfill.id.desc()).limit(LISTED_MAX)
        found = []
        for each in session.scalars(newest):
            asked = (
                select(DagRun.run_id, DagRun.state, DagRun.start_date)
                .join(BackfillDagRun, BackfillDagRun.dag_run_id == DagRun.id)
                .where(BackfillDagRun.backfill_id == each.id)
            )
            runs = list(session.execute(asked))
            states: dict[str, int] = {}
            for _, state, _ in runs:
                states[str(state)] = states.get(str(state), 0) + 1
            began = [at for _, _, at in runs if at is not None and at >= each.created_at]
            found.append(
                Kept(
                    int(each.id),
                    each.from_date.date(),
                    each.to_date.date(),
                    str(each.triggering_user_name or ""),
                    each.created_at,
                    each.completed_at,
                    bool(each.is_paused),
                    states,
                    tuple(run_id for run_id, _, _ in runs),
                    min(began, default=None),
                )
            )
        return found


def turn(dag_id: str, backfill_id: int, how: str) -> None:
    """Pause, resume or cancel a backfill of this DAG. Raises NotStarted where there is none that runs."""
    from airflow.models.backfill import Backfill, BackfillDagRun
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select, update

    with create_session() as session:
        found: Any = session.scalar(select(Backfill).where(Backfill.id == backfill_id, Backfill.dag_id == dag_id))
        if found is None or found.completed_at is not None:
            raise NotStarted("That backfill does not run any more.")
        found.is_paused = how != "resume"
        if how == "cancel":
            session.commit()  # nothing new begins; then what waits is given up, and what runs ends by itself
            of_it = select(BackfillDagRun.dag_run_id).where(BackfillDagRun.backfill_id == backfill_id)
            session.execute(
                update(DagRun)
                .where(DagRun.id.in_(of_it), DagRun.state == "queued")
                .values(state="failed")
                .execution_options(synchronize_session=False)
            )
            found.completed_at = datetime.now(UTC)


def is_paused(dag_id: str) -> bool | None:
    """Whether the DAG is paused: then a backfill only waits (reference airflow.md 0.4). None: Airflow has no such DAG."""
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        found = session.scalar(select(DagModel.is_paused).where(DagModel.dag_id == dag_id))
        return None if found is None else bool(found)


def unpause(dag_id: str) -> None:
    """Switch the DAG on."""
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session
    from sqlalchemy import update

    with create_session() as session:
        session.execute(update(DagModel).where(DagModel.dag_id == dag_id).values(is_paused=False))
