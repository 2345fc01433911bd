"""What a person would click, over Airflow's REST API: a command-line process would cost five seconds a time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from include.commands.stack.places import shown
from include.commands.stack.processes import StackError

TIMEOUT_S = 30.0
POLL_S = 0.25
FINISHED = ("success", "failed")
Changed = Callable[[str, str], None]


class AirflowApi:
    """An Airflow that runs. Every wait has a limit and ends in StackError, which says what to read."""

    def __init__(self, url: str, user: str, password: str, logs: Path, alive: Callable[[], None]) -> None:
        """`alive` raises StackError when a process of this Airflow has ended: then nobody need wait any longer."""
        self.url, self.logs, self._alive = url, logs, alive
        self._who = {"username": user, "password": password}
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=TIMEOUT_S)

    def call(self, method: str, path: str, told: Any = None, **query: Any) -> Any:
        """One call to /api/v2. Gives the answer's JSON. Raises StackError with Airflow's own words on a refusal."""
        answer = self._send(method, path, told, query)
        if answer.status_code == 401:
            self._log_in()
            answer = self._send(method, path, told, query)
        if answer.is_error:
            raise StackError(f"Airflow refused {method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def healthy(self) -> bool:
        """True once the server and the three others have reported."""
        try:
            answer = self._http.get("/api/v2/monitor/health", timeout=5)
        except httpx.TransportError:
            return False
        parts = answer.json() if answer.status_code == 200 else {}
        named = ("metadatabase", "scheduler", "dag_processor", "triggerer")
        return all((parts.get(name) or {}).get("status") == "healthy" for name in named)

    def warm(self) -> None:
        """Have the server load the part that tasks talk to, which it otherwise does when the first task waits for it."""
        with contextlib.suppress(httpx.TimeoutException):  # on a busy machine it takes long, and goes on without us
            self._http.get("/execution/health")

    def make_pool(self, name: str, slots: int, description: str) -> None:
        """A pool, made or changed. A task whose pool is missing waits for ever and in silence."""
        told = {"name": name, "slots": slots, "description": description}
        answer = self._send("POST", "/pools", told, {})
        if answer.status_code == 401:
            self._log_in()
            answer = self._send("POST", "/pools", told, {})
        if answer.status_code == 409:
            told = {"pool": name, "slots": slots, "description": description, "include_deferred": False}
            self.call("PATCH", f"/pools/{name}", told)
        elif answer.is_error:
            raise StackError(f"Airflow refused the pool {name}: {answer.status_code} {answer.text[:500]}")

    def wait_for_dag(self, dag_id: str, timeout_s: float = 90) -> None:
        """Wait until the DAG is known. Raises StackError with the import errors of its folder if it is not."""

        def known() -> bool:
            if self._send("GET", f"/dags/{dag_id}", None, {}).status_code == 200:
                return True
            self._broken_files()
            return False

        self.call("GET", "/version")  # logs in, so that below only 404 is left
        self._wait(f"the DAG {dag_id}", known, timeout_s, "dag-processor.log")

    def unpause(self, dag_id: str) -> None:
        """Let it run. A DAG that is paused leaves its runs queued."""
        self.call("PATCH", f"/dags/{dag_id}", {"is_paused": False})

    def pause(self, dag_id: str) -> None:
        """Let it rest."""
        self.call("PATCH", f"/dags/{dag_id}", {"is_paused": True})

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None, run_after: datetime | None = None) -> str:
        """Start a manual run, without a date, and give its id. It stays queued while the DAG is paused.

        run_after   its place in the queue: of runs that wait, the earliest goes first.
        """
        told: dict[str, Any] = {"logical_date": None, "conf": dict(conf or {})}
        if run_after is not None:
            told["run_after"] = run_after.isoformat()
        return str(self.call("POST", f"/dags/{dag_id}/dagRuns", told)["dag_run_id"])

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """Every run of the DAG, oldest first, as Airflow describes them: dag_run_id, run_type, state, dates ..."""
        answer = self.call("GET", f"/dags/{dag_id}/dagRuns", limit=100, order_by="run_after")
        return list(answer["dag_runs"])

    def task_states(self, dag_id: str, run_id: str) -> dict[str, str]:
        """The state of each task of a run, in order of their start; of a mapped one as `task[index]`."""
        answer = self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances", limit=100)
        instances = sorted(answer["task_instances"], key=lambda one: (one["start_date"] is None, one["start_date"]))
        return {_name(one): one["state"] or "waiting" for one in instances}

    def wait(self, dag_id: str, run_id: str, timeout_s: float, changed: Changed | None = None) -> str:
        """Wait for a run to end and give its state, "success" or "failed". `changed(task, state)` hears of each step."""
        seen: dict[str, str] = {}
        state = ""

        def ended() -> bool:
            nonlocal state
            state = self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}")["state"]
            if changed is not None:
                for task, now in self.task_states(dag_id, run_id).items():
                    if seen.get(task) != now:
                        seen[task] = now
                        changed(task, now)
            return state in FINISHED

        self._wait(f"the end of {dag_id} {run_id}", ended, timeout_s, f"dag_id={dag_id}/run_id={run_id}")
        return state

    def backfill(
        self,
        dag_id: str,
        from_date: datetime,
        to_date: datetime,
        reprocess_behavior: str = "completed",
        max_active_runs: int = 2,
        conf: Mapping[str, Any] | None = None,
    ) -> int:
        """Start a backfill of every interval that begins in [from_date, to_date] and give its id."""
        told = {
            "dag_id": dag_id,
            "from_date": from_date.isoformat(),
            "to_date": to_date.isoformat(),
            "reprocess_behavior": reprocess_behavior,
            "max_active_runs": max_active_runs,
            "run_backwards": False,
            "dag_run_conf": dict(conf or {}),
        }
        return int(self.call("POST", "/backfills", told)["id"])

    def wait_for_backfill(self, backfill_id: int, timeout_s: float) -> None:
        """Wait until Airflow calls a backfill complete: some seconds after its last run; until then it takes no other."""

        def complete() -> bool:
            return self.call("GET", f"/backfills/{backfill_id}")["completed_at"] is not None

        self._wait(f"the end of backfill {backfill_id}", complete, timeout_s, "scheduler.log")

    def log_of(self, dag_id: str, run_id: str, task_id: str) -> Path:
        """Where the task's log lies."""
        return self.logs / f"dag_id={dag_id}" / f"run_id={run_id}" / f"task_id={task_id}"

    def _wait(self, what: str, ready: Callable[[], bool], limit_s: float, log: str) -> None:
        deadline = time.monotonic() + limit_s
        while not ready():
            self._alive()
            if time.monotonic() > deadline:
                raise StackError(f"{what} was not seen within {limit_s:.0f} s. Read {log} in {shown(self.logs)}")
            time.sleep(POLL_S)

    def _broken_files(self) -> None:
        broken = self.call("GET", "/importErrors")["import_errors"]
        if broken:
            raise StackError("\n".join(f"{one['filename']} does not import:\n{one['stack_trace']}" for one in broken))

    def _send(self, method: str, path: str, told: Any, query: Mapping[str, Any]) -> httpx.Response:
        try:
            return self._http.request(method, f"/api/v2{path}", json=told, params=query)
        except httpx.TransportError as error:
            self._alive()
            raise StackError(f"Airflow did not answer {method} {path}: {error!r}. Read api-server.log") from error

    def _log_in(self) -> None:
        answer = self._http.post("/auth/token", json=self._who)
        if answer.is_error:
            raise StackError(f"Airflow refused to let {self._who['username']} in: {answer.status_code}")
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def _name(instance: Mapping[str, Any]) -> str:
    index = instance["map_index"]
    return str(instance["task_id"]) if index < 0 else f"{instance['task_id']}[{index}]"
