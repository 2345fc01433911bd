"""A real Airflow on the demo shop to which bad things are done in the middle of a load, and the books afterwards.

Airflow notices a dead task or scheduler by its missing heartbeats, after minutes. `SOON` makes it notice within seconds;
nothing else of it is changed. Processes that end are started again, as systemd, Docker or Kubernetes would.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from store_desk import ROOT

from include.commands.demo import outcomes
from include.commands.stack.business import make_database
from include.commands.stack.local import Stack, local_stack
from include.commands.stack.processes import Service, StackError
from include.database.connection import connect

FLOW = "orders_to_books__demo"
LIMIT_S = 300  # seconds on an idle machine; a busy one must not turn red
POLL_S = 0.2

SOON = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15",  # 300 s unless told: a task is taken for dead
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",  # 10 s: how often it is looked for
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "10",  # 30 s: a scheduler is taken for dead
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "3",  # 300 s: how often its tasks are looked for
    "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "2",  # 5 s
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "2",  # 5 s: how often a task is told that it is no longer wanted
}
# A cluster policy, which Airflow itself asks of every task: the five minutes before a retry are no part of what is tried.
RETRIES_SOON = """\
from datetime import timedelta


def task_policy(task):
    task.retry_delay = timedelta(seconds=2)
"""


@dataclass
class Place:
    """The running stack. Every wait has a limit and ends in StackError."""

    stack: Stack
    reference: dict[str, Any] = field(default_factory=dict)

    # What a person or a test does

    def begin_anew(self) -> None:
        """The demo shop and empty books, as at the start; our tables empty; Airflow as it is."""
        self.revive()
        self.stack.sandbox.post("reset", {"to": "demo"})
        make_database(self.stack.postgres, "bridge_demo", fresh=True, logs=self.stack.folder / "logs")

    def unpause(self, dag_id: str) -> None:
        """Let a DAG run, and wait for the run that this starts at once. Raises StackError if it turns red."""
        self.stack.airflow.wait_for_dag(dag_id)
        self.stack.airflow.unpause(dag_id)
        run_id = self.until("the first run", lambda: self.stack.airflow.runs(dag_id))[0]["dag_run_id"]
        if self.ended(run_id, dag_id) != "success":
            raise StackError(f"the first run of {dag_id} failed. Read the logs in {self.stack.folder}")

    def trigger_slowly(self, seconds: float = 0.7) -> str:
        """Start the flow while Xero takes its time, so that a load lasts long enough to be met in the middle."""
        self.tell("answer_slowly", seconds=seconds)
        return self.stack.airflow.trigger(FLOW)

    def tell(self, story: str, **arguments: Any) -> None:
        """A bad day at Xero."""
        self.stack.sandbox.post("stories", {"story": story, "vendor": "xero", **arguments})

    def hours_pass(self, hours: float) -> None:
        """For the vendors, and for the budget: the database's clock cannot be moved, so it forgets what it heard."""
        self.stack.sandbox.post("clock", {"advance_s": hours * 3600 + 1})
        with connect(self.stack.database.owner_dsn) as db, db.transaction(), db._connection.cursor() as cursor:
            cursor.execute("UPDATE pace SET allowance = '{}'")

    def books_are_quick_again(self) -> None:
        """The books answer at once."""
        self.stack.sandbox.post("stories", {"story": "all_is_well"})

    # What is awaited

    def written(self, resource: str | None = None) -> int:
        """How many calls that write have arrived at Xero, of one resource or of all."""
        return sum(
            call["count"]
            for call in httpx.get(f"{self.stack.sandbox.url}/_sandbox/calls").json()["calls"]
            if call["vendor"] == "xero" and call["method"] != "GET" and "api.xro" in call["path"]
            if resource is None or f"/{resource}" in call["path"]
        )

    def until(self, what: str, seen: Callable[[], Any], limit_s: float = LIMIT_S) -> Any:
        """Wait until something is seen, and give it. Processes that end meanwhile are started again."""
        deadline = time.monotonic() + limit_s
        while True:
            # A server that is just being started again refuses calls, and one whose database is away answers 500.
            with contextlib.suppress(StackError, httpx.HTTPError):
                if found := seen():
                    return found
            self.revive()
            if time.monotonic() > deadline:
                raise StackError(f"{what} was not seen within {limit_s} s. Read the logs in {self.stack.folder}")
            time.sleep(POLL_S)

    def ended(self, run_id: str, dag_id: str = FLOW) -> str:
        """Wait until a run has ended, and give its state."""

        def end() -> str | None:
            state = str(self.stack.airflow.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}")["state"])
            return state if state in ("success", "failed") else None

        return str(self.until(f"the end of {run_id}", end))

    def task(self, run_id: str, task_id: str) -> dict[str, Any]:
        """A task of the run, as Airflow describes it."""
        return dict(self.stack.airflow.call("GET", f"/dags/{FLOW}/dagRuns/{run_id}/taskInstances/{task_id}"))

    def load_runs(self, run_id: str, *, not_as: int | None = None) -> psutil.Process:
        """Wait until the load runs, in another process than `not_as`; its process, which belongs to our scheduler."""

        def process() -> psutil.Process | None:
            task = self.task(run_id, "load")
            if task["state"] != "running" or task["pid"] in (None, not_as):
                return None
            with contextlib.suppress(psutil.Error):
                found = psutil.Process(task["pid"])
                return found if self.is_ours(found) else None
            return None

        return self.until("a load that runs", process)

    def is_ours(self, process: psutil.Process) -> bool:
        """Whether it came from a scheduler of this stack: nothing else is ever killed."""
        ours = {known.pid for known in self.stack.state.processes if known.name == "scheduler"}
        return os.getsid(process.pid) in ours or bool(ours & {parent.pid for parent in process.parents()})

    # What is done to it

    def service(self, name: str) -> Service:
        """One of the parts, by its name."""
        return next(service for service in self.stack.services if service.name == name)

    def kill(self, name: str) -> None:
        """kill -9 of a part, and of nothing that it started."""
        service = self.service(name)
        service.process.kill()
        service.process.wait(10)

    def revive(self) -> None:
        """Start again whatever has ended; PostgreSQL first."""
        for service in sorted(self.stack.services, key=lambda one: one.name != "PostgreSQL"):
            if service.process.poll() is not None:
                service.start_again()

    def clear(self, run_id: str, task_id: str) -> None:
        """What a person does with "Clear task", and the tasks after it."""
        told = {"dry_run": False, "dag_run_id": run_id, "task_ids": [task_id], "include_downstream": True}
        told |= {"only_failed": False, "reset_dag_runs": True}
        self.stack.airflow.call("POST", f"/dags/{FLOW}/clearTaskInstances", told)

    # What is compared

    def ends_as_without_trouble(self) -> None:
        """The same documents, each once; the same word on every order; no batch left open."""
        books = self.books()
        for kind, documents in self.reference["books"].items():
            assert documents
            assert books[kind] == documents, kind
        assert self.told() == self.reference["told"]
        assert set(self.batches()) == {"sealed"}

    def books(self) -> dict[str, list[Any]]:
        """What an accountant sees, without ids and moments; whatever is there twice stands here twice."""
        sandbox = self.stack.sandbox
        return {
            kind: sorted(map(read, sandbox.documents(kind)), key=repr)
            for kind, read in (
                ("Contacts", lambda one: (one["Name"], one.get("EmailAddress"), one["ContactStatus"])),
                ("Invoices", lambda one: (one["InvoiceNumber"], *_document(one), one["AmountDue"], one["AmountPaid"])),
                ("CreditNotes", lambda one: (one["CreditNoteNumber"], *_document(one), one["RemainingCredit"])),
                ("Payments", _payment),
            )
        }

    def told(self) -> list[tuple[Any, ...]]:
        """What our own tables say of each order.

        A load that finds a document which an earlier one wrote before it died says "unchanged" of it, which it is.
        """
        names = ("order_key", "invoice_number", "invoice_status", "paid", "reason")
        rows = [row | {"outcome": row["outcome"].replace("unchanged", "posted")} for row in outcomes(self.stack)]
        return [tuple(row[name] for name in ("outcome", *names)) for row in rows]

    def batches(self) -> list[str]:
        """The states of all batches."""
        with connect(self.stack.dsn) as db:
            ids = [row["batch_id"] for row in db.rows("batches.all_of_store", store="demo")]
            return [str(db.row("batches.batch", batch_id=batch_id)["state"]) for batch_id in ids]


