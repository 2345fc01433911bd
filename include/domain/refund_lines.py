"""The lines of a credit note: shares of what was invoiced, brought to what the shop says it gave back (accounting.md 7).

Shares are cumulative: three refunds of a third never exceed the line, and the last unit takes the remainder.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from include.domain.document import DocumentLine, Invoice, LineAmountTypes
from include.domain.money import ZERO, half_up, rounded_to_sum, shown, spread
from include.domain.order import Order, Refund, RefundItem
from include.domain.outcome import Hold
from include.domain.policy import Policy
from include.domain.xero_arithmetic import Totals, totals_of

ONE = Decimal(1)
LINE_KINDS = {
    "PRODUCT": "item",
    "SHIPPING": "shipping",
    "HANDLING": "handling",
    "GIFT_WRAPPING": "wrapping",
    "FEE": "fee",
}
SOLD = ("item", "gift_certificate")
# Of these a free amount takes no part: the first is tax of its own, the others are no sale.
NOT_IN_THE_MIX = ("rounding", "voucher", "gift_certificate")


@dataclass(slots=True)
class Credited:
    """What earlier refunds took of each line already: units for products, gross amount for the rest."""

    units: dict[int, int] = field(default_factory=dict)
    gross: dict[tuple[str, int], Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shares:
    """What a refund gives back by the invoice's lines.

    free_tax   the tax inside a free amount by the order's mix, which the shop does not state
    """

    lines: list[DocumentLine]
    free_tax: Decimal = ZERO


def shares_of(order: Order, invoice: Invoice, refund: Refund, credited: Credited, policy: Policy) -> Shares | None:
    """The shares of the invoiced lines that this refund names; None where it names what was not invoiced, or more of it."""
    lines: list[DocumentLine] = []
    free_tax = ZERO
    for item in refund.items:
        if item.kind == "ORDER":
            free = list(_free_amount(item.requested or ZERO, invoice, policy))
            free_tax += sum((line.tax for line in free), ZERO)
            lines += free
            continue
        share = _share(item, order, invoice, credited, restocks=policy.refund_restocks == "yes")
        if share is None:
            return None
        lines.append(share)
    lines.extend(_liability_share(invoice, refund))
    return Shares(lines, free_tax)


def fitted(
    shares: Shares, refund: Refund, types: LineAmountTypes, tolerance: Decimal, no_tax_type: str
) -> list[DocumentLine] | Hold:
    """The shares brought to the refund's stated total and tax.

    A small difference goes to the largest line. Beyond the tolerance a merchant's override rules, and what a restocking
    fee keeps back is taken off; all else is held.
    """
    lines = shares.lines
    totals = totals_of(lines, types)
    has_liability = any(line.kind == "tax_liability" for line in lines)
    wanted = Totals(half_up(refund.total), ZERO if has_liability else half_up(refund.total_tax + shares.free_tax))
    if _near(totals, wanted, tolerance):
        return _nudged(lines, totals, wanted, types)
    kept_back = -sum((amount for item in refund.items for amount in item.adjustments), ZERO)
    if kept_back > ZERO and abs(totals.total - kept_back - wanted.total) <= tolerance and not has_liability:
        less = _less(lines, totals, wanted, types, tolerance, no_tax_type)
        if less is not None:
            return less
    if refund.override and ZERO < wanted.total <= totals.total + tolerance and not has_liability:
        less = _scaled(lines, totals, wanted, types, tolerance)
        if less is not None:
            return less
    return Hold(
        "refund_unexplained",
        f"The shares come to {shown(totals.total)} with {shown(totals.tax)} tax; the refund says "
        f"{shown(refund.total)} with {shown(refund.total_tax)}.",
        {"shares": shown(totals.total), "refund": shown(refund.total), "tax of shares": shown(totals.tax)},
    )


def _near(totals: Totals, wanted: Totals, tolerance: Decimal) -> bool:
    return abs(wanted.total - totals.total) <= tolerance and abs(wanted.tax - totals.tax) <= tolerance


def _nudged(
    lines: Sequence[DocumentLine], totals: Totals, wanted: Totals, types: LineAmountTypes
) -> list[DocumentLine]:
    gap, tax_gap = wanted.total - totals.total, wanted.tax - totals.tax
    nudged = list(lines)
    if gap or tax_gap:
        largest = max(range(len(nudged)), key=lambda index: nudged[index].amount)
        line = nudged[largest]
        amount = line.amount + (gap if types == "Inclusive" else gap - tax_gap)
        nudged[largest] = replace(line, amount=amount, unit_amount=amount, tax=line.tax + tax_gap)
    return nudged


def _scaled(
    lines: Sequence[DocumentLine], totals: Totals, wanted: Totals, types: LineAmountTypes, tolerance: Decimal
) -> list[DocumentLine] | None:
    """Every line made smaller in the same proportion, if the stated tax is in that proportion too."""
    if not totals.total or abs(totals.tax * wanted.total / totals.total - wanted.tax) > tolerance:
        return None
    gross = spread(wanted.total, [line.gross(types) for line in lines])
    taxes = spread(wanted.tax, [line.tax for line in lines]) if totals.tax else (ZERO,) * len(lines)
    scaled = []
    for line, whole, tax in zip(lines, gross, taxes, strict=True):
        amount = whole if types == "Inclusive" else whole - tax
        scaled.append(replace(line, amount=amount, unit_amount=amount, tax=tax))
    return scaled


def _less(
    lines: Sequence[DocumentLine],
    totals: Totals,
    wanted: Totals,
    types: LineAmountTypes,
    tolerance: Decimal,
    no_tax_type: str,
) -> list[DocumentLine] | None:
    """A fee that was kept back: what bears its tax is told by the tax that the shop states, or nobody knows it.

    In proportion, less of the goods is credited; with the goods' whole tax, the fee is a line of its own without tax.
    """
    scaled = _scaled(lines, totals, wanted, types, tolerance)
    if scaled is not None or abs(wanted.tax - totals.tax) > tolerance:
        return scaled
    largest = max(lines, key=lambda line: line.amount)
    fee = wanted.total - totals.total
    kept = replace(
        largest,
        kind="fee",
        ref="kept back",
        description="Fee kept back from the refund",
        quantity=ONE,
        unit_amount=fee,
        amount=fee,
        tax=ZERO,
        tax_type=no_tax_type,
        item_code=None,
        source_id=0,
        words=f"{shown(-fee)} kept back, on which the shop states no tax",
    )
    return [*lines, kept]


def _free_amount(amount: Decimal, invoice: Invoice, policy: Policy) -> Iterator[DocumentLine]:
    """A free amount that the shop states with no tax: as it says, or by the order's own mix of tax types."""
    types = invoice.line_amount_types
    if policy.order_level_refund == "as_store":
        like = replace(invoice.lines[0], tax_type=policy.no_tax_type)
        yield _line(like, "Refund of a free amount", amount, ZERO, ONE, "ORDER", 0)
        return
    mix: dict[tuple[str, str], list[DocumentLine]] = {}
    for line in invoice.lines:
        if line.kind not in NOT_IN_THE_MIX and line.gross(types) > ZERO:
            mix.setdefault((line.account, line.tax_type), []).append(line)
    groups = list(mix.values())
    weights = [sum((line.gross(types) for line in group), ZERO) for group in groups]
    taxes = [sum((line.tax for line in group), ZERO) for group in groups]
    for group, part, weight, tax in zip(groups, spread(half_up(amount), weights), weights, taxes, strict=True):
        if part:
            inside = half_up(part * tax / weight)
            net = part if types == "Inclusive" else part - inside
            yield _line(group[0], "Refund of a free amount", net, inside, ONE, "ORDER", 0)


