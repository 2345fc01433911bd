"""A piece of an order, the shop's tax rows, an organisation with its rules, and which of them is believed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from given import POLICY, REFERENCE, D

from include.domain.order import Place, TaxRow
from include.domain.outcome import Hold
from include.domain.policy import TaxRule, TaxType
from include.domain.proof import Piece
from include.domain.tax import Matched, NeedsRows, Setting, setting_of, tax_type_of

VICTORIA = Place("AU", "Victoria")
GST = TaxRule("gst", "OUTPUT", D(10), country="AU", tax_name="GST")
HALF = TaxRule("half", "HALF", D(5), country="AU", tax_name="Half")
FREE = TaxRule("free", "EXEMPTOUTPUT", D(0), country="AU", tax_name="GST Free")
EXPORT = TaxRule("export", "EXEMPTEXPORT", D(0))
#: Any tax type of these tests is known to Xero at its rule's own rate, unless the test says otherwise.
RATES = {"OUTPUT": "10", "HALF": "5", "EXEMPTOUTPUT": "0", "EXEMPTEXPORT": "0"}


def piece(
    tax: str = "10.00",
    amount: str = "110.00",
    *,
    kind: Any = "item",
    place: Place = VICTORIA,
    quantity: int = 1,
    ref: str = "MUG",
    source_id: int = 1,
) -> Piece:
    """A thing that was sold; unsaid, a mug at 110.00 with 10.00 of tax in it."""
    return Piece(kind, ref, D(amount), D(tax), place, quantity, D(amount), source_id=source_id)


def row(
    rate: str = "10",
    amount: str = "10.00",
    *,
    name: str = "GST",
    tax_class: str = "Default",
    kind: str = "item",
    line_id: int | None = 1,
    address_id: int | None = None,
) -> TaxRow:
    """A row of the shop's tax detail; unsaid, 10 % GST on the mug."""
    return TaxRow(name, D(rate), D(amount), tax_class, kind, line_id, address_id)


def setting(
    *rules: TaxRule,
    inclusive: bool = True,
    currency: str = "AUD",
    rates: Any = (),
    tolerance: int = 5,
) -> Setting:
    """An organisation with these rules; `rates` are Xero's where they differ from the rules'."""
    known = {**RATES, **{rule.tax_type: rule.rate for rule in rules}, **dict(rates)}
    types = {code: TaxType(code, D(rate), active=True) for code, rate in known.items()}
    policy = replace(POLICY, tax_rules=rules, tolerance_minor_units=tolerance)
    return setting_of(policy, replace(REFERENCE, tax_types=types), currency, inclusive=inclusive)


def rule(sold: Piece, rows: Sequence[TaxRow] | None, *rules: TaxRule, **options: Any) -> str:
    """The name of the rule that is believed, or the reason why none is."""
    found = tax_type_of(sold, rows, setting(*rules, **options))
    match found:
        case Matched():
            return found.rule.name
        case NeedsRows():
            return f"rows of {found.ref}"
        case Hold():
            return found.reason


def read(
    sold: Piece, rows: Sequence[TaxRow] | None, *rules: TaxRule, **options: Any
) -> tuple[str, str, dict[str, str], str]:
    """What finance reads of the hold: reason, sentence, figures, remedy."""
    held = tax_type_of(sold, rows, setting(*rules, **options))
    assert isinstance(held, Hold), held
    return held.reason, held.sentence, dict(held.figures), held.to_do()
