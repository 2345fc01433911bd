"""What today's settings and code would write otherwise, and the correction that a person asks for (T7)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from include.database.connection import Database
from include.domain.document import Invoice
from include.domain.order import Order
from include.settings.store import Store
from include.stages.orders.parts import newest_order
from include.stages.orders.planning import planner_of_order
from include.stages.reference import newest
from include.stages.settings import as_decided
from include.wire.xero_documents import digest, invoice_body

CAUSE = "correction"


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One invoice that would be written otherwise today, although its order did not change: field, was, would be."""

    order_key: int
    number: str
    status: str
    changes: tuple[tuple[str, str, str], ...]


def preview(db: Database, store: Store, first: date, last: date) -> list[Otherwise]:
    """The invoices dated first to last that would be written otherwise. Asks nobody, writes nothing."""
    reference = newest(db, store)
    if reference is None:
        return []
    store = as_decided(db, store)
    links = db.rows("correction.links", store=store.key, first=first, last=last)
    found = []
    for link in links:
        order = newest_order(db, store.key, int(link["subject_key"]))
        if not isinstance(order, Order):
            continue
        planned = planner_of_order(db, store, reference, order.id).plan(order).documents[0]
        if not isinstance(planned.decision, Invoice) or digest(planned.facts) != link["source_hash"]:
            continue
        body = invoice_body(planned.decision)
        if digest(body) != link["body_hash"]:
            was = db.row(
                "correction.body", store=store.key, subject_key=link["subject_key"], body_hash=link["body_hash"]
            )
            changes = tuple(_changes(json.loads(bytes(was["body"])), json.loads(body))) if was is not None else ()
            found.append(Otherwise(order.id, link["number"], link["status"], changes))
    db.rollback()
    return found


def ask_for(db: Database, store: Store, order_keys: list[int]) -> None:
    """Have the next run of the moving window write these orders as today's settings say, where the books still allow it."""
    with db.transaction():
        for key in order_keys:
            db.run("correction.ask", store=store.key, subject_key=str(key), cause=CAUSE)


def _changes(was: Any, now: Any, at: str = "") -> Iterator[tuple[str, str, str]]:
    """Every field that differs, as a path with both values."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*was, *now]):
            yield from _changes(was.get(key), now.get(key), f"{at}.{key}" if at else key)
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for index, (before, after) in enumerate(zip(was, now, strict=True), start=1):
            yield from _changes(before, after, f"{at}[{index}]")
    elif was != now:
        yield at, "nothing" if was is None else str(was), "nothing" if now is None else str(now)
