"""`python deploy/health.py PART`: exit 0 if this container's part of Airflow is well; else 1 and one line why.

api-server                            its own health page answers, and it reaches its database
scheduler, dag-processor, triggerer   the process of this host has reported in Airflow's table of jobs within a minute
worker [NAME]                         it answers a ping over Redis; NAME is Celery's, by default celery@HOST

Airflow's own `airflow jobs check` asks the same and takes five seconds of a core each time; six services, asked twice a
minute, would keep one core busy. Docker runs this without the entrypoint, so it reads the secret files itself.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from deploy.entrypoint import FOLDER, environment

JOBS = {"scheduler": "SchedulerJob", "dag-processor": "DagProcessorJob", "triggerer": "TriggererJob"}
SILENT_MAX_S = 60
ANSWER_MAX_S = 8


def api_server(told: dict[str, str]) -> str | None:
    """What is wrong with the api-server of this host, or None."""
    port = told.get("AIRFLOW__API__PORT", "8080")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}/api/v2/monitor/health", timeout=ANSWER_MAX_S) as answer:
        state = json.load(answer)["metadatabase"]["status"]
    return None if state == "healthy" else f"its database is {state}"


def job(told: dict[str, str], part: str) -> str | None:
    """What is wrong with the process of this host that reports as `part`, or None."""
    import psycopg2

    address = told["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg2", "", 1)
    connection = psycopg2.connect(address, connect_timeout=ANSWER_MAX_S, application_name="bridge-health")
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(epoch FROM now() - max(latest_heartbeat)) FROM job "
                "WHERE job_type = %s AND hostname = ANY(%s) AND state = 'running'",
                (JOBS[part], [socket.getfqdn(), socket.gethostname()]),
            )
            (silent_s,) = cursor.fetchone()
    finally:
        connection.close()
    if silent_s is None:
        return "it has not reported yet"
    return None if silent_s < SILENT_MAX_S else f"it has been silent for {silent_s:.0f} s"


def worker(told: dict[str, str], name: str) -> str | None:
    """What is wrong with the Celery worker of this name, or None."""
    from celery import Celery

    asked = Celery(broker=told["AIRFLOW__CELERY__BROKER_URL"]).control.inspect([name], timeout=ANSWER_MAX_S, limit=1)
    return None if name in (asked.ping() or {}) else f"{name} does not answer"


def main() -> int:
    """Ask once."""
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    told = environment(Path(os.environ.get("SECRETS_FOLDER", FOLDER)), os.environ)
    try:
        if part == "api-server":
            wrong = api_server(told)
        elif part in JOBS:
            wrong = job(told, part)
        elif part == "worker":
            wrong = worker(told, sys.argv[2] if len(sys.argv) > 2 else f"celery@{socket.gethostname()}")
        else:
            wrong = f"there is no such part: {part}"
    except Exception as error:  # whatever it is, the container is not well, and the text must hold no address
        wrong = f"{type(error).__name__} while asking"
    if wrong is not None:
        sys.stdout.write(f"{part}: {wrong}\n")
    return 0 if wrong is None else 1


if __name__ == "__main__":
    sys.exit(main())
