"""`make ordinary [ORDERS=1000] [SEED=1] [FLOW=150]`: ordinary shops of five countries, and how their orders fare.

Exit code 1 if a shop's share is below 99 % or an order is wrong.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from include.commands.ordinary.core import through_the_core
from include.commands.ordinary.tally import Tally, table
from include.commands.stack.places import LOCAL
from include.sandbox.ordinary import ORGANISATIONS, ordinary_sales

SHARE_MIN = 99


def main() -> int:
    """Print a table for the core alone, then one for the whole flow."""
    parser = argparse.ArgumentParser(prog="ordinary", description="How the orders of ordinary shops fare.")
    parser.add_argument("--orders", type=int, default=1000, help="orders of each shop through the core alone")
    parser.add_argument("--flow", type=int, default=150, help="orders of each shop through the whole flow; 0 for none")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another shop")
    asked = parser.parse_args()
    scratch = LOCAL / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = str(scratch)
    os.environ.setdefault("BRIDGE_KEY", "ordinary")
    with tempfile.TemporaryDirectory(prefix="ordinary-", dir=scratch) as folder:
        good = told(f"The core alone, seed {asked.seed}:", core(asked.orders, asked.seed, Path(folder)))
        if asked.flow:
            print()
            good &= told(f"The whole flow, seed {asked.seed}:", flow(asked.flow, asked.seed, Path(folder)))
    return 0 if good else 1


def core(orders: int, seed: int, folder: Path) -> list[Tally]:
    """Each shop through the core alone."""
    return [
        Tally(each.key, list(through_the_core(each, ordinary_sales(each, orders, seed), folder)))
        for each in ORGANISATIONS
    ]


def flow(orders: int, seed: int, folder: Path) -> list[Tally]:
    """Each shop through the whole flow, on a PostgreSQL of its own."""
    from include.commands.ordinary.flow import through_the_flow
    from include.commands.stack.business import make_database
    from include.commands.stack.local import local_stack

    with local_stack(("postgres",), LOCAL / "ordinary") as stack:
        database = make_database(stack.postgres, "ordinary", fresh=True, logs=stack.folder / "logs")
        tallies = []
        for each in ORGANISATIONS:
            print(f"{each.country} ...", file=sys.stderr, flush=True)
            sales = ordinary_sales(each, orders, seed)
            tallies.append(Tally(each.key, through_the_flow(each, sales, folder, database.writer_dsn)))
        return tallies


def told(title: str, tallies: list[Tally]) -> bool:
    """Print the table; whether all is as it must be."""
    print(title)
    for line in table(tallies):
        print(line)
    return all(each.share >= SHARE_MIN and not each.wrong for each in tallies)


if __name__ == "__main__":
    sys.exit(main())
