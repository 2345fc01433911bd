"""`make bench-peers`: other tools and ours in turn, same stand-in, same orders, same run; ratios with the goals of design 7.

Extraction: whole commands, imports included, against the stand-in without latency. Loading: the peers' time from their
first to their last call at 150 ms, beside our stage `load`, which reads the plans, writes ahead, posts, and keeps every
outcome in the ledger. Medians of the runs; a run that lost or doubled an order has no speed, and is told.
"""

import argparse
import shlex
import shutil
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from include.commands.bench import goals
from include.commands.bench.given import WORK, AbsentError, Given, given_at
from include.commands.bench.measuring import for_our_children, machine, versions

EXTRACT = ("dlt-postgres", "dlt-duckdb", "airbyte-cdk", "httpx-raw", "httpx-fast")
LOAD = ("xero-sdk-batch", "httpx-load", "httpx-load-4")
LATENCY_MS = 150
TIMEOUT_S = 1800
OURS = "ours"


@dataclass
class Runs:
    """What was measured of one command in one stage."""

    name: str
    orders: int
    good: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)

    def median(self, of: str) -> float:
        """The median of a figure; raises StatisticsError where no run was good."""
        return statistics.median(float(run[of]) for run in self.good)

    def row(self) -> str:
        """One line of the table of what was measured."""
        if not self.good:
            why = str(self.failed[0].get("error") or f"{self.failed[0]['lost']} lost") if self.failed else "not run"
            return f"| {self.name} | {self.orders:,} | - | - | - | - | - | {why[:80]} |"
        took = sorted(float(run["took_s"]) for run in self.good)
        cells = [
            self.name,
            f"{self.orders:,}",
            f"{self.median('took_s'):.2f} s ({took[0]:.2f} to {took[-1]:.2f})",
            f"{self.median('seconds'):.2f} s",
            f"{self.median('cpu_s'):.2f} s",
            f"{self.median('rss_mb'):.0f}",
            f"{self.median('calls') / self.orders:.4f}",
            f"{len(self.failed)} of {len(self.good) + len(self.failed)} runs failed" if self.failed else "",
        ]
        return "| " + " | ".join(cells) + " |"


