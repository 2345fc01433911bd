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
WRITTEN = "%d %b %Y %H:%M:%S +0000"  # as the builder writes a moment


def main() -> int:
    """Fill the shop and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--contacts", action="store_true", help="the shoppers are contacts in Xero already")
    asked = parser.parse_args()
    town = Town()
    town.limits.enforced = False
    fill(town, asked.orders)
    if asked.contacts:
        know_shoppers(town, CUSTOMERS)
    ended = Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with town.serve() as base:
        print(base, flush=True)
        ended.wait()
    return 0


def fill(town: Town, orders: int, customers: int = CUSTOMERS, seconds_between: int = 30) -> None:
    """Put so many ordinary paid orders into the shop, the numbers from `BASE_ID` + 1 on, of so many customers in turn."""
    patterns = [as_json(pattern(lines)) for lines in PATTERNS]
    for index in range(orders):
        order_id = BASE_ID + 1 + index
        text = patterns[index % len(patterns)].replace(str(BASE_ID), str(order_id))
        placed = (PLACED + timedelta(seconds=seconds_between * index)).strftime(WRITTEN)
        text = text.replace(PLACED.strftime(WRITTEN), placed)
        customer = index % customers + 1
        text = text.replace('"customer_id": 77', f'"customer_id": {customer}')
        text = text.replace("jo.park@", f"shopper{customer}@").replace('"Park"', f'"Park {customer}"')
        town.shop.put(json.loads(text))


def know_shoppers(town: Town, customers: int) -> None:
    """The shoppers are contacts in Xero already, with the ids that our links to them will name."""
    for customer in range(1, customers + 1):
        named = {"ContactID": contact_id(str(customer)), "ContactNumber": f"bc:bench:{customer}"}
        town.books.add_contact({"Name": f"Shopper {customer}", **named})


def pattern(lines: int) -> dict[str, Any]:
    """An ordinary order of that many lines, shipped and paid by card."""
    told = an_order(BASE_ID).placed(PLACED).bought_by("Jo Park", customer=77)
    for index in range(lines):
        told = told.line(f"SKU-{index}", price=f"{11 + 11 * index}.00", quantity=index + 1)
    return told.shipping("11.00").paid("card", at=PLACED).build()


if __name__ == "__main__":
    sys.exit(main())
