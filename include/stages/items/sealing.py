"""Audit: every product has its lines, every line exactly one outcome (T1), or the run is red; and what nobody was told yet."""

import hashlib
from collections.abc import Sequence

from include.database.connection import Database, Row
from include.settings.store import Store
from include.stages.items.extract import FLOW
from include.stages.orders.audit import OUTCOMES, seal
from include.stages.orders.run import LeftRed, StageRed, each_batch

LINES_A_LETTER_MAX = 200  # what is over it is told by the next run
BODIES_KEPT_DAYS = 60  # of a product's older words; for how they came to be decided the lines stay
KIND = "items"


def audit(db: Database, store: Store, batch_ids: Sequence[int]) -> dict[str, int]:
    """Prove T1 for each batch and seal it; the counts. Raises StageRed where it does not hold or a batch is not done.

    What the shop said of a product long ago, and says otherwise since, is forgotten then.
    """

    def proved(batch: Row) -> str | None:
        missing = [row["line_key"] for row in db.rows("items.unaccounted", batch_id=batch["batch_id"])]
        db.rollback()
        if missing:
            return f"counts differ (T1): {', '.join(missing[:10])}"
        seal(db, store, batch)
        return None

    each_batch(db, batch_ids, stage="audit", takes=("loaded",), leaves="sealed", work=proved)
    with db.transaction():
        db.run("items.forget_bodies", store=store.key, days=BODIES_KEPT_DAYS)
    counts = dict.fromkeys(OUTCOMES, 0)
    not_done: list[Row] = []
    for batch_id in batch_ids:
        batch = db.row("batches.batch", batch_id=batch_id)
        for row in db.rows("items.counts", batch_id=batch_id):
            counts[row["outcome"]] += row["count"]
        if batch is not None and batch["state"] != "sealed":
            not_done.append(batch)
    db.rollback()
    if not_done:
        words = [
            f"batch {each['batch_id']} is not done ({each['state']}): {each['red_reason'] or 'a stage before it did not finish'}"
            for each in not_done
        ]
        raise (LeftRed if all(each["red_reason"] for each in not_done) else StageRed)("\n".join(words))
    return {"items": sum(counts.values()), **counts}


def told(db: Database, store: Store) -> list[Row]:
    """The newest run, a row a SKU: code, outcome, and the sentence."""
    rows = db.rows("items.told", store=store.key, flow=FLOW)
    db.rollback()
    return rows


def untold(db: Database, store: Store) -> list[Row]:
    """What is held or refused and nobody was told of; what was told before in the same words is not told again."""
    rows = db.rows("items.untold", store=store.key, limit=LINES_A_LETTER_MAX)
    old = [row for row in rows if db.value("letters.was_told", store=store.key, kind=KIND, subject_key=_news(row))]
    with db.transaction():
        _tell(db, old)
    return [row for row in rows if row not in old]


def mark_told(db: Database, store: Store, rows: Sequence[Row]) -> None:
    """Somebody was told of these."""
    with db.transaction():
        db.insert(
            "audit.told", list({_news(row): (store.key, KIND, _news(row), row["batch_id"]) for row in rows}.values())
        )
        _tell(db, rows)


def _tell(db: Database, rows: Sequence[Row]) -> None:
    for row in rows:
        db.run("items.tell", batch_id=row["batch_id"], line_key=row["line_key"])


def _news(row: Row) -> str:
    """What makes it news: the line, the reason, and its words."""
    words = hashlib.sha256(f"{row['sentence']}".encode()).hexdigest()[:16]
    return f"{row['line_key']}/{row['reason']}/{words}"
