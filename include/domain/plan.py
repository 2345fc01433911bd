"""One order in, one decision a document out. This is the table of contents of the core."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from include.domain.bill import needs_tax_rows
from include.domain.contact import contact_key_of, contact_of
from include.domain.document import (
    Allocation,
    Contact,
    CreditNote,
    DocumentKind,
    Invoice,
    InvoiceStatus,
    Payment,
    RefundPayment,
    Standing,
)
from include.domain.facts import invoice_facts, payment_facts
from include.domain.invoice import closed_to_of, invoice_of
from include.domain.money import ZERO, minor_digits, shown
from include.domain.order import Order, Status
from include.domain.outcome import Hold, Skip
from include.domain.payment import PlannedPayment, payments_of
from include.domain.policy import Policy, Reference
from include.domain.proof import Proof, prove
from include.domain.receipt import CHARGED, approval_day_of, gave_back, money_of, needs_tenders, receipts_of
from include.domain.refund import PlannedRefund, refunds_of
from include.domain.status import Enter, entry_of, says_refunded
from include.domain.tax import NeedsRows
from include.domain.voucher import GIFT_CERTIFICATE, problem_with, redeemed_of

Document = Invoice | Payment | CreditNote | RefundPayment | Allocation
PartName = Literal["transactions", "refunds", "taxes", "metafields"]


@dataclass(frozen=True, slots=True)
class Planned:
    """The decision on one document of an order.

    facts    what the shop said that this document depends on, as text: its digest tells whether the order changed (T7).
             Settings and code are no part of it.
    amount   what it is about, where that is known, also when it is held.
    """

    kind: DocumentKind
    part: str
    decision: Document | Skip | Hold
    facts: str
    amount: Decimal | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All decisions on one order. The invoice comes first; `contact` is None where nothing is posted."""

    order_id: int
    currency: str
    contact: Contact | None
    documents: tuple[Planned, ...]


def parts_needed(order: Order, policy: Policy, reference: Reference, *, drafted: bool = False) -> frozenset[PartName]:
    """The parts of this order that must be read before it can be planned, and are not read yet.

    Each costs a call, so each is asked only where the books depend on it (accounting.md 3 and 5).

    drafted   whether its invoice is a draft, so that money which came since did not come with the order
    """
    needed: set[PartName] = set()
    if policy.b2b_edition and order.pays_an_invoice is None:
        needed.add("metafields")
    late = drafted and order.payment_status in CHARGED  # it was not charged at once, so only its tenders tell the day
    if order.tenders is None and (late or needs_tenders(order, policy)) and order.status is not None:
        needed.add("transactions")
    if order.refunds is None and _may_hold_refunds(order):
        needed.add("refunds")
    if order.tax_rows is None and not needed and order.status_id != Status.INCOMPLETE:
        if policy.tax_detail == "always":
            needed.add("taxes")
        else:
            sale = _sale(order, policy)
            if isinstance(sale, Sale) and needs_tax_rows(order, sale.proof, policy, reference):
                needed.add("taxes")
    return frozenset(needed)


