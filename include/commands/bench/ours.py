"""The product as one command, for a harness that measures commands.

    python -m include.commands.bench.ours extract|load --base-url URL --dsn DSN --orders N

Ends with one JSON line. `load` extracts, checks and plans first; `--new-contacts` leaves the contacts to be found or made.
The stand-in of the harness has no token service and no reference data: a token is given, a snapshot is stored before.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2

from include.clients.bigcommerce import BigCommerce, Window
from include.clients.errors import Unavailable
from include.clients.pacing import OpenPace, Pace
from include.clients.xero import Xero
from include.clients.xero_token import Token
from include.database.connection import Database, connect
from include.database.migrate import migrate
from include.settings.store import Store, read_store
from include.stages import orders
from include.stages.orders.billing import link_contact

SNAPSHOT = {
    "organisation": {
        "Name": "Bench",
        "CountryCode": "AU",
        "BaseCurrency": "AUD",
        "Timezone": "AUSEASTERNSTANDARDTIME",
    },
    "accounts": [
        {"Code": code, "Type": "REVENUE", "Class": "REVENUE", "Status": "ACTIVE", "EnablePaymentsToAccount": False}
        for code in ("200", "260", "860")
    ]
    + [{"Code": "615-CARD", "Type": "BANK", "Class": "ASSET", "Status": "ACTIVE", "EnablePaymentsToAccount": True}],
    "tax_rates": [
        {
            "TaxType": code,
            "EffectiveRate": rate,
            "Status": "ACTIVE",
            "CanApplyToRevenue": True,
            "CanApplyToLiabilities": True,
        }
        for code, rate in (("OUTPUT", 10), ("BASEXCLUDED", 0))
    ],
    "currencies": [{"Code": "AUD"}],
    "items": [],
}
STORE = """
store: bench
name: Bench
mode: live
bigcommerce: {connection: shop, store_hash: bench}
xero: {connection: books, organisation: bench, country: AU}
start_from: 2020-01-01
accounts: {sales: "200", shipping: "260", handling: "260", wrapping: "260", rounding: "860", card_clearing: 615-CARD}
tax_rules: [{rule: gst, country: AU, rate: 10, tax_type: OUTPUT}]
payments: [{tender: card_clearing, payment_method: Credit Card, account: 615-CARD, in_full: IN_FULL}]
policies: {orders_a_day_max: 1000000}
"""


class GivenToken:
    """A token that needs no service."""

    def take(self, fetch: Callable[[], Token]) -> Token:
        """The one token."""
        return Token("bench", time.monotonic() + 3600)

    def give_up(self, token: Token) -> None:
        """It is never refused."""

    def now(self) -> float:
        """The keeper's clock."""
        return time.monotonic()


