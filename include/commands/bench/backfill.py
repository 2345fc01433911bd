"""A backfill as Airflow makes one: a day a run, several runs at once in processes of their own, one budget for all.

    python -m include.commands.bench.backfill --base-url URL --dsn DSN --orders N [--a-day 200] [--at-once 4]

The database is prepared before (`prepared`): migrated, a snapshot of the organisation, settings proved, customers linked.
Each process takes the next day that nobody took, and runs its chapters one after the other. All share the budget of calls
in that database. Ends with one JSON line.
"""

import argparse
import json
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from include.checks.suites import preload
from include.clients.allowance import Terms
from include.clients.bigcommerce import BigCommerce, Window
from include.clients.errors import ApiError, DayLimitSpent
from include.clients.pacing import BIGCOMMERCE_SHARED, XERO_SHARED
from include.clients.xero import Xero
from include.commands.bench.ours import books_at, contact_id, fresh_database, no_books, prepare, shop_at, the_store
from include.database.connection import Database, connect
from include.domain.contact import email_key
from include.keepers.budget import SharedPace
from include.settings.store import Store
from include.stages import orders
from include.stages.orders.billing import link_contact
from include.stages.orders.run import digest_key

FIRST_ORDER = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)  # the stand-in's order 1; one a minute follows
BETWEEN = timedelta(minutes=1)
CUSTOMERS = 997
FIRST_SLOTS = 2  # enough for all calls at once that Xero takes
TRIES_MAX = 20
WAIT_S = 1.0


@dataclass(frozen=True)
class Backfill:
    """What is brought back, from where, and on which terms of the vendors'."""

    base_url: str
    dsn: str
    orders: int
    a_day: int
    at_once: int
    xero: Terms = XERO_SHARED
    shop: Terms = BIGCOMMERCE_SHARED
    sandbox: bool = False
    first: datetime = FIRST_ORDER
    between: timedelta = BETWEEN

    def days(self) -> list[Window]:
        """The window of each run, so that each order lies in one."""
        starts = range(0, self.orders, self.a_day)
        return [
            Window(
                self.first + self.between * start,
                self.first + self.between * (min(start + self.a_day, self.orders) - 1),
            )
            for start in starts
        ]


def prepared(server_dsn: str) -> str:
    """A database of its own on that server in which a backfill may begin; its DSN."""
    dsn, store = fresh_database(server_dsn), the_store(in_full=True)
    with connect(dsn) as db:
        prepare(db, store)
        _link_customers(db, store)
    return dsn


def _link_customers(db: Database, store: Store) -> None:
    """Every customer of the stand-in, and its one guest, are linked: as in a shop that has run for a while."""
    batch = {"store": store.key, "opened_at": datetime.now(UTC), "settings_version": store.version}
    guest = email_key("shopper0@example.com", digest_key(store))
    with db.transaction():
        for key in (guest, *map(str, range(1, CUSTOMERS + 1))):
            row = {"contact_key": key, "number": f"bc:bench:{key}"}
            link_contact(db, batch, row, contact_id(key), adopted=False)


def bring_back(asked: Backfill) -> dict[str, Any]:
    """Run every day, and say what came of it."""
    began = time.time()
    forking = multiprocessing.get_context("fork")
    next_day, spent = forking.Value("i", 0), forking.Value("b", 0)
    slots = [forking.Process(target=_slot, args=(asked, next_day, spent)) for _ in range(asked.at_once)]
    for each in slots[:FIRST_SLOTS]:
        each.start()
    preload()  # while the first pages are on their way: what the other slots then have already
    for each in slots[FIRST_SLOTS:]:
        each.start()
    for each in slots:
        each.join()
    failed = [each.exitcode for each in slots if each.exitcode]
    with connect(asked.dsn) as db:
        told = db.row("bench.brought_back", began=began) or {}
    report = {"sent": told["payments"], "held": told["held"], "spent": bool(spent.value)}
    report |= {"first_write_s": told["first_write_s"], "seconds": round(time.time() - began, 2)}
    return report | ({"error": f"{len(failed)} of {len(slots)} processes failed"} if failed else {})


def _slot(asked: Backfill, next_day: Any, spent: Any) -> None:
    """One of the runs at once: day after day, until none is left or the vendor's day is spent."""
    threading.Thread(target=preload).start()
    days, store = asked.days(), the_store(in_full=True)
    while not spent.value:
        with next_day.get_lock():
            number = next_day.value
            next_day.value += 1
        if number >= len(days):
            return
        try:
            _until_done(asked, store, orders.Run("orders_of_the_day", f"day-{number}", days[number]))
        except DayLimitSpent:
            spent.value = 1


def _until_done(asked: Backfill, store: Store, run: orders.Run) -> None:
    batches: Sequence[int] | None = None
    for _ in range(TRIES_MAX):
        try:
            with connect(asked.dsn) as db:
                if batches is None:
                    with _shop(asked) as shop:
                        batches = orders.extract(shop, no_books, db, store, run)
                orders.check(db, store, batches)
                orders.transform(db, store, batches)
                with _books(asked) as books:
                    orders.load(books, db, store, batches)
                orders.audit(db, store, batches)
                return
        except DayLimitSpent:
            raise
        except ApiError as error:
            if error.failure != "transient":
                raise
            time.sleep(getattr(error, "retry_after_s", None) or WAIT_S)
    raise TimeoutError(f"{run.run_id} is not done after {TRIES_MAX} tries")


@contextmanager
def _shop(asked: Backfill) -> Iterator[BigCommerce]:
    pace = SharedPace(asked.dsn, asked.shop, vendor="bigcommerce", tenant="bench")
    with closing(pace), shop_at(asked.base_url, sandbox=asked.sandbox, pace=pace) as client:
        yield client


@contextmanager
def _books(asked: Backfill) -> Iterator[Xero]:
    """As `for_books` opens it, in the batch lane."""
    pace = SharedPace(asked.dsn, asked.xero, vendor="xero", tenant="bench")
    with closing(pace), books_at(asked.base_url, sandbox=asked.sandbox, pace=pace) as client:
        yield client


def faster(terms: Terms, scale: float) -> Terms:
    """The same terms where the vendor's windows are shorter by this factor."""
    return replace(terms, window_s=terms.window_s / scale)


def main() -> int:
    """Run it and say what came of it."""
    os.environ.setdefault("BRIDGE_KEY", "benchmark")
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--a-day", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=6)
    parser.add_argument("--scale", type=float, default=1.0)
    given = parser.parse_args()
    xero, shop = faster(XERO_SHARED, given.scale), faster(BIGCOMMERCE_SHARED, given.scale)
    asked = Backfill(given.base_url, given.dsn, given.orders, given.a_day, given.at_once, xero, shop)
    said = bring_back(asked)
    print(json.dumps(said))
    return 1 if "error" in said else 0


if __name__ == "__main__":
    sys.exit(main())
