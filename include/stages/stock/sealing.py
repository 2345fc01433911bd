"""Audit: every tracked item ends in exactly one outcome (T1), or the run is red."""

from include.database.connection import Database, Row
from include.settings.store import Store
from include.stages.orders.audit import OUTCOMES, seal
from include.stages.orders.run import StageRed, each_batch
from include.stages.stock.extract import FLOW


def audit(db: Database, store: Store, batch_id: int) -> dict[str, int]:
    """Prove T1 for each SKU and seal the batch; the counts. Raises StageRed where it does not hold or is not done."""

    def proved(batch: Row) -> str | None:
        missing = [row["sku"] for row in db.rows("stock.unaccounted", batch_id=batch["batch_id"])]
        db.rollback()
        if missing:
            return f"counts differ (T1): no outcome for {', '.join(missing[:10])}"
        seal(db, store, batch)
        return None

    each_batch(db, [batch_id], stage="audit", takes=("loaded",), leaves="sealed", work=proved)
    batch = db.row("batches.batch", batch_id=batch_id)
    counts = dict.fromkeys(OUTCOMES, 0)
    for row in db.rows("stock.counts", batch_id=batch_id):
        counts[row["outcome"]] = row["count"]
    db.rollback()
    if batch is None or batch["state"] != "sealed":
        raise StageRed(f"batch {batch_id} is not done: {batch and batch['red_reason']}")
    return {"items": sum(counts.values()), **counts}


def told(db: Database, store: Store) -> list[Row]:
    """The newest sealed run, a row a SKU: what both sides had, the target, and the outcome."""
    rows = db.rows("stock.told", store=store.key, flow=FLOW)
    db.rollback()
    return rows


def exposure(db: Database, store: Store) -> str:
    """In a sentence: in which time a sale could have been sold twice by the newest sealed run, and of how many SKUs."""
    row = db.row("stock.exposure", store=store.key, flow=FLOW)
    db.rollback()
    if row is None or row["written_at"] is None or not row["absolute"]:
        return "No level was set over a sale: each moved by its difference, and the shop was asked for sales before and after."
    seconds = (row["written_at"] - row["levels_at"]).total_seconds()
    return (
        f"{row['absolute']} of {row['told']} levels were set whole, {seconds:.1f} s after they were read: a sale in that "
        f"time may be offered once more, until the next run."
    )
