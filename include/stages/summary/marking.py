"""Transform's word on each planned document: whether it belongs to the summary of its day, and what it brings to it."""

from collections.abc import Collection, Iterable
from typing import Any

from include.database.connection import Database, json_value
from include.domain.order import Order
from include.domain.plan import Plan
from include.domain.summary import members_of, single_because
from include.settings.forms import utc
from include.settings.store import Store
from include.stages.orders.parts import Read
from include.stages.orders.planning import Planner
from include.stages.summary.kept import told


def mark_members(
    db: Database,
    store: Store,
    batch_id: int,
    planned: Iterable[tuple[Read, Plan]],
    held: Collection[int],
    planner: Planner,
) -> None:
    """Mark the documents that belong to a summary, inside the caller's transaction.

    held      the orders that the check of what goes out keeps back
    planner   it knows which orders are in the books, by themselves or within a summary: neither ever becomes the other
    """
    policy, reference = planner.policy, planner.reference
    known = {
        int(row["order_key"]): bool(row["fixed"])
        for row in db.rows("summary.orders_of_batch", store=store.key, batch_id=batch_id)
    }
    if policy.posting == "order" and not known:
        return
    adopt_before = store.file.policies.adopt_before
    marks: list[tuple[Any, ...]] = []
    for read, plan in planned:
        order = read.order
        if not isinstance(order, Order) or read.order_key in held:
            continue
        fixed = known.get(read.order_key)
        if not fixed and read.order_key in planner.known.standing:
            continue
        if not fixed and single_because(
            order,
            plan,
            policy,
            reference,
            waits=fixed is not None,
            adopt_before=utc(adopt_before) if adopt_before is not None else None,
        ):
            continue
        marks += [
            (batch_id, str(read.order_key), each.kind, each.part, json_value(told(member)))
            for each, member in members_of(order, plan)
        ]
    db.insert("summary.mark", marks)
