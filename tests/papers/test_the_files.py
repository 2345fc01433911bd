"""Business risk: a cent is lost on the way into a spreadsheet, or a product's name runs as a formula on finance's desk."""

import io
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pandas as pd
import pytest
from day_papers import AGREES, ASKED, CHANGED_AFTER, DIFFERS, SIGNATURE, paper, row
from hypothesis import given, settings
from hypothesis import strategies as some

from include.domain.reconciliation import Column, Difference, StockDifference, TenderTotal
from include.papers.csv_file import csv_file, defused
from include.papers.plain import plain
from include.papers.workbook import workbook


def from_csv(a_paper):
    return pd.read_csv(io.BytesIO(csv_file(a_paper)), dtype=str, keep_default_na=False, encoding="utf-8-sig")


def sheets(a_paper):
    return pd.read_excel(io.BytesIO(workbook(a_paper)), sheet_name=None, keep_default_na=False)


def cents(value):
    """A number of a workbook, which is binary there, as the decimal that Excel shows."""
    return Decimal(str(value)).quantize(Decimal("0.01"))


def test_the_csv_has_a_row_a_total_a_difference_and_an_account_in_one_table():
    rows = from_csv(paper(DIFFERS, 3))

    assert list(rows["Row"]) == ["total"] * 4 + ["difference"] * 5 + ["account"] * 2
    assert set(rows["Version"]) == {"3"}
    sales = rows.iloc[0]
    assert [sales[name] for name in ("Day", "What", "Currency", "Shop count", "Shop", "Ledger", "Xero", "Xero less shop")] == [
        "2026-11-24", "Sales", "AUD", "41", "14310.20", "13120.20", "13111.20", "-1199.00",
    ]  # fmt: skip
    missing = rows[rows["Order"] == "1042"].iloc[0]
    assert [missing[name] for name in ("Cause", "Needs you", "Shop", "Ledger", "Xero")] == [
        "Missing in the books", "yes", "1210.00", "", "",
    ]  # fmt: skip
    account = rows[rows["Account"] == "615-CARD"].iloc[0]
    assert (account["Ledger"], account["Xero"], account["Xero less ledger"]) == ("13520.50", "13575.50", "55.00")


def test_a_day_that_changed_after_its_signature_has_both_versions_in_the_csv():
    rows = from_csv(CHANGED_AFTER).query("Row == 'total' and What == 'Sales' and Currency == 'AUD'")

    assert list(zip(rows["Version"], rows["Shop"], strict=True)) == [("1", "4310.20"), ("2", "14310.20")]


def test_excel_knows_the_csv_by_its_mark_and_its_line_ends():
    file = csv_file(paper(DIFFERS))

    assert file.startswith(b"\xef\xbb\xbf")
    assert file.count(b"\r\n") == file.count(b"\n")


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＠x"])
def test_a_text_that_begins_like_a_formula_is_text_in_every_file(typed):
    difference = Difference(typed, "missing", "sales", "AUD", Decimal("-5.00"), None, None, typed, typed, typed)
    hostile = paper(
        replace(AGREES, differences=(difference,), stock=(StockDifference(typed, None, 0, 1, 2, ASKED),)),
        1,
        replace(SIGNATURE, by=typed, note=typed),
    )

    row = from_csv(hostile).query("Row == 'difference'").iloc[0]
    assert {row[name] for name in ("Order", "Document", "Sentence", "Remedy")} == {f"'{typed}"}
    assert row["Shop"] == "-5.00"  # a number is no formula
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(workbook(hostile)))
    cells = [cell for sheet in book for line in sheet for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert len([cell for cell in cells if cell.value == typed and cell.quotePrefix]) >= 6


def test_a_tab_before_a_formula_does_not_smuggle_it_in():
    difference = replace(DIFFERS.differences[0], sentence="\t\r\n=1+1")

    assert from_csv(paper(replace(AGREES, differences=(difference,))))["Sentence"].iloc[3] == "'=1+1"


def test_control_characters_of_a_sku_do_not_stop_the_workbook():
    report = replace(AGREES, stock=(StockDifference("MUG\x00\x0b-RED", Decimal("1.5000"), 0, 1, 2, ASKED),))

    assert list(sheets(paper(report))["Stock"]["SKU"]) == ["MUG -RED"]


def test_the_workbook_has_a_sheet_a_table_with_numbers_as_numbers_and_days_as_days():
    book = sheets(paper(DIFFERS, 3))

    assert list(book) == ["Totals", "Differences", "Tenders", "Holds", "Stock", "Trend", "About"]
    totals = book["Totals"]
    assert [cents(each) for each in totals["Shop"]] == [
        Decimal("14310.20"), Decimal("-88.00"), Decimal("14198.70"), Decimal("36000.00"),
    ]  # fmt: skip
    assert totals["Agrees"].tolist() == ["no", "yes", "no", "no"]
    assert book["Trend"]["Day"].iloc[-1] == datetime(2026, 11, 24)  # noqa: DTZ001  a workbook knows no zone
    holds = book["Holds"]
    assert holds["Days"].tolist() == [12, 12, 0]
    assert holds["Orders"].tolist() == [3, "", 1]  # a reason's orders are counted once, and summed rightly
    assert holds["Oldest since"].iloc[0] == datetime(2026, 11, 13, 3, 30)  # noqa: DTZ001  by Sydney's clock
    assert dict(book["About"].values.tolist())["Verdict"] == "4 differences need you"


def test_the_workbook_shows_as_many_decimals_as_a_currency_has_and_keeps_the_head_in_sight():
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(workbook(paper(DIFFERS))))
    totals = book["Totals"]

    assert [totals.cell(line, 4).number_format for line in (2, 5)] == ["#,##0.00", "#,##0"]  # AUD, JPY
    assert {sheet.freeze_panes for sheet in book} == {"A2"}
    assert book["Trend"]["A2"].number_format == "yyyy-mm-dd"
    assert totals.column_dimensions["D"].width > len("14,310.20")


