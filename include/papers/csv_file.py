"""The paper as one CSV that Excel opens rightly: a row a total, a difference and an account, told apart by the first column.

One rectangle, not several tables below each other: it can be filtered, pivoted and read by a program. UTF-8 with a byte
order mark, by which Excel knows it; what would be taken for a formula is text.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from include.domain.reconciliation import Paper
from include.papers import tables
from include.papers.tables import Table, Value

LEAD = ("Row", "Store", "Day", "Version")
COLUMNS = (
    "What",
    "Currency",
    "Order",
    "Document",
    "Account",
    "Cause",
    "Needs you",
    "Shop count",
    "Shop",
    "Ledger count",
    "Ledger",
    "Xero count",
    "Xero",
    "Xero less shop",
    "Xero less ledger",
    "Meaning",
    "Sentence",
    "Remedy",
)
# With these a cell begins a formula in one spreadsheet or another, also in their full-width forms (OWASP, CSV injection).
FORMULA = tuple("=+-@＝＋－＠\t\r\n")


def csv_file(paper: Paper) -> bytes:
    """The file: the paper's version, then those that came after the signature.

    Amounts are plain numbers with a point; an empty cell is a side that has nothing.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*LEAD, *COLUMNS])
    versions = [(paper.version, paper.report), *paper.addenda]
    for version, report in versions:
        this = replace(paper, version=version, report=report)
        for kind, table in (("total", tables.totals), ("difference", tables.differences), ("account", tables.tenders)):
            for row in _rows(table(this)):
                lead = (kind, report.store, report.day.isoformat(), version)
                writer.writerow([defused(each) for each in (*lead, *(row.get(name) for name in COLUMNS))])
    return text.getvalue().encode("utf-8-sig")


def _rows(table: Table) -> Iterator[dict[str, Value]]:
    names = [name for name, _ in table.columns]
    for row in table.rows:
        yield dict(zip(names, row, strict=True))


def defused(value: Value) -> str:
    """The value as a cell. A text that would begin a formula begins with an apostrophe; a number cannot be one.

    >>> defused("=cmd|' /C calc'!A0")
    "'=cmd|' /C calc'!A0"
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
