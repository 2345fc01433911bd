"""What would go out: the documents added up once more, against the shop's totals and Xero's lists, before any is sent.

The plan has proved all this already. This check is a second pair of eyes: it takes only what will be sent (quantity,
unit price, tax, account, number) and lets Great Expectations say whether it agrees.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from include.checks.outgoing_rows import (
    DOCUMENT_COLUMNS,
    LINE_COLUMNS,
    MONEY_COLUMNS,
    Outgoing,
    document_rows,
    line_rows,
    money_rows,
)
from include.checks.outgoing_words import WORDS
from include.checks.plain import judge_plainly, plain_frame
from include.checks.suites import Expected, broken_of, frame_of, judge
from include.checks.verdict import Finding, Verdict
from include.domain.policy import Reference

EQUAL: Final = "ExpectColumnPairValuesToBeEqual"
AT_LEAST: Final = "ExpectColumnPairValuesAToBeGreaterThanB"
AMONG: Final = "ExpectColumnValuesToBeInSet"
UNIQUE: Final = "ExpectColumnValuesToBeUnique"

Table = tuple[list[dict[str, Any]], tuple[str, ...], tuple[Expected, ...]]

__all__ = ["DOCUMENT_COLUMNS", "WORDS", "Outgoing", "check_outgoing"]


def check_outgoing(
    outgoing: Sequence[Outgoing],
    reference: Reference,
    *,
    liability_line: bool,
    tolerance_minor_units: int = 5,
    plainly: bool = False,
) -> Verdict:
    """Which orders must not be sent, although they were planned.

    liability_line         the US way: no tax on the document, the shop's tax as lines of its own (accounting.md 2).
    tolerance_minor_units  how large a rounding line may be.
    plainly                the same rules without Great Expectations (checks/plain.py).

    Nothing to send passes without a rule, and without the import of Great Expectations.
    """
    frame_by, judge_by = (plain_frame, judge_plainly) if plainly else (frame_of, judge)
    rules: list[str] = []
    findings: dict[tuple[int, str], Finding] = {}
    broken: list[tuple[str, str]] = []
    for rows, columns, suite in _tables(outgoing, reference, tolerance_minor_units, liability_line):
        if not rows:
            continue
        judged = judge_by(frame_by(rows, columns), suite, "row")
        rules += [each.rule for each in suite]
        broken += broken_of(suite, judged)
        for each in suite:
            for index in judged[each.rule].rows if each.rule in WORDS else ():
                row = rows[index]
                found = Finding(row["order_key"], each.rule, WORDS[each.rule](row))
                # One finding an order and rule: its first document speaks.
                findings.setdefault((found.order_key, found.rule), found)
    return Verdict(tuple(rules), tuple(findings.values()), tuple(broken))


def _tables(
    outgoing: Sequence[Outgoing], reference: Reference, tolerance_minor_units: int, liability_line: bool
) -> Iterator[Table]:
    """Documents, lines and money, each with its suite. `row` is a row's place in its table."""
    documents = document_rows(outgoing, tolerance_minor_units, liability_line)
    yield documents, DOCUMENT_COLUMNS, suite_of_documents(len(documents))
    lines = line_rows(outgoing)
    yield lines, LINE_COLUMNS, suite_of_lines(len(lines), reference)
    money = money_rows(outgoing)
    yield money, MONEY_COLUMNS, suite_of_money(len(money), reference)


def suite_of_documents(rows: int) -> tuple[Expected, ...]:
    """What is expected of invoices and credit notes."""
    return (
        _pair("total_is_of_lines", EQUAL, "total", "lines_total"),
        _pair("tax_is_of_lines", EQUAL, "tax", "lines_tax"),
        _pair("total_is_the_shops", EQUAL, "total", "shop_total"),
        _pair("tax_is_the_shops", EQUAL, "tax_charged", "shop_tax"),
        _pair("tax_is_where_it_belongs", EQUAL, "tax", "tax_demanded"),
        _pair("rounding_is_small", AT_LEAST, "rounding_max", "rounding", or_equal=True),
        _pair("credit_within_invoice", AT_LEAST, "invoice_total", "credited", or_equal=True),
        Expected("number_is_free", UNIQUE, {"column": "number_of_kind"}),
        _rows("documents_row_count", rows),
    )


def suite_of_lines(rows: int, reference: Reference) -> tuple[Expected, ...]:
    """What is expected of every line: that Xero will take its account and its tax type."""
    accounts = sorted(code for code, account in reference.accounts.items() if account.active)
    tax_types = sorted(code for code, tax_type in reference.tax_types.items() if tax_type.active)
    return (
        Expected("line_account_is_alive", AMONG, {"column": "account", "value_set": accounts}),
        Expected("tax_type_is_alive", AMONG, {"column": "tax_type", "value_set": tax_types}),
        _rows("lines_row_count", rows),
    )


def suite_of_money(rows: int, reference: Reference) -> tuple[Expected, ...]:
    """What is expected of payments, in and out."""
    accounts = sorted(code for code, account in reference.accounts.items() if account.active and account.takes_payments)
    return (
        Expected("payment_account_is_alive", AMONG, {"column": "account", "value_set": accounts}),
        _pair("paid_within_invoice", AT_LEAST, "invoice_total", "paid", or_equal=True),
        _rows("money_row_count", rows),
    )


def _pair(rule: str, kind: str, first: str, second: str, **more: Any) -> Expected:
    """A rule on two amounts of a row; where one is not known (None), there is nothing to compare."""
    asked = {"column_A": first, "column_B": second, "ignore_row_if": "either_value_is_missing", **more}
    return Expected(rule, kind, asked)


def _rows(rule: str, rows: int) -> Expected:
    return Expected(rule, "ExpectTableRowCountToEqual", {"value": rows}, "The frame has not one row for each document.")
