"""Which Xero tax type a piece of the order bears (accounting.md 3).

Rules are data, ordered, first match wins. A rule is believed only when its rate explains the tax that was charged. Where
the shop's tax rows were read, name and rate come from them; where not, the amount alone must leave one tax type, and if
it leaves several the rows are needed (`NeedsRows`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.domain.money import ZERO, half_up, minor_digits, minor_unit, shown
from include.domain.order import TaxRow
from include.domain.outcome import Hold
from include.domain.policy import Policy, Reference, TaxRule, TaxType
from include.domain.proof import Piece
from include.domain.xero_arithmetic import exact_tax_of

SAME_RATE = Decimal("0.0001")  # Xero's effective rate has four decimals
ROW_KINDS = {
    "item": "item",
    "gift_certificate": "item",
    "shipping": "shipping",
    "handling": "handling",
    "wrapping": "gift-wrapping",
}


@dataclass(frozen=True, slots=True)
class Matched:
    """The rule that explains a piece, in words an accountant would use."""

    rule: TaxRule
    rate: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class NeedsRows:
    """The amounts alone leave more than one tax type: the order's tax rows must be read."""

    ref: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same for all pieces of one order."""

    policy: Policy
    reference: Reference
    inclusive: bool
    digits: int  # decimals of the order's currency
    tolerance: Decimal  # how far charged and computed tax of a line may lie apart


def setting_of(policy: Policy, reference: Reference, currency: str, *, inclusive: bool) -> Setting:
    """The setting of an order in that currency."""
    digits = minor_digits(currency)
    return Setting(policy, reference, inclusive, digits, minor_unit(digits) * policy.tolerance_minor_units)


def rows_of(piece: Piece, rows: Sequence[TaxRow]) -> tuple[TaxRow, ...]:
    """The tax rows that belong to this piece; fees have none (accounting.md 2)."""
    kind = ROW_KINDS.get(piece.kind)
    if kind in ("item", "gift-wrapping"):
        any_line = kind != "item" and not piece.source_id
        return tuple(row for row in rows if row.kind == kind and (any_line or row.line_id == piece.source_id))
    if kind is None:
        return ()
    at_address = tuple(row for row in rows if row.kind == kind and row.address_id == piece.source_id)
    return at_address or tuple(row for row in rows if row.kind == kind)


def tax_type_of(piece: Piece, rows: Sequence[TaxRow] | None, setting: Setting) -> Matched | NeedsRows | Hold:
    """The first rule that names this piece and explains its tax.

    rows   all tax rows of the order, None where they were not read.
    """
    rule = _rule_of(piece, rows, setting)
    if (
        isinstance(rule, Hold)
        and setting.policy.tax_as_charged
        and rule.reason in ("tax_unexplained", "tax_rate_unmapped")
    ):
        return _as_charged(piece, setting, rule)
    return Matched(rule, rule.rate, _words(rule, piece, setting)) if isinstance(rule, TaxRule) else rule


def _as_charged(piece: Piece, setting: Setting, why: Hold) -> Matched | Hold:
    """By a person's decision: the tax as the shop charged it, at the tax type of the rule that lies nearest."""
    live = [rule for rule in placed(piece, setting) if isinstance(alive(rule, piece, setting), TaxRule)]
    if not live:
        return why
    rule = _nearest(live, piece, setting)[0]
    words = f"tax {shown(piece.tax, setting.digits)} as charged, by a person's decision; nearest is rule {rule.name}"
    return Matched(rule, rule.rate, words)


def leaves_tax_open(piece: Piece, setting: Setting) -> bool:
    """Whether the piece's amounts alone do not say its tax type, so that tax rows would help."""
    return not isinstance(_rule_of(piece, None, setting), TaxRule)


def _rule_of(piece: Piece, rows: Sequence[TaxRow] | None, setting: Setting) -> TaxRule | NeedsRows | Hold:
    own = rows_of(piece, rows) if rows is not None else ()
    return _by_rows(piece, own, setting) if own else _by_amount(piece, setting, rows_known=rows is not None)


