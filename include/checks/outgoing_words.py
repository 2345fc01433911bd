"""What a bookkeeper reads when a document must not be sent. The rules are those of `outgoing`."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from include.domain.money import shown
from include.domain.outcome import Hold

Row = Mapping[str, Any]


def _differs(row: Row, ours: str, named: str, theirs: str, other: str) -> Hold:
    here: Decimal = row[ours]
    there: Decimal = row[theirs]
    return Hold(
        "total_differs",
        f"{row['number']}: {named} {shown(here)}, but {other} {shown(there)}.",
        {"document": shown(here), "expected": shown(there), "difference": shown(here - there)},
    )


def _dead_account(row: Row) -> Hold:
    return Hold(
        "account_dead",
        f"{row['number']}: account {row['account'] or '(none)'} for {row['ref']} is missing or archived in Xero.",
        {"account": row["account"], "line": row["ref"]},
    )


def _dead_payment_account(row: Row) -> Hold:
    return Hold(
        "account_dead",
        f"{row['number']}: account {row['account'] or '(none)'} for {row['tender']} is missing or archived in Xero, "
        "or takes no payments.",
        {"account": row["account"], "tender": row["tender"]},
    )


def _dead_tax_type(row: Row) -> Hold:
    return Hold(
        "tax_type_dead",
        f"{row['number']}: tax type {row['tax_type'] or '(none)'} of {row['ref']} is not active in Xero.",
        {"tax type": row["tax_type"], "line": row["ref"]},
    )


def _large_rounding(row: Row) -> Hold:
    rounding, most = shown(row["rounding"]), shown(row["rounding_max"])
    return Hold(
        "total_differs",
        f"{row['number']} has {rounding} of rounding; {most} is the most that may be rounded away.",
        {"rounding": rounding, "allowed": most},
    )


def _taken(row: Row) -> Hold:
    return Hold(
        "number_taken", f"Two documents of this batch bear the number {row['number']}.", {"number": row["number"]}
    )


def _too_much(row: Row, amount: str, words: str) -> Hold:
    much, total = shown(row[amount]), shown(row["invoice_total"])
    return Hold("overpaid", f"{row['number']}: {much} {words} {total}.", {amount: much, "invoice": total})


WORDS: Final[Mapping[str, Callable[[Row], Hold]]] = {
    "total_is_of_lines": lambda row: _differs(row, "total", "its total is", "lines_total", "its lines come to"),
    "tax_is_of_lines": lambda row: _differs(row, "tax", "its tax is", "lines_tax", "the tax of its lines comes to"),
    "total_is_the_shops": lambda row: _differs(row, "total", "its total is", "shop_total", "the shop charged"),
    "tax_is_the_shops": lambda row: _differs(
        row, "tax_charged", "it bears tax of", "shop_tax", "the shop charged tax of"
    ),
    "tax_is_where_it_belongs": lambda row: _differs(
        row, "tax", "it shows tax of", "tax_demanded", "its tax belongs on lines of their own, and here should be"
    ),
    "rounding_is_small": _large_rounding,
    "credit_within_invoice": lambda row: _too_much(row, "credited", "is credited for this order, but its invoice is"),
    "number_is_free": _taken,
    "line_account_is_alive": _dead_account,
    "tax_type_is_alive": _dead_tax_type,
    "payment_account_is_alive": _dead_payment_account,
    "paid_within_invoice": lambda row: _too_much(row, "paid", "was paid, but the invoice is"),
}
