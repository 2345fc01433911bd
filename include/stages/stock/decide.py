"""Check and transform: what is not sane is held, the rest is decided by the core; no call to anybody."""

from include.checks.stock import Level, check_stock
from include.database.connection import Database, Row
from include.domain.outcome import Hold, Skip
from include.domain.stock import Adjustment, Decided, decide
from include.settings.store import Store
from include.stages.orders.check import store_verdict
from include.stages.orders.run import each_batch
from include.stages.stock.extract import FLOW
from include.stages.stock.lines import seen_in
from include.stages.stock.terms import stock_policy


def check(db: Database, store: Store, batch_id: int) -> None:
    """Great Expectations on what came in. Raises StageRed where the whole batch cannot be trusted."""
    kits = stock_policy(db, store).kits

    def judged(batch: Row) -> str | None:
        rows = db.rows("stock.lines", batch_id=batch["batch_id"])
        db.rollback()
        counted = [row for row in rows if row["sku"] not in kits and not row["gone"]]
        levels = [
            Level(row["sku"], row["location_id"], row["in_xero"], row["in_store"], row["pending"]) for row in counted
        ]
        verdict, _ = check_stock(levels)
        store_verdict(db, batch["batch_id"], "incoming", verdict)
        return "; ".join(f"{rule}: {sentence}" for rule, sentence in verdict.broken) or None

    each_batch(db, [batch_id], stage="check", takes=("extracted",), leaves="checked", work=judged)


def transform(db: Database, store: Store, batch_id: int) -> None:
    """One decision a SKU and location."""
    policy = stock_policy(db, store)

    def planned(batch: Row) -> None:
        rows = db.rows("stock.lines", batch_id=batch["batch_id"])
        odd = {
            row["figures"]["sku"]: Hold(row["reason"], row["sentence"])
            for row in db.rows("plans.findings", batch_id=batch["batch_id"], checked="incoming")
            if row["order_key"] is not None
        }
        odd |= {row["sku"]: Hold("unknown_shape", f"{row['sku']}: {row['problem']}") for row in rows if row["problem"]}
        before = db.value("stock.batch_before", store=store.key, flow=FLOW, batch_id=batch["batch_id"])
        db.rollback()
        decided = decide([seen_in(row) for row in rows if row["sku"] not in odd], policy)
        decided += [Decided(seen_in(row), 0, odd[row["sku"]]) for row in rows if row["sku"] in odd]
        with db.transaction():
            for each in decided:
                db.run_later("stock.decide", batch_id=batch["batch_id"], **_columns(each))
            db.run("stock.since_when", batch_id=batch["batch_id"], before=before)

    each_batch(db, [batch_id], stage="transform", takes=("checked",), leaves="transformed", work=planned)


def _columns(decided: Decided) -> dict[str, object]:
    columns: dict[str, object] = {
        "sku": decided.seen.sku,
        "location_id": decided.seen.location_id,
        "target": decided.target,
        "how": None,
        "quantity": None,
        "reason": None,
        "sentence": decided.words,
        "remedy": None,
    }
    match decided.decision:
        case Adjustment() as adjustment:
            columns |= {"decision": "adjust", "how": adjustment.how, "quantity": adjustment.quantity}
        case Skip() as skip:
            columns |= {"decision": "skip", "reason": skip.reason, "sentence": skip.sentence}
        case Hold() as hold:
            columns |= {
                "decision": "hold",
                "reason": hold.reason,
                "sentence": hold.sentence,
                "remedy": hold.remedy or None,
            }
        case None:
            columns |= {"decision": "nothing"}
    return columns
