"""An order planned as a run plans it: with the store's settings, what people decided, and what stands in the books."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from include.database.connection import Database, Row
from include.domain.decision import Decision, plan_decided
from include.domain.document import Standing
from include.domain.money import ZERO, minor_digits, minor_unit
from include.domain.order import Order, TaxRow
from include.domain.plan import Plan, Planned
from include.domain.policy import Policy, Reference
from include.settings.store import Store
from include.stages.item_codes import item_codes
from include.stages.orders.parts import content_of
from include.stages.orders.run import digest_key
from include.wire.bigcommerce_money import tax_rows_of
from include.wire.xero_documents import digest


@dataclass(frozen=True)
class Known:
    """What is known of some orders beside themselves, by order: decisions, standing invoices, first tax rows."""

    decisions: Mapping[int, Sequence[Row]] = field(default_factory=dict)
    standing: Mapping[int, Standing] = field(default_factory=dict)
    generations: Mapping[int, int] = field(default_factory=dict)
    first_taxes: Mapping[int, tuple[TaxRow, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Planner:
    """Plans orders under one store's settings and one snapshot of its organisation."""

    policy: Policy
    reference: Reference
    known: Known = field(default_factory=Known)

    def plan(self, order: Order) -> Plan:
        """The order's plan."""
        return plan_decided(
            self.as_first_taxed(order),
            self.policy,
            self.reference,
            self.standing(order.id),
            self.decisions(order.id),
            digest,
            self.generation(order.id),
        )

    def standing(self, order_key: int) -> Standing | None:
        """Its invoice in the books; one under an earlier number is not it."""
        same = self.known.generations.get(order_key, 1) == self.generation(order_key)
        return self.known.standing.get(order_key) if same else None

    def decisions(self, order_key: int) -> list[Decision]:
        """What people decided about the order."""
        return [decision_of(row) for row in self.known.decisions.get(order_key, ()) if row["choice"] != "again"]

    def generation(self, order_key: int) -> int:
        """Which numbering of its invoice the order is at: a number that Xero has seen is spent (accounting.md 2)."""
        decided = [int(row["generation"]) for row in self.known.decisions.get(order_key, ())]
        return max([self.known.generations.get(order_key, 1), *decided])

    def accepts(self, order_key: int, planned: Planned) -> bool:
        """Whether a person took what stands in Xero as right, knowing these facts."""
        return any(
            each.choice == "accept"
            and (each.kind, each.part) == (planned.kind, planned.part)
            and each.facts == digest(planned.facts)
            for each in self.decisions(order_key)
        )

    def as_first_taxed(self, order: Order) -> Order:
        """The order with the tax rows that its invoice was made from, where they still give its tax (accounting.md 3)."""
        first = self.known.first_taxes.get(order.id)
        if first is None or first == order.tax_rows:
            return order
        tolerance = minor_unit(minor_digits(order.currency)) * self.policy.tolerance_minor_units
        gap = abs(sum((row.amount for row in first), ZERO) - order.total_tax)
        return replace(order, tax_rows=first) if gap <= tolerance else order


def planner_for(db: Database, store: Store, reference: Reference, batch_id: int) -> Planner:
    """The planner of a batch's orders."""
    links = db.rows("plans.standing_invoices", batch_id=batch_id, store=store.key)
    decided = db.rows("decisions.of_batch", store=store.key, batch_id=batch_id)
    return _planner(db, store, reference, links, decided)


def planner_of_order(db: Database, store: Store, reference: Reference, order_key: int) -> Planner:
    """The planner of one order, outside of any run."""
    found = db.rows("ledger.links", store=store.key, subject_kind="order", subject_keys=[str(order_key)])
    links = [row for row in found if row["kind"] == "invoice" and row["dated"] is not None]
    links += db.rows("summary.standing_of_order", store=store.key, order_key=order_key)
    decided = db.rows("decisions.of_order", store=store.key, subject_key=str(order_key))
    newest = {(row["kind"], row["part"], row["reason"]): row for row in decided}
    return _planner(db, store, reference, sorted(links, key=lambda row: row["generation"]), list(newest.values()))


def planner_of_orders(db: Database, store: Store, reference: Reference, order_keys: Sequence[int]) -> Planner:
    """The planner of many orders, outside of any run."""
    keys = [str(key) for key in order_keys]
    found = db.rows("ledger.links", store=store.key, subject_kind="order", subject_keys=keys)
    links = [row for row in found if row["kind"] == "invoice" and row["part"] == "1" and row["dated"] is not None]
    links += db.rows("reconciliation.standing_in_days", store=store.key, order_keys=list(order_keys))
    decided = db.rows("reconciliation.decisions", store=store.key, subject_keys=keys)
    newest = {(row["subject_key"], row["kind"], row["part"], row["reason"]): row for row in decided}
    return _planner(db, store, reference, sorted(links, key=lambda row: row["generation"]), list(newest.values()))


def _planner(db: Database, store: Store, reference: Reference, links: Sequence[Row], decided: Sequence[Row]) -> Planner:
    keys = sorted({str(row["subject_key"]) for row in links})
    taxes: dict[int, list[Any]] = {}
    for row in db.rows("plans.first_taxes", store=store.key, subject_keys=keys) if keys else ():
        taxes.setdefault(int(row["order_key"]), []).extend(content_of(row["body"]))
    db.rollback()
    today = datetime.now(ZoneInfo(reference.zone)).date()
    decisions: dict[int, list[Row]] = {}
    for row in decided:
        decisions.setdefault(int(row["subject_key"]), []).append(row)
    codes = item_codes(db, store)
    policy = store.policy(digest_key(store))
    return Planner(
        replace(policy, item_codes={**codes.by_sku, **policy.item_codes}),
        reference if reference.items is None else replace(reference, items=reference.items | codes.new),
        Known(
            decisions,
            {int(row["subject_key"]): Standing(row["dated"], row["status"], today) for row in links},
            {int(row["subject_key"]): int(row["generation"]) for row in links},
            {key: tax_rows_of(rows) for key, rows in taxes.items()},
        ),
    )


def decision_of(row: Row) -> Decision:
    """A stored decision as the core reads it."""
    words = f"Decided by {row['by']} on {row['at']:%Y-%m-%d}: {row['why']}."
    return Decision(row["kind"], row["part"], row["reason"], row["choice"], row["source_hash"], words)
