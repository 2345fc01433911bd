"""Several shops, each with its books, in one process, for `make bench-workers`: a town a port.

    python -m include.commands.bench.workers_serve --orders 1000 --latency 0.15 --towns 0:9000 1:9001

Prints "ready" and serves until it is ended. Limits are off; every call takes at least `--latency` seconds.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

from include.commands.bench.workers_stores import ACCESS_TOKEN, store_hash, tenant_id
from include.sandbox.order_builder import an_order
from include.sandbox.town import Town

CUSTOMERS = 97  # of each shop, unknown to the books at first
LINES = (1, 1, 2, 2, 3, 4)  # of an order, in turn
PLACED = datetime(2026, 5, 4, 1, 2, 3, tzinfo=UTC)


def main() -> int:
    """Furnish the towns and serve them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--towns", nargs="+", required=True, metavar="INDEX:PORT")
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--latency", type=float, default=0.0)
    asked = parser.parse_args()
    ended = Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with ExitStack() as serving:
        for index, port in (map(int, town.split(":")) for town in asked.towns):
            serving.enter_context(furnished(index, asked.orders, asked.latency).serve(port))
        print("ready", flush=True)
        ended.wait()
    return 0


def furnished(index: int, orders: int, latency_s: float) -> Town:
    """The town of that number: its shop has orders, its books only accounts."""
    town = Town()
    town.limits.enforced = False
    town.shop.store_hash = store_hash(index)
    town.shop.add_token(ACCESS_TOKEN)
    town.books.tenant_id = tenant_id(index)
    for order in some_orders(index, orders):
        town.shop.put(order)
    if latency_s:
        for vendor in ("xero", "bigcommerce"):
            town.stories.answer_slowly(vendor, latency_s)
    return town


def some_orders(index: int, count: int) -> Iterator[dict[str, Any]]:
    """That many orders, shipped and paid by card. Every shop counts its orders from 1001, at prices of its own."""
    for number in range(count):
        placed = PLACED + timedelta(seconds=30 * number)
        customer = number % CUSTOMERS + 1
        told = an_order(1001 + number).placed(placed)
        told = told.bought_by(f"Jo Park {customer}", customer=customer, email=f"shopper{customer}@example.com")
        for line in range(LINES[number % len(LINES)]):
            told = told.line(f"SKU-{line}", price=f"{11 * (1 + index + line)}.00", quantity=1 + number % 3)
        yield told.shipping("11.00").paid("card", at=placed).build()


if __name__ == "__main__":
    sys.exit(main())
