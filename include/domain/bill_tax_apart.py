"""A sale whose tax is no part of its lines: owed on lines of its own (US), or by the marketplace (accounting.md 3)."""

from collections import defaultdict
from decimal import Decimal

from include.domain.bill_line import account_of, sold_lines_of
from include.domain.document import DocumentLine, LineAmountTypes
from include.domain.money import ZERO, half_up, minor_digits, minor_unit, rounded_to_sum, shown, spread
from include.domain.order import Order, TaxRow
from include.domain.outcome import Hold
from include.domain.policy import Policy, Reference, TaxRule
from include.domain.proof import Proof, main_place
from include.domain.tax import Matched, NeedsRows
from include.domain.voucher import problem_with

ONE = Decimal(1)


def liability_lines(
    order: Order, proof: Proof, policy: Policy, reference: Reference
) -> tuple[LineAmountTypes, list[DocumentLine]] | Hold | NeedsRows:
    """The US way: lines without tax, the tax as lines of its own to the liability account, one per jurisdiction."""
    digits = minor_digits(order.currency)
    if any(piece.kind == "gift_certificate" for piece in proof.pieces):
        problem = problem_with(order, policy, sold=True)
        if problem is not None:
            return problem
    if order.tax_rows is None and proof.tax:
        return NeedsRows("the sales tax")
    owed: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for row in order.tax_rows or ():
        owed[_state_of(row, order), row.name] += row.amount
    _add_fees(owed, order, proof)
    jurisdictions = [each for each, amount in owed.items() if amount]
    rows_tax = sum((owed[each] for each in jurisdictions), ZERO)
    if abs(rows_tax - proof.tax) > minor_unit(digits) * policy.tolerance_minor_units:
        return Hold(
            "tax_unexplained",
            f"The tax rows come to {shown(rows_tax, digits)}, but the order bears {shown(proof.tax, digits)}.",
            {"rows": shown(rows_tax, digits), "order": shown(proof.tax, digits)},
        )
    lines = _lines_without_tax(proof, digits, "tax is posted as a line of its own", policy, reference)
    if isinstance(lines, Hold):
        return lines
    parts = rounded_to_sum([owed[each] for each in jurisdictions], proof.tax, digits)
    for (state, name), amount in zip(jurisdictions, parts, strict=True):
        where = f", {state}" if state else ""
        words = f"{shown(amount, digits)} of sales tax owed to {name}" + (f" in {state}" if state else "")
        account = policy.accounts.sales_tax_liability
        lines.append(_tax_line(name, f"Sales tax: {name}{where}", amount, account, words, policy))
    return "Exclusive", lines


def _add_fees(owed: dict[tuple[str, str], Decimal], order: Order, proof: Proof) -> None:
    """Fees have no tax rows: their tax is owed as the rows of their place are, by rate; without any, to its state."""
    for piece in proof.pieces:
        if piece.kind != "fee" or not piece.tax:
            continue
        state = piece.place.state
        rates = {row.name: row.rate for row in order.tax_rows or () if row.rate and _state_of(row, order) == state}
        parts = spread(piece.tax, list(rates.values())) if rates else (piece.tax,)
        for name, part in zip(rates or ["Sales tax"], parts, strict=True):
            owed[state, name] += part


def marketplace_lines(
    order: Order, proof: Proof, account: str, policy: Policy, reference: Reference
) -> tuple[LineAmountTypes, list[DocumentLine]] | Hold:
    """A marketplace that owes the tax itself: goods without tax, the tax on its clearing account (accounting.md 3)."""
    digits = minor_digits(order.currency)
    lines = _lines_without_tax(proof, digits, "the marketplace collects and owes the tax", policy, reference)
    if isinstance(lines, Hold):
        return lines
    if proof.tax:
        words = f"{shown(proof.tax, digits)} of tax that the marketplace collected and owes"
        lines.append(
            _tax_line("marketplace tax", "Tax collected by the marketplace", proof.tax, account, words, policy)
        )
    return "Exclusive", lines


def _lines_without_tax(
    proof: Proof, digits: int, why: str, policy: Policy, reference: Reference
) -> list[DocumentLine] | Hold:
    none = Matched(no_tax_rule(policy), ZERO, f"{why}; {policy.no_tax_type} here")
    lines: list[DocumentLine] = []
    for piece in proof.pieces:
        amount = max(half_up(piece.amount - piece.tax if proof.inclusive else piece.amount, digits), ZERO)
        account = account_of(piece, policy)
        if isinstance(account, Hold):
            return account
        sold = sold_lines_of(piece, amount, ZERO, none, "Exclusive", account, policy, reference)
        if isinstance(sold, Hold):
            return sold
        lines.extend(sold)
    return lines


def _tax_line(name: str, description: str, amount: Decimal, account: str, words: str, policy: Policy) -> DocumentLine:
    return DocumentLine(
        kind="tax_liability",
        ref=name,
        description=description,
        quantity=ONE,
        unit_amount=amount,
        amount=amount,
        tax=ZERO,
        tax_stated=False,
        account=account,
        tax_type=policy.no_tax_type,
        item_code=None,
        words=words,
    )


def _state_of(row: TaxRow, order: Order) -> str:
    """The state that a tax row is owed in: two states never share a line, whatever they call their tax."""
    lines = {line.id: line.place.state for line in order.lines}
    deliveries = {delivery.id: delivery.place.state for delivery in order.deliveries}
    place = lines.get(row.line_id or 0) or deliveries.get(row.address_id or 0)
    return main_place(order).state if place is None else place  # under automatic tax a row names no address


def no_tax_rule(policy: Policy) -> TaxRule:
    """What bears no tax here."""
    return TaxRule("no-tax", policy.no_tax_type, ZERO)
