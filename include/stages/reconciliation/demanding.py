"""What the shop demands of the books for one order: the core's own word, on the order as it is today (accounting.md T3, T4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from include.domain.document import Invoice, Payment, RefundPayment
from include.domain.facts import invoice_facts
from include.domain.money import ZERO, half_up, minor_digits
from include.domain.order import Order
from include.domain.outcome import Hold, Skip
from include.domain.plan import Plan, parts_needed
from include.domain.proof import Proof, prove
from include.domain.receipt import receipts_of
from include.domain.rules import findings_of
from include.stages.orders.planning import Planner
from include.stages.reconciliation.asking import Read
from include.wire.xero_documents import digest

Money = dict[tuple[str, str], tuple[Decimal, date | None]]  # kind, part -> signed amount, the organisation's day


@dataclass(frozen=True, slots=True)
class Demand:
    """What an order should be in the books.

    sale      what was sold; None where nothing should stand, and `skipped` says why
    money     payments, and what was paid out (below zero)
    certain   whether the money is known: not of an order that a rule holds, that cannot be read, or of which a part is missing
    facts     the digest of what its invoice depends on
    """

    currency: str
    sale: Decimal | None
    skipped: str = ""
    money: Money = field(default_factory=dict)
    certain: bool = True
    facts: str = ""
    accepted: bool = False
    modified_at: datetime | None = None


def demand_of(order: Read, head: Mapping[str, Any], planner: Planner) -> Demand:
    """The demand of one order. Total: one that cannot be read demands what its total says."""
    if not isinstance(order, Order):
        currency = str(head.get("default_currency_code") or head.get("currency_code") or "")
        return Demand(currency, _stated(head.get("total_inc_tax")), certain=False)
    facts = digest(invoice_facts(order))
    if findings_of(order, planner.policy):
        sold = _sold(order, planner)
        return Demand(order.currency, sold, certain=False, facts=facts, modified_at=order.modified_at)
    plan = planner.plan(order)
    first = plan.documents[0]
    sale: Decimal | None
    match first.decision:
        case Invoice() as invoice:
            sale = invoice.total
        case Hold():
            sale = _sold(order, planner)
        case _:
            sale = None
    return Demand(
        order.currency,
        sale,
        skipped=first.decision.reason if isinstance(first.decision, Skip) else "",
        money=_money(order, plan, planner),
        certain=not parts_needed(order, planner.policy, planner.reference),
        facts=facts,
        accepted=planner.accepts(order.id, first),
        modified_at=order.modified_at,
    )


def sold_of(order: Read, planner: Planner) -> Decimal | None:
    """What the order's own lines prove, whatever settings or a person say of it today."""
    return _sold(order, planner) if isinstance(order, Order) else None


def _sold(order: Order, planner: Planner) -> Decimal:
    proof = prove(order, planner.policy.tolerance_minor_units)
    return proof.total if isinstance(proof, Proof) else half_up(order.total_inc, minor_digits(order.currency))


def _money(order: Order, plan: Plan, planner: Planner) -> Money:
    came = {
        receipt.part: receipt.received_on
        for receipt in receipts_of(order, order.total_inc, planner.reference.zone, planner.policy)
    }
    found: Money = {}
    for each in plan.documents:
        if each.kind not in ("payment", "refund_payment") or each.amount is None or isinstance(each.decision, Skip):
            continue
        sign = -1 if each.kind == "refund_payment" else 1
        dated = each.decision.payment_date if isinstance(each.decision, Payment | RefundPayment) else None
        if dated is None:
            dated = came.get(each.part.removesuffix("-excess"))
        found[each.kind, each.part] = (sign * half_up(each.amount, minor_digits(order.currency)), dated)
    return found


def _stated(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return ZERO
    return half_up(amount) if amount.is_finite() else ZERO
