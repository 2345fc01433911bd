"""What we sent against what Xero keeps: it takes some fields silently and drops or changes them (reference xero.md 4)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

Json = Mapping[str, Any]

FIELDS = (
    *("InvoiceNumber", "CreditNoteNumber", "Reference", "CurrencyCode", "LineAmountTypes", "Status", "Date", "DueDate"),
    "BrandingThemeID",
)
LINE_FIELDS = ("AccountCode", "TaxType", "ItemCode", "Quantity", "UnitAmount", "TaxAmount")
# What a bookkeeper may have written over: a difference in it is no accident of Xero's.
WORDS_OF_A_LINE = (*LINE_FIELDS, "Description")
REACHED = {"AUTHORISED": ("AUTHORISED", "PAID")}  # Xero turns an invoice PAID by itself


def unlike(sent: Json, kept: Json, line_fields: Sequence[str] = LINE_FIELDS) -> list[tuple[str, str, str]]:
    """Every field that we sent and that Xero keeps otherwise: its name, as sent, as kept.

    Fields that the answer does not show at all are not compared, but for the tracking of a line that it does show.
    """
    found = [(name, str(sent[name]), str(kept[name])) for name in FIELDS if _differ(name, sent, kept)]
    lines, kept_lines = sent.get("LineItems"), kept.get("LineItems")
    if not isinstance(lines, list) or not isinstance(kept_lines, list) or not kept_lines:
        return found
    if len(lines) != len(kept_lines):
        return [*found, ("lines", str(len(lines)), str(len(kept_lines)))]
    for at, (line, kept_line) in enumerate(zip(lines, kept_lines, strict=True), start=1):
        for name in line_fields:
            if _differ(name, line, kept_line):
                found.append((f"line {at} {name}", str(line[name]), str(kept_line[name])))
        found += [(f"line {at} tracking", *words) for words in _tracking(line, kept_line)]
    return found


def _tracking(line: Json, kept: Json) -> Iterator[tuple[str, str]]:
    wanted = {(each["Name"], each["Option"]) for each in line.get("Tracking") or ()}
    there = {(each.get("Name"), each.get("Option")) for each in kept.get("Tracking") or ()}
    for category, option in sorted(wanted - there):
        yield f"{category}: {option}", "nothing"


def _differ(name: str, sent: Json, kept: Json) -> bool:
    if sent.get(name) is None or kept.get(name) is None:
        return False
    ours, theirs = sent[name], kept[name]
    if name in ("Date", "DueDate"):
        shown = str(kept.get(f"{name}String") or "")
        return bool(shown) and str(ours)[:10] != shown[:10]
    if name == "Status":
        return theirs not in REACHED.get(str(ours), (ours,))
    if name in ("Quantity", "UnitAmount", "TaxAmount"):
        return _number(ours) != _number(theirs)
    return str(ours).strip() != str(theirs).strip()


def _number(value: Any) -> Decimal | str:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return str(value)
