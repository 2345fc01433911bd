"""Check: an order whose shape or sums we do not know goes no further (design 4.18)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from include.checks.incoming import Asked, Seen, check_incoming
from include.checks.verdict import Verdict
from include.database.connection import Database, Row, json_value
from include.domain.order import Order
from include.domain.outcome import Hold
from include.domain.rules import findings_of
from include.settings.store import Store
from include.stages.orders.drift import notice_drift
from include.stages.orders.parts import Read, read_batch
from include.stages.orders.run import digest_key, each_batch
from include.stages.settings import as_decided


def check(db: Database, store: Store, batch_ids: Sequence[int], *, plainly: bool = False) -> None:
    """Run every rule on every order of the batches; failing orders are held, failing batches red (`StageRed`).

    plainly  the same rules without Great Expectations, whose import takes longer than an order may.
    """
    store = as_decided(db, store)
    each_batch(
        db,
        batch_ids,
        stage="check",
        takes=("extracted",),
        leaves="checked",
        work=lambda batch: _check_batch(db, store, batch, plainly),
    )


def _check_batch(db: Database, store: Store, batch: Row, plainly: bool) -> str | None:
    policy = store.policy(digest_key(store))

    def seen_of(read: Read) -> Seen:
        if isinstance(read.order, Order):
            return Seen(read.order_key, None, findings_of(read.order, policy), read.modified_at, read.placed_at)
        first = read.order[0]
        words = " ".join(problem.sentence for problem in read.order[:5])
        return Seen(
            read.order_key, Hold(first.reason, words, {"field": first.field}), {}, read.modified_at, read.placed_at
        )

    seen = [seen_of(read) for read in read_batch(db, batch["batch_id"])]
    policies = store.file.policies
    verdict = check_incoming(
        seen,
        held_share_max=policies.held_share_max,
        now=datetime.now(UTC),
        asked=_asked(db, batch),
        orders_a_day_max=policies.orders_a_day_max,
        plainly=plainly,
    )
    store_verdict(db, batch["batch_id"], "incoming", verdict)
    notice_drift(db, store.key, batch["batch_id"])
    return "; ".join(f"{rule}: {sentence}" for rule, sentence in verdict.broken) or None


def _asked(db: Database, batch: Row) -> Asked | None:
    """The window of the batch's extraction; none for orders that were fetched one by one."""
    if batch["extraction_id"] is None:
        return None
    found = db.row("batches.asked", extraction_id=batch["extraction_id"])
    db.rollback()
    return Asked(found["window_by"], found["window_start"], found["window_end"], found["orders"]) if found else None


def store_verdict(db: Database, batch_id: int, checked: str, verdict: Verdict) -> None:
    """Keep what the checks found: a row per failing record, one per rule that all met, one per broken batch rule."""
    failed = {finding.rule for finding in verdict.findings} | {rule for rule, _ in verdict.broken}
    empty = json_value({})
    rows: list[tuple[object, ...]] = [
        (
            batch_id,
            checked,
            each.rule,
            each.order_key,
            False,
            each.hold.reason,
            each.hold.sentence,
            json_value(each.hold.figures),
        )
        for each in verdict.findings
    ]
    rows += [(batch_id, checked, rule, None, False, None, sentence, empty) for rule, sentence in verdict.broken]
    rows += [(batch_id, checked, rule, None, True, None, None, empty) for rule in verdict.rules if rule not in failed]
    with db.transaction():
        db.run("plans.forget_findings", batch_id=batch_id, checked=checked)
        db.insert("plans.store_findings", rows)
