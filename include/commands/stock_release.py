"""`make stock-release STORE=.. [SKU=..] WHY=..`: levels that a guard held go through with the next stock run.

Without a SKU all that is held is meant; without a WHY it is only listed.
"""

import argparse
import getpass
import sys

from include.commands.asked import database, store
from include.stages import stock


def main() -> int:
    """List what is held, or let it through."""
    parser = argparse.ArgumentParser(prog="stock-release", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    parser.add_argument("--sku", action="append", default=[])
    parser.add_argument("--why", default="")
    parser.add_argument("--by", default=getpass.getuser())
    asked = parser.parse_args()
    with database() as db:
        try:
            if not asked.why:
                rows = stock.held(db, asked.store)
                for row in rows:
                    print(f"{row['sku']}: {row['in_store']} -> {row['target']}: {row['sentence']}")
                print(f"{len(rows)} levels are held. WHY=.. lets them through: it is kept in the audit.")
                return 0
            chosen = stock.release(db, asked.store, asked.sku, by=asked.by, why=asked.why)
        except stock.NothingHeld as problem:
            print(problem, file=sys.stderr)
            return 1
    for row in chosen:
        print(f"{row['sku']}: {row['in_store']} -> {row['target']}")
    print(
        f"{len(chosen)} levels go through with the next run of stock_to_store, for a day and for this quantity or less."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