def _by_rows(piece: Piece, rows: tuple[TaxRow, ...], setting: Setting) -> TaxRule | Hold:
    charged = _distinct(rows)
    names = tuple(name for name, _, _ in charged)
    classes = {tax_class for _, _, tax_class in charged}
    rate = sum((rate for _, rate, _ in charged), ZERO)
    stated = " + ".join(f"{name} {rate.normalize():f} %" for name, rate, _ in charged)
    candidates = [rule for rule in placed(piece, setting) if _names(rule, names) and _classes(rule, classes)]
    fitting = [rule for rule in candidates if rule.rate == rate or (len(charged) > 1 and _compounds(rule, charged))]
    if not fitting:
        tried = _rates_tried(placed(piece, setting))
        return Hold(
            "tax_rate_unmapped",
            f"{piece.ref}: the shop charged {stated} in {_place_words(piece)}; the rules know {tried}.",
            {"charged": stated, "tax": shown(piece.tax, setting.digits), "rates tried": tried},
            f"Add a tax rule for {stated} ({piece.place.country}), or correct the rate in the shop.",
        )
    for rule in fitting:
        if explains(rule.rate, piece, setting, rows):
            return alive(rule, piece, setting)
    return _unexplained(piece, fitting, setting)


def _by_amount(piece: Piece, setting: Setting, *, rows_known: bool) -> TaxRule | NeedsRows | Hold:
    here = placed(piece, setting)
    explaining = [rule for rule in here if explains(rule.rate, piece, setting)]
    if not explaining:
        return _unexplained(piece, here, setting)
    if not rows_known and piece.kind != "fee" and any(rule.tax_class != "*" for rule in explaining):
        return NeedsRows(piece.ref)  # only a tax row says of which class the piece is
    # A rate of zero without a name is that of the first rule for the place: exempt at home, export abroad.
    untaxed = [rule for rule in explaining if rule.rate == ZERO] if piece.tax == ZERO else []
    if untaxed and (rows_known or len(untaxed) == len(explaining)):
        return alive(untaxed[0], piece, setting)
    nearest = _nearest(explaining, piece, setting)
    one_type = len(nearest) == 1 or len({rule.tax_type for rule in nearest}) == 1
    if piece.kind == "fee" and not one_type:
        # A fee has no tax row that could decide (accounting.md 2).
        names = " and ".join(rule.name for rule in nearest)
        return Hold(
            "tax_unexplained",
            f"{piece.ref}: rules {names} both explain its tax of {shown(piece.tax, setting.digits)}.",
            {"tax": shown(piece.tax, setting.digits), "rules": names},
            "Narrow one of the rules, for instance by `line_kind`, so that one is left.",
        )
    if piece.amount == ZERO or rows_known or one_type:
        return alive(nearest[0], piece, setting)
    return NeedsRows(piece.ref)


def _nearest(rules: Sequence[TaxRule], piece: Piece, setting: Setting) -> list[TaxRule]:
    """The rules whose computed tax lies nearest to the charged one: a cheap line is near to every rate."""
    if len(rules) == 1:
        return list(rules)
    gaps = {id(rule): abs(_computed(rule.rate, piece, setting) - half_up(piece.tax, setting.digits)) for rule in rules}
    least = min(gaps.values())
    return [rule for rule in rules if gaps[id(rule)] == least]


def explains(rate: Decimal, piece: Piece, setting: Setting, rows: Sequence[TaxRow] = ()) -> bool:
    """Whether the rate gives the charged tax: within the tolerance, by exact unit rounding, or as the sum of rounded rows."""
    exact = _exact(rate, piece, setting)
    if abs(half_up(exact, setting.digits) - piece.tax) <= setting.tolerance:
        return True
    charged = half_up(piece.tax, setting.digits)
    if piece.quantity > 1:
        unit = half_up(exact / piece.quantity, setting.digits)
        if unit * piece.quantity == charged:
            return True
    return (
        bool(rows)
        and sum((half_up(row.amount, setting.digits) for row in rows), ZERO) == charged
        and abs(exact - piece.tax) <= setting.tolerance * len(rows)
    )


def _exact(rate: Decimal, piece: Piece, setting: Setting) -> Decimal:
    return exact_tax_of(piece.amount, rate, "Inclusive" if setting.inclusive else "Exclusive")


def _computed(rate: Decimal, piece: Piece, setting: Setting) -> Decimal:
    return half_up(_exact(rate, piece, setting), setting.digits)


def placed(piece: Piece, setting: Setting) -> list[TaxRule]:
    """The rules that speak of this kind of line and of its destination, in order."""
    return [
        rule
        for rule in setting.policy.tax_rules
        if rule.country in ("*", piece.place.country)
        and _same(rule.state, piece.place.state)
        and rule.line_kind in ("*", piece.kind)
    ]


