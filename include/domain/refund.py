"""A refund of the shop as one credit note, paid out and allocated (accounting.md 7).

Its lines are made in `refund_lines.py`; here is what it is dated, what is paid out, and what is set against the invoice.
"""

from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from include.domain.document import Allocation, CreditNote, Invoice, RefundPayment
from include.domain.invoice import open_day
from include.domain.money import ZERO, half_up, minor_digits, minor_unit, shown
from include.domain.order import Order, Refund
from include.domain.outcome import Hold
from include.domain.payment import account_for
from include.domain.policy import Policy, Reference
from include.domain.receipt import tender_rule_of
from include.domain.refund_lines import LINE_KINDS, Credited, fitted, shares_of
from include.domain.xero_arithmetic import totals_of

STORE_CREDIT_PROVIDERS = ("storecredit", "store_credit")


@dataclass(frozen=True, slots=True)
class PlannedRefund:
    """What a refund becomes: the credit note, what is paid out, and what is set against the invoice."""

    refund: Refund
    credit_note: CreditNote | Hold
    payments: tuple[tuple[str, Decimal, RefundPayment | Hold], ...] = ()
    allocation: Allocation | None = None


def refunds_of(
    order: Order, invoice: Invoice, received: Decimal, policy: Policy, reference: Reference
) -> tuple[PlannedRefund, ...]:
    """All refunds of the order, oldest first.

    received   the money that came for the order: more than that is never given back.
    """
    credited = Credited()
    left, due = received, max(invoice.total - received, ZERO)
    planned = []
    for refund in sorted(order.refunds or (), key=lambda each: each.id):
        note = _credit_note(order, invoice, refund, credited, policy, reference)
        if isinstance(note, Hold):
            planned.append(PlannedRefund(refund, note))
            continue
        passed = [index for index, payment in enumerate(refund.payments) if not payment.declined]
        paid = sum((refund.payments[index].amount for index in passed), ZERO)
        if paid > left or paid > note.total:
            digits = minor_digits(order.currency)
            hold = Hold(
                "refund_unexplained",
                f"{shown(paid, digits)} was given back; only {shown(min(left, note.total), digits)} can be explained.",
                {
                    "given back": shown(paid, digits),
                    "received": shown(received, digits),
                    "credit": shown(note.total, digits),
                },
            )
            planned.append(PlannedRefund(refund, hold))
            continue
        left -= paid
        payments = tuple(_payment(order, refund, note, index, policy, reference) for index in passed)
        # What is neither paid out nor due stays as credit of the customer: Xero refuses to allocate more than is due.
        rest = min(note.total - paid, due)
        due -= rest
        allocation = Allocation(str(refund.id), note.number, invoice.number, rest, order.currency) if rest else None
        planned.append(PlannedRefund(refund, note, payments, allocation))
    return tuple(planned)


def _credit_note(
    order: Order, invoice: Invoice, refund: Refund, credited: Credited, policy: Policy, reference: Reference
) -> CreditNote | Hold:
    digits = minor_digits(order.currency)
    figures = {"refund": shown(refund.total, digits), "tax": shown(refund.total_tax, digits)}
    declined = [payment for payment in refund.payments if payment.declined]
    if declined and policy.declined_refund == "hold":
        amount = shown(sum((payment.amount for payment in declined), ZERO), digits)
        return Hold("refund_declined", f"{amount} of the refund of {figures['refund']} was declined.", figures)
    if refund.created_at is None:
        return Hold("missing_field", f"The refund of {figures['refund']} has no date.", {"field": "refunds.created"})
    puzzle = _puzzle(refund, policy)
    if puzzle:
        return Hold("refund_unexplained", puzzle.format(**figures), {**figures, **_proposal(invoice, refund, digits)})
    shares = shares_of(order, invoice, refund, credited, policy)
    if shares is None:
        return Hold("refund_unexplained", f"The refund of {figures['refund']} names something not invoiced.", figures)
    tolerance = minor_unit(digits) * policy.tolerance_minor_units
    lines = fitted(shares, refund, invoice.line_amount_types, tolerance, policy.no_tax_type)
    if isinstance(lines, Hold):
        return lines
    created = refund.created_at.astimezone(ZoneInfo(reference.zone)).date()
    dated = open_day(created, policy, reference)
    if isinstance(dated, Hold):
        return dated
    totals = totals_of(lines, invoice.line_amount_types)
    return CreditNote(
        number=f"{policy.credit_prefix}{order.id}-{refund.id}",
        invoice_number=invoice.number,
        reference=str(order.id),
        credit_date=max(dated, invoice.invoice_date),
        currency=order.currency,
        currency_rate=invoice.currency_rate,
        line_amount_types=invoice.line_amount_types,
        lines=tuple(lines),
        total=totals.total,
        tax=totals.tax,
    )


def _puzzle(refund: Refund, policy: Policy) -> str:
    """Why a person must decide, or nothing."""
    kinds = {item.kind for item in refund.items}
    if not refund.items or kinds == {"TAX"}:
        return "Only tax was given back ({tax}); no line says of what."
    if "ORDER" in kinds and policy.order_level_refund == "hold":
        return "A free amount of {refund} was given back; the shop states no tax for it."
    if policy.refund_restocks == "ask" and "PRODUCT" in kinds:
        return "Goods of {refund} were refunded; by setting a person says whether they came back into stock."
    unknown = kinds - set(LINE_KINDS) - {"ORDER"}
    return f"The refund of {{refund}} has a part of unknown kind {', '.join(sorted(unknown))}." if unknown else ""


def _proposal(invoice: Invoice, refund: Refund, digits: int) -> dict[str, str]:
    """The tax of a free amount by the order's mix: 10.00 x 11 / 121 = 0.91."""
    if not invoice.total:
        return {}
    return {"tax by the order's mix": shown(half_up(refund.total * invoice.tax / invoice.total, digits), digits)}


def _payment(
    order: Order, refund: Refund, note: CreditNote, index: int, policy: Policy, reference: Reference
) -> tuple[str, Decimal, RefundPayment | Hold]:
    payment = refund.payments[index]
    part = f"{refund.id}-{payment.id}"
    to_credit = payment.provider.casefold() in STORE_CREDIT_PROVIDERS
    gateway, method = ("bigcommerce", "store_credit") if to_credit else _paid_by(order, payment.provider)
    rule = tender_rule_of(order, gateway, method, policy)
    amount = shown(payment.amount, minor_digits(order.currency))
    if rule is None:
        words = f"{amount} was given back by {payment.provider}, which has no account."
        return part, payment.amount, Hold("method_unmapped", words, {"amount": amount, "provider": payment.provider})
    account = account_for(rule, order.currency, payment.amount, reference)
    if isinstance(account, Hold):
        return part, payment.amount, account
    return (
        part,
        payment.amount,
        RefundPayment(
            part=part,
            credit_note_number=note.number,
            tender=rule.tender,
            account=rule.account,
            payment_date=note.credit_date,
            amount=half_up(payment.amount),
            currency=order.currency,
            reference=f"{note.number}/{payment.id}",
        ),
    )


def _paid_by(order: Order, provider: str) -> tuple[str, str]:
    """The gateway and method of the tender that this provider took: the refund goes back the same way."""
    for tender in order.tenders or ():
        if tender.gateway.casefold() == provider.casefold():
            return tender.gateway, tender.method
    return provider, "*"