def _document(one: dict[str, Any]) -> tuple[Any, ...]:
    lines = [
        (line.get("Description"), line["LineAmount"], line["TaxAmount"], line.get("AccountCode"), line.get("TaxType"))
        for line in one["LineItems"]
    ]
    return (one["Type"], one["Contact"]["Name"], one["Total"], one["TotalTax"], one["Status"], sorted(lines, key=repr))


def _payment(one: dict[str, Any]) -> tuple[Any, ...]:
    of = one.get("Invoice") or one.get("CreditNote") or {}
    number = of.get("InvoiceNumber") or of.get("CreditNoteNumber")
    return (number, one["PaymentType"], one["Amount"], one.get("Reference"), one["Status"])


@contextlib.contextmanager
def troubled_stack(
    folder: Path, *, others: Mapping[str, str] = {}, told: Mapping[str, str] = {}, **stack_of: Any
) -> Iterator[Place]:
    """The stack, after one run without any trouble, whose books are the place's `reference`.

    others     the files of more stores, by their keys.     told   more of Airflow's settings.
    stack_of   what else `local_stack` takes.
    """
    stores, policy = folder / "stores", folder / "airflow" / "config"
    stores.mkdir(parents=True)
    policy.mkdir(parents=True)
    for key, text in {"demo": demo_store(), **others}.items():
        (stores / f"{key}.yaml").write_text(text)
    (policy / "airflow_local_settings.py").write_text(RETRIES_SOON)
    extra = {**SOON, "BRIDGE_STORES": str(stores), **told}
    with local_stack(folder=folder, extra=extra, durable=True, **stack_of) as stack:
        place = Place(stack)
        place.unpause(FLOW)
        place.reference = {"books": place.books(), "told": place.told()}
        yield place


def demo_store() -> str:
    """The demo store's file, with one scheduled run, when its DAG is unpaused.

    No other may come along and do the work of the run that is watched.
    """
    demo = (ROOT / "include" / "settings" / "stores" / "demo.yaml").read_text()
    return demo.replace('schedule: "*/5 * * * *"', 'schedule: "@once"')


def kill(process: psutil.Process) -> None:
    """kill -9, and wait until it is gone."""
    process.send_signal(signal.SIGKILL)
    psutil.wait_procs([process], timeout=10)
