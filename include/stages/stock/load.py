"""Load: the shop is told what differs, one location at a time, by one run at a time; each batch of rows is written ahead.

An unknown outcome is read back by the next run and never sent again: a relative adjustment that is sent twice moves the
level twice. The natural key is SKU and location; what stands there is a level, which sales move too. So nothing that is
written later builds on whether an adjustment arrived, but on the level that is seen once it must show.
"""

from collections.abc import Sequence

from include.clients.bigcommerce import BigCommerce
from include.database.connection import Database, Row
from include.settings.store import Store
from include.stages.orders.locks import LocksBusy, locked
from include.stages.orders.run import each_batch
from include.stages.stock.lines import SETTLES_IN
from include.stages.stock.telling import Teller, keep_level, post, settle

SETTLED = {"nothing": "unchanged", "skip": "skipped", "hold": "held"}


def load(shop: BigCommerce, db: Database, store: Store, batch_id: int) -> None:
    """Adjust what differs and record every SKU's outcome. In a dry run nothing is written, and the outcome says so.

    Raises LocksBusy while another run adjusts the same store's stock, and the client's errors.
    """

    def loaded(batch: Row) -> None:
        name = f"{store.key}/stock"
        with locked(db, [name]) as locks:
            if name not in locks.got:
                raise LocksBusy("Another run is adjusting this store's stock.", retry_after_s=60)
            done = {
                (row["subject_key"], row["part"])
                for row in db.rows("ledger.postings_of_batch", batch_id=batch["batch_id"])
            }
            rows = [
                row
                for row in db.rows("stock.lines", batch_id=batch["batch_id"])
                if (row["sku"], str(row["location_id"])) not in done
            ]
            db.rollback()
            _learn_the_unknown(db, store, batch, rows)
            with db.transaction():
                db.run("stock.seen", batch_id=batch["batch_id"])
            teller = Teller(shop, db, store, batch, locks)
            for location_id in dict.fromkeys(row["location_id"] for row in rows):
                here = [row for row in rows if row["location_id"] == location_id]
                teller.tell(_to_write(db, store, batch, here))

    each_batch(db, [batch_id], stage="load", takes=("transformed",), leaves="loaded", work=loaded)


def _to_write(db: Database, store: Store, batch: Row, rows: Sequence[Row]) -> list[Row]:
    """What is left to write of these, once all else has its outcome."""
    asked = {"store": store.key, "batch_id": batch["batch_id"]}
    since = {(row["sku"], row["location_id"]): row for row in db.rows("stock.adjusted_since", **asked)}
    left = []
    with db.transaction():
        for row in rows:
            later = since.get((row["sku"], row["location_id"]))
            if row["decision"] != "adjust":
                post(db, row, SETTLED[row["decision"]], row["reason"], row["sentence"], row["remedy"])
            elif store.file.stock.dry_run or store.file.mode == "shadow":
                post(db, row, "skipped", "dry_run", row["sentence"], None)
            elif later is None:
                left.append(row)
            elif later["unknown"]:
                post(db, row, "failed", "outcome_unknown", row["sentence"], None)
            else:  # the level that this was reckoned from is no more
                words = "Another run adjusted it after this one read the levels."
                post(db, row, "failed", "busy_elsewhere", words, None)
    return left


def _learn_the_unknown(db: Database, store: Store, batch: Row, rows: Sequence[Row]) -> None:
    """What became of adjustments whose answer was lost, by the levels that this batch read once they had to show."""
    now = {(row["sku"], row["location_id"]): row["in_store"] for row in rows}
    asked = {"batch_id": batch["batch_id"], "settles_in_s": SETTLES_IN.total_seconds()}
    with db.transaction():
        for attempt in db.rows("stock.unknown_attempts", store=store.key, **asked):
            place = (attempt["sku"], attempt["location_id"])
            if place not in now:
                continue
            outcome = {attempt["before"]: "absent", attempt["after"]: "done"}.get(now[place], "overtaken")
            item = str(attempt["item_id"]) if outcome == "done" else None
            settle(db, [(attempt["chunk_id"], attempt["position"], outcome, item, None)])
            if outcome == "done":
                keep_level(db, store.key, attempt, attempt["after"], attempt["identity"], None)
