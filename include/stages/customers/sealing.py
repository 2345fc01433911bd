"""Audit: every customer of a batch ends in exactly one outcome (T1), or the batch is red; then it is sealed."""

from collections.abc import Sequence

from include.database.connection import Database, Row
from include.settings.store import Store
from include.stages.orders.audit import OUTCOMES, seal
from include.stages.orders.run import LeftRed, StageRed, each_batch


def audit(db: Database, store: Store, batch_ids: Sequence[int]) -> dict[str, int]:
    """Prove T1 for each batch and seal it; the counts of all of them.

    Raises StageRed for a batch whose counts do not add up, and for one that an earlier stage left open (LeftRed where that
    stage said why).
    """

    def proved(batch: Row) -> str | None:
        wrong = [
            f"customer {row['customer']} {'has no outcome' if row['has_no_outcome'] else 'has an outcome and was not read'}"
            for row in db.rows("customers.unaccounted", batch_id=batch["batch_id"])
        ]
        db.rollback()
        if wrong:
            return f"counts differ (T1): {'; '.join(wrong[:10])}"
        seal(db, store, batch)
        return None

    each_batch(db, batch_ids, stage="audit", takes=("loaded",), leaves="sealed", work=proved)
    counts = dict.fromkeys(OUTCOMES, 0)
    open_ones: list[str] = []
    all_told = True
    for batch_id in batch_ids:
        batch = db.row("batches.batch", batch_id=batch_id)
        for row in db.rows("customers.counts", batch_id=batch_id):
            counts[row["outcome"]] += row["count"]
        db.rollback()
        if batch is not None and batch["state"] != "sealed":
            all_told = all_told and batch["red_reason"] is not None
            why = batch["red_reason"] or "a stage before it did not finish"
            open_ones.append(f"batch {batch_id} is not done ({batch['state']}): {why}")
    if open_ones:
        raise (LeftRed if all_told else StageRed)("\n".join(open_ones))
    return {"customers": sum(counts.values()), **counts}
