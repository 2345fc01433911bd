"""Gift certificates: a liability until they are used, or a sale at once where their kind says so (accounting.md 2).

`multi_purpose` bears its tax when it is redeemed: its sale bears none, and redeeming it is a payment. `single_purpose` is
taxed when it is sold, inside its face (100.00 = 83.33 + 16.67); redeeming it takes the same tax off the sale again, by a
negative line of the same tax type, since the tax is paid already.
"""

from decimal import Decimal

from include.domain.document import DocumentLine, LineAmountTypes
from include.domain.money import ZERO, half_up, minor_digits, shown
from include.domain.order import Order
from include.domain.outcome import Hold
from include.domain.policy import Policy, TaxRule
from include.domain.proof import Piece, Proof
from include.domain.tax import Matched, Setting, alive, placed
from include.domain.xero_arithmetic import tax_of

GIFT_CERTIFICATE = "gift_certificate"
ONE = Decimal(1)


def is_taxed_when_sold(policy: Policy) -> bool:
    """Whether a certificate's sale bears its tax, so that redeeming it is no payment."""
    return policy.voucher_kind == "single_purpose"


def redeemed_of(order: Order, policy: Policy) -> Decimal:
    """How much of the sale was taxed before, when its certificate was sold; nothing where certificates are payments."""
    if not is_taxed_when_sold(policy):
        return ZERO
    if order.gift_certificate_amount:
        return order.gift_certificate_amount
    return sum(
        (
            tender.amount
            for tender in order.tenders or ()
            if tender.method == GIFT_CERTIFICATE and tender.ok and not tender.test and tender.event == "purchase"
        ),
        ZERO,
    )


def problem_with(order: Order, policy: Policy, *, sold: bool) -> Hold | None:
    """What keeps an order with a certificate out of the books: an answer that the set-up lacks.

    sold   whether it is sold; else it is used.
    """
    done = "sold" if sold else "used"
    if policy.voucher_kind is None:
        words = f"A gift certificate was {done}; the settings do not say how it is taxed."
        return Hold("voucher_kind_unanswered", words)
    if (sold or is_taxed_when_sold(policy)) and not policy.accounts.gift_card_liability:
        words = f"A gift certificate was {done}; no liability account is set for it."
        return Hold("setting_unanswered", words, remedy="Set `accounts: gift_card_liability` in the store's settings.")
    if is_taxed_when_sold(policy) and policy.tax_posting == "liability_line":
        words = "A single-purpose certificate bears a tax type, but sales tax is posted as lines of its own."
        return Hold("setting_unanswered", words, remedy="Set `voucher_kind: multi_purpose`.")
    return None


def rule_of_sale(piece: Piece, setting: Setting) -> TaxRule | Hold:
    """The rule whose rate lies inside a certificate's face: one for certificates, else the first taxed one of the place."""
    rules = [rule for rule in placed(piece, setting) if rule.rate > ZERO]
    named = [rule for rule in rules if rule.line_kind == "gift_certificate"]
    rule = next(iter(named or rules), None)
    if rule is None:
        return Hold(
            "tax_unexplained",
            f"{piece.ref}: a single-purpose certificate bears tax, and no rule has a rate for {piece.place.country}.",
            {"amount": shown(piece.amount, setting.digits)},
            "Add a tax rule with `line_kind: gift_certificate`.",
        )
    return alive(rule, piece, setting)


def sold_at(face: Decimal, rule: TaxRule, types: LineAmountTypes) -> tuple[Decimal, Decimal, Matched]:
    """A certificate's line amount in the document's family and its tax, both out of its face."""
    tax = tax_of(face, rule.rate, "Inclusive")
    words = f"tax {shown(tax)}: a single-purpose certificate, rule {rule.name} {rule.percent} % inside {shown(face)}"
    return (face if types == "Inclusive" else face - tax), tax, Matched(rule, rule.rate, words)


def redemption_line(
    order: Order, amount: Decimal, proof: Proof, types: LineAmountTypes, setting: Setting
) -> DocumentLine | Hold:
    """The negative line that takes a used certificate off the sale, with the tax that its own sale bore."""
    if order.base_currency not in ("", order.currency):
        return Hold(
            "currency_unknown",
            f"{shown(amount)} {order.currency} came by a certificate, which is issued in {order.base_currency}.",
            {"amount": shown(amount), "issued in": order.base_currency, "order in": order.currency},
        )
    piece = Piece("gift_certificate", "Gift certificate", amount, ZERO, order.billing_place, 1, amount)
    rule = rule_of_sale(piece, setting)
    if isinstance(rule, Hold):
        return rule
    face = half_up(amount, minor_digits(order.currency))
    if face > proof.total:
        figures = {"certificate": shown(face), "order": shown(proof.total)}
        return Hold("overpaid", f"{shown(face)} by certificate is more than {shown(proof.total)}.", figures)
    off, tax, _ = sold_at(face, rule, types)
    return DocumentLine(
        kind="voucher",
        ref="voucher",
        description="Gift certificate redeemed, taxed when it was sold",
        quantity=ONE,
        unit_amount=-off,
        amount=-off,
        tax=-tax,
        tax_stated=True,
        account=setting.policy.accounts.gift_card_liability,
        tax_type=rule.tax_type,
        item_code=None,
        words=f"{shown(face)} by a certificate that was taxed when sold: rule {rule.name} {rule.percent} %",
    )
