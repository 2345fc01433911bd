"""docker-compose.yaml played through without an engine: each service's command, environment, secrets and health check.

What stands in for Docker: PostgreSQL and Redis out of wheels, addresses on this host for names, one folder of secrets a
service. /entrypoint of the official image is left out: it would put `airflow` before the arguments, as is done here.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from compose_file import ROOT, image_environment, services
from redis_server import PASSWORD, free_port, needs_celery_and_redis, redis_as_in_compose

from deploy import make_secrets
from include.commands.stack.airflow_api import AirflowApi
from include.commands.stack.local import Stack, local_stack
from include.commands.stack.places import HOST
from include.commands.stack.processes import Service, StackError, last_words, start, wait_until

LONG_RUNNING = ("api-server", "scheduler", "dag-processor", "triggerer", "worker", "sandbox", "mail")
PROFILE = ("sandbox", "mail")
ONCE_MAX_S, HEALTHY_MAX_S = 180, 150
DAG = "refresh_reference__demo"

pytestmark = [pytest.mark.airflow, pytest.mark.slow, needs_celery_and_redis]


def test_the_stack_comes_up_by_its_own_words_and_a_worker_without_keys_runs_a_dag(tmp_path):
    secrets = tmp_path / "secrets"
    make_secrets.make(secrets)
    (secrets / "redis_password").write_text(PASSWORD)
    with (
        redis_as_in_compose(tmp_path, secrets) as redis_port,
        local_stack(("postgres",), tmp_path / "stack") as stack,
    ):
        (secrets / "postgres_password").write_text(stack.keys.postgres_password)
        with stack.postgres.admin() as db, db.cursor() as cursor:
            cursor.execute("DROP ROLE airflow, bridge_owner, bridge_writer, bridge_reader")
        host = Host(tmp_path, secrets, stack, redis_port)

        first = host.run("prepare")
        again = host.run("prepare")
        running = {name: host.start(name) for name in PROFILE}
        host.wait(running)
        connected = host.run("sandbox-connections")
        running |= {name: host.start(name) for name in LONG_RUNNING if name not in PROFILE}
        host.wait(running)

        password = (secrets / "admin_password").read_text()
        airflow = AirflowApi(host.url("api-server"), "admin", password, host.logs, lambda: None)
        airflow.wait_for_dag(DAG)
        airflow.unpause(DAG)
        state = airflow.wait(DAG, airflow.trigger(DAG), 180)
        pools = {pool["name"]: pool["slots"] for pool in airflow.call("GET", "/pools")["pools"]}
        stranger = AirflowApi(host.url("api-server"), "admin", "admin", host.logs, lambda: None)
        with pytest.raises(StackError, match="401"):
            stranger.call("GET", "/pools")
        said = "".join(path.read_text(errors="replace") for path in tmp_path.rglob("*.log"))

    assert "databases made: airflow, bridge" in first
    assert "pools made: shop_demo, books_demo" in first
    assert "databases made: none" in again
    assert "nothing new" in again
    assert "pools made: none" in again
    assert "xero_demo" in connected
    assert state == "success", last_words(host.logs / "worker.log", 40)
    assert (pools["shop_demo"], pools["books_demo"]) == (4, 4)
    told = {path.name: path.read_text() for path in secrets.iterdir()}
    assert [name for name, secret in told.items() if secret in said] == []


class Host:
    """What an engine would do, for one service at a time."""

    def __init__(self, folder: Path, secrets: Path, stack: Stack, redis_port: int) -> None:
        self.folder, self.secrets, self.stack = folder, secrets, stack
        self.logs = folder / "logs"
        self._ports = {"api-server": free_port(), "sandbox": free_port(), "mail": free_port(), "smtp": free_port()}
        self._addresses = {
            "http://api-server:8080": self.url("api-server"),
            "http://127.0.0.1:8080": self.url("api-server"),
            "http://127.0.0.1:8900": self.url("sandbox"),
            "http://127.0.0.1:8025": self.url("mail"),
            "postgres:5432": f"{HOST}:{stack.postgres.port}",
            "redis:6379": f"{HOST}:{redis_port}",
            "/opt/bridge/stores": str(ROOT / "include" / "settings" / "stores"),
            "/opt/bridge": str(ROOT),
        }

    def url(self, service: str) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self._ports[service]}"

    def environment(self, name: str) -> dict[str, str]:
        """What the service has before its entrypoint runs: the image's settings, its own, and its secrets' folder."""
        service = services()[name]
        home = self.folder / "homes" / name
        home.mkdir(parents=True, exist_ok=True)
        mounted = self.folder / "mounted" / name
        shutil.rmtree(mounted, ignore_errors=True)
        mounted.mkdir(parents=True)
        for secret in service["secrets"]:
            shutil.copy(self.secrets / secret, mounted)
        told = {key: self._here(str(value)) for key, value in (image_environment() | service["environment"]).items()}
        told = {key: value.replace("/opt/airflow", str(home)) for key, value in told.items()}
        return told | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self.folder / "task-logs"),  # the volume that all share
            "AIRFLOW__API__PORT": str(self._ports["api-server"]),
            "AIRFLOW__API__HOST": HOST,
            "SECRETS_FOLDER": str(mounted),
            "SANDBOX_URL": self.url("sandbox"),
            "PYTHONUNBUFFERED": "1",
            "NO_PROXY": HOST,
        }

    def command(self, name: str) -> list[str]:
        """The service's command behind our entrypoint."""
        words = [self._here(word) for word in services()[name]["command"]]
        if name == "sandbox":
            words = [str(self._ports["sandbox"]) if word == "8900" else word for word in words]
        if name == "mail":
            words += [str(self._ports["smtp"]), str(self._ports["mail"])]
        words = [sys.executable, *words[1:]] if words[0] == "python" else [sys.executable, "-m", "airflow", *words]
        return [sys.executable, str(ROOT / "deploy" / "entrypoint.py"), *words]

    def run(self, name: str) -> str:
        """A service that ends: what it said. It must end well."""
        done = subprocess.run(
            self.command(name), env=self.environment(name), cwd="/", capture_output=True, text=True, timeout=ONCE_MAX_S
        )
        assert done.returncode == 0, f"{name}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        (self.folder / f"{name}.log").write_text(done.stdout + done.stderr)
        return done.stdout

    def start(self, name: str) -> Service:
        """A service that stays."""
        log = self.logs / f"{name}.log"
        return start(name, self.command(name), log=log, state=self.stack.state, env=self.environment(name))

    def wait(self, running: dict[str, Service]) -> None:
        """Until each one's own health check says so."""
        for name, service in running.items():
            wait_until(
                f"health of {name}",
                lambda name=name: self.is_well(name),
                limit_s=HEALTHY_MAX_S,
                services=[*running.values()],
                every_s=1,
            )
            service.alive_or_raise()

    def is_well(self, name: str) -> bool:
        """Its health check, which an engine runs without the entrypoint."""
        kind, *words = services()[name]["healthcheck"]["test"]
        assert kind == "CMD"
        words = [self._here(word) for word in words]
        words = [sys.executable, *words[1:]] if words[0] == "python" else words
        done = subprocess.run(words, env=self.environment(name), cwd="/", capture_output=True, text=True, timeout=30)
        with (self.folder / "health.json").open("a") as file:
            file.write(json.dumps([name, done.returncode, done.stdout, done.stderr[-300:]]) + "\n")
        return done.returncode == 0

    def _here(self, text: str) -> str:
        for there, here in self._addresses.items():
            text = text.replace(there, here)
        return text
