"""Load: the shop is told what differs, each batch of rows written ahead, by one run at a time.

An unknown outcome is read back by the next run and never sent again: a relative adjustment that is sent twice moves the
level twice. The natural key is SKU and location; what stands there is a level, which sales move too. So nothing that is
written later builds on whether an adjustment arrived, but on the level that is seen once it must show.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from include.clients.bigcommerce import BigCommerce
from include.clients.errors import ApiError, OutcomeUnknown, Refused
from include.database.connection import Database, Row, json_value
from include.settings.store import Store
from include.stages.orders.locks import Locks, LocksBusy, locked
from include.stages.orders.run import each_batch
from include.stages.stock.extract import SETTLES_IN
from include.stages.switches import stop_if_told

ROWS_A_CHUNK = 2000  # reference bigcommerce.md 8
SETTLED = {"nothing": "unchanged", "skip": "skipped", "hold": "held"}
REASON = "Stock as it is in Xero, less what is sold and not yet there"


def load(shop: BigCommerce, db: Database, store: Store, batch_id: int) -> None:
    """Adjust what differs and record every SKU's outcome. In a dry run nothing is written, and the outcome says so.

    Raises LocksBusy while another run adjusts the same store's stock, and the client's errors.
    """

    def loaded(batch: Row) -> None:
        name = f"{store.key}/stock/{store.file.stock.location_id}"
        with locked(db, [name]) as locks:
            if name not in locks.got:
                raise LocksBusy("Another run is adjusting this store's stock.", retry_after_s=60)
            _load_batch(locks, batch)

    def _load_batch(locks: Locks, batch: Row) -> None:
        done = {row["subject_key"] for row in db.rows("ledger.postings_of_batch", batch_id=batch["batch_id"])}
        rows = [row for row in db.rows("stock.lines", batch_id=batch["batch_id"]) if row["sku"] not in done]
        db.rollback()
        _learn_the_unknown(db, store, batch, rows)
        _verify(db, store, rows)
        since = {
            row["sku"]: row for row in db.rows("stock.adjusted_since", store=store.key, batch_id=batch["batch_id"])
        }
        to_write: dict[Literal["absolute", "relative"], list[Row]] = {"absolute": [], "relative": []}
        with db.transaction():
            for row in rows:
                if row["decision"] != "adjust":
                    _post(db, row, SETTLED[row["decision"]], row["reason"], row["sentence"], row["remedy"])
                elif store.file.stock.dry_run or store.file.mode == "shadow":
                    _post(db, row, "skipped", "dry_run", row["sentence"], None)
                elif row["sku"] not in since:
                    to_write[row["how"]].append(row)
                elif since[row["sku"]]["unknown"]:
                    _post(db, row, "failed", "outcome_unknown", row["sentence"], None)
                else:  # the level that this was reckoned from is no more
                    words = "Another run adjusted it after this one read the levels."
                    _post(db, row, "failed", "busy_elsewhere", words, None)
        for how, group in to_write.items():
            for start in range(0, len(group), ROWS_A_CHUNK):
                stop_if_told(db, store.key)
                locks.check()
                _write(shop, db, batch, how, group[start : start + ROWS_A_CHUNK])

    each_batch(db, [batch_id], stage="load", takes=("transformed",), leaves="loaded", work=loaded)


def _write(
    shop: BigCommerce, db: Database, batch: Row, how: Literal["absolute", "relative"], rows: Sequence[Row]
) -> None:
    asked = [{"location_id": row["location_id"], "sku": row["sku"], "quantity": row["quantity"]} for row in rows]
    chunk_id = _ahead(db, batch, how, rows, asked)
    try:
        shop.adjust_stock(asked, how=how, reason=REASON)
    except OutcomeUnknown:
        with db.transaction():
            for row in rows:
                _post(db, row, "failed", "outcome_unknown", row["sentence"], None)
        return
    except Refused as error:
        problems = "; ".join(error.problems) or str(error)
        with db.transaction():
            _settle(db, [(chunk_id, place, "refused", None, problems[:2000]) for place in range(len(rows))])
            for row in rows:
                _post(db, row, "failed", "refused_by_vendor", f"BigCommerce refused it: {problems[:500]}", None)
        return
    except (ApiError, ValueError):  # it surely did not arrive; of any other trouble nothing is known
        with db.transaction():
            _settle(db, [(chunk_id, place, "not_sent", None, None) for place in range(len(rows))])
        raise
    with db.transaction():
        _settle(db, [(chunk_id, place, "done", str(row["item_id"]), None) for place, row in enumerate(rows)])
        for row in rows:
            _set(db, row["store"], row, row["target"])
            _post(db, row, "posted", None, row["sentence"], None)
        db.run("ledger.answer_chunk", chunk_id=chunk_id)


def _ahead(db: Database, batch: Row, how: str, rows: Sequence[Row], asked: Sequence[Mapping[str, Any]]) -> int:
    body = json.dumps({"reason": REASON, "items": list(asked)}).encode()
    with db.transaction():
        number = db.value("ledger.next_chunk")
        chunk = db.row(
            "ledger.open_chunk",
            batch_id=batch["batch_id"],
            store=batch["store"],
            method="PUT" if how == "absolute" else "POST",
            target=f"inventory/adjustments/{how}",
            idempotency_key=f"{batch['store']}-{number}",
            body=body,
        )
        assert chunk is not None  # an INSERT .. RETURNING always has its row
        db.insert(
            "ledger.open_attempts",
            [
                (
                    *(chunk["chunk_id"], position, batch["store"], "sku", row["sku"], "stock_level"),
                    *(str(row["location_id"]), 1, "update", hashlib.sha256(body).hexdigest()),
                )
                for position, row in enumerate(rows)
            ],
        )
    return int(chunk["chunk_id"])


def _learn_the_unknown(db: Database, store: Store, batch: Row, rows: Sequence[Row]) -> None:
    """What became of adjustments whose answer was lost, by the levels that this batch read once they had to show."""
    now = {row["sku"]: row["in_store"] for row in rows}
    asked = {"batch_id": batch["batch_id"], "settles_in_s": SETTLES_IN.total_seconds()}
    with db.transaction():
        for attempt in db.rows("stock.unknown_attempts", store=store.key, **asked):
            if attempt["sku"] not in now:
                continue
            outcome = {attempt["before"]: "absent", attempt["after"]: "done"}.get(now[attempt["sku"]], "overtaken")
            item = str(attempt["item_id"]) if outcome == "done" else None
            _settle(db, [(attempt["chunk_id"], attempt["position"], outcome, item, None)])
            if outcome == "done":
                _set(db, store.key, attempt, attempt["after"])


def _set(db: Database, store: str, row: Row, level: int) -> None:
    db.run(
        "stock.set",
        store=store,
        sku=row["sku"],
        location_id=row["location_id"],
        item_id=str(row["item_id"]),
        level=level,
        batch_id=row["batch_id"],
    )


def _verify(db: Database, store: Store, rows: Sequence[Row]) -> None:
    """Adjustments take effect some time after they are taken: the next run sees whether they did."""
    location_id = store.file.stock.location_id
    links = {row["sku"]: row for row in db.rows("stock.links", store=store.key, location_id=location_id)}
    seen = [row["sku"] for row in rows if row["sku"] in links and row["in_store"] == links[row["sku"]]["level"]]
    db.rollback()
    with db.transaction():
        db.run("stock.verify", store=store.key, skus=seen, location_id=location_id)


def _settle(db: Database, fates: Sequence[tuple[int, int, str, str | None, str | None]]) -> None:
    db.insert("ledger.settle_attempts", fates)


def _post(db: Database, row: Row, outcome: str, reason: str | None, sentence: str | None, remedy: str | None) -> None:
    figures = {name: str(row[name]) for name in ("in_xero", "pending", "in_store", "target") if row[name] is not None}
    db.run(
        "ledger.post",
        batch_id=row["batch_id"],
        store=row["store"],
        subject_kind="sku",
        subject_key=row["sku"],
        kind="stock_level",
        part=str(row["location_id"]),
        generation=1,
        outcome=outcome,
        reason=reason,
        sentence=sentence,
        remedy=remedy,
        figures=json_value(figures),
        xero_id=str(row["item_id"]) if outcome in ("posted", "unchanged") else None,
        number=None,
        amount=None,
        currency=None,
        happened_at=datetime.now(UTC),
    )
