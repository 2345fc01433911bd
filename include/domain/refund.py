"""A refund of the shop as one credit note, paid out and allocated (accounting.md 7).

Its lines are cumulative shares of the invoiced lines: three refunds of a third never exceed the line, and the last unit
takes the remainder.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from include.domain.document import Allocation, CreditNote, DocumentLine, Invoice, LineAmountTypes, RefundPayment
from include.domain.invoice import open_day
from include.domain.money import ZERO, half_up, minor_digits, minor_unit, rounded_to_sum, shown
from include.domain.order import Order, Refund, RefundItem
from include.domain.outcome import Hold
from include.domain.payment import tender_rule_of
from include.domain.policy import Policy, Reference
from include.domain.xero_arithmetic import totals_of

ONE = Decimal(1)
LINE_KINDS = {
    "PRODUCT": "item",
    "SHIPPING": "shipping",
    "HANDLING": "handling",
    "GIFT_WRAPPING": "wrapping",
    "FEE": "fee",
}
STORE_CREDIT_PROVIDERS = ("storecredit", "store_credit")


@dataclass(frozen=True, slots=True)
class PlannedRefund:
    """What a refund becomes: the credit note, what is paid out, and what is set against the invoice."""

    refund: Refund
    credit_note: CreditNote | Hold
    payments: tuple[tuple[str, Decimal, RefundPayment | Hold], ...] = ()
    allocation: Allocation | None = None


@dataclass(slots=True)
class _Credited:
    """What earlier refunds took of each line already: units for products, gross amount for the rest."""

    units: dict[int, int]
    gross: dict[tuple[str, int], Decimal]


def refunds_of(
    order: Order, invoice: Invoice, received: Decimal, policy: Policy, reference: Reference
) -> tuple[PlannedRefund, ...]:
    """All refunds of the order, oldest first.

    received   the money that came for the order: more than that is never given back.
    """
    credited = _Credited({}, {})
    left, due = received, max(invoice.total - received, ZERO)
    planned = []
    for refund in sorted(order.refunds or (), key=lambda each: each.id):
        note = _credit_note(order, invoice, refund, credited, policy, reference)
        if isinstance(note, Hold):
            planned.append(PlannedRefund(refund, note))
            continue
        paid = sum((payment.amount for payment in refund.payments), ZERO)
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
        payments = tuple(
            _payment(order, refund, note, index, policy, reference) for index in range(len(refund.payments))
        )
        # What is neither paid out nor due stays as credit of the customer: Xero refuses to allocate more than is due.
        rest = min(note.total - paid, due)
        due -= rest
        allocation = Allocation(str(refund.id), note.number, invoice.number, rest, order.currency) if rest else None
        planned.append(PlannedRefund(refund, note, payments, allocation))
    return tuple(planned)


def _credit_note(
    order: Order, invoice: Invoice, refund: Refund, credited: _Credited, policy: Policy, reference: Reference
) -> CreditNote | Hold:
    digits = minor_digits(order.currency)
    figures = {"refund": shown(refund.total, digits), "tax": shown(refund.total_tax, digits)}
    declined = [payment for payment in refund.payments if payment.declined]
    if declined:
        amount = shown(sum((payment.amount for payment in declined), ZERO), digits)
        return Hold("refund_declined", f"{amount} of the refund of {figures['refund']} was declined.", figures)
    puzzle = _puzzle(refund, policy)
    if puzzle:
        return Hold("refund_unexplained", puzzle.format(**figures), {**figures, **_proposal(invoice, refund, digits)})
    lines: list[DocumentLine] = []
    for item in refund.items:
        share = _share(item, order, invoice, credited)
        if share is None:
            return Hold(
                "refund_unexplained", f"The refund of {figures['refund']} names something not invoiced.", figures
            )
        lines.extend(share)
    lines.extend(_liability_share(invoice, refund))
    fitted = _fitted(lines, refund, invoice.line_amount_types, minor_unit(digits) * policy.tolerance_minor_units)
    if isinstance(fitted, Hold):
        return fitted
    created = refund.created_at.astimezone(ZoneInfo(reference.zone)).date()
    dated = open_day(created, policy, reference)
    if isinstance(dated, Hold):
        return dated
    totals = totals_of(fitted, invoice.line_amount_types)
    return CreditNote(
        number=f"{policy.credit_prefix}{order.id}-{refund.id}",
        invoice_number=invoice.number,
        reference=str(order.id),
        credit_date=max(dated, invoice.invoice_date),
        currency=order.currency,
        line_amount_types=invoice.line_amount_types,
        lines=tuple(fitted),
        total=totals.total,
        tax=totals.tax,
    )


def _puzzle(refund: Refund, policy: Policy) -> str:
    """Why a person must decide, or nothing."""
    kinds = {item.kind for item in refund.items}
    if not refund.items or kinds == {"TAX"}:
        return "Only tax was given back ({tax}); no line says of what."
    if "ORDER" in kinds and policy.order_level_refund != "as_store":
        return "A free amount of {refund} was given back; the shop states no tax for it."
    if any(item.adjustments for item in refund.items):
        return "The refund of {refund} was lessened by a fee whose tax the shop does not state."
    unknown = kinds - set(LINE_KINDS) - {"ORDER"}
    return f"The refund of {{refund}} has a part of unknown kind {', '.join(sorted(unknown))}." if unknown else ""


def _proposal(invoice: Invoice, refund: Refund, digits: int) -> dict[str, str]:
    """The tax of a free amount by the order's mix: 10.00 x 11 / 121 = 0.91."""
    if not invoice.total:
        return {}
    return {"tax by the order's mix": shown(half_up(refund.total * invoice.tax / invoice.total, digits), digits)}


