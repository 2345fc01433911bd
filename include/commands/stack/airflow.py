"""A real Airflow: api-server, scheduler with LocalExecutor, dag-processor and triggerer, on a PostgreSQL that runs."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from include.commands.stack.airflow_api import AirflowApi
from include.commands.stack.airflow_settings import AirflowPlan, environment, write_passwords
from include.commands.stack.keys import Keys
from include.commands.stack.places import HOST
from include.commands.stack.postgres import Postgres
from include.commands.stack.processes import Service, begin, finish, start, wait_until
from include.commands.stack.state import State

MIGRATE_MAX_S = 240.0
START_MAX_S = 180.0
# Logs lie in the same folder as the task logs and the api-server reads those from disk: no log servers, no ports for them.
PROCESSES = {
    "api-server": ["api-server"],
    "dag-processor": ["dag-processor"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}


class Tables:
    """Airflow's own database, as a copy of a template that is migrated once for each version of Airflow."""

    def __init__(self, postgres: Postgres, database: str, *, fresh: bool) -> None:
        self._postgres, self._database, self._fresh = postgres, database, fresh
        self._version = version("apache-airflow-core")
        self._migration: tuple[str, subprocess.Popen[bytes], Path] | None = None

    def begin(self, plan: AirflowPlan, keys: Keys, logs: Path) -> None:
        """Start migrating, if there is anything to migrate. It takes 10 s, in which others can start."""
        template = "airflow_template"
        if self._fresh:
            self._postgres.drop_database(self._database)
        if self._is_current(self._database):
            return
        if self._postgres.exists(self._database):
            target = self._database  # tables of an older Airflow, with runs somebody wants to keep
        elif self._is_current(template):
            return
        else:
            self._postgres.drop_database(template)
            self._postgres.make_database(template, "airflow")
            target = template
        moved = environment(plan, keys) | {
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self._postgres.dsn("airflow", target).replace(
                "postgresql://", "postgresql+psycopg2://"
            )
        }
        log = logs / "airflow-migrate.log"
        self._migration = (target, begin([sys.executable, "-m", "airflow", "db", "migrate"], env=moved, log=log), log)

    def finish(self) -> None:
        """Airflow's database is there, with the tables of this version."""
        if self._migration is not None:
            target, process, log = self._migration
            finish("Airflow's migration", process, log=log, limit_s=MIGRATE_MAX_S)
            self._postgres.leave_note(target, self._version)
        if not self._postgres.exists(self._database):
            self._postgres.make_database(self._database, "airflow", template="airflow_template")
            self._postgres.leave_note(self._database, self._version)

    def _is_current(self, database: str) -> bool:
        return self._postgres.note(database) == self._version


def start_airflow(plan: AirflowPlan, keys: Keys, state: State, logs: Path) -> list[Service]:
    """Start the four processes; `reach` tells when they answer."""
    write_passwords(plan.home, keys)
    told = environment(plan, keys)
    return [
        start(name, [sys.executable, "-m", "airflow", *arguments], log=logs / f"{name}.log", state=state, env=told)
        for name, arguments in PROCESSES.items()
    ]


def reach(plan: AirflowPlan, keys: Keys, services: list[Service]) -> AirflowApi:
    """Wait until all four have reported, and give the way to talk to them."""

    def alive() -> None:
        for service in services:
            service.alive_or_raise()

    api = AirflowApi(f"http://{HOST}:{plan.port}", "admin", keys.admin_password, plan.logs, alive)
    wait_until("Airflow", api.healthy, limit_s=START_MAX_S, services=services, every_s=0.25)
    api.warm()
    return api
