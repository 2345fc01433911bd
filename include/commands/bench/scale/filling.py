"""Fill the tables as years of orders would have: `include/sql/queries/scale.sql`, in its order."""

import sys
import time
from collections.abc import Iterator

import psycopg2

from include.database.connection import Database, connect

STEPS = (
    "orders",
    "sights",
    "index_sights",
    "batches",
    "extractions",
    "raw_parts",
    "batch_parts",
    "documents",
    "plans",
    "postings",
    "attempts",
    "links",
    "refunds",
    "checks",
    "due",
    "audit",
    "notices",
    "days",
    "waits",
    "inbox",
    "open",
    "sequences",
)


def batch_of(orders: int) -> int:
    """How many orders a batch of the backfill has: the product's 2,000, and no large part of few."""
    return min(2000, max(10, orders // 100))


def fill(admin_dsn: str, orders: int, *, told: bool = False) -> None:
    """Fill a migrated, empty database; `admin_dsn` is its superuser's, since keys to other tables are not checked anew.

    told  say on standard error how long each step took.
    """
    with connect(admin_dsn) as db:
        db.run("scale.trust")
        for step in STEPS:
            began = time.monotonic()
            name = f"scale.{step if step == 'index_sights' else f'fill_{step}'}"
            db.run(name, orders=orders, batch=batch_of(orders))
            db.commit()
            if told:
                print(f"{step}: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
        db.run("scale.forget_scaffold")
        db.commit()
    settle(admin_dsn)


def settle(admin_dsn: str) -> None:
    """What autovacuum does in its own time: the statistics, and which pages are visible to all."""
    connection = psycopg2.connect(admin_dsn)
    connection.autocommit = True
    try:
        connection.cursor().execute("VACUUM (ANALYZE)")
    finally:
        connection.close()


def sizes(db: Database) -> Iterator[tuple[str, int, str]]:
    """(table, rows, size with indexes), the largest first."""
    for row in db.rows("scale.sizes"):
        yield row["name"], row["rows"], row["size"]
