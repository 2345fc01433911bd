"""Check: a customer whose shape we do not know goes no further."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from include.checks.customers import SeenCustomer, check_customers
from include.database.connection import Database, Row
from include.domain.customer import Customer
from include.domain.outcome import Hold
from include.settings.store import Store
from include.stages.orders.check import store_verdict
from include.stages.orders.parts import content_of
from include.stages.orders.run import each_batch
from include.stages.settings import as_decided
from include.wire.bigcommerce_customer import customer_of

REMEDY = "Correct the customer in the shop; the next run reads it again."


@dataclass(frozen=True, slots=True)
class Read:
    """One customer of a batch: read, or why not. `changed_at` is known of both."""

    customer_id: int
    customer: Customer | Hold
    changed_at: datetime
    gone: bool


def check(db: Database, store: Store, batch_ids: Sequence[int]) -> None:
    """Run the rules on every customer of the batches. Raises StageRed where a batch cannot be read on the whole."""
    store = as_decided(db, store)

    def judged(batch: Row) -> str | None:
        seen = [
            SeenCustomer(each.customer_id, each.customer if isinstance(each.customer, Hold) else None)
            for each in read_batch(db, store, batch["batch_id"])
        ]
        verdict = check_customers(seen, held_share_max=store.file.policies.held_share_max)
        store_verdict(db, batch["batch_id"], "incoming", verdict)
        return "; ".join(f"{rule}: {sentence}" for rule, sentence in verdict.broken) or None

    each_batch(db, batch_ids, stage="check", takes=("extracted",), leaves="checked", work=judged)


def read_batch(db: Database, store: Store, batch_id: int) -> Iterator[Read]:
    """Every customer of the batch, by number."""
    rows = db.rows("customers.of_batch", batch_id=batch_id)
    db.rollback()
    for row in rows:
        found = customer_of(content_of(row["body"]), store.file.customers.tax_number_field)
        if isinstance(found, Customer):
            yield Read(row["customer_id"], found, found.modified_at, row["gone"])
            continue
        first = found[0]
        words = " ".join(problem.sentence for problem in found[:5])
        hold = Hold(first.reason, words, {"field": first.field}, REMEDY)
        yield Read(row["customer_id"], hold, row["modified_at"] or row["fetched_at"], row["gone"])
