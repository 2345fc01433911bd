"""Check: what is not sane goes no further (design 4.18)."""

from collections.abc import Sequence

from include.checks.items import check_items
from include.database.connection import Database, Row
from include.settings.store import Store
from include.stages.items.reading import read_batch
from include.stages.orders.check import store_verdict
from include.stages.orders.run import each_batch


def check(db: Database, store: Store, batch_ids: Sequence[int]) -> None:
    """Great Expectations on what came in. Raises StageRed where a batch cannot be judged."""

    def judged(batch: Row) -> str | None:
        verdict = check_items(read_batch(db, batch["batch_id"]).sellables)
        store_verdict(db, batch["batch_id"], "incoming", verdict)
        return "; ".join(f"{rule}: {sentence}" for rule, sentence in verdict.broken) or None

    each_batch(db, batch_ids, stage="check", takes=("extracted",), leaves="checked", work=judged)
