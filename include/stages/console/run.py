"""One run of a flow as its people see it: what it took, what became of it, what of that waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.database.connection import Database, Row

BATCHES_SHOWN = 100
WAITS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Became:
    """So many documents of a kind ended so; `amount` is their sum in `currency`, None where they bear no money."""

    kind: str
    outcome: str
    documents: int
    currency: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A run's batches, what became of them, and what was held or failed: the largest first."""

    batches: Sequence[Row]
    became: tuple[Became, ...]
    waits: Sequence[Row]

    @property
    def orders(self) -> int:
        """How many orders it took."""
        return sum(row["orders"] for row in self.batches)

    @property
    def calls(self) -> int:
        """How many calls to the vendors it cost."""
        return sum(row["calls"] for row in self.batches)


def run_of(db: Database, store: str, flow: str, run_id: str) -> RunSeen | None:
    """The run; None where it opened no batch: it took nothing, or is of a flow that keeps none."""
    batches = db.rows("run.batches", store=store, flow=flow, run_id=run_id, limit=BATCHES_SHOWN)
    batch_ids = [row["batch_id"] for row in batches]
    rows = db.rows("run.outcomes", batch_ids=batch_ids) if batches else []
    waits = db.rows("run.waits", batch_ids=batch_ids, limit=WAITS_SHOWN) if batches else []
    db.rollback()
    if not batches:
        return None
    became = (Became(r["kind"], r["outcome"], r["documents"], r["currency"] or "", r["amount"]) for r in rows)
    return RunSeen(batches, tuple(became), waits)