def plan_order(
    order: Order, policy: Policy, reference: Reference, standing: Standing | None = None, generation: int = 1
) -> Plan:
    """What the books should show of this order. Total: every order gets a plan, whatever it holds.

    standing     its invoice as our link table knows it, None where there is none yet
    generation   above 1 where a person had it posted anew, under the next number
    """
    invoice = _entered(order, policy, reference, standing, generation)
    if isinstance(invoice, NeedsRows):
        words = f"{invoice.ref}: several tax types fit, and the order's tax rows were not read."
        invoice = Hold("missing_field", words, {"part": "taxes"})
    facts = invoice_facts(order)
    if not isinstance(invoice, Invoice):
        planned = [Planned("invoice", "1", invoice, facts, order.total_inc)]
        credit = _credit_for_closed(order, invoice, policy, reference, standing, generation)
        if credit:
            contact = contact_of(order, policy)
            return Plan(order.id, order.currency, contact, (planned[0], *credit))
        if isinstance(invoice, Hold):
            planned += _hanging_payments(order, policy)
        elif invoice.reason == "b2b_invoice_payment":
            planned += _unapplied_receipts(order, policy)
        return Plan(order.id, order.currency, None, tuple(planned))

    payments = _unless_voided(order, payments_of(order, invoice, policy, reference))
    refunds = refunds_of(order, invoice, _received(payments), policy, reference)
    planned = [Planned("invoice", "1", invoice, facts, invoice.total, tuple(line.words for line in invoice.lines))]
    planned += [
        Planned("payment", each.part, each.decision, payment_facts(each.part, each.amount, order), each.amount)
        for each in payments
    ]
    for refund in refunds:
        planned += _refund_documents(refund)
    missing = _missing_record(order)
    if missing is not None:
        planned.append(Planned("credit_note", "0", missing, repr(("no record", order.status_id)), order.total_inc))
    unknown = _unknown_money(order, payments, invoice.total, policy)
    if unknown is not None:
        planned.append(Planned("payment", "0", unknown, "unread"))
    return Plan(order.id, order.currency, contact_of(order, policy), tuple(planned))


@dataclass(frozen=True, slots=True)
class Sale:
    """An order that enters the books, its total proven."""

    proof: Proof
    status: InvoiceStatus
    paid: bool


def _sale(order: Order, policy: Policy) -> Sale | Skip | Hold:
    """Status first where it settles the matter without money, then the proof."""
    money = money_of(order, policy)
    first = entry_of(order, money, None, policy)
    if isinstance(first, Skip | Hold):
        return first
    proof = prove(order, policy.tolerance_minor_units)
    if not isinstance(proof, Proof):
        return proof
    owed = proof.total - redeemed_of(order, policy)
    entry = entry_of(order, money, owed, policy)
    if not isinstance(entry, Enter):
        return entry
    unanswered = problem_with(order, policy, sold=False) if _uses_certificate(order) else None
    if unanswered is not None:
        return unanswered
    return Sale(proof, entry.status, paid=(money.received or ZERO) >= owed)


def _entered(
    order: Order, policy: Policy, reference: Reference, standing: Standing | None, generation: int
) -> Invoice | Skip | Hold | NeedsRows:
    sale = _sale(order, policy)
    if not isinstance(sale, Sale):
        return sale
    return invoice_of(
        order,
        sale.proof,
        sale.status,
        contact_key_of(order, policy),
        policy,
        reference,
        paid=sale.paid,
        standing=standing,
        generation=generation,
        approved_on=approval_day_of(order, policy, reference) if standing is not None else None,
    )


def _credit_for_closed(
    order: Order,
    invoice: Skip | Hold,
    policy: Policy,
    reference: Reference,
    standing: Standing | None,
    generation: int,
) -> list[Planned]:
    """The whole credit of an invoice that cannot be voided: its order was cancelled, and its date is closed (accounting.md 4)."""
    cancelled = isinstance(invoice, Skip) and invoice.reason in ("cancelled_never_paid", "declined")
    if not cancelled or standing is None or standing.today is None or standing.status != "AUTHORISED":
        return []
    closed_to = closed_to_of(policy, reference)
    if closed_to is None or standing.dated > closed_to:
        return []
    sold = _entered(order, replace(policy, cancelled_stays=True), reference, standing, generation)
    if not isinstance(sold, Invoice):
        return []
    number = f"{policy.credit_prefix}{order.id}-cancelled"
    note = CreditNote(
        number=number,
        invoice_number=sold.number,
        reference=str(order.id),
        credit_date=max(standing.today, closed_to + timedelta(days=1)),
        currency=sold.currency,
        line_amount_types=sold.line_amount_types,
        lines=tuple(replace(line, item_code=None) for line in sold.lines),
        total=sold.total,
        tax=sold.tax,
        currency_rate=sold.currency_rate,
    )
    allocation = Allocation("cancelled", number, sold.number, sold.total, sold.currency)
    facts = repr(("cancelled", sold.number, sold.total))
    return [
        Planned("credit_note", "cancelled", note, facts, sold.total),
        Planned("allocation", "cancelled", allocation, facts, sold.total),
    ]