def _share(item: RefundItem, order: Order, invoice: Invoice, credited: _Credited) -> list[DocumentLine] | None:
    if item.kind == "ORDER":
        first = invoice.lines[0]
        amount = item.requested or ZERO
        return [_line(first, "Refund of a free amount", amount, ZERO, ONE, "ORDER", 0)]
    kind = LINE_KINDS[item.kind]
    own = [line for line in invoice.lines if _is_of(line, kind, item.item_id)]
    if not own:
        return None
    types = invoice.line_amount_types
    amount = sum((line.amount for line in own), ZERO)
    tax = sum((line.tax for line in own), ZERO)
    if kind in ("item", "gift_certificate") and item.quantity:
        # The order's units: a line without an item may be posted as quantity 1 with its units in the text.
        units = next((line.quantity for line in order.lines if line.id == item.item_id), 0)
        before = credited.units.get(item.item_id, 0)
        after = before + item.quantity
        if after > units:
            return None
        credited.units[item.item_id] = after
        part = half_up(amount * after / units) - half_up(amount * before / units)
        part_tax = half_up(tax * after / units) - half_up(tax * before / units)
    else:
        # In the US way the line bears no tax, but the shop's refund of it does; the rest goes to the liability lines.
        owed = _charged_tax(order, kind, item.item_id) if _owes(invoice) else tax
        gross = amount if types == "Inclusive" else amount + owed
        asked = item.requested if item.requested is not None else gross
        key = (kind, item.item_id)
        before_gross = credited.gross.get(key, ZERO)
        after_gross = before_gross + asked
        if after_gross > gross or not gross:
            return None
        credited.gross[key] = after_gross
        part_owed = half_up(owed * after_gross / gross) - half_up(owed * before_gross / gross)
        part = asked if types == "Inclusive" else asked - part_owed
        part_tax = ZERO if _owes(invoice) else part_owed
    quantity = Decimal(item.quantity) if item.quantity else ONE
    return [_line(own[0], own[0].description, part, part_tax, quantity, own[0].ref, item.item_id)]


