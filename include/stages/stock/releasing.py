"""What a person lets through although a guard held it: for the quantity that was seen, or less of it, for a day."""

from collections.abc import Collection

from include.database.connection import Database, Row
from include.settings.store import Store
from include.stages.orders.audit import append
from include.stages.stock.sealing import told


class NothingHeld(Exception):  # noqa: N818 - it says what is so
    """No SKU that was named is held. The text says which are."""


def held(db: Database, store: Store) -> list[Row]:
    """What the newest run held, by SKU and location."""
    return [row for row in told(db, store) if row["outcome"] == "held"]


def release(db: Database, store: Store, skus: Collection[str], *, by: str, why: str) -> list[Row]:
    """Let these through, all that is held where none is named; the next run carries it out. The rows that it is about.

    An item that its source does not name any more is let go: its level stays as it is. Raises NothingHeld.
    """
    waiting = held(db, store)
    chosen = [row for row in waiting if not skus or row["sku"] in skus]
    if not chosen or (missing := sorted({*skus} - {row["sku"] for row in chosen})):
        named = ", ".join(missing) if chosen else "nothing" if not skus else ", ".join(sorted(skus))
        there = ", ".join(row["sku"] for row in waiting[:20]) or "none"
        raise NothingHeld(f"The newest stock run of {store.key} does not hold {named}. It holds: {there}.")
    with db.transaction():
        for row in chosen:
            place = {"store": store.key, "sku": row["sku"], "location_id": row["location_id"]}
            db.run("stock.release", **place, in_xero=row["in_xero"], by=by, why=why)
            if row["gone"]:
                db.run("stock.let_go", **place)
        content = {"by": by, "why": why, "skus": [f"{row['sku']} at {row['location_id']}" for row in chosen]}
        append(db, store.key, chosen[0]["batch_id"], "stock_released", content)
    return chosen
