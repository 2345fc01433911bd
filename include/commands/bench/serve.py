"""The sandbox with many orders and without limits, for `make bench`. Prints its address and runs until it is ended."""

import argparse
import json
import signal
import sys
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

from include.commands.bench.ours import contact_id
from include.sandbox.order_builder import an_order, as_json
from include.sandbox.town import Town

CUSTOMERS = 997
BASE_ID = 1_000_000  # seven digits in every id, so that what is derived from it is derived by replacing text
PATTERNS = (1, 1, 2, 2, 3, 4)  # lines of an order, in turn
PLACED = datetime(2026, 5, 4, 1, 2, 3, tzinfo=UTC)


def main() -> int:
    """Fill the shop and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--contacts", action="store_true", help="the shoppers are contacts in Xero already")
    asked = parser.parse_args()
    town = Town()
    town.limits.enforced = False
    patterns = [as_json(pattern(lines)) for lines in PATTERNS]
    for index in range(asked.orders):
        order_id = BASE_ID + 1 + index
        text = patterns[index % len(patterns)].replace(str(BASE_ID), str(order_id))
        placed = (PLACED + timedelta(seconds=30 * index)).strftime("%d %b %Y %H:%M:%S +0000")
        text = text.replace(PLACED.strftime("%d %b %Y %H:%M:%S +0000"), placed)
        customer = index % CUSTOMERS + 1
        text = text.replace('"customer_id": 77', f'"customer_id": {customer}')
        text = text.replace("jo.park@", f"shopper{customer}@").replace('"Park"', f'"Park {customer}"')
        town.shop.put(json.loads(text))
    for customer in range(1, CUSTOMERS + 1) if asked.contacts else ():
        named = {"ContactID": contact_id(str(customer)), "ContactNumber": f"bc:bench:{customer}"}
        town.books.add_contact({"Name": f"Shopper {customer}", **named})
    ended = Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with town.serve() as base:
        print(base, flush=True)
        ended.wait()
    return 0


def pattern(lines: int) -> dict[str, Any]:
    """An ordinary order of that many lines, shipped and paid by card."""
    told = an_order(BASE_ID).placed(PLACED).bought_by("Jo Park", customer=77)
    for index in range(lines):
        told = told.line(f"SKU-{index}", price=f"{11 + 11 * index}.00", quantity=index + 1)
    return told.shipping("11.00").paid("card", at=PLACED).build()


if __name__ == "__main__":
    sys.exit(main())