def _owes(invoice: Invoice) -> bool:
    return any(line.kind == "tax_liability" for line in invoice.lines)


def _charged_tax(order: Order, kind: str, item_id: int) -> Decimal:
    """The tax that the shop charged on a part of the order."""
    if kind in ("item", "gift_certificate"):
        return next((line.total_tax for line in order.lines if line.id == item_id), ZERO)
    if kind == "fee":
        return next((fee.cost.tax for fee in order.fees if fee.id == item_id), ZERO)
    costs = {"shipping": order.shipping, "handling": order.handling, "wrapping": order.wrapping}
    return costs[kind].tax if kind in costs else ZERO


def _is_of(line: DocumentLine, kind: str, item_id: int) -> bool:
    if kind == "item":
        return line.kind in ("item", "gift_certificate") and line.source_id == item_id
    return line.kind == kind and (line.source_id == item_id or kind in ("shipping", "handling", "wrapping"))


def _line(
    like: DocumentLine, description: str, amount: Decimal, tax: Decimal, quantity: Decimal, ref: str, source_id: int
) -> DocumentLine:
    """A line of a credit note: one unit of the whole amount, and no item, since the shop does not say that goods came back."""
    return replace(
        like,
        ref=ref,
        description=description if quantity == ONE else f"{description} x {quantity:f}",
        quantity=ONE,
        unit_amount=amount,
        amount=amount,
        tax=tax,
        tax_stated=True,
        item_code=None,
        source_id=source_id,
        words=f"share of the invoiced line, tax {shown(tax)}",
    )


def _liability_share(invoice: Invoice, refund: Refund) -> Iterable[DocumentLine]:
    """US: the refund's tax in the invoice's proportions, from the liability account."""
    owed = [line for line in invoice.lines if line.kind == "tax_liability"]
    whole = sum((line.amount for line in owed), ZERO)
    if not whole or not refund.total_tax:
        return
    parts = rounded_to_sum([refund.total_tax * line.amount / whole for line in owed], half_up(refund.total_tax))
    for line, part in zip(owed, parts, strict=True):
        yield _line(line, line.description, part, ZERO, ONE, line.ref, line.source_id)


def _fitted(
    lines: Sequence[DocumentLine], refund: Refund, types: LineAmountTypes, tolerance: Decimal
) -> list[DocumentLine] | Hold:
    """The lines brought to the refund's stated total and tax: a small difference goes to the largest line."""
    totals = totals_of(lines, types)
    has_liability = any(line.kind == "tax_liability" for line in lines)
    wanted_tax = ZERO if has_liability else half_up(refund.total_tax)
    gap, tax_gap = half_up(refund.total) - totals.total, wanted_tax - totals.tax
    if abs(gap) > tolerance or abs(tax_gap) > tolerance:
        return Hold(
            "refund_unexplained",
            f"The shares come to {shown(totals.total)} with {shown(totals.tax)} tax; the refund says "
            f"{shown(refund.total)} with {shown(refund.total_tax)}.",
            {"shares": shown(totals.total), "refund": shown(refund.total), "tax of shares": shown(totals.tax)},
        )
    fitted = list(lines)
    if gap or tax_gap:
        largest = max(range(len(fitted)), key=lambda index: fitted[index].amount)
        line = fitted[largest]
        amount = line.amount + (gap if types == "Inclusive" else gap - tax_gap)
        fitted[largest] = replace(line, amount=amount, unit_amount=amount, tax=line.tax + tax_gap)
    return fitted


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
    paid_on = open_day(refund.created_at.astimezone(ZoneInfo(reference.zone)).date(), policy, reference)
    if isinstance(paid_on, Hold):
        return part, payment.amount, paid_on
    return (
        part,
        payment.amount,
        RefundPayment(
            part=part,
            credit_note_number=note.number,
            tender=rule.tender,
            account=rule.account,
            payment_date=max(paid_on, note.credit_date),
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
