"""`local_stack(...)`: the parts of the product on this machine, started in order, stopped in reverse."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar

from include.commands.stack.airflow import Tables, reach, start_airflow
from include.commands.stack.airflow_api import AirflowApi
from include.commands.stack.airflow_settings import AirflowPlan, mail_connection
from include.commands.stack.business import Database, has_migration, make_database
from include.commands.stack.keys import Keys
from include.commands.stack.places import HOST, LOCAL, ROOT, FreePorts, shown
from include.commands.stack.postgres import DURABLE, SECONDS_MAY_BE_LOST, THROWAWAY, Postgres, start_postgres
from include.commands.stack.processes import Service, StackError, start
from include.commands.stack.progress import Step, silently
from include.commands.stack.sandbox import Sandbox, start_sandbox, wait_for
from include.commands.stack.state import Known, State, end, lock

PARTS = ("postgres", "sandbox", "mail", "airflow")
STOP_PATIENCE_S = 6.0
TAKE_OVER_MAX_S = 25.0
# The pools of the demo store (design.md 4.10). What one organisation and one shop stand at once.
DEMO_POOLS = {"shop_demo": 4, "books_demo": 4}

Part = TypeVar("Part")


@dataclass
class Mailbox:
    """The running mail catcher: its page, and the port that takes mail."""

    url: str
    smtp_port: int
    service: Service


@dataclass
class Stack:
    """What runs. Asking for a part that was not wanted raises StackError."""

    folder: Path
    keys: Keys
    state: State
    lock: IO[str]
    services: list[Service] = field(default_factory=list)
    guard: subprocess.Popen[bytes] | None = None
    parts: dict[str, Any] = field(default_factory=dict)
    plan: AirflowPlan | None = None  # what Airflow was told, for who starts more of it

    @property
    def postgres(self) -> Postgres:
        """The database server."""
        return self._part("postgres", Postgres)

    @property
    def database(self) -> Database:
        """The addresses of the business database."""
        return self._part("database", Database)

    @property
    def dsn(self) -> str:
        """The address of the business database for its writer: what tasks use."""
        return self.database.writer_dsn

    @property
    def sandbox(self) -> Sandbox:
        """Both vendors."""
        return self._part("sandbox", Sandbox)

    @property
    def mailbox(self) -> Mailbox:
        """The mail catcher."""
        return self._part("mail", Mailbox)

    @property
    def airflow(self) -> AirflowApi:
        """Airflow, logged in as admin."""
        return self._part("airflow", AirflowApi)

    def check(self) -> None:
        """Raise StackError if a process has ended by itself. A guard that has ended is replaced."""
        for service in self.services:
            service.alive_or_raise()
        if self.guard is None or self.guard.poll() is not None:
            self.guard = _start_guard(self.state, self.lock)

    def _part(self, name: str, kind: type[Part]) -> Part:
        part = self.parts.get(name)
        if not isinstance(part, kind):
            raise StackError(f"{name} is not a part of this stack; it has {', '.join(self.parts)}")
        return part


@contextlib.contextmanager
def local_stack(
    parts: Sequence[str] = PARTS,
    folder: Path = LOCAL,
    *,
    fresh: bool = True,
    dags: Path = ROOT / "dags",
    extra: Mapping[str, str] | None = None,
    pools: Mapping[str, int] = DEMO_POOLS,
    empty_sandbox: bool = False,
    durable: bool = False,
    step: Step = silently,
) -> Iterator[Stack]:
    """Start the parts, give them, and stop them at the end of the block, however it ends.

    parts    of "postgres", "sandbox", "mail", "airflow"; Airflow needs PostgreSQL.
    folder   where everything is kept. One stack a folder at a time; what a killed one left is ended first.
    fresh    empty databases of their own names; False keeps what `make up` had before.
    dags     Airflow's folder of DAGs.     extra   more environment for Airflow, e.g. Connections; it wins.
    pools    name -> slots.     empty_sandbox   no demo shop.     step   how progress is told.
    durable  what PostgreSQL confirmed it has, also after a kill; else it is set up for speed.

    Raises StackError, naming the log to read, if a part does not start. Call it from the main thread.
    """
    folder = folder.resolve()
    held = _take_over(folder, step)
    stack = Stack(folder, Keys.of(folder), State(folder / "stack.json", owner=Known.of("owner", os.getpid())), held)
    stack.state.write()
    ports = FreePorts(folder)
    logs = folder / "logs"
    try:
        stack.guard = _start_guard(stack.state, held)
        _start_early_parts(stack, parts, ports, logs, empty_sandbox)
        if "postgres" in parts or "airflow" in parts:
            _start_database(stack, ports, logs, fresh, durable, step)
        if "airflow" in parts:
            _start_airflow(stack, ports, logs, fresh, step, dags, extra or {}, pools)
        else:
            _wait_for_early_parts(stack, step)
        ports.release()
        stack.state.write()
        yield stack
    finally:
        ports.release()
        _stop(stack, step)


def _take_over(folder: Path, step: Step) -> IO[str]:
    """The sole right to this folder. What a killed owner left is ended, by its guard or by us."""
    deadline = time.monotonic() + TAKE_OVER_MAX_S
    path = folder / "stack.json"
    while (held := lock(folder / "stack.lock")) is None:
        owner = State.read(path).owner
        if owner is not None and owner.leader() is not None:
            raise StackError(f"a stack runs here already (process {owner.pid}). `make down` ends it")
        if time.monotonic() > deadline:
            raise StackError(f"something holds {shown(folder / 'stack.lock')} and does not end. `make down` may help")
        time.sleep(0.2)
    left = State.read(path)
    if any(known.leader() for known in left.processes) or left.processes:
        with step("ending what a killed run left"):
            end(reversed(left.processes), STOP_PATIENCE_S)
    left.forget()
    return held


def _start_guard(state: State, held: IO[str]) -> subprocess.Popen[bytes]:
    """The process that cleans up after us if we are killed. It holds the lock too, until it has done so."""
    return subprocess.Popen(
        [sys.executable, "-m", "include.commands.stack.guard", str(state.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        start_new_session=True,
        pass_fds=[held.fileno()],
    )


def _start_early_parts(stack: Stack, parts: Sequence[str], ports: FreePorts, logs: Path, empty_sandbox: bool) -> None:
    """Begin what needs nothing else; it gets ready while the database starts."""
    if "sandbox" in parts:
        port = ports.take("sandbox")
        sandbox = start_sandbox(port=port, state=stack.state, logs=logs, empty=empty_sandbox)
        stack.services.append(sandbox.service)
        stack.parts["sandbox"] = sandbox
        stack.state.links |= {"shop": f"{sandbox.url}/shop", "books": f"{sandbox.url}/books"}
    if "mail" in parts:
        port, smtp_port = ports.take("mailbox"), ports.take("smtp")
        command = [sys.executable, "-m", "include.commands.stack.mailbox", "--port", str(port)]
        command += ["--smtp-port", str(smtp_port), "--folder", str(stack.folder / "mail")]
        service = start("the mail catcher", command, log=logs / "mailbox.log", state=stack.state)
        stack.services.append(service)
        stack.parts["mail"] = Mailbox(f"http://{HOST}:{port}", smtp_port, service)
        stack.state.links |= {"mailbox": stack.mailbox.url, "smtp": str(smtp_port)}


def _wait_for_early_parts(stack: Stack, step: Step) -> None:
    if "sandbox" in stack.parts:
        with step("the shop and the books") as note:
            wait_for(f"{stack.sandbox.url}/_sandbox/calls", stack.sandbox.service)
            note(stack.sandbox.url)
    if "mail" in stack.parts:
        with step("the mailbox") as note:
            wait_for(stack.mailbox.url, stack.mailbox.service)
            note(stack.mailbox.url)


def _start_database(stack: Stack, ports: FreePorts, logs: Path, fresh: bool, durable: bool, step: Step) -> None:
    settings = (SECONDS_MAY_BE_LOST if fresh else DURABLE) if stack.folder == LOCAL else THROWAWAY
    settings = DURABLE if durable else settings
    with step("PostgreSQL") as note:
        port = ports.take("postgres")
        postgres = start_postgres(
            stack.folder, port=port, keys=stack.keys, state=stack.state, logs=logs, settings=settings
        )
        stack.services.append(postgres.service)
        stack.parts["postgres"] = postgres
        note(f"{HOST}:{port}")


def _start_airflow(
    stack: Stack,
    ports: FreePorts,
    logs: Path,
    fresh: bool,
    step: Step,
    dags: Path,
    extra: Mapping[str, str],
    pools: Mapping[str, int],
) -> None:
    home = stack.folder / "airflow"
    task_logs = home / "logs" / ("demo" if fresh else "up")
    if fresh:
        shutil.rmtree(task_logs, ignore_errors=True)
    plan = AirflowPlan(
        home=home,
        logs=task_logs,
        dags=dags,
        port=ports.take("airflow"),
        database_dsn=stack.postgres.dsn("airflow", "airflow_demo" if fresh else "airflow"),
        idle_sleep_s=0.2 if fresh else 1.0,
        extra={},
    )
    with step("the tables of Airflow and of the bridge"):
        tables = Tables(stack.postgres, "airflow_demo" if fresh else "airflow", fresh=fresh)
        tables.begin(plan, stack.keys, logs)
        told: dict[str, str] = {}
        if has_migration():
            name = "bridge_demo" if fresh else "bridge"
            stack.parts["database"] = make_database(stack.postgres, name, fresh=fresh, logs=logs)
            told |= stack.database.environment()
        tables.finish()
    _wait_for_early_parts(stack, step)
    if "sandbox" in stack.parts:
        told |= stack.sandbox.connections() | {"BRIDGE_SANDBOX_URL": stack.sandbox.url}
    if "mail" in stack.parts:
        told |= mail_connection(stack.mailbox.smtp_port)
    stack.plan = plan = AirflowPlan(**{**vars(plan), "extra": {**told, **extra}})
    with step("Airflow") as note:
        services = start_airflow(plan, stack.keys, stack.state, logs)
        stack.services += services
        api = reach(plan, stack.keys, services)
        stack.parts["airflow"] = api
        for name, slots in pools.items():
            api.make_pool(name, slots, "made by the local stack")
        stack.state.links["airflow"] = api.url
        note(api.url)


def _stop(stack: Stack, step: Step) -> None:
    """Airflow first, PostgreSQL last. A second Ctrl-C does not interrupt it: it takes seconds and has a limit."""
    on_main_thread = threading.current_thread() is threading.main_thread()
    stops = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in stops} if on_main_thread else {}
    try:
        with step("stopping"):
            last = [service for service in stack.services if service.name == "PostgreSQL"]
            first = [service for service in stack.services if service not in last]
            # A part that failed while starting is known to the state file alone.
            known = {one.pid: one for one in stack.state.processes}
            database = [known.pop(service.known.pid, service.known) for service in last]
            end(known.values(), STOP_PATIENCE_S)
            end(database, STOP_PATIENCE_S)
            for service in [*first, *last]:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    service.process.wait(1)
        stack.state.forget()
        if stack.guard is not None and stack.guard.stdin is not None:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                stack.guard.stdin.write(b"done")
                stack.guard.stdin.close()
                stack.guard.wait(5)
    finally:
        stack.lock.close()
        for number, handler in before.items():
            signal.signal(number, handler)
