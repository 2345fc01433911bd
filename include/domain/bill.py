"""The lines of a proven sale, as Xero will compute them (accounting.md 2 and 3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from include.domain.bill_line import live_account_of, sold_lines_of
from include.domain.bill_tax_apart import liability_lines, marketplace_lines, no_tax_rule
from include.domain.document import DocumentLine, LineAmountTypes
from include.domain.money import ZERO, half_up, minor_digits, minor_unit, rounded_to_sum, shown
from include.domain.order import Order
from include.domain.outcome import Hold
from include.domain.policy import Policy, Reference
from include.domain.proof import Piece, Proof
from include.domain.tax import Matched, NeedsRows, Setting, leaves_tax_open, setting_of, tax_type_of
from include.domain.voucher import is_taxed_when_sold, problem_with, redeemed_of, redemption_line, rule_of_sale, sold_at
from include.domain.xero_arithmetic import totals_of

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Bill:
    """The lines of an invoice and how they were found."""

    lines: tuple[DocumentLine, ...]
    types: LineAmountTypes
    total: Decimal
    tax: Decimal
    rounding: Decimal


def bill_of(order: Order, proof: Proof, policy: Policy, reference: Reference) -> Bill | Hold | NeedsRows:
    """The lines: one per order line, then shipping, handling, wrapping and fees, then at most one rounding line."""
    least = -minor_unit(minor_digits(order.currency)) * policy.tolerance_minor_units
    negative = next((piece for piece in proof.pieces if piece.amount < least), None)
    if negative is not None:
        amount = shown(negative.amount)
        return Hold(
            "total_differs",
            f"{negative.ref}: its discounts are larger than its price ({amount}).",
            {"line": negative.ref, "amount": amount},
            "Correct the line's discounts in the shop.",
        )
    marketplace = policy.marketplaces.get(order.channel_id)
    drawn: tuple[LineAmountTypes, list[DocumentLine]] | Hold | NeedsRows
    if marketplace is not None:
        drawn = marketplace_lines(order, proof, marketplace, policy, reference)
    elif policy.tax_posting == "liability_line":
        drawn = liability_lines(order, proof, policy, reference)
    else:
        drawn = _taxed_lines(order, proof, policy, reference)
    if not isinstance(drawn, tuple):
        return drawn
    types, lines = drawn
    bill = _footed(order, proof, types, lines, policy)
    if isinstance(bill, Bill) and types == "NoTax":
        # Xero makes it NONE on every line of such a document, whatever is sent (reference xero.md 4).
        bill = replace(bill, lines=tuple(replace(line, tax_type="NONE") for line in bill.lines))
    if isinstance(bill, Hold) or not policy.tracking:
        return bill
    return replace(bill, lines=tuple(_tracked(line, order, policy) for line in bill.lines))


def _tracked(line: DocumentLine, order: Order, policy: Policy) -> DocumentLine:
    """The line with its tracking options, by channel and kind of line; the first rule of a category wins."""
    options: dict[str, str] = {}
    for rule in policy.tracking:
        fits = rule.channel in ("*", str(order.channel_id)) and rule.line_kind in ("*", line.kind)
        if fits:
            options.setdefault(rule.category, rule.option)
    return replace(line, tracking=tuple(options.items()))


def _taxed_lines(
    order: Order, proof: Proof, policy: Policy, reference: Reference
) -> tuple[LineAmountTypes, list[DocumentLine]] | Hold | NeedsRows:
    untaxed = policy.untaxed_orders == "no_tax" and not proof.tax and not any(piece.tax for piece in proof.pieces)
    types: LineAmountTypes = "NoTax" if untaxed else "Inclusive" if proof.inclusive else "Exclusive"
    setting = setting_of(policy, reference, order.currency, inclusive=proof.inclusive)
    matches: list[Matched] = []
    for piece in proof.pieces:
        match = _match(piece, order, setting, untaxed=untaxed)
        if not isinstance(match, Matched):
            return match
        matches.append(match)
    digits = minor_digits(order.currency)
    taxes = _taxes_to_the_cent(proof, digits)
    if isinstance(taxes, Hold):
        return taxes
    lines: list[DocumentLine] = []
    for piece, match, tax in zip(proof.pieces, matches, taxes, strict=True):
        account = live_account_of(piece, policy, reference)
        if isinstance(account, Hold):
            return account
        amount = max(half_up(piece.amount, digits), ZERO)  # a discount rounded above its line leaves nothing
        if piece.kind == "gift_certificate" and match.rate:
            amount, tax, match = sold_at(amount, match.rule, types)
        sold = sold_lines_of(piece, amount, tax, match, types, account, policy, reference)
        if isinstance(sold, Hold):
            return sold
        lines.extend(sold)
    redeemed = redeemed_of(order, policy)
    if redeemed:
        off = redemption_line(order, redeemed, proof, types, setting)
        if isinstance(off, Hold):
            return off
        lines.append(off)
    return types, lines


def _match(piece: Piece, order: Order, setting: Setting, *, untaxed: bool) -> Matched | NeedsRows | Hold:
    """The tax type of one piece: what skips the rules first, then the rules."""
    policy = setting.policy
    if piece.kind == "gift_certificate":
        problem = problem_with(order, policy, sold=True)
        if problem is not None:
            return problem
        if is_taxed_when_sold(policy) and not piece.tax:
            rule = rule_of_sale(piece, setting)
            return rule if isinstance(rule, Hold) else Matched(rule, rule.rate, "")
    if untaxed:
        return Matched(no_tax_rule(policy), ZERO, "the order bears no tax, and by setting such an invoice has none")
    return _outside_tax(policy, piece) or tax_type_of(piece, order.tax_rows, setting)


def needs_tax_rows(order: Order, proof: Proof, policy: Policy, reference: Reference) -> bool:
    """Whether the lines cannot be taxed by their amounts alone, so that the order's tax rows must be read."""
    if order.channel_id in policy.marketplaces:
        return False
    if policy.tax_posting == "liability_line":
        return bool(proof.tax)
    setting = setting_of(policy, reference, order.currency, inclusive=proof.inclusive)
    return any(_outside_tax(policy, piece) is None and leaves_tax_open(piece, setting) for piece in proof.pieces)


