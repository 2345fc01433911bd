"""Telling the shop its levels: each request written ahead, and a refused one taken apart down to the row that is refused.

Whether the vendor keeps the good rows of a refused request is not known (bigcommerce.md 8). So what follows a refusal is
absolute: a level that is set twice is the same level, while one that is moved twice is not. How the vendor tracks an item,
by SKU or by its product, it says in a refusal alone: it is learned there once and kept.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from include.clients.bigcommerce import BigCommerce
from include.clients.errors import ApiError, OutcomeUnknown, Refused
from include.database.connection import Database, Row, json_value
from include.settings.store import Store
from include.stages.orders.locks import Locks
from include.stages.switches import stop_if_told

How = Literal["absolute", "relative"]
ROWS_A_CHUNK = 2000  # reference bigcommerce.md 8
REFUSALS_MAX = 60  # of one run: more of them say that it is not single rows
_BRACKETS = str.maketrans("[],;", "    ")
REASON = "Stock as its source has it, less what is sold and not yet there"


@dataclass(slots=True)
class Teller:
    """One run's voice. It holds the lock on the store's stock."""

    shop: BigCommerce
    db: Database
    store: Store
    batch: Row
    locks: Locks
    refusals: int = 0
    identities: dict[str, str] = field(default_factory=dict)

    def tell(self, rows: Sequence[Row]) -> None:
        """Set the levels of one location, and record each outcome. Raises the client's errors; what is told stays told."""
        if not rows:
            return
        self.identities |= {
            row["sku"]: str(row["identity"]) for row in self.db.rows("stock.links", store=self.store.key)
        }
        levels_at = self.db.value("stock.levels_at", batch_id=self.batch["batch_id"])
        self.db.rollback()
        for how in ("absolute", "relative"):
            group = [{**row, "levels_at": levels_at} for row in rows if row["how"] == how]
            for start in range(0, len(group), ROWS_A_CHUNK):
                self._told(how, group[start : start + ROWS_A_CHUNK])
        with self.db.transaction():
            self.db.run("stock.note_written", batch_id=self.batch["batch_id"])

    def _told(self, how: How, rows: Sequence[Row]) -> None:
        refused = self._send(how, rows)
        if refused is None:
            return
        self.refusals += 1
        words = "; ".join(refused.problems) or str(refused)
        if self.refusals > REFUSALS_MAX:
            self._give_up(rows, words)
        elif len(rows) > 1:
            for part in _apart(rows, words):
                self._told("absolute", part)
        elif how == "relative":
            self._told("absolute", rows)
        else:
            self._tried_by_product(rows[0], words)

    def _tried_by_product(self, row: Row, words: str) -> None:
        """The last that can be tried of one row: the identity that it was not known by."""
        known = self.identities.get(row["sku"], "sku")
        if row["product_id"] is None or row.get("tried"):
            self.identities[row["sku"]] = row.get("tried") or known
            self._give_up([row], words)
            return
        self.identities[row["sku"]] = "product_id" if known == "sku" else "sku"
        self._told("absolute", [{**row, "tried": known}])

    def _give_up(self, rows: Sequence[Row], words: str) -> None:
        with self.db.transaction():
            for row in rows:
                post(self.db, row, "failed", "refused_by_vendor", f"BigCommerce refused it: {words[:500]}", None)

    def _send(self, how: How, rows: Sequence[Row]) -> Refused | None:
        """Tell these; the refusal where there was one. All other outcomes are recorded."""
        stop_if_told(self.db, self.store.key)
        self.locks.check()
        asked = [self._row(how, row) for row in rows]
        chunk_id = _ahead(self.db, self.batch, how, rows, asked)
        try:
            self.shop.adjust_stock(asked, how=how, reason=REASON)
        except OutcomeUnknown:
            with self.db.transaction():
                for row in rows:
                    post(self.db, row, "failed", "outcome_unknown", row["sentence"], None)
            return None
        except Refused as refused:
            problems = ("; ".join(refused.problems) or str(refused))[:2000]
            with self.db.transaction():
                settle(self.db, [(chunk_id, place, "refused", None, problems) for place in range(len(rows))])
                # Also for whoever goes on after a kill: what was kept of these must not be moved a second time.
                told = {"batch_id": self.batch["batch_id"], "location_id": rows[0]["location_id"]}
                self.db.run("stock.whole_from_now_on", **told, skus=[row["sku"] for row in rows])
            return refused
        except (ApiError, ValueError):  # it surely did not arrive; of any other trouble nothing is known
            with self.db.transaction():
                settle(self.db, [(chunk_id, place, "not_sent", None, None) for place in range(len(rows))])
            raise
        with self.db.transaction():
            settle(self.db, [(chunk_id, place, "done", str(row["item_id"]), None) for place, row in enumerate(rows)])
            for row in rows:
                since = row["levels_at"] if how == "relative" else None
                keep_level(self.db, row["store"], row, row["target"], self.identities.get(row["sku"], "sku"), since)
                post(self.db, row, "posted", None, row["sentence"], None)
            self.db.run("ledger.answer_chunk", chunk_id=chunk_id)
        return None

    def _row(self, how: How, row: Row) -> dict[str, Any]:
        by_product = self.identities.get(row["sku"]) == "product_id" and row["product_id"] is not None
        named = {"product_id": row["product_id"]} if by_product else {"sku": row["sku"]}
        quantity = row["target"] if how == "absolute" else row["quantity"]
        return {"location_id": row["location_id"], **named, "quantity": quantity}


def _apart(rows: Sequence[Row], words: str) -> list[Sequence[Row]]:
    """The rows that a refusal names, one by one, and the others; halves where it names none, or all."""
    named = [row for row in rows if _is_named(row, words)]
    others = [row for row in rows if not _is_named(row, words)]
    if named and others and len(named) <= REFUSALS_MAX // 4:
        return [others, *([row] for row in named)]
    half = len(rows) // 2
    return [rows[:half], rows[half:]]


def _is_named(row: Row, words: str) -> bool:
    """Whether a refusal speaks of this row, as the vendor's examples name an item: `sku MUG`, `product_id 12`."""
    text = f" {words} ".translate(_BRACKETS)
    return f" sku {row['sku']} " in text or f" product_id {row['product_id']} " in text


def _ahead(db: Database, batch: Row, how: How, rows: Sequence[Row], asked: Sequence[Mapping[str, Any]]) -> int:
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


def settle(db: Database, fates: Sequence[tuple[int, int, str, str | None, str | None]]) -> None:
    """Record what became of attempts: chunk, position, outcome, item, the vendor's words."""
    db.insert("ledger.settle_attempts", fates)


def keep_level(db: Database, store: str, row: Row, level: int, identity: str, since: datetime | None) -> None:
    """Remember what was set, so that the next run sees whether it shows and stays.

    since  from when on sales lower it: when the levels were read, for a relative one; None: now
    """
    db.run_later(
        "stock.set",
        store=store,
        sku=row["sku"],
        location_id=row["location_id"],
        item_id=str(row["item_id"]),
        level=level,
        batch_id=row["batch_id"],
        identity=identity,
        baseline_at=since or datetime.now(UTC),
        unsteady=row["unsteady"],
    )


def post(db: Database, row: Row, outcome: str, reason: str | None, sentence: str | None, remedy: str | None) -> None:
    """Record the outcome of one SKU at one location, inside the caller's transaction."""
    figures = {name: str(row[name]) for name in ("in_xero", "pending", "in_store", "target") if row[name] is not None}
    db.run_later(
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
