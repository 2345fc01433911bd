"""A day of the books as a question: all that is dated on it, whoever wrote it (reference xero.md 3.4)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from include.clients.errors import NotUnderstood
from include.clients.sending import Call
from include.clients.xero_answers import only
from include.clients.xero_calls import CREDIT_NOTES, INVOICES, PAYMENTS
from include.clients.xero_dates import date_in

_SUMS = ("Total", "TotalTax", "Status")
# Larger than the documented page, and reported by several (xero.md 3.4). If Xero caps it, the answer's own count of pages
# says so; where it counts none, a page of the documented size is taken for a full one.
PAGE_ROWS_MAX = 1000
# What a day is compared by: a row without it would look edited, or worth nothing.
_NEEDED = {"Invoices": _SUMS, "CreditNotes": _SUMS, "Payments": ("Amount", "Status", "PaymentType")}


class DayReads:
    """What a client of the books reads of a day."""

    def sales_dated(self, day: date) -> list[Mapping[str, Any]]:
        """Every sales invoice of the organisation dated that day, of any status and whoever wrote it."""
        # Whole, not `summaryOnly`: which fields that leaves out is nowhere said, and one that is missing would look edited.
        return self._dated(INVOICES, "Invoices", f'Type=="ACCREC" AND {a_day(day)}', day)

    def credits_dated(self, day: date) -> list[Mapping[str, Any]]:
        """Every sales credit note dated that day, of any status."""
        return self._dated(CREDIT_NOTES, "CreditNotes", f'Type=="ACCRECCREDIT" AND {a_day(day)}', day)

    def payments_dated(self, day: date) -> list[Mapping[str, Any]]:
        """Every payment dated that day, of sales, bills and credit notes, deleted ones too: look at Status."""
        return self._dated(PAYMENTS, "Payments", a_day(day), day)

    @abstractmethod
    def _pages(
        self, call: Call, kind: str, params: Mapping[str, str], rows: int = PAGE_ROWS_MAX
    ) -> list[Mapping[str, Any]]:
        """All rows of a paged list."""

    def _dated(self, call: Call, kind: str, where: str, day: date) -> list[Mapping[str, Any]]:
        found = self._pages(call, kind, {"where": where}, rows=PAGE_ROWS_MAX)
        for name in _NEEDED[kind]:
            if any(row.get(name) is None for row in found):
                raise NotUnderstood(f"Xero sent {kind.lower()} without {name}.")
        return only(found, lambda row: is_dated(row, day), kind.lower())


def a_day(day: date) -> str:
    """The clause that a document is dated that day. Type and Date are among the columns that Xero filters well by."""
    return f"Date>={_moment(day)} AND Date<{_moment(day + timedelta(days=1))}"


def is_dated(row: Mapping[str, Any], day: date) -> bool:
    """Whether a row bears that date. What is no date of Xero's is none."""
    try:
        return date_in(row, "Date") == day
    except ValueError:
        return False


def _moment(day: date) -> str:
    return f"DateTime({day.year},{day.month:02d},{day.day:02d})"