def test_addenda_have_a_sheet_of_their_own_with_what_was_and_what_is():
    found = sheets(CHANGED_AFTER)
    moved = found["Addenda"].query("Change == 'moved' and What == 'Sales' and Currency == 'AUD'").iloc[0]
    new = found["Addenda"].query("Change == 'new' and Order == '1042'").iloc[0]

    assert (cents(moved["Shop before"]), cents(moved["Shop now"])) == (Decimal("4310.20"), Decimal("14310.20"))
    assert (new["Shop before"], cents(new["Shop now"])) == ("", Decimal("1210.00"))
    assert dict(found["About"].values.tolist())["Signed by"] == "ann"


AMOUNTS = some.decimals(-(10**10), 10**10, places=2)


@settings(max_examples=12)
@given(some.lists(AMOUNTS, min_size=1, max_size=12), some.sampled_from(["AUD", "USD", "EUR"]))
def test_no_cent_is_lost_in_a_file(amounts, currency):
    report = replace(
        AGREES,
        rows=tuple(row("sales", currency, (1, str(each)), (1, str(each)), (1, "0")) for each in amounts),
        tenders=tuple(TenderTotal("615", currency, Column(1, each), Column(1, each)) for each in amounts),
    )
    table = from_csv(paper(report))

    assert [Decimal(each) for each in table["Shop"][: len(amounts)]] == amounts
    assert [Decimal(each) for each in table["Xero less shop"][: len(amounts)]] == [-each for each in amounts]
    book = sheets(paper(report))
    assert [cents(each) for each in book["Totals"]["Shop"]] == amounts
    assert [cents(each) for each in book["Tenders"]["Ledger"]] == amounts


@given(some.text(min_size=1))
def test_no_cell_of_text_begins_as_a_formula_does(text):
    assert not defused(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_the_terminal_shows_the_same_day_with_its_columns_below_each_other():
    said = plain(paper(DIFFERS, 3), "Demo shop")
    lines = said.splitlines()

    assert lines[0] == "Demo shop, Tuesday, 24 November 2026: 4 differences need you"
    [sales] = [line for line in lines if line.startswith("  Sales AUD")]
    [head] = [line for line in lines if line.strip().startswith("Shop")]
    assert sales.split() == ["Sales", "AUD", "41", "14,310.20", "41", "13,120.20", "41", "13,111.20", "−1,199.00"]
    assert len(sales) == len(head)  # figures to the right, below their heads
    assert "  order 1044 BC-1044: sales, AUD shop 99.00, ledger 99.00, Xero 90.00" in lines
    assert "Explained, nothing to do: 1051." in lines
    assert "  12 days: 3 orders, AUD 640.10 + JPY 12,000. No mapped tax rate gives the tax that was charged." in lines
    assert (
        "Signed by ann, 25 November 2026, 12:05 AEDT, version 1: Read and filed." in plain(CHANGED_AFTER).splitlines()
    )
