"""`make correct STORE=.. FROM=.. TO=..`: which posted invoices today's settings would write otherwise; `WRITE=yes` writes them.

Paid invoices and those of a closed period are never changed: the run holds them with both figures.
"""

import argparse
import sys
from datetime import date

from include.commands.asked import database, store
from include.stages.orders.correction import ask_for, preview

CHANGES_SHOWN_MAX = 6


def main() -> int:
    """Show the preview; with --write, have the next run carry it out."""
    parser = argparse.ArgumentParser(prog="correct", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True, help="first date of an invoice")
    parser.add_argument("--to", dest="last", type=date.fromisoformat, required=True, help="last date of an invoice")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    with database() as db:
        found = preview(db, asked.store, asked.first, asked.last)
        for each in found:
            print(f"{each.number} ({each.status})")
            for field, was, now in each.changes[:CHANGES_SHOWN_MAX]:
                print(f"    {field}: {was} -> {now}")
        print(f"{len(found)} invoices would be written otherwise.")
        if asked.write and found:
            ask_for(db, asked.store, [each.order_key for each in found])
            print("The next run of orders_to_books writes those that nobody paid, and holds the others.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
