"""The lines of a proven sale, as Xero will compute them (accounting.md 2 and 3)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.domain.document import DocumentLine, LineAmountTypes
from include.domain.money import ZERO, half_up, minor_digits, minor_unit, rounded_to_sum, shown
from include.domain.order import Order, TaxRow
from include.domain.outcome import Hold
from include.domain.policy import Policy, Reference, TaxRule
from include.domain.proof import Piece, Proof
from include.domain.tax import Matched, NeedsRows, leaves_tax_open, setting_of, tax_type_of
from include.domain.xero_arithmetic import priced, tax_of, totals_of

ONE = Decimal(1)
DESCRIPTION_MAX = 4000  # reference xero.md 4.1
FIXED_REFS = {"shipping": "Shipping", "handling": "Handling", "wrapping": "Gift wrapping"}


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
    negative = next((piece for piece in proof.pieces if piece.amount < ZERO), None)
    if negative is not None:
        amount = shown(negative.amount)
        return Hold(
            "total_differs",
            f"{negative.ref}: its discounts are larger than its price ({amount}).",
            {"line": negative.ref, "amount": amount},
        )
    drawn = _liability_lines(order, proof, policy) if policy.tax_posting == "liability_line" else None
    if drawn is None:
        drawn = _taxed_lines(order, proof, policy, reference)
    if not isinstance(drawn, tuple):
        return drawn
    types, lines = drawn
    return _footed(order, proof, types, lines, policy)


def _taxed_lines(
    order: Order, proof: Proof, policy: Policy, reference: Reference
) -> tuple[LineAmountTypes, list[DocumentLine]] | Hold | NeedsRows:
    types: LineAmountTypes = "Inclusive" if proof.inclusive else "Exclusive"
    setting = setting_of(policy, reference, order.currency, inclusive=proof.inclusive)
    matches: list[Matched] = []
    for piece in proof.pieces:
        if piece.kind == "gift_certificate":
            problem = _voucher_problem(policy)
            if problem is not None:
                return problem
        match = _outside_tax(policy, piece) or tax_type_of(piece, order.tax_rows, setting)
        if not isinstance(match, Matched):
            return match
        matches.append(match)
    digits = minor_digits(order.currency)
    taxes = _taxes_to_the_cent(proof, digits)
    if isinstance(taxes, Hold):
        return taxes
    lines: list[DocumentLine] = []
    for piece, match, tax in zip(proof.pieces, matches, taxes, strict=True):
        account = _account_of(piece, policy, reference)
        if isinstance(account, Hold):
            return account
        item = _item_code_of(piece, policy, reference)
        if isinstance(item, Hold):
            return item
        amount = half_up(piece.amount, digits)
        lines.extend(_document_lines(piece, amount, tax, match, types, account, item))
    return types, lines


def needs_tax_rows(order: Order, proof: Proof, policy: Policy, reference: Reference) -> bool:
    """Whether the lines cannot be taxed by their amounts alone, so that the order's tax rows must be read."""
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


def _document_lines(
    piece: Piece,
    amount: Decimal,
    tax: Decimal,
    match: Matched,
    types: LineAmountTypes,
    account: str,
    item_code: str | None,
) -> list[DocumentLine]:
    """One line; two of the item where no four-decimal price fits; quantity 1 where there is no item to count."""
    prices = priced(amount, piece.quantity)
    if prices is None or (len(prices) > 1 and item_code is None):
        prices = ((1, amount),)
    description = _description(piece, amount, units_in_text=prices[0][0] == 1 and piece.quantity > 1)
    lines: list[DocumentLine] = []
    for quantity, unit in prices:
        part = amount if len(prices) == 1 else half_up(unit * quantity)
        part_tax = tax if len(prices) == 1 else half_up(tax * quantity / piece.quantity)
        if len(prices) > 1 and lines:
            part_tax = tax - lines[0].tax
        computed = tax_of(part, match.rate, types)
        lines.append(
            DocumentLine(
                kind=piece.kind,
                ref=piece.ref,
                description=description,
                quantity=Decimal(quantity),
                unit_amount=unit,
                amount=part,
                tax=part_tax,
                tax_stated=part_tax != computed,
                account=account,
                tax_type=match.rule.tax_type,
                item_code=item_code,
                source_id=piece.source_id,
                words=match.words if part_tax == computed else f"{match.words}; stated, as Xero would say {computed}",
            )
        )
    return lines


