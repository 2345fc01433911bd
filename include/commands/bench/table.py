"""`make bench`: the order flow on the sandbox without limits, stage by stage, as one table."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from include.commands.bench.compute import microseconds_an_order
from include.commands.stack.local import local_stack
from include.commands.stack.places import LOCAL

CASES = (
    ("contacts known, transactions not read", ()),
    ("contacts known, transactions read", ("--read-transactions",)),
    ("contacts new, transactions not read", ("--new-contacts",)),
)
STAGES = ("extract", "check", "transform", "load", "audit")
HEAD = ("orders", "case", *STAGES, "orders/s", "CPU s/1,000", "MB", "shop calls/order", "Xero calls/order")


def main() -> int:
    """Run every case and print the table as Markdown; progress goes to standard error."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--case", type=int, help="only the case of this number, from 0")
    asked = parser.parse_args()
    scratch = LOCAL / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = str(scratch)
    os.environ.setdefault("BRIDGE_KEY", "benchmark")
    print("| " + " | ".join(HEAD) + " |")
    print("|" + "---|" * len(HEAD))
    with local_stack(("postgres",), LOCAL / "bench") as stack:
        for orders in asked.orders:
            for name, more in CASES if asked.case is None else CASES[asked.case :][:1]:
                print(f"{orders} orders, {name} ...", file=sys.stderr, flush=True)
                print(row(orders, name, measured(stack.postgres.dsn("postgres", "postgres"), orders, more)), flush=True)
    print(f"\nOne order read, planned and encoded, without network and database: {microseconds_an_order():.0f} us.")
    return 0


def measured(dsn: str, orders: int, more: tuple[str, ...]) -> dict[str, Any]:
    """One run against a sandbox of its own; what `ours` says of it."""
    served = subprocess.Popen(
        [sys.executable, "-m", "include.commands.bench.serve", "--orders", str(orders)]
        + (["--contacts"] if "--new-contacts" not in more else []),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert served.stdout is not None
    try:
        base_url = served.stdout.readline().strip()
        command = [sys.executable, "-m", "include.commands.bench.ours", "load", "--sandbox", "--stages"]
        command += ["--base-url", base_url, "--dsn", dsn, "--orders", str(orders), *more]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        if (answer["sent"], answer["held"]) != (orders, 0):
            raise SystemExit(f"{answer['sent']} of {orders} orders were posted, {answer['held']} documents held")
        return answer
    finally:
        served.terminate()
        served.wait()


def row(orders: int, name: str, said: dict[str, Any]) -> str:
    """One line of the table."""
    seconds = [said["stages"][stage] for stage in STAGES]
    cells = [
        f"{orders:,}",
        name,
        *(f"{each:.1f} s" for each in seconds),
        f"{orders / sum(seconds):.0f}",
        f"{said['cpu_s'] / orders * 1000:.1f}",
        str(said["rss_mb"]),
        f"{said['shop_calls'] / orders:.4f}",
        f"{said['books_calls'] / orders:.4f}",
    ]
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    assert Path("include").is_dir(), "run it from the project's folder: make bench"
    sys.exit(main())
