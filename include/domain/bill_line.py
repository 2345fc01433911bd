"""One line of an invoice: what was bought, its price as Xero multiplies it, its account, item and words (accounting.md 2)."""

from decimal import Decimal

from include.domain.document import DocumentLine, LineAmountTypes
from include.domain.money import ZERO, half_up, shown
from include.domain.outcome import Hold
from include.domain.policy import Policy, Reference
from include.domain.proof import Piece
from include.domain.tax import Matched
from include.domain.xero_arithmetic import priced, tax_of

ONE = Decimal(1)
DESCRIPTION_MAX = 4000  # reference xero.md 4.1
FIXED_REFS = {"shipping": "Shipping", "handling": "Handling", "wrapping": "Gift wrapping"}


def sold_lines_of(
    piece: Piece,
    amount: Decimal,
    tax: Decimal,
    match: Matched,
    types: LineAmountTypes,
    account: str,
    policy: Policy,
    reference: Reference,
) -> list[DocumentLine] | Hold:
    """The lines of a piece with the item that it is, so that tracked stock moves; of a kit, its parts at nothing each."""
    item = item_code_of(piece, policy, reference)
    if isinstance(item, Hold):
        return item
    parts = _parts_of(piece, account, match, policy, reference)
    if isinstance(parts, Hold):
        return parts
    return [*lines_of(piece, amount, tax, match, types, account, item), *parts]


def _parts_of(
    piece: Piece, account: str, match: Matched, policy: Policy, reference: Reference
) -> list[DocumentLine] | Hold:
    """A line of no money for each item that a kit takes: Xero lowers what the line names, and a kit is no item there."""
    kit = policy.kits.get(piece.line.sku) if piece.line is not None and piece.kind == "item" else None
    if kit is None or piece.line is None or reference.items is None:
        return []
    unknown = sorted(code for code in kit if code not in reference.items)
    if unknown:
        words = f"The kit {piece.line.sku} takes {unknown[0]}, which is not an item in Xero."
        return Hold("sku_unmapped", words, {"sku": piece.line.sku, "part": unknown[0]})
    return [
        DocumentLine(
            kind=piece.kind,
            ref=code,
            description=f"{units * piece.quantity} x {code} for {piece.line.sku}"[:DESCRIPTION_MAX],
            quantity=Decimal(units * piece.quantity),
            unit_amount=ZERO,
            amount=ZERO,
            tax=ZERO,
            tax_stated=False,
            account=account,
            tax_type=match.rule.tax_type,
            item_code=code,
            words=f"a part of {piece.line.sku}, so that what is on hand falls",
        )
        for code, units in kit.items()
    ]


def lines_of(
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


def live_account_of(piece: Piece, policy: Policy, reference: Reference) -> str | Hold:
    """The account of a piece, if Xero has it and it is active."""
    code = account_of(piece, policy)
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


def account_of(piece: Piece, policy: Policy) -> str | Hold:
    """The account that the settings give a piece; a fee that they do not name is held."""
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


def item_code_of(piece: Piece, policy: Policy, reference: Reference) -> str | Hold | None:
    """The item of Xero that the piece is, by its SKU; None where it is none and may be posted without."""
    if piece.line is None or piece.kind != "item" or not piece.line.sku or piece.line.sku in policy.kits:
        return None
    code = policy.item_codes.get(piece.line.sku, piece.line.sku)
    if reference.items is not None and code in reference.items:
        return code
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