def _liability_lines(
    order: Order, proof: Proof, policy: Policy
) -> tuple[LineAmountTypes, list[DocumentLine]] | Hold | NeedsRows:
    """The US way: lines without tax, the tax as lines of its own to the liability account, one per jurisdiction."""
    digits = minor_digits(order.currency)
    if order.tax_rows is None and proof.tax:
        return NeedsRows("the sales tax")
    owed: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for row in order.tax_rows or ():
        owed[_state_of(row, order), row.name] += row.amount
    jurisdictions = [each for each, amount in owed.items() if amount]
    rows_tax = sum((owed[each] for each in jurisdictions), ZERO)
    if abs(rows_tax - proof.tax) > minor_unit(digits) * policy.tolerance_minor_units:
        return Hold(
            "tax_unexplained",
            f"The tax rows come to {shown(rows_tax, digits)}, but the order bears {shown(proof.tax, digits)}.",
            {"rows": shown(rows_tax, digits), "order": shown(proof.tax, digits)},
        )
    none = Matched(_no_tax_rule(policy), ZERO, f"tax is posted as a line of its own; {policy.no_tax_type} here")
    lines: list[DocumentLine] = []
    for piece in proof.pieces:
        amount = half_up(piece.amount - piece.tax if proof.inclusive else piece.amount, digits)
        account = _role_account(piece, policy)
        if isinstance(account, Hold):
            return account
        lines.extend(_document_lines(piece, amount, ZERO, none, "Exclusive", account, None))
    parts = rounded_to_sum([owed[each] for each in jurisdictions], proof.tax, digits)
    for (state, name), amount in zip(jurisdictions, parts, strict=True):
        lines.append(
            DocumentLine(
                kind="tax_liability",
                ref=name,
                description=f"Sales tax: {name}" + (f", {state}" if state else ""),
                quantity=ONE,
                unit_amount=amount,
                amount=amount,
                tax=ZERO,
                tax_stated=False,
                account=policy.accounts.sales_tax_liability,
                tax_type=policy.no_tax_type,
                item_code=None,
                words=f"{shown(amount, digits)} of sales tax owed to {name}" + (f" in {state}" if state else ""),
            )
        )
    return "Exclusive", lines


def _state_of(row: TaxRow, order: Order) -> str:
    """The state that a tax row is owed in: two states never share a line, whatever they call their tax."""
    lines = {line.id: line.place.state for line in order.lines}
    deliveries = {delivery.id: delivery.place.state for delivery in order.deliveries}
    place = lines.get(row.line_id or 0) or deliveries.get(row.address_id or 0)
    return order.billing_place.state if place is None else place


