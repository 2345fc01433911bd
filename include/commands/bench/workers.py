"""`make bench-workers`: the order flow of many stores on Celery with one worker, with two, and with one of two killed.

Everything runs here, on one machine, and shares its cores: what the table shows of CPU says how much of a second worker
can show at all. Ends with 1 if a run was red or the books of any store are not its shop's.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from include.commands.bench.workers_rig import IMPATIENT_S, Shape, rig
from include.commands.bench.workers_run import Result, run
from include.commands.demo import stop_when_told
from include.commands.stack.places import LOCAL
from include.commands.stack.progress import Progress

FOLDER = LOCAL / "bench-workers"
HEAD = (
    *("workers", "slots", "killed", "s", "orders/s", "machine busy", "CPU s/1,000 orders", "workers' share of it"),
    *("most connections", "tasks by worker", "books"),
)
BRIDGE, AIRFLOW = "bridge_demo", "airflow_demo"  # databases of the stack
DIFFERENCES_SHOWN = 20
KILL_AT = 1 / 3  # of all invoices


def main() -> int:
    """Run every shape and print the table as Markdown; progress goes before it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stores", type=int, default=20)
    parser.add_argument("--orders", type=int, default=20_000, help="of all stores together")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2], help="none: only the run with a kill")
    parser.add_argument("--slots", type=int, default=4, help="tasks at once, of each worker")
    parser.add_argument("--latency", type=float, default=0.15, help="seconds that each call to a vendor takes")
    parser.add_argument("--pinned", action="store_true", help="each worker has one core, as on a machine of its own")
    parser.add_argument("--no-kill", action="store_true", help="leave out the run in which a worker is killed")
    asked = parser.parse_args()
    each = asked.orders // asked.stores
    shapes = [
        Shape(asked.stores, each, workers, asked.slots, asked.latency, pinned=asked.pinned) for workers in asked.workers
    ]
    if not asked.no_kill:
        several = max([2, *asked.workers])
        shapes.append(Shape(asked.stores, each, several, asked.slots, asked.latency, patience_s=IMPATIENT_S))
    stop_when_told()
    progress = Progress()
    results: list[tuple[Shape, Result]] = []
    for shape in shapes:
        progress.say(f"{shape.stores} stores, {shape.orders} orders each, {shape.workers} workers")
        with rig(shape, FOLDER, progress.step) as running, progress.step("the flow of all stores"):
            results.append((shape, run(running, kill_at=KILL_AT if shape.patience_s else None)))
        progress.say(row(shape, results[-1][1]))  # a later run may fail
    print(
        f"\n{asked.stores} stores, {each * asked.stores:,} orders, {asked.latency * 1000:.0f} ms a call, {cores()} cores"
    )
    print("\n| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD))
    for shape, result in results:
        print(row(shape, result))
    print("\n" + "\n".join(sentences(results)))
    return 1 if any(is_wrong(result) for _, result in results) else 0


def row(shape: Shape, result: Result) -> str:
    """One line of the table, as Markdown."""
    return "| " + " | ".join(cells(shape, result)) + " |"


def cells(shape: Shape, result: Result) -> list[str]:
    """Its figures, in the order of `HEAD`."""
    orders = shape.stores * shape.orders
    cpu_s = sum(result.cpu_s.values())
    by_workers = sum(seconds for name, seconds in result.cpu_s.items() if name.startswith("worker "))
    most = result.connections
    return [
        f"{shape.workers}{' pinned' if shape.pinned else ''}",
        str(shape.slots),
        "no" if result.killed is None else f"one, at {result.killed.after_s:.0f} s",
        f"{result.seconds:.0f}",
        f"{orders / result.seconds:.0f}",
        f"{result.busy_share:.0%}",
        f"{cpu_s / orders * 1000:.1f}",
        f"{by_workers / max(cpu_s, 1e-9):.0%}",
        f"{most.get(BRIDGE, 0)} bridge, {most.get(AIRFLOW, 0)} Airflow",
        ", ".join(str(count) for _, count in sorted(result.taken.items())),
        "wrong" if is_wrong(result) else "equal",
    ]


def sentences(results: list[tuple[Shape, Result]]) -> list[str]:
    """What the table does not show."""
    said = []
    whole = [(shape.workers, result.seconds) for shape, result in results if result.killed is None]
    if len(whole) > 1:
        (fewest, slow), (most, fast) = min(whole), max(whole)
        said.append(f"{most} workers against {fewest}: {slow / fast:.2f} times the orders a second.")
    for shape, result in results:
        parts = sorted(result.cpu_s.items(), key=lambda part: -part[1])
        said.append(f"CPU with {shape.workers}: " + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in parts))
        if result.killed is not None:
            killed = result.killed
            said.append(
                f"{killed.worker} was killed at {killed.after_s:.0f} s, with {killed.invoices} invoices in the books, in "
                f"{', '.join(killed.tasks)}. Tried again: {tried_again(result)}."
            )
        said += [f"{dag} ended {state}" for dag, state in result.states.items() if state != "success"]
        said += result.differences[:DIFFERENCES_SHOWN]
    return said


def tried_again(result: Result) -> str:
    """Tasks that needed more than one try."""
    return ", ".join(f"{task} ({tries} tries)" for task, tries in sorted(result.tries.items())) or "nothing"


def is_wrong(result: Result) -> bool:
    """A run was red, or the books are not the shop's."""
    return bool(result.differences) or any(state != "success" for state in result.states.values())


def cores() -> int:
    """Cores that we may use."""
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    assert Path("include").is_dir(), "run it from the project's folder: make bench-workers"
    sys.exit(main())
