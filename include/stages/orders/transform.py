"""Transform: every order has one decision a document, with the body that would be sent and its digests."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from include.checks.outgoing import Outgoing, check_outgoing
from include.database.connection import Database, Row, json_value
from include.domain.decision import without_dropped
from include.domain.document import Allocation, Contact, CreditNote, Invoice, Payment, RefundPayment
from include.domain.money import ZERO, half_up, minor_digits
from include.domain.order import Order
from include.domain.outcome import Hold, Skip
from include.domain.plan import Document, Plan, Planned
from include.settings.store import Store
from include.stages.orders.authorised import look_again_at_authorised
from include.stages.orders.check import store_verdict
from include.stages.orders.parts import Read, read_batch
from include.stages.orders.planning import Planner, planner_for
from include.stages.orders.run import each_batch
from include.stages.reference import stored
from include.stages.settings import as_decided
from include.stages.summary.marking import mark_members
from include.wire.xero_documents import (
    allocation_body,
    contact_body,
    credit_note_body,
    digest,
    invoice_body,
    payment_body,
    refund_payment_body,
)

# The moment of an order whose own dates cannot be read: older than everything, so that it overwrites nothing.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def transform(db: Database, store: Store, batch_ids: Sequence[int], *, plainly: bool = False) -> None:
    """Plan every order of the batches; no call to anybody. Raises StageRed for batches whose plans break a batch rule.

    plainly  what would go out is judged without Great Expectations, as in `check`.
    """
    store = as_decided(db, store)
    each_batch(
        db,
        batch_ids,
        stage="transform",
        takes=("checked",),
        leaves="transformed",
        work=lambda batch: _transform_batch(db, store, batch, plainly),
    )


def _transform_batch(db: Database, store: Store, batch: Row, plainly: bool) -> str | None:
    batch_id = batch["batch_id"]
    reference = stored(db, batch["reference_id"])
    planner = planner_for(db, store, reference, batch_id)
    failing = {
        row["order_key"]: Hold(row["reason"], row["sentence"], row["figures"])
        for row in reversed(db.rows("plans.findings", batch_id=batch_id, checked="incoming"))
        if row["order_key"] is not None
    }
    db.rollback()
    planned: list[tuple[Read, Plan]] = []
    for read in read_batch(db, batch_id):
        if read.order_key in failing or not isinstance(read.order, Order):
            stopped = _held_plan(read, failing.get(read.order_key))
            planned.append((read, without_dropped(stopped, planner.decisions(read.order_key))))
        else:
            planned.append((read, planner.plan(read.order)))
    verdict = check_outgoing(
        [each for read, plan in planned for each in _outgoing(read, plan)],
        reference,
        liability_line=planner.policy.tax_posting == "liability_line",
        tolerance_minor_units=planner.policy.tolerance_minor_units,
        plainly=plainly,
    )
    store_verdict(db, batch_id, "outgoing", verdict)
    if verdict.broken:
        return "; ".join(f"{rule}: {sentence}" for rule, sentence in verdict.broken)
    held = {finding.order_key: finding.hold for finding in verdict.findings}
    rows, contacts = [], []
    for read, plan in planned:
        rows += _rows(batch_id, store, planner, read, plan, held.get(read.order_key))
        if plan.contact is not None:
            contacts.append(contact_row(batch_id, plan.contact))
    with db.transaction():
        db.run("plans.forget_plans", batch_id=batch_id)
        db.run("plans.forget_contacts", batch_id=batch_id)
        db.insert("plans.store_plans", rows)
        db.insert("plans.store_contacts", list({row[1]: row for row in contacts}.values()))
        look_again_at_authorised(
            db, store, planner.policy, [(read.order, plan) for read, plan in planned if isinstance(read.order, Order)]
        )
        mark_members(db, store, batch_id, planned, held, planner)
    return None


def _held_plan(read: Read, finding: Hold | None) -> Plan:
    """An order that a check holds: one document, its invoice, held with the rule's sentence."""
    order = read.order
    if isinstance(order, Order):
        amount, currency, facts = order.total_inc, order.currency, repr(("held", finding and finding.reason))
    else:
        amount, currency, facts = None, "", repr(order)
        first = order[0]
        finding = finding or Hold(first.reason, first.sentence, {"field": first.field})
    assert finding is not None  # an order that no check holds is planned
    return Plan(read.order_key, currency, None, (Planned("invoice", "1", finding, facts, amount),))