def _same(pattern: str, value: str) -> bool:
    return pattern == "*" or pattern.strip().casefold() == value.strip().casefold()


def _names(rule: TaxRule, names: tuple[str, ...]) -> bool:
    """Whether the rule names these taxes: one by one, or stacked as `GST+PST` in any order."""
    if rule.tax_name == "*":
        return True
    mapped = sorted(name.strip().casefold() for name in rule.tax_name.split("+"))
    return mapped == sorted(name.strip().casefold() for name in names)


def _classes(rule: TaxRule, classes: set[str]) -> bool:
    return rule.tax_class == "*" or {rule.tax_class.strip().casefold()} == {name.strip().casefold() for name in classes}


def _distinct(rows: Iterable[TaxRow]) -> tuple[tuple[str, Decimal, str], ...]:
    """The taxes on a piece, each once: (name, rate, class) in the shop's order."""
    return tuple(dict.fromkeys((row.name, row.rate, row.tax_class) for row in rows))


def _compounds(rule: TaxRule, charged: Sequence[tuple[str, Decimal, str]]) -> bool:
    """Whether the rule's rate is the stacked rates applied one upon the other."""
    factor = Decimal(1)
    for _, rate, _ in charged:
        factor *= 1 + rate / 100
    return half_up((factor - 1) * 100, 4) == half_up(rule.rate, 4)


def alive(rule: TaxRule, piece: Piece, setting: Setting) -> TaxRule | Hold:
    """The rule, if Xero takes its tax type for this piece; else a hold that says why not."""
    tax_type = setting.reference.tax_types.get(rule.tax_type)
    problem = _dead(rule, tax_type)
    if problem:
        return Hold("tax_type_dead", f"{piece.ref}: {problem}", {"tax type": rule.tax_type, "rule": rule.name})
    if "EXPORT" in rule.tax_type and piece.place.country == setting.reference.country:
        return Hold(
            "tax_unexplained",
            f"{piece.ref} goes to {_place_words(piece)}, at home, but the only rule that fits is for export.",
            {"tax": shown(piece.tax, setting.digits), "rule": rule.name},
            f"Add a rule for untaxed goods in {piece.place.country}, or correct the order's tax.",
        )
    return rule


def _dead(rule: TaxRule, tax_type: TaxType | None) -> str:
    if tax_type is None:
        return f"tax type {rule.tax_type} of rule {rule.name} does not exist in Xero."
    if not tax_type.active:
        return f"tax type {rule.tax_type} of rule {rule.name} is not active in Xero."
    if not tax_type.on_revenue:
        return f"tax type {rule.tax_type} of rule {rule.name} may not be used on sales."
    if abs(tax_type.effective_rate - rule.rate) > SAME_RATE:
        return (
            f"rule {rule.name} says {rule.percent} %, "
            f"but {rule.tax_type} is {tax_type.effective_rate.normalize():f} % in Xero."
        )
    return ""


def _unexplained(piece: Piece, rules: Sequence[TaxRule], setting: Setting) -> Hold:
    digits = setting.digits
    tried = "; ".join(
        f"{rule.name} {rule.percent} % gives {shown(_computed(rule.rate, piece, setting), digits)}" for rule in rules
    )
    base = piece.amount - piece.tax if setting.inclusive else piece.amount
    suggestion = f"{(piece.tax / base * 100):.2f} %" if base > ZERO else "no rate"
    return Hold(
        "tax_unexplained",
        f"{piece.ref}: tax {shown(piece.tax, digits)} on {shown(piece.amount, digits)} in {_place_words(piece)} "
        f"is explained by no rule ({tried or 'no rule is for this place'}).",
        {"tax": shown(piece.tax, digits), "amount": shown(piece.amount, digits), "rate that would fit": suggestion},
        f"A rule of {suggestion} would fit; or correct the order in the shop.",
    )


def _rates_tried(rules: Sequence[TaxRule]) -> str:
    return ", ".join(dict.fromkeys(f"{rule.percent} %" for rule in rules)) or "none for this place"


def _words(rule: TaxRule, piece: Piece, setting: Setting) -> str:
    family = "out of" if setting.inclusive else "of"
    return (
        f"tax {shown(piece.tax, setting.digits)}: rule {rule.name} {rule.percent} % {family} "
        f"{shown(piece.amount, setting.digits)}, per line"
    )


def _place_words(piece: Piece) -> str:
    return ", ".join(part for part in (piece.place.state, piece.place.country) if part) or "an unknown place"
