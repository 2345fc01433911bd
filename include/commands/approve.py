"""`make approve STORE=.. [FROM=..] [TO=..] [WRITE=yes]`: the drafts of the first days, and their approval in bulk.

A draft that a person changed or deleted in Xero is not approved but held; the payments that wait follow by themselves.
"""

import argparse
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal

from include.commands.asked import database, store
from include.domain.money import ZERO, shown
from include.stages.orders.correction import ask_for


def main() -> int:
    """List the drafts with their sums; with --write, have the next run approve them."""
    parser = argparse.ArgumentParser(prog="approve", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default=date(1970, 1, 1))
    parser.add_argument("--to", dest="last", type=date.fromisoformat, default=date(9999, 12, 31))
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    with database() as db:
        drafts = db.rows("correction.drafts", store=asked.store.key, first=asked.first, last=asked.last)
        db.rollback()
        sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for row in drafts:
            sums[row["currency"]] += row["amount"]
            print(f"{row['number']}  {row['dated']}  {row['currency']} {shown(row['amount'])}")
        whole = " + ".join(f"{currency} {shown(amount)}" for currency, amount in sorted(sums.items()))
        print(f"{len(drafts)} drafts" + (f": {whole}." if drafts else "."))
        if asked.write and drafts:
            if asked.store.file.policies.first_run_status == "DRAFT":
                print("The settings still say `first_run_status: DRAFT`; set AUTHORISED first.", file=sys.stderr)
                return 1
            ask_for(db, asked.store, [int(row["subject_key"]) for row in drafts])
            print(
                "The next run of orders_to_books approves those that are still as we wrote them, and holds the others."
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
