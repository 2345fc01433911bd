"""`make bench-door [SECONDS=30] [RATE=200] [AIRFLOW=yes]`: how soon the webhook door answers while nobody else works.

A PostgreSQL that loses nothing it confirmed, the door in a process of its own (or in the api-server of an Airflow whose
scheduler, triggerer and dag-processor were ended), and webhooks of a shop at a steady rate: each leaves at its moment,
whether those before it were answered or not. Lost is what was answered 200 and is not there afterwards.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from statistics import quantiles

import httpx

from include.commands.stack.business import make_database
from include.commands.stack.local import local_stack
from include.commands.stack.places import HOST, LOCAL, ROOT, FreePorts
from include.commands.stack.processes import StackError
from include.commands.stack.state import end
from include.database.connection import connect
from include.settings.door_secret import HEADER, door_secret

GOAL_MS = 100
STORE = "demo"
START_MAX_S, STOP_MAX_S = 60, 20
ENDED = ("scheduler", "triggerer", "dag-processor")


def main() -> int:
    """Send, count, print; 1 where one was lost or the 99th percentile is over its goal."""
    parser = argparse.ArgumentParser(prog="bench-door", description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--rate", type=int, default=200, help="events a second")
    parser.add_argument("--airflow", action="store_true", help="the door inside Airflow's api-server")
    parser.add_argument("--url", help="a door that runs already, such as Airflow's: http://127.0.0.1:8080/bridge/hooks")
    asked = parser.parse_args()
    if asked.url:
        return _measured(asked.url, os.environ["BRIDGE_DSN"], asked.rate, asked.seconds)
    if asked.airflow:
        return _inside(asked.rate, asked.seconds)
    with local_stack(("postgres",), LOCAL / "bench-door", durable=True) as stack:
        dsn = make_database(stack.postgres, "bridge", fresh=True, logs=stack.folder / "logs").writer_dsn
        os.environ |= {"BRIDGE_DSN": dsn, "BRIDGE_KEY": stack.keys.bridge_key}
        port = FreePorts(stack.folder).take("sandbox")
        command = [sys.executable, "-m", "include.commands.door", "--port", str(port)]
        # The port is still reserved; a server binds it all the same.
        process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ))
        try:
            url = f"http://{HOST}:{port}/bridge/hooks"
            _wait(url)
            return _measured(url, dsn, asked.rate, asked.seconds)
        finally:
            process.terminate()
            process.wait(30)


def _inside(rate: int, seconds: int) -> int:
    """The door of an api-server whose Airflow runs nothing else any more."""
    with local_stack(("postgres", "sandbox", "airflow"), LOCAL / "bench-door", durable=True) as stack:
        os.environ["BRIDGE_KEY"] = stack.keys.bridge_key
        ended = [each for each in stack.services if each.name in ENDED]
        if len(ended) != len(ENDED):
            raise StackError(f"{', '.join(ENDED)} were to be ended, and are not all there")
        end([each.known for each in ended], STOP_MAX_S)
        return _measured(f"{stack.airflow.url}/bridge/hooks", stack.dsn, rate, seconds)


def _measured(url: str, dsn: str, rate: int, seconds: int) -> int:
    with connect(dsn) as db:
        before = db.value("door.kept", store=STORE)
    took, answers = asyncio.run(_send(f"{url}/bigcommerce/{STORE}", rate, seconds))
    kept = answers.count(200)
    with connect(dsn) as db:
        there = db.value("door.kept", store=STORE) - before
    cuts = quantiles([each * 1000 for each in took], n=1000)
    shown = ", ".join(
        f"{name} {cuts[at]:.1f} ms" for name, at in (("median", 499), ("95 %", 949), ("99 %", 989), ("99.9 %", 998))
    )
    print(f"{len(answers)} events in {seconds} s, {rate} a second: {shown}, longest {max(took) * 1000:.1f} ms")
    print(
        f"answered 200: {kept}, otherwise: {len(answers) - kept}; lost: {kept - there}; load {os.getloadavg()[0]:.1f}"
    )
    return 0 if kept == there == len(answers) and cuts[989] < GOAL_MS else 1


async def _send(url: str, rate: int, seconds: int) -> tuple[list[float], list[int]]:
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    headers = {HEADER: door_secret(STORE)}
    run = int(time.time())
    took: list[float] = []
    answers: list[int] = []
    async with httpx.AsyncClient(trust_env=False, headers=headers, limits=limits, timeout=30) as http:

        async def one(number: int) -> None:
            body = {
                "scope": "store/order/updated",
                "store_id": "1",
                "data": {"type": "order", "id": 1_000_000 + number},
                "hash": f"{run}/{number}",
                "created_at": run,
                "producer": "stores/demo1",
            }
            began = time.perf_counter()
            answer = await http.post(url, json=body)
            took.append(time.perf_counter() - began)
            answers.append(answer.status_code)

        began = time.perf_counter()
        sent = []
        for number in range(rate * seconds):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            sent.append(asyncio.create_task(one(number)))
        await asyncio.gather(*sent)
    return took, answers


def _wait(url: str) -> None:
    deadline = time.monotonic() + START_MAX_S
    while time.monotonic() < deadline:
        try:
            httpx.post(f"{url}/bigcommerce/nobody", trust_env=False, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("The door did not open within a minute.")


if __name__ == "__main__":
    sys.exit(main())
