"""One run of all stores on a rig: started together, watched, a worker killed in it if asked, the books compared."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from include.commands.bench.workers_equal import differences
from include.commands.bench.workers_rig import Rig, kill
from include.commands.bench.workers_stores import ACCESS_TOKEN, FLOW, dag_of, key_of, store_hash
from include.commands.bench.workers_watch import Watch
from include.commands.stack.airflow_api import FINISHED, AirflowApi
from include.commands.stack.processes import Service, StackError
from include.commands.stack.sandbox import Sandbox
from include.database.connection import Database, connect

LOOK_S, KILL_LOOK_S = 1.0, 0.2
DAGS_MAX_S = 180.0
PAGE = 100  # of Airflow's lists
ORDERS_PAGE = 250
TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Killed:
    """What was killed: the worker, the tasks that it had taken, how many invoices there were, and when."""

    worker: str
    tasks: list[str]
    invoices: int
    after_s: float


@dataclass
class Result:
    """What came of a run."""

    seconds: float
    states: dict[str, str]  # DAG -> how its run ended
    tries: dict[str, int]  # "DAG task" -> tries, of tasks that needed more than one
    taken: dict[str, int]  # worker -> tasks that it took, if it still lives
    cpu_s: dict[str, float]
    busy_share: float
    connections: dict[str, int]
    killed: Killed | None = None
    differences: list[str] = field(default_factory=list)


def run(rig: Rig, *, kill_at: float | None = None, limit_s: float = 7200.0) -> Result:
    """Start the flow of every store at once, and wait until all have ended.

    kill_at    kill one worker as soon as this share of all invoices is there, and it is in the midst of loading a
               store's. None: kill nobody.

    Raises StackError when it takes longer than `limit_s`, or a part ends by itself.
    """
    api, shape = rig.stack.airflow, rig.shape
    dags = [dag_of(index) for index in range(shape.stores)]
    for dag in dags:
        api.wait_for_dag(dag, DAGS_MAX_S)
    with connect(rig.stack.dsn) as db:
        watch = Watch(db)
        watch.begin(rig.services)
        began, clock = datetime.now(UTC), time.monotonic()
        for dag in dags:
            api.unpause(dag)
        killed: Killed | None = None
        while True:
            rig.check()
            if time.monotonic() - clock > limit_s:
                raise StackError(f"the runs did not end within {limit_s:.0f} s. Read {api.logs}")
            watch.look(rig.services)
            if kill_at is not None and killed is None:
                killed = killed_mid_load(rig, db, clock, kill_at)
                time.sleep(KILL_LOOK_S)
                continue
            runs = {each["dag_id"]: each for each in rows(api, "/dags/~/dagRuns", "dag_runs")}
            if len(runs) == len(dags) and all(each["state"] in FINISHED for each in runs.values()):
                break
            time.sleep(LOOK_S)
        watch.look(rig.services)
    ended = max(datetime.fromisoformat(each["end_date"]) for each in runs.values())
    tasks = rows(api, "/dags/~/dagRuns/~/taskInstances", "task_instances")
    return Result(
        seconds=(ended - began).total_seconds(),
        states={dag: each["state"] for dag, each in runs.items()},
        tries={name_of(each): each["try_number"] for each in tasks if each["try_number"] > 1},
        taken=rig.taken(),
        cpu_s=watch.used(),
        busy_share=watch.busy_share(),
        connections=watch.connections,
        killed=killed,
        differences=compared(rig),
    )


def killed_mid_load(rig: Rig, db: Database, clock: float, share: float) -> Killed | None:
    """Kill the worker of a load that is half done, if there is one now. Raises StackError when there will be none."""
    orders, stores = rig.shape.orders, rig.shape.stores
    invoices = {str(row["store"]): int(row["invoices"]) for row in db.rows("workers.invoices")}
    db.rollback()
    there = sum(invoices.values())
    if there >= orders * stores:
        raise StackError("all invoices were there before a worker could be killed: more orders, or a higher latency")
    if there < share * orders * stores:
        return None
    running = rows(rig.stack.airflow, "/dags/~/dagRuns/~/taskInstances", "task_instances", state="running")
    half_done = {f"{FLOW}__{store}" for store, count in invoices.items() if 0 < count < orders}
    for task in running:
        worker = rig.worker_of(int(task["pid"] or 0)) if task["task_id"] == "load" else None
        if worker is not None and task["dag_id"] in half_done:
            its = [name_of(each) for each in running if rig.worker_of(int(each["pid"] or 0)) is worker]
            kill(worker)
            return Killed(worker.name, its, there, time.monotonic() - clock)
    return None


def compared(rig: Rig) -> list[str]:
    """What differs between each store's shop and its books, asked over the vendors' own interfaces."""
    said = []
    for index, url in enumerate(rig.urls):
        service: Service = rig.towns[index % len(rig.towns)]
        town = Sandbox(url, service)
        town.post("stories", {"story": "all_is_well"})  # no latency any more
        totals = totals_of(url, store_hash(index))
        if len(totals) != rig.shape.orders:
            said.append(f"{key_of(index)}: the shop has {len(totals)} orders, not {rig.shape.orders}")
        found = differences(totals, town.documents("Invoices", 1000), town.documents("Payments", 1000))
        said += [f"{key_of(index)}: {each}" for each in found]
    return said


def totals_of(url: str, shop: str) -> dict[int, Decimal]:
    """Order id -> its total, as the shop states it."""
    totals: dict[int, Decimal] = {}
    with httpx.Client(trust_env=False, timeout=TIMEOUT_S, headers={"X-Auth-Token": ACCESS_TOKEN}) as http:
        for page in range(1, 10_000):
            asked = {"limit": str(ORDERS_PAGE), "page": str(page), "sort": "id:asc"}
            answer = http.get(f"{url}/stores/{shop}/v2/orders", params=asked, headers={"Accept": "application/json"})
            answer.raise_for_status()
            found = json.loads(answer.text, parse_float=str) if answer.content else []
            totals |= {int(order["id"]): Decimal(order["total_inc_tax"]) for order in found}
            if len(found) < ORDERS_PAGE:
                break
    return totals


def rows(api: AirflowApi, path: str, kind: str, **asked: str) -> list[Mapping[str, Any]]:
    """Every row of one of Airflow's lists."""
    found: list[Mapping[str, Any]] = []
    while True:
        page = api.call("GET", path, limit=PAGE, offset=len(found), **asked)[kind]
        found += page
        if len(page) < PAGE:
            return found


def name_of(task: Mapping[str, Any]) -> str:
    """A task as people name it."""
    return f"{task['dag_id']} {task['task_id']}"
