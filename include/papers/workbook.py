"""The paper as a workbook: a sheet a table, numbers as numbers, days as days, the head frozen. Written by pandas."""

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from include.domain.money import minor_digits
from include.domain.reconciliation import Paper
from include.papers.tables import Kind, Table, Value, all_tables

FORMATS: Final[dict[Kind, str]] = {
    "count": "#,##0",
    "units": "#,##0.####",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
WIDEST, NARROWEST = 60, 9  # characters


def workbook(paper: Paper) -> bytes:
    """The file, as Excel and LibreOffice open it. Excel keeps 15 digits of a number: cents up to ten billion are exact."""
    import pandas as pd  # half a second: whoever asks for no workbook does not pay it

    file = io.BytesIO()
    with pd.ExcelWriter(file, engine="openpyxl") as writer:
        for table in all_tables(paper):
            names = [name for name, _ in table.columns]
            frame = pd.DataFrame([list(row) for row in table.rows], columns=names, dtype=object)
            frame.to_excel(writer, sheet_name=table.name, index=False)
            _dress(writer.sheets[table.name], table)
    return file.getvalue()


def _dress(sheet: Any, table: Table) -> None:
    """Formats, widths and the frozen head of a sheet. What looks like a formula stays text."""
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for column, (name, kind) in enumerate(table.columns, 1):
        widest = len(name) + 3
        for line, row in enumerate(table.rows, 2):
            cell = sheet.cell(line, column)
            if kind == "text" and cell.value is not None:
                # The library makes a formula of every text that begins with `=`; nobody's product name is one.
                cell.data_type, cell.quotePrefix = "s", True
            elif kind == "money":
                cell.number_format = _money_format(row, column - 1, table)
            elif kind in FORMATS:
                cell.number_format = FORMATS[kind]
            widest = max(widest, len(_as_seen(row[column - 1])) + 2)
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = min(max(widest, NARROWEST), WIDEST)


def _money_format(row: tuple[Value, ...], column: int, table: Table) -> str:
    """As many decimals as the amount has; those of its currency where the cell is empty."""
    amount = row[column]
    currency = row[table.currency] if table.currency is not None else ""
    digits = minor_digits(str(currency))
    if isinstance(amount, Decimal):
        digits = max(digits, -int(amount.as_tuple().exponent))
    return "#,##0" + ("." + "0" * digits if digits else "")


def _as_seen(value: Value) -> str:
    if isinstance(value, datetime):
        return "2026-11-24 10:00"
    if isinstance(value, date):
        return "2026-11-24"
    return f"{value:,}" if isinstance(value, int | Decimal) else str(value or "")
