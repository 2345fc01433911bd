"""Audit: every order and every document of a batch has exactly one outcome (T1), or the batch is red; then it is sealed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from include.database.connection import Database, Row, json_value
from include.settings.store import Store
from include.stages.orders.run import LeftRed, StageRed, each_batch
from include.stages.summary.kept import FLOW
from include.stages.summary.telling import overdue, unaccounted

OUTCOMES = ("posted", "unchanged", "skipped", "held", "failed")
FIRST_DIGEST = "0" * 64


def audit(db: Database, store: Store, batch_ids: Sequence[int]) -> dict[str, int]:
    """Prove T1 for each batch and seal it; the counts of all of them.

    Raises StageRed for a batch whose counts do not add up, and for one that an earlier stage left open (LeftRed where
    that stage said why), or where orders wait for a summary that nobody makes: a run is never green while its books are
    short.
    """
    totals = dict.fromkeys(("orders", "documents", *OUTCOMES), 0)

    def prove(batch: Row) -> str | None:
        of_its_kind = unaccounted if batch["flow"] == FLOW else _unaccounted
        wrong = of_its_kind(db, batch["batch_id"])
        if wrong is None:
            seal(db, store, batch)
        return wrong

    each_batch(db, batch_ids, stage="audit", takes=("loaded",), leaves="sealed", work=prove)
    open_ones: list[str] = []
    all_told = True
    for batch_id in batch_ids:
        batch = db.row("batches.batch", batch_id=batch_id)
        counts = db.row("audit.count", batch_id=batch_id) or {}
        db.rollback()
        for name in totals:
            totals[name] += int(counts.get(name) or 0)
        if batch is not None and batch["state"] != "sealed":
            all_told = all_told and batch["red_reason"] is not None
            why = batch["red_reason"] or "a stage before it did not finish"
            open_ones.append(f"batch {batch_id} is not done ({batch['state']}): {why}")
    if open_ones:
        raise (LeftRed if all_told else StageRed)("\n".join(open_ones))
    late = overdue(db, store)
    if late is not None:
        raise StageRed(late)
    return totals


def _unaccounted(db: Database, batch_id: int) -> str | None:
    # Compared here and not by joins: a planner without statistics took minutes for what is a few thousand keys.
    extracted = {row["subject_key"] for row in db.rows("audit.extracted", batch_id=batch_id)}
    planned = {tuple(row.values()) for row in db.rows("audit.planned", batch_id=batch_id)}
    posted = {tuple(row.values()) for row in db.rows("audit.posted", batch_id=batch_id)}
    missing = [
        f"order {key} was extracted and has no plan" for key in sorted(extracted - {each[0] for each in planned})
    ]
    missing += [
        f"order {' '.join(map(str, each[:3]))} was planned and has no outcome" for each in sorted(planned - posted)
    ]
    missing += [f"order {' '.join(map(str, each[:3]))} has an outcome and no plan" for each in sorted(posted - planned)]
    counts = db.row("audit.count", batch_id=batch_id) or {}
    by_order = sum(row["orders"] for row in db.rows("audit.order_counts", batch_id=batch_id))
    db.rollback()
    if not missing and by_order != counts.get("orders"):
        missing.append(f"{counts.get('orders')} orders were extracted, {by_order} have an outcome")
    return f"counts differ (T1): {'; '.join(missing[:10])}" if missing else None


def seal(db: Database, store: Store, batch: Row) -> None:
    """Append the batch's digest to the store's chain: a missing or altered row shows (design 4.9)."""
    batch_id = batch["batch_id"]
    postings = db.rows("ledger.postings_of_batch", batch_id=batch_id)
    content = {
        "batch_id": batch_id,
        "run_id": batch["run_id"],
        "flow": batch["flow"],
        "counts": {name: sum(1 for row in postings if row["outcome"] == name) for name in OUTCOMES},
        "postings": digest_of_rows(postings),
    }
    with db.transaction():
        append(db, store.key, batch_id, "batch_sealed", content)


def append(db: Database, store: str, batch_id: int | None, event: str, content: Mapping[str, Any]) -> None:
    """One more entry of the store's chain, inside the caller's transaction."""
    db.run("audit.lock_chain", store=store)
    last = db.row("audit.last_entry", store=store)
    sequence, previous = (last["sequence"] + 1, last["digest"]) if last else (1, FIRST_DIGEST)
    db.run(
        "audit.append",
        store=store,
        sequence=sequence,
        batch_id=batch_id,
        event=event,
        content=json_value(content),
        previous_digest=previous,
        digest=link_digest(previous, content),
    )


def link_digest(previous: str, content: Mapping[str, Any]) -> str:
    """The digest of an entry: of its content and of the entry before it."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{text}".encode()).hexdigest()


def digest_of_rows(rows: Sequence[Row]) -> str:
    """A digest of postings that does not depend on how the database orders or shows them."""
    facts = (
        "subject_kind",
        "subject_key",
        "kind",
        "part",
        "generation",
        "outcome",
        "reason",
        "xero_id",
        "amount",
        "currency",
    )
    lines = sorted("|".join(str(row[name]) for name in facts) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
