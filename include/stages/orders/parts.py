"""The stored parts of a batch, as orders."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from include.clients.answers import json_of
from include.database.connection import Database
from include.domain.order import Order
from include.wire.bigcommerce_order import gathered, order_of
from include.wire.bigcommerce_rows import Problem


@dataclass(frozen=True, slots=True)
class Read:
    """One order of a batch: what the shop said, read, or what keeps it from being an order."""

    order_key: int
    order: Order | tuple[Problem, ...]
    placed_at: datetime | None
    modified_at: datetime | None


def read_batch(db: Database, batch_id: int) -> Iterator[Read]:
    """Every order of the batch, by its number."""
    rows = db.rows("batches.parts_of_batch", batch_id=batch_id)
    db.rollback()
    for order_key, group in groupby(rows, key=lambda row: row["order_key"]):
        parts = list(group)
        head = next((row for row in parts if row["part"] == "order"), parts[0])
        content = {row["part"]: content_of(row["body"]) for row in parts}
        order = read_order(content)
        placed, modified = (order.created_at, order.modified_at) if isinstance(order, Order) else (None, None)
        yield Read(int(order_key), order, placed or head["placed_at"], modified or head["modified_at"])


def newest_order(db: Database, store: str, order_key: int) -> Order | tuple[Problem, ...]:
    """The order as it was extracted last, or its problems."""
    rows = db.rows("correction.parts", store=store, order_key=order_key)
    db.rollback()
    return read_order({row["part"]: content_of(row["body"]) for row in rows})


def content_of(body: Any) -> Any:
    """A part's JSON with exact numbers; an empty body (204) is an empty list."""
    kept = bytes(body)
    return json_of(kept) if kept.strip() else []


def read_order(content: dict[str, Any]) -> Order | tuple[Problem, ...]:
    """The order of these parts, or its problems; a part of a form that nobody expected is a problem too."""
    if not isinstance(content.get("order"), dict):
        return (Problem("unknown_shape", "order", "The shop answered something that is not an order."),)
    try:
        return order_of(gathered(content))
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        return (Problem("unknown_shape", type(error).__name__, f"A part of the order has an unknown form: {error}."),)
