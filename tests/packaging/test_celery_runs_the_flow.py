"""The flow on Celery with two workers and a real Redis. If this breaks, production runs an executor that nobody tried."""

import sys

import pytest
from compose_file import ROOT, services
from redis_server import PASSWORD, needs_celery_and_redis, redis_as_in_compose

from deploy import entrypoint
from include.commands.demo import differences, outcomes
from include.commands.stack.airflow_settings import AirflowPlan, environment, mail_connection
from include.commands.stack.local import Stack, local_stack
from include.commands.stack.places import HOST
from include.commands.stack.processes import Service, start, wait_until
from include.commands.stack.state import end

DAG = "orders_to_books__demo"
WORKERS = ("one", "two")
PRELOADS = "AIRFLOW__CELERY__EXTRA_CELERY_CONFIG"
RUNS_MAX = 4

pytestmark = [pytest.mark.airflow, pytest.mark.slow, needs_celery_and_redis]


def test_two_workers_share_the_tasks_of_a_run_and_the_books_are_what_the_shop_demands(tmp_path):
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "redis_password").write_text(PASSWORD)

    with redis_as_in_compose(tmp_path, secrets) as port:
        broker = entrypoint.environment(secrets, {"REDIS_ADDRESS": f"{HOST}:{port}"})["AIRFLOW__CELERY__BROKER_URL"]
        celery = {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CORE__PARALLELISM": "8",
            "AIRFLOW__CELERY__BROKER_URL": broker,
            "AIRFLOW__CELERY__WORKER_CONCURRENCY": "1",
        }
        with local_stack(folder=tmp_path / "stack", extra=celery) as stack:
            workers = [start_worker(stack, name, celery) for name in WORKERS]
            try:
                wait_until("the workers", lambda: len(taken(broker)) == 2, limit_s=90, services=workers, every_s=1)
                stack.airflow.wait_for_dag(DAG)
                stack.airflow.unpause(DAG)
                states = []
                while len(states) < RUNS_MAX and (not states or min(taken(broker).values()) == 0):
                    states.append(stack.airflow.wait(DAG, stack.airflow.trigger(DAG), 240))
                shared = taken(broker)
                wrong = differences(outcomes(stack), stack.sandbox.documents("Invoices"))
            finally:
                end([worker.known for worker in workers], patience_s=25)
            ended = [worker.process.wait(5) for worker in workers]

    assert set(states) == {"success"}
    assert set(shared) == {f"celery@{name}" for name in WORKERS}
    assert min(shared.values()) > 0, shared
    assert wrong == []
    assert ended == [0, 0]  # told to stop, a worker ends in good order


def start_worker(stack: Stack, name: str, celery: dict[str, str]) -> Service:
    """A worker with the command of docker-compose.yaml, and without the keys that compose keeps from it."""
    told = told_to_airflow(stack, celery) | {PRELOADS: services()["worker"]["environment"][PRELOADS]}
    for kept_back in ("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY"):
        del told[kept_back]
    command = [sys.executable, "-m", "airflow", *services()["worker"]["command"], "--celery-hostname", f"celery@{name}"]
    log = stack.folder / "logs" / f"worker-{name}.log"
    return start(f"worker {name}", command, log=log, state=stack.state, env=told)


def told_to_airflow(stack: Stack, celery: dict[str, str]) -> dict[str, str]:
    """The environment that the stack gave its own four processes."""
    extra = stack.database.environment() | stack.sandbox.connections() | mail_connection(stack.mailbox.smtp_port)
    plan = AirflowPlan(
        home=stack.folder / "airflow",
        logs=stack.airflow.logs,
        dags=ROOT / "dags",
        port=int(stack.airflow.url.rsplit(":", 1)[1]),
        database_dsn=stack.postgres.dsn("airflow", "airflow_demo"),
        idle_sleep_s=0.2,
        extra=extra | celery,
    )
    return environment(plan, stack.keys)


def taken(broker: str) -> dict[str, int]:
    """Worker -> how many tasks it has taken since it started, as Celery itself counts."""
    from celery import Celery

    told = Celery(broker=broker).control.inspect(timeout=3).stats() or {}
    return {name: sum(stats["total"].values()) for name, stats in told.items()}