def _share(
    item: RefundItem, order: Order, invoice: Invoice, credited: Credited, *, restocks: bool
) -> DocumentLine | None:
    kind = LINE_KINDS[item.kind]
    own = [line for line in invoice.lines if _is_of(line, kind, item.item_id)]
    if not own:
        return None
    types = invoice.line_amount_types
    amount = sum((line.amount for line in own), ZERO)
    tax = sum((line.tax for line in own), ZERO)
    if kind in SOLD and item.quantity:
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
        owed = (
            _charged_tax(order, kind, own[0].source_id if kind == "wrapping" else item.item_id)
            if _owes(invoice)
            else tax
        )
        gross = amount if types == "Inclusive" else amount + owed
        asked = item.requested if item.requested is not None else _whole(order, kind, item.item_id, gross)
        key = (kind, own[0].source_id)
        before_gross = credited.gross.get(key, ZERO)
        after_gross = before_gross + asked
        if after_gross > gross or not gross:
            return None
        credited.gross[key] = after_gross
        part_owed = half_up(owed * after_gross / gross) - half_up(owed * before_gross / gross)
        part = asked if types == "Inclusive" else asked - part_owed
        part_tax = ZERO if _owes(invoice) else part_owed
    quantity = Decimal(item.quantity) if item.quantity else ONE
    line = _line(own[0], own[0].description, part, part_tax, quantity, own[0].ref, item.item_id)
    unit = half_up(part / quantity, 4)
    if restocks and own[0].item_code is not None and half_up(unit * quantity) == part:
        return replace(line, item_code=own[0].item_code, quantity=quantity, unit_amount=unit)
    return line


def _whole(order: Order, kind: str, item_id: int, gross: Decimal) -> Decimal:
    """What a part was charged at, with tax: of wrapping that of the named line, which may share its invoice line."""
    if kind != "wrapping":
        return gross
    line = next((line for line in order.lines if line.id == item_id), None)
    return half_up(line.wrapping.inc) if line is not None and line.wrapping.inc else gross


def _owes(invoice: Invoice) -> bool:
    return any(line.kind == "tax_liability" for line in invoice.lines)


def _charged_tax(order: Order, kind: str, item_id: int) -> Decimal:
    """The tax that the shop charged on a part of the order."""
    if kind in SOLD:
        return next((line.total_tax for line in order.lines if line.id == item_id), ZERO)
    if kind == "fee":
        return next((fee.cost.tax for fee in order.fees if fee.id == item_id), ZERO)
    if kind == "wrapping":
        return next((line.wrapping.tax for line in order.lines if line.id == item_id), order.wrapping.tax)
    costs = {"shipping": order.shipping, "handling": order.handling}
    return costs[kind].tax if kind in costs else ZERO


def _is_of(line: DocumentLine, kind: str, item_id: int) -> bool:
    if kind == "item":
        return line.kind in SOLD and line.source_id == item_id
    if kind == "wrapping" and line.source_id:
        return line.kind == kind and line.source_id == item_id
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


def _liability_share(invoice: Invoice, refund: Refund) -> Iterator[DocumentLine]:
    """US: the refund's tax in the invoice's proportions, from the liability account."""
    owed = [line for line in invoice.lines if line.kind == "tax_liability"]
    whole = sum((line.amount for line in owed), ZERO)
    if not whole or not refund.total_tax:
        return
    parts = rounded_to_sum([refund.total_tax * line.amount / whole for line in owed], half_up(refund.total_tax))
    for line, part in zip(owed, parts, strict=True):
        yield _line(line, line.description, part, ZERO, ONE, line.ref, line.source_id)