def main() -> int:
    """Run the stage that is asked for and say what came of it."""
    os.environ.setdefault("BRIDGE_KEY", "benchmark")
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("extract", "load"))
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--sandbox", action="store_true", help="the address is our sandbox's")
    parser.add_argument("--new-contacts", action="store_true")
    parser.add_argument("--read-transactions", action="store_true")
    parser.add_argument("--stages", action="store_true", help="say the seconds of each stage too")
    asked = parser.parse_args()
    store = the_store(in_full=not asked.read_transactions)
    dsn = fresh_database(asked.dsn)
    took: dict[str, float] = {}
    with (
        connect(dsn) as db,
        shop_at(asked.base_url, sandbox=asked.sandbox) as shop,
        books_at(asked.base_url, sandbox=asked.sandbox) as books,
    ):
        prepare(db, store)
        window = Window(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
        run = orders.Run("orders_of_the_day", "bench", window)
        clock = Stopwatch(took)
        batches = clock("extract", orders.extract, shop, no_books, db, store, run)
        if asked.what == "extract":
            report = extracted(db)
        else:
            clock("check", orders.check, db, store, batches)
            clock("transform", orders.transform, db, store, batches)
            if not asked.new_contacts:
                know_contacts(db, store)
            clock("load", orders.load, books, db, store, batches)
            counts = clock("audit", orders.audit, db, store, batches)
            report = {"sent": counts["posted"] // 2, "held": counts["held"]}
        report |= {"shop_calls": shop.calls, "books_calls": books.calls}
    if asked.stages:
        report |= {"stages": {name: round(seconds, 2) for name, seconds in took.items()}}
        usage = resource.getrusage(resource.RUSAGE_SELF)
        report |= {"cpu_s": round(usage.ru_utime + usage.ru_stime, 2), "rss_mb": usage.ru_maxrss // 1024}
    print(json.dumps(report))
    return 0


class Stopwatch:
    """Calls a stage and keeps its seconds."""

    def __init__(self, took: dict[str, float]) -> None:
        self.took = took

    def __call__(self, name: str, stage: Callable[..., Any], *given: Any) -> Any:
        """What the stage gives."""
        began = time.monotonic()
        answer = stage(*given)
        self.took[name] = time.monotonic() - began
        return answer


def the_store(*, in_full: bool) -> Store:
    """A store whose one way of paying is charged in full at once, or whose transactions are read."""
    folder = Path(tempfile.mkdtemp(prefix="bench-store-"))
    path = folder / "bench.yaml"
    path.write_text(STORE.replace("IN_FULL", str(in_full).lower()))
    return read_store(path)


def fresh_database(dsn: str) -> str:
    """A migrated database of its own on that server."""
    name = f"ours_{uuid.uuid4().hex[:12]}"
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    connection.cursor().execute(f"CREATE DATABASE {name}")
    connection.close()
    base, _, _ = dsn.rpartition("/")
    migrate(f"{base}/{name}")
    return f"{base}/{name}"


def shop_at(
    base_url: str, *, sandbox: bool, pace: Pace | None = None, sleep: Callable[[float], None] = time.sleep
) -> BigCommerce:
    """The shop; without pacing where no pace is given."""
    name, token = ("demo1", "sandbox-bc-token") if sandbox else ("bench", "bench")
    pace = pace or OpenPace()
    return BigCommerce.open(base_url=base_url, store_hash=name, access_token=token, pace=pace, sleep=sleep)


def books_at(
    base_url: str, *, sandbox: bool, pace: Pace | None = None, sleep: Callable[[float], None] = time.sleep
) -> Xero:
    """The books with a given token; without pacing where no pace is given."""
    who = ("sandbox-client", "sandbox-secret") if sandbox else ("bench", "bench")
    return Xero.open(
        base_url=base_url,
        token_url=f"{base_url}/connect/token",
        client_id=who[0],
        client_secret=who[1],
        tenant_id=None if sandbox else "00000000-0000-4000-8000-000000000001",
        pace=pace or OpenPace(),
        sleep=sleep,
        tokens=None if sandbox else GivenToken(),
    )


def no_books() -> Any:
    """The stand-in has no reference data: the snapshot that was stored serves."""
    raise Unavailable("the stand-in has no reference data")


def prepare(db: Database, store: Store) -> None:
    """A snapshot of the organisation, and settings that are proved already: no document needs to go alone."""
    body = json.dumps(SNAPSHOT).encode()
    with db.transaction():
        db.value("reference.keep", store=store.key, sha256="bench", body=body)
        db.run(
            "switches.prove",
            store=store.key,
            settings_version=store.version,
            code_version=orders.run.code_version(),
            subject_key="0",
        )


def contact_id(customer: str) -> str:
    """The id that a stand-in gives to the contact of this customer."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"contact/{customer}"))


def know_contacts(db: Database, store: Store) -> None:
    """Every shopper of the plans is linked already, as in a shop that has run for a while."""
    shoppers = db.rows("bench.shoppers")
    batch = {"store": store.key, "opened_at": datetime.now(UTC), "settings_version": store.version}
    with db.transaction():
        for each in shoppers:
            link_contact(db, batch, each, contact_id(each["contact_key"]), adopted=False)


def extracted(db: Database) -> dict[str, Any]:
    """What was stored, counted in the database and not believed from the run."""
    row = db.row("bench.extracted") or {}
    db.rollback()
    return {"rows": row.get("rows", 0), "distinct": row.get("orders", 0), "lines": int(row.get("lines") or 0)}


if __name__ == "__main__":
    sys.exit(main())