def _uses_certificate(order: Order) -> bool:
    """Whether a certificate was used: whether that is a payment depends on how its sale was taxed (accounting.md 2)."""
    tenders = order.tenders or ()
    return bool(order.gift_certificate_amount) or any(tender.method == GIFT_CERTIFICATE for tender in tenders)


def _may_hold_refunds(order: Order) -> bool:
    return says_refunded(order) or gave_back(order)


def _unless_voided(order: Order, payments: tuple[PlannedPayment, ...]) -> tuple[PlannedPayment, ...]:
    """A payment that the order calls void, while its tenders still show it, is held: one of the two is wrong."""
    if order.payment_status != "void":
        return payments
    hold = Hold("refund_without_record", "The order calls its payment void; its tenders still show the money.")
    return tuple(replace(each, decision=hold) if isinstance(each.decision, Payment) else each for each in payments)


def _missing_record(order: Order) -> Hold | None:
    """Refunded by its status or its tenders, but no refund record: a person's word is not evidence of money."""
    if order.refunds:
        return None
    if not _may_hold_refunds(order):
        return None
    if order.refunds is None:
        return Hold(
            "missing_field", "The shop says that money went back; its refunds were not read.", {"part": "refunds"}
        )
    return Hold("refund_without_record", "The shop says the order was refunded, but holds no refund record of it.")


def _unknown_money(order: Order, payments: tuple[PlannedPayment, ...], total: Decimal, policy: Policy) -> Hold | None:
    """What came is not known: nobody looked, or the order says paid and its tenders say nothing (T4)."""
    if order.tenders is None and needs_tenders(order, policy):
        words = "Its payments were not read, and the order's own words do not settle them."
        return Hold("missing_field", words, {"part": "transactions"})
    if order.tenders is not None and order.payment_status in CHARGED and total and not payments:
        words = f"The order says {order.payment_status!r}, but the shop holds no payment of it."
        return Hold("missing_field", words, {"part": "transactions", "total": shown(total)})
    return None


def _received(payments: tuple[PlannedPayment, ...]) -> Decimal:
    return sum((payment.amount for payment in payments), ZERO)


def _hanging_payments(order: Order, policy: Policy) -> list[Planned]:
    """A held invoice holds what hangs on it (T5)."""
    digits = minor_digits(order.currency)
    return [
        Planned(
            "payment",
            receipt.part,
            Hold("invoice_held", f"{shown(receipt.amount, digits)} was received; its invoice is held."),
            payment_facts(receipt.part, receipt.amount, order),
            receipt.amount,
        )
        for receipt in receipts_of(order, order.total_inc, "UTC", policy)
    ]


def _unapplied_receipts(order: Order, policy: Policy) -> list[Planned]:
    """A payment of another order's invoice is no sale, but its receipt is not dropped."""
    hold = Hold("b2b_receipt", "It pays an invoice of another order; say which.")
    return [replace(planned, decision=hold) for planned in _hanging_payments(order, policy)]


def _refund_documents(planned: PlannedRefund) -> list[Planned]:
    refund = planned.refund
    facts = repr(refund)
    documents = [Planned("credit_note", str(refund.id), planned.credit_note, facts, refund.total)]
    documents += [
        Planned("refund_payment", part, decision, repr((part, amount)), amount)
        for part, amount, decision in planned.payments
    ]
    if planned.allocation is not None:
        allocation = planned.allocation
        documents.append(Planned("allocation", str(refund.id), allocation, repr(allocation.amount), allocation.amount))
    return documents