def _footed(
    order: Order, proof: Proof, types: LineAmountTypes, lines: Sequence[DocumentLine], policy: Policy
) -> Bill | Hold:
    """The bill with its rounding line, once what Xero will compute equals what was sold (T3, T6)."""
    totals = totals_of(lines, types)
    gap = proof.total - totals.total
    digits = minor_digits(order.currency)
    if abs(gap) > minor_unit(digits) * policy.tolerance_minor_units:
        return Hold(
            "total_differs",
            f"Xero would compute {shown(totals.total)}, but the order is worth {shown(proof.total)}.",
            {"xero": shown(totals.total), "order": shown(proof.total), "difference": shown(gap)},
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
    wanted_tax = ZERO if policy.tax_posting == "liability_line" else proof.tax
    if totals.tax != wanted_tax:
        return Hold(
            "total_differs",
            f"Xero would show tax of {shown(totals.tax)}, but the order bears {shown(wanted_tax)}.",
            {"xero": shown(totals.tax), "order": shown(wanted_tax)},
        )
    return Bill(tuple(footed), types, proof.total, totals.tax, gap)


def _voucher_problem(policy: Policy) -> Hold | None:
    if policy.voucher_kind is None:
        return Hold("voucher_kind_unanswered", "A gift certificate was sold; the settings do not say how it is taxed.")
    if policy.voucher_kind == "single_purpose":
        return Hold("setting_unanswered", "A single-purpose voucher was sold; that form is not handled yet.")
    if not policy.accounts.gift_card_liability:
        return Hold("setting_unanswered", "A gift certificate was sold; no liability account is set for it.")
    return None


def _outside_tax(policy: Policy, piece: Piece) -> Matched | None:
    """The untaxed pieces that skip the rules: a certificate's sale (multi-purpose), and a tip that no rule for fees names."""
    if piece.tax:
        return None
    if piece.kind == "gift_certificate":
        return Matched(_no_tax_rule(policy), ZERO, "a gift certificate is a liability, taxed when redeemed")
    mapped = any(rule.line_kind == "fee" for rule in policy.tax_rules)
    if piece.kind == "fee" and piece.ref.strip().casefold() in policy.tips and not mapped:
        return Matched(_no_tax_rule(policy), ZERO, "a tip or donation is given, not sold: no tax")
    return None


def _no_tax_rule(policy: Policy) -> TaxRule:
    return TaxRule("no-tax", policy.no_tax_type, ZERO)


def _account_of(piece: Piece, policy: Policy, reference: Reference) -> str | Hold:
    code = _role_account(piece, policy)
    if isinstance(code, Hold):
        return code
    account = reference.accounts.get(code)
    if account is None or not account.active:
        return Hold(
            "account_dead",
            f"{piece.ref}: account {code} is missing or archived in Xero.",
            {"account": code, "line": piece.ref},
        )
    return code


def _role_account(piece: Piece, policy: Policy) -> str | Hold:
    accounts = policy.accounts
    match piece.kind:
        case "item":
            return accounts.sales
        case "gift_certificate":
            return accounts.gift_card_liability
        case "shipping":
            return accounts.shipping
        case "handling":
            return accounts.handling
        case "wrapping":
            return accounts.wrapping
        case "fee":
            code = accounts.fees.get(piece.ref.strip().casefold(), accounts.fees.get("*", ""))
            if code:
                return code
            return Hold(
                "account_dead",
                f"The fee {piece.ref!r} has no account.",
                {"fee": piece.ref, "amount": shown(piece.amount)},
                "Name the fee's account under `accounts: fees` in the store's settings.",
            )


def _item_code_of(piece: Piece, policy: Policy, reference: Reference) -> str | Hold | None:
    if piece.line is None or piece.kind != "item" or not piece.line.sku:
        return None
    if reference.items is not None and piece.line.sku in reference.items:
        return piece.line.sku
    if policy.unknown_sku == "hold":
        return Hold("sku_unmapped", f"SKU {piece.line.sku} is not an item in Xero.", {"sku": piece.line.sku})
    return None


def _description(piece: Piece, amount: Decimal, *, units_in_text: bool) -> str:
    """What was bought, in the words of the shop, with the discount left visible."""
    line = piece.line
    if line is None:
        return (FIXED_REFS.get(piece.kind) or piece.ref)[:DESCRIPTION_MAX]
    words = [line.name]
    if line.options:
        words.append(f"({', '.join(line.options)})")
    if line.sku:
        words.append(f"[{line.sku}]")
    if units_in_text:
        words.append(f"x {piece.quantity}")
    text = " ".join(words)
    if line.discount:
        text += f" (was {shown(piece.before_discount)}, discount {shown(piece.before_discount - amount)})"
    return text[:DESCRIPTION_MAX]
