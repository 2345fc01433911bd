"""A refund as the shop records it, on an order that was paid by card, and what the books must show of it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from given import POLICY, REFERENCE, D, order

from include.domain.document import CreditNote, Standing
from include.domain.order import Order, Refund, RefundItem, RefundPayment
from include.domain.outcome import Hold
from include.domain.plan import Plan, plan_order
from include.domain.policy import Policy, Reference
from include.sandbox.order_builder import OrderBuilder, an_order

#: Three mugs at 22.00, and all that can come on top: 88.00 with 8.00 of GST.
SOLD = an_order(1042).line("MUG", price="22.00", quantity=3).sent_to("AU").shipping("11.00").handling("3.30")
SOLD = SOLD.wrapping("5.50").fee("Rush", "2.20").placed("2026-05-13T02:00:00+00:00").paid("card")
MAY_20 = datetime(2026, 5, 20, 20, tzinfo=UTC)  # 21 May in Sydney


def part(
    kind: str, item_id: int = 0, *, units: int = 0, asked: str | None = None, less: str | None = None
) -> RefundItem:
    """One thing that the refund names: units of a product, an amount of a cost, or a free amount."""
    adjustments = () if less is None else (D(less),)
    return RefundItem(kind, item_id, units, None if asked is None else D(asked), adjustments)


def way(amount: str, provider: str = "stripe", *, id: str = "1", declined: bool = False) -> RefundPayment:
    """One way in which the money went back."""
    return RefundPayment(id, provider, D(amount), declined, offline=False)


def refund(
    total: str, tax: str, *parts: RefundItem, out: tuple[RefundPayment, ...] | None = None, **more: Any
) -> Refund:
    """A refund record: paid out whole by the card, unless `out` says otherwise."""
    facts = {"id": 7, "created_at": MAY_20, "override": False, "reason": ""} | more
    payments = (way(total),) if out is None else out
    return Refund(total=D(total), total_tax=D(tax), items=parts, payments=payments, **facts)


def given_back(
    told: OrderBuilder | Order,
    *refunds: Refund,
    policy: Policy = POLICY,
    reference: Reference = REFERENCE,
    standing: Standing | None = None,
    **decided: Any,
) -> Plan:
    """The plan of the order with these refund records."""
    shop = told if isinstance(told, Order) else order(told)
    return plan_order(replace(shop, refunds=refunds), replace(policy, **decided), reference, standing)


def note_of(made: Plan) -> CreditNote:
    """The only credit note; the test fails with the reason where there is none."""
    [note] = [each.decision for each in made.documents if each.kind == "credit_note"]
    assert isinstance(note, CreditNote), note
    return note


def held_note(made: Plan) -> Hold:
    """Why the last credit note is not posted."""
    *_, note = [each.decision for each in made.documents if each.kind == "credit_note"]
    assert isinstance(note, Hold), note
    return note


def credited(made: Plan) -> list[tuple[str, str, str, str]]:
    """The lines of the credit note: what, amount, tax, tax type."""
    return [(line.ref, f"{line.amount:.2f}", f"{line.tax:.2f}", line.tax_type) for line in note_of(made).lines]