def main() -> int:
    """Measure, and print the tables as Markdown; progress goes to standard error."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", type=Path, help="the folder of peers; default: ../shared/bench")
    parser.add_argument("--orders", type=int, default=10_000, help="to extract; a tenth of them to load")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", default=",".join((*EXTRACT, *LOAD)), help="names, comma between")
    asked = parser.parse_args()
    try:
        given = given_at(asked.bench)
    except AbsentError as absent:
        print(absent)
        return 2
    for_our_children()
    names = [name for name in asked.peers.split(",") if name]
    print(f"Machine: {machine()}. Versions: {versions(given, names)}.")
    print(f"Command: `{shlex.join(['make', 'bench-peers', f'ORDERS={asked.orders}', f'RUNS={asked.runs}'])}`.\n")
    sitting = Sitting(given, asked.runs)
    try:
        extracts = sitting.stage("extract", [n for n in names if n in EXTRACT], asked.orders, latency_ms=0)
        loads = sitting.stage("load", [n for n in names if n in LOAD], asked.orders // 10, latency_ms=LATENCY_MS)
        flows = [sitting.flow(asked.orders), sitting.flow(5 * asked.orders)]
    finally:
        sitting.end()
    from include.commands.bench.compute import microseconds_an_order  # here: a child's peak memory begins with ours

    print(report(extracts, loads, flows, microseconds_an_order()))
    return 0


class Sitting:
    """One sitting: the stand-in and the PostgreSQL that all commands of it share."""

    def __init__(self, given: Given, runs: int) -> None:
        self.given, self.runs = given, runs
        self.services: list[Any] = [given.stand_in(), given.postgres()]
        self.base_url, self.dsn = self.services[0].line.split()[-1], self.services[1].line

    def end(self) -> None:
        """Stop both."""
        for service in reversed(self.services):
            service.stop()

    def stage(self, stage: str, names: Sequence[str], orders: int, *, latency_ms: float) -> dict[str, Runs]:
        """Every peer and ours in turn, `runs` times, beginning each time with another."""
        run = self.given.run
        commands = {name: self._peer(name, orders) for name in names}
        commands[OURS] = self._ours(stage, orders)
        kept = {name: Runs(name, orders) for name in commands}
        order = list(commands)
        for turn in range(self.runs):
            for name in order[turn % len(order) :] + order[: turn % len(order)]:
                print(f"{stage}, run {turn + 1} of {self.runs}: {name} ...", file=sys.stderr, flush=True)
                run.control(self.base_url, "reset", {"orders": orders, "latency_ms": latency_ms, "limits": "none"})
                shutil.rmtree(WORK / "run", ignore_errors=True)
                (WORK / "run").mkdir()
                took, cpu, rss, status, said = run.measure(commands[name], TIMEOUT_S)
                one = self._one(stage, orders, took, said) | {"cpu_s": cpu, "rss_mb": rss, "error": said.get("error")}
                bad = one["lost"] or one["doubled"] or one["error"] or status
                (kept[name].failed if bad else kept[name].good).append(one)
        return kept

    def flow(self, orders: int) -> Runs:
        """Our whole flow once, without latency: its memory and its calls."""
        return Runs(f"our whole flow, {orders:,} orders", orders, *self._split(self.stage_once(orders)))

    def stage_once(self, orders: int) -> dict[str, Any]:
        """Our `load` with all that goes before it, once."""
        print(f"the whole flow: {orders:,} orders ...", file=sys.stderr, flush=True)
        self.given.run.control(self.base_url, "reset", {"orders": orders, "latency_ms": 0, "limits": "none"})
        took, cpu, rss, _, said = self.given.run.measure(self._ours("load", orders), TIMEOUT_S)
        one = self._one("load", orders, took, said)
        stages = sum(said.get("stages", {}).values())
        return one | {"cpu_s": cpu, "rss_mb": rss, "error": said.get("error"), "took_s": stages, "said": said}

    @staticmethod
    def _split(one: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        bad = one["lost"] or one["doubled"] or one["error"]
        return ([], [one]) if bad else ([one], [])

    def _one(self, stage: str, orders: int, took: float, said: dict[str, Any]) -> dict[str, Any]:
        stats = self.given.run.control(self.base_url, "stats")
        books = stats["books"]
        one = {"seconds": took, "calls": stats["calls"], "took_s": took}
        if stage == "extract":
            rows, distinct = said.get("rows", 0), said.get("distinct", 0)
            return one | {"lost": orders - distinct, "doubled": rows - distinct}
        one["took_s"] = said["stages"]["load"] if "stages" in said else stats["seconds"]
        one["doubled"] = books["doubled_invoices"] + books["doubled_payments"]
        return one | {"lost": orders - books["payments"], "most_in_flight": stats["most_in_flight"]}

    def _peer(self, name: str, orders: int) -> list[str]:
        peer, run = self.given.run.PEERS[name], self.given.run
        python = run.environment(WORK, peer.environment, peer.packages, run.interpreter(peer.python, ""))
        script = str(self.given.folder / "peers" / peer.script)
        command = [str(python), script, "--variant", peer.variant, "--base-url", self.base_url]
        return [*command, "--orders", str(orders), "--dsn", self.dsn, "--work", str(WORK / "run")]

    def _ours(self, stage: str, orders: int) -> list[str]:
        command = [sys.executable, "-m", "include.commands.bench.ours", stage, "--stages"]
        return [*command, "--base-url", self.base_url, "--dsn", self.dsn, "--orders", str(orders)]


def report(extracts: dict[str, Runs], loads: dict[str, Runs], flows: Sequence[Runs], core_us: float) -> str:
    """Both tables: ratios with their goals, and what they come from."""
    figures: dict[str, float] = {"core": core_us}
    measured: dict[str, str] = {"core": "one process, no network, no database"}
    ours, dlt = extracts[OURS], extracts.get("dlt-postgres")
    if dlt is not None and dlt.good and ours.good:
        figures["extract"] = dlt.median("took_s") / ours.median("took_s")
        measured["extract"] = f"dlt {dlt.median('took_s'):.2f} s, ours {ours.median('took_s'):.2f} s"
        figures["cpu"] = ours.median("cpu_s") / dlt.median("cpu_s")
        measured["cpu"] = f"dlt {dlt.median('cpu_s'):.2f} s, ours {ours.median('cpu_s'):.2f} s"
    mine, sdk = loads[OURS], loads.get("xero-sdk-batch")
    if sdk is not None and sdk.good and mine.good:
        figures["load"] = sdk.median("took_s") / mine.median("took_s")
        measured["load"] = f"the SDK {sdk.median('took_s'):.2f} s, ours {mine.median('took_s'):.2f} s"
    small, large = flows
    if small.good and large.good:
        figures["memory"] = large.median("rss_mb") / small.median("rss_mb")
        measured["memory"] = f"{small.median('rss_mb'):.0f} MB at {small.orders:,}, {large.median('rss_mb'):.0f} MB"
    if small.good:
        said = small.good[0]["said"]
        figures["shop_calls"] = round(said["shop_calls"] / small.orders, 4)
        figures["xero_calls"] = round(said["books_calls"] / small.orders, 4)
    head = ["| | orders | time | whole command | CPU | MB | calls/order | |", "|---|---|---|---|---|---|---|---|"]
    return "\n".join(
        [
            *goals.table(goals.PEERS, figures, measured),
            *("", "Extract and store, no latency:", "", *head, *(runs.row() for runs in extracts.values())),
            *("", f"Load, {LATENCY_MS} ms:", "", *head, *(runs.row() for runs in loads.values())),
            *("", "The whole flow, no latency (time: its five stages):", "", *head, *(runs.row() for runs in flows)),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
