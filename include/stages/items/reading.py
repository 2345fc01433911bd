"""The products of a batch, as what the shop sells: one thing a SKU."""

from dataclasses import dataclass
from datetime import UTC, datetime

from include.database.connection import Database
from include.domain.item import Sellable, named
from include.stages.orders.parts import content_of
from include.wire.bigcommerce_product import sellables_of
from include.wire.bigcommerce_rows import Problem

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Misread:
    """A product that cannot be read: what it is called in our tables, and why."""

    key: str
    product_id: int
    modified_at: datetime | None
    problem: Problem


@dataclass(frozen=True, slots=True)
class Catalogued:
    """A batch's products, read. `gone` are products that the shop has no more."""

    sellables: list[Sellable]
    misread: list[Misread]
    gone: list[int]


def read_batch(db: Database, batch_id: int) -> Catalogued:
    """Everything that the batch's products sell, each under a key of its own."""
    rows = db.rows("items.products_of_batch", batch_id=batch_id)
    db.rollback()
    sellables: list[Sellable] = []
    misread: list[Misread] = []
    for row in rows:
        if row["body"] is None:
            continue
        found = sellables_of(content_of(row["body"]))
        if isinstance(found, Problem):
            product_id = int(row["product_id"])
            misread.append(Misread(f"product {product_id}", product_id, row["modified_at"], found))
        else:
            sellables += found
    return Catalogued(named(sellables), misread, [int(row["product_id"]) for row in rows if row["body"] is None])