def _taxes_to_the_cent(proof: Proof, digits: int) -> tuple[Decimal, ...] | Hold:
    """Each piece's tax, rounded so that together they are the order's: a rounding line cannot repair tax."""
    stated = [piece.tax for piece in proof.pieces]
    if proof.tax and not any(stated):
        return Hold(
            "tax_unexplained",
            f"The order bears tax of {shown(proof.tax, digits)}, but none of its lines does.",
            {"tax of order": shown(proof.tax, digits), "tax of lines": shown(ZERO, digits)},
        )
    return rounded_to_sum(stated, proof.tax, digits)


def _footed(
    order: Order, proof: Proof, types: LineAmountTypes, lines: Sequence[DocumentLine], policy: Policy
) -> Bill | Hold:
    """The bill with its rounding line, once what Xero will compute equals what was sold (T3, T6)."""
    totals = totals_of(lines, types)
    worth = proof.total - half_up(redeemed_of(order, policy))
    gap = worth - totals.total
    digits = minor_digits(order.currency)
    if abs(gap) > minor_unit(digits) * policy.tolerance_minor_units:
        return Hold(
            "total_differs",
            f"Xero would compute {shown(totals.total)}, but the order is worth {shown(worth)}.",
            {"xero": shown(totals.total), "order": shown(worth), "difference": shown(gap)},
        )
    footed = list(lines)
    if gap:
        footed.append(
            DocumentLine(
                kind="rounding",
                ref="rounding",
                description="Rounding",
                quantity=ONE,
                unit_amount=gap,
                amount=gap,
                tax=ZERO,
                tax_stated=False,
                account=policy.accounts.rounding,
                tax_type=policy.no_tax_type,
                item_code=None,
                words=f"{shown(gap)} so that the total is the shop's",
            )
        )
    apart = policy.tax_posting == "liability_line" or order.channel_id in policy.marketplaces
    certificates = sum((line.tax for line in lines if line.kind in ("gift_certificate", "voucher")), ZERO)
    wanted_tax = ZERO if apart else proof.tax + certificates
    if totals.tax != wanted_tax:
        return Hold(
            "total_differs",
            f"Xero would show tax of {shown(totals.tax)}, but the order bears {shown(wanted_tax)}.",
            {"xero": shown(totals.tax), "order": shown(wanted_tax)},
        )
    return Bill(tuple(footed), types, worth, totals.tax, gap)


def _outside_tax(policy: Policy, piece: Piece) -> Matched | None:
    """The untaxed pieces that skip the rules: a certificate's sale (multi-purpose), and a tip that no rule for fees names."""
    if piece.tax:
        return None
    if piece.kind == "gift_certificate":
        return Matched(no_tax_rule(policy), ZERO, "a gift certificate is a liability, taxed when redeemed")
    mapped = any(rule.line_kind == "fee" for rule in policy.tax_rules)
    if piece.kind == "fee" and piece.ref.strip().casefold() in policy.tips and not mapped:
        return Matched(no_tax_rule(policy), ZERO, "a tip or donation is given, not sold: no tax")
    return None
