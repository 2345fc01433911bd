"""`make release STORE=.. ORDER=.. DECISION=..`: what is to become of a held order; the next run carries it out.

Without an order: every held order that today's settings explain is looked at again, and how many these are is said.
"""

import argparse
import getpass
import sys

from include.commands.asked import database, store
from include.stages.orders.deciding import NotDecidable, choose_contact, decide, release_explained
from include.stages.reference import newest
from include.stages.settings import as_decided

DECISIONS = ("post", "draft", "accept", "skip", "again", "contact")


def main() -> int:
    """Record the decision and say what it is about."""
    parser = argparse.ArgumentParser(prog="release", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    parser.add_argument("--order", type=int)
    parser.add_argument("--decision", choices=DECISIONS)
    parser.add_argument("--reason", help="only what is held for this reason")
    parser.add_argument("--contact", help="with the decision `contact`: the ContactID to bill from now on")
    parser.add_argument("--why", default="")
    parser.add_argument("--by", default=getpass.getuser())
    asked = parser.parse_args()
    if asked.order is not None and (asked.decision is None or not asked.why):
        parser.error("an order needs a DECISION and a WHY: both are kept in the audit")
    with database() as db:
        if asked.order is None:
            reference = newest(db, asked.store)
            found = release_explained(db, as_decided(db, asked.store), reference) if reference is not None else []
            print(
                f"{len(found)} held orders are explained by today's settings" + (f": {_few(found)}." if found else ".")
            )
            return 0
        try:
            if asked.decision == "contact":
                if not asked.contact:
                    parser.error("the decision `contact` needs CONTACT=<ContactID>")
                choose_contact(db, asked.store, asked.order, asked.contact, by=asked.by, why=asked.why)
                print(f"Order {asked.order}: its customer is billed to contact {asked.contact} from now on.")
            else:
                rows = decide(
                    db, asked.store, asked.order, asked.decision, by=asked.by, why=asked.why, reason=asked.reason
                )
                for row in rows:
                    print(f"Order {asked.order}, {row['kind'].replace('_', ' ')} ({row['reason']}): {asked.decision}.")
        except NotDecidable as problem:
            print(problem, file=sys.stderr)
            return 1
    print("The next run of orders_to_books carries it out.")
    return 0


def _few(keys: list[int]) -> str:
    shown = ", ".join(map(str, keys[:20]))
    return shown + (f" and {len(keys) - 20} more" if len(keys) > 20 else "")


if __name__ == "__main__":
    sys.exit(main())
