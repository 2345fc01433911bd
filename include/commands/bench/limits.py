"""`make bench-limits`: a backfill under the vendors' limits beside the least time they allow, and a day of 1,000 calls.

The stand-in of the peers' harness enforces the limits, at scale 1 and 2 s latency for the backfill. The day runs at a
faster clock: all windows of the vendors, and ours, are shorter by the factor that is printed. Both go through the real
chapters, the real ledger, and the budget that all processes share, in the batch lane with its reserve.
"""

import argparse
import shlex
import statistics
import sys
from pathlib import Path
from typing import Any

from include.commands.bench import goals
from include.commands.bench.backfill import prepared
from include.commands.bench.given import AbsentError, Given, given_at
from include.commands.bench.least import Least
from include.commands.bench.measuring import for_our_children, machine, versions

LATENCY_S = 2.0
DAY_CALLS = 1000
DAY_LATENCY_MS = 50
PAGE_OF_A_DAY = 200  # orders of a day: full chunks, and one page of the shop
TIMEOUT_S = 3600


def main() -> int:
    """Measure both and print what came of it as Markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", type=Path, help="the folder of peers; default: ../shared/bench")
    parser.add_argument("--orders", type=int, default=3000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0, help="of the backfill; only to try things out")
    parser.add_argument("--at-once", type=int, default=6, help="runs of the backfill at once")
    parser.add_argument("--day-scale", type=float, default=10.0, help="the factor of the day's clock; 0: no day")
    asked = parser.parse_args()
    try:
        given = given_at(asked.bench)
    except AbsentError as absent:
        print(absent)
        return 2
    for_our_children()
    print(f"Machine: {machine()}. Versions: {versions(given, ['xero-sdk-batch'])}.\n")
    sitting = Sitting(given)
    try:
        figures, words = sitting.backfills(asked)
        if asked.day_scale:
            more, told = sitting.day(asked.day_scale, asked.at_once)
            figures, words = figures | more, words | told
    finally:
        sitting.end()
    print("\n".join(["", *goals.table(goals.LIMITS, figures, words)]))
    return 0


class Sitting:
    """The stand-in and a PostgreSQL, with a fresh database for each run."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.services: list[Any] = [given.stand_in(), given.postgres()]
        self.base_url, self.dsn = self.services[0].line.split()[-1], self.services[1].line

    def end(self) -> None:
        """Stop both."""
        for service in reversed(self.services):
            service.stop()

    def backfills(self, asked: argparse.Namespace) -> tuple[dict[str, float], dict[str, str]]:
        """The backfill, `runs` times; its ratio to the least time, and how often it was refused."""
        least = Least(asked.orders, LATENCY_S / asked.scale, asked.scale)
        print(
            f"{asked.orders:,} paid orders, {least.latency_s:g} s latency, scale {asked.scale:g}. Least time: {least}."
        )
        print(
            "\n| run | whole command | over the least | over the minutes | first write | calls: books, shop | 429 | at once |"
        )
        print("|---|---|---|---|---|---|---|---|")
        took, refused = [], 0
        for run in range(1, asked.runs + 1):
            reset = {"limits": "vendor", "scale": asked.scale, "latency_ms": 1000 * least.latency_s, "day": 5000}
            seconds, said, stats = self._run(asked.orders, asked.at_once, asked.scale, reset)
            if said.get("error") or said["sent"] != asked.orders:
                raise SystemExit(f"{said} of {asked.orders} orders; {stats}")
            took.append(seconds)
            refused += _refused(stats)
            alone = f"{seconds / least.waited_s:.2f} x" if least.waited_s else "-"
            cells = (run, f"{seconds:.1f} s", f"{seconds / least.seconds:.3f} x", alone)
            books = sum(number for route, number in stats["by_route"].items() if not route.startswith("GET v2"))
            calls = f"{books}, {stats['calls'] - books}"
            more = (f"{said['first_write_s']:.1f} s", calls, _refused(stats), stats["most_in_flight"])
            print("| " + " | ".join(map(str, (*cells, *more))) + " |", flush=True)
        median = statistics.median(took)
        words = f"{median:.1f} s, least {least.seconds:g} s" + (f", scale {asked.scale:g}" if asked.scale != 1 else "")
        return {"backfill": median / least.seconds, "refused": float(refused)}, {"backfill": words}

    def day(self, scale: float, at_once: int) -> tuple[dict[str, float], dict[str, str]]:
        """A day of 1,000 calls: what is in the books when the day is spent."""
        orders = 50 * DAY_CALLS // 2
        reset = {"limits": "vendor", "scale": scale, "latency_ms": DAY_LATENCY_MS, "day": DAY_CALLS}
        seconds, said, stats = self._run(orders, at_once, scale, reset)
        if said.get("error") or not said["spent"]:
            raise SystemExit(f"the day was not spent: {said}; {stats}")
        books, paid = stats["books"], float(stats["books"]["payments"])
        calls = sum(number for route, number in stats["by_route"].items() if "Invoices" in route or "Payments" in route)
        print(
            f"\nA day of {DAY_CALLS:,} calls at {scale:g} times the clock: {books['invoices']:,} invoices and "
            f"{books['payments']:,} payments by {calls} calls, in {seconds:.0f} s; doubled: "
            f"{books['doubled_invoices'] + books['doubled_payments']}; 429: {_refused(stats)}."
        )
        return {"day": paid, "day_refused": float(_refused(stats))}, {"day": f"clock x {scale:g}, {calls} calls spent"}

    def _run(
        self, orders: int, at_once: int, scale: float, reset: dict[str, Any]
    ) -> tuple[float, dict[str, Any], dict[str, Any]]:
        run = self.given.run
        dsn = prepared(self.dsn)
        run.control(self.base_url, "reset", {"orders": orders, **reset})
        command = [sys.executable, "-m", "include.commands.bench.backfill", "--base-url", self.base_url, "--dsn", dsn]
        command += ["--orders", str(orders), "--a-day", str(PAGE_OF_A_DAY)]
        command += ["--at-once", str(at_once), "--scale", str(scale)]
        print(shlex.join(["backfill", *command[7:]]), "...", file=sys.stderr, flush=True)
        seconds, _, _, _, said = run.measure(command, TIMEOUT_S)
        return seconds, said, run.control(self.base_url, "stats")


def _refused(stats: dict[str, Any]) -> int:
    return int(stats["by_status"].get("429", 0))


if __name__ == "__main__":
    sys.exit(main())