def _outgoing(read: Read, plan: Plan) -> list[Outgoing]:
    order = read.order
    if not isinstance(order, Order):
        return []
    return [
        Outgoing(
            order_key=plan.order_id,
            kind=each.kind,
            part=each.part,
            document=each.decision,
            order_tax=_tax_demanded(order, each.decision) if isinstance(each.decision, Invoice) else None,
            order_total=_demanded(order, each.decision) if isinstance(each.decision, Invoice) else None,
        )
        for each in plan.documents
        if not isinstance(each.decision, Skip | Hold)
    ]


def _demanded(order: Order, invoice: Invoice) -> Decimal:
    """The total that the shop demands: stated with its certificates and store credit, or net of them (accounting.md 5)."""
    certificates = sum(
        (line.gross(invoice.line_amount_types) for line in invoice.lines if line.kind == "voucher"), ZERO
    )
    net_of_tenders = order.total_inc + order.gift_certificate_amount + order.store_credit_amount
    digits = minor_digits(order.currency)
    stated = net_of_tenders if half_up(net_of_tenders + certificates, digits) == invoice.total else order.total_inc
    return stated + certificates


def _tax_demanded(order: Order, invoice: Invoice) -> Decimal:
    """The tax that the shop charged, with what certificates bear that are taxed when sold (accounting.md 2)."""
    kinds = ("gift_certificate", "voucher")
    return order.total_tax + sum((line.tax for line in invoice.lines if line.kind in kinds), ZERO)


def _rows(
    batch_id: int, store: Store, planner: Planner, read: Read, plan: Plan, held: Hold | None
) -> list[tuple[Any, ...]]:
    order = read.order
    revision = order.modified_at if isinstance(order, Order) else read.modified_at
    happened = order.created_at if isinstance(order, Order) else read.placed_at
    rows = []
    for position, each in enumerate(plan.documents):
        decision: Document | Skip | Hold = each.decision
        if held is not None and not isinstance(decision, Skip | Hold):
            decision = held if position == 0 else Hold("invoice_held", f"Its order is held: {held.sentence}")
        body = None if isinstance(decision, Skip | Hold) else body_of(decision)
        stopped = decision if isinstance(decision, Skip | Hold) else None
        rows.append(
            (
                batch_id,
                store.key,
                "order",
                str(plan.order_id),
                each.kind,
                each.part,
                planner.generation(plan.order_id),
                position,
                "post" if body is not None else "skip" if isinstance(decision, Skip) else "hold",
                stopped.reason if stopped else None,
                stopped.sentence if stopped else None,
                (stopped.remedy or None) if isinstance(stopped, Hold) else None,
                json_value(dict(stopped.figures) if isinstance(stopped, Hold) else {}),
                getattr(decision, "number", None),
                _parent(decision),
                getattr(decision, "contact_key", None) or (plan.contact.key if plan.contact else None),
                getattr(decision, "status", None),
                getattr(decision, "reference", None),
                _dated(decision),
                body.encode() if body is not None else None,
                each.amount if plan.currency else None,
                getattr(decision, "tax", None),
                plan.currency or None,
                "; ".join(word for word in each.words if word),
                digest(each.facts),
                digest(body) if body is not None else None,
                revision or LONG_AGO,
                happened or LONG_AGO,
                getattr(decision, "not_before", None),
                planner.accepts(plan.order_id, each),
            )
        )
    return rows


def body_of(document: Document) -> str:
    """The document as Xero's body, without the ids that load adds."""
    match document:
        case Invoice():
            return invoice_body(document)
        case Payment():
            return payment_body(document)
        case CreditNote():
            return credit_note_body(document)
        case RefundPayment():
            return refund_payment_body(document)
        case Allocation():
            return allocation_body(document)


def _parent(decision: Document | Skip | Hold) -> str | None:
    """The number of the document that this one hangs on."""
    if isinstance(decision, RefundPayment | Allocation):
        return decision.credit_note_number
    return decision.invoice_number if isinstance(decision, Payment | CreditNote) else None


def _dated(decision: Document | Skip | Hold) -> date | None:
    for name in ("invoice_date", "payment_date", "credit_date"):
        found = getattr(decision, name, None)
        if isinstance(found, date):
            return found
    return None


def contact_row(batch_id: int, contact: Contact) -> tuple[Any, ...]:
    """The row of `planned_contact`."""
    body = contact_body(contact).encode()
    return (batch_id, contact.key, contact.number, contact.name, contact.suffixed_name, contact.person.email, body)
