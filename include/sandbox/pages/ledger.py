"""What the pages of the books show, read from the books as Xero would answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from include.sandbox.pages.stock import price_list

if TYPE_CHECKING:
    from include.sandbox.town import Town

Json = dict[str, Any]
Page = tuple[str, Json] | None

ROWS_MAX = 200

GONE = ("VOIDED", "DELETED")


def organisation_name(town: Town) -> str:
    """The organisation's name."""
    return str(town.books.organisation.get("Name", "Books"))


def invoice_list(town: Town, request: Request) -> Page:
    """Every invoice, the latest first, with the sums of each currency, and what is on hand of tracked items."""
    rows = _latest_first(town.books.invoices())
    shown, around = cut(rows, request)
    for row in shown:
        row["order_id"] = order_id_of(row, "InvoiceNumber", town)
    sums = sums_of(rows, ("Total", "AmountPaid", "AmountDue"))
    return "invoices.html", {"rows": shown, "sums": sums, "price_list": price_list(town), **around}


def one_invoice(town: Town, request: Request) -> Page:
    """One invoice with its lines, payments and credit notes."""
    row = _find(town.books.invoices(), request.path_params["key"], "InvoiceNumber", "InvoiceID")
    if row is None:
        return None
    number = row.get("InvoiceNumber")
    payments = [pay for pay in town.books.payments() if pay.get("Invoice", {}).get("InvoiceID") == row["InvoiceID"]]
    credits = [
        note
        for note in town.books.credit_notes()
        if any(part["Invoice"]["InvoiceID"] == row["InvoiceID"] for part in note.get("Allocations", []))
    ]
    shown = {"row": row, "number": number, "payments": payments, "credits": credits}
    return "invoice.html", {**shown, "order_id": order_id_of(row, "InvoiceNumber", town)}


def payment_list(town: Town, request: Request) -> Page:
    """Every payment, in and out, the latest first."""
    rows = _latest_first(town.books.payments())
    shown, around = cut(rows, request)
    return "payments.html", {"rows": shown, **around}


def credit_note_list(town: Town, request: Request) -> Page:
    """Every credit note, the latest first."""
    rows = _latest_first(town.books.credit_notes())
    shown, around = cut(rows, request)
    for row in shown:
        row["order_id"] = order_id_of(row, "CreditNoteNumber", town)
    return "credit_notes.html", {"rows": shown, "sums": sums_of(rows, ("Total", "RemainingCredit")), **around}


def one_credit_note(town: Town, request: Request) -> Page:
    """One credit note with its lines, refunds and allocations."""
    row = _find(town.books.credit_notes(), request.path_params["key"], "CreditNoteNumber", "CreditNoteID")
    if row is None:
        return None
    refunds = [
        pay for pay in town.books.payments() if pay.get("CreditNote", {}).get("CreditNoteID") == row["CreditNoteID"]
    ]
    numbers = {invoice["InvoiceID"]: invoice.get("InvoiceNumber") for invoice in town.books.invoices()}
    allocations = [
        {**part, "number": numbers.get(part["Invoice"]["InvoiceID"], "")} for part in row.get("Allocations", [])
    ]
    shown = {"row": row, "payments": refunds, "allocations": allocations}
    return "credit_note.html", {**shown, "order_id": order_id_of(row, "CreditNoteNumber", town)}


def contact_list(town: Town, request: Request) -> Page:
    """Every contact by name, with what it was invoiced and still owes."""
    rows = sorted(town.books.contacts(), key=lambda row: str(row.get("Name", "")).lower())
    shown, around = cut(rows, request)
    invoices = town.books.invoices()
    for row in shown:
        mine = [invoice for invoice in invoices if invoice["Contact"]["ContactID"] == row["ContactID"]]
        row["invoices"] = len(mine)
        row["due"] = sums_of(mine, ("AmountDue",))
    return "contacts.html", {"rows": shown, **around}


def one_contact(town: Town, request: Request) -> Page:
    """One contact with its invoices."""
    row = _find(town.books.contacts(), request.path_params["key"], "ContactID", "ContactNumber")
    if row is None:
        return None
    mine = [invoice for invoice in town.books.invoices() if invoice["Contact"]["ContactID"] == row["ContactID"]]
    for invoice in mine:
        invoice["order_id"] = order_id_of(invoice, "InvoiceNumber", town)
    shown = {"row": row, "rows": _latest_first(mine), "sums": sums_of(mine, ("Total", "AmountPaid", "AmountDue"))}
    return "contact.html", shown


def documents_of(town: Town, order_id: int) -> Json:
    """Invoices and credit notes that tell of this order."""
    return {
        "invoices": [row for row in town.books.invoices() if _first_number(row, "InvoiceNumber") == order_id],
        "credit_notes": [
            row for row in town.books.credit_notes() if _first_number(row, "CreditNoteNumber") == order_id
        ],
    }


def order_id_of(row: Json, number_key: str, town: Town) -> int | None:
    """The order that a document tells of, if the shop has it."""
    order_id = _first_number(row, number_key)
    return order_id if order_id is not None and town.shop.get(order_id) is not None else None


def _first_number(row: Json, number_key: str) -> int | None:
    for text in (row.get("Reference"), row.get(number_key)):
        if found := re.search(r"\d+", str(text or "")):
            return int(found[0])
    return None


def sums_of(rows: Iterable[Json], keys: Sequence[str]) -> list[Json]:
    """The sums of each currency over the documents that count: voided and deleted ones do not."""
    sums: dict[str, Json] = {}
    for row in rows:
        if row.get("Status") in GONE:
            continue
        mine = sums.setdefault(
            row["CurrencyCode"], {"currency": row["CurrencyCode"], **dict.fromkeys(keys, Decimal(0))}
        )
        for key in keys:
            mine[key] += Decimal(str(row.get(key) or 0))
    return [sums[currency] for currency in sorted(sums)]


def cut(rows: Sequence[Any], request: Request) -> tuple[list[Any], Json]:
    """One page of rows, and where the pages around it are."""
    asked = request.query_params.get("page", "1")
    page = max(1, int(asked) if asked.isdigit() else 1)
    shown = list(rows[(page - 1) * ROWS_MAX : page * ROWS_MAX])
    more = page + 1 if len(rows) > page * ROWS_MAX else None
    return shown, {"of": len(rows), "before": page - 1 or None, "after": more}


def _latest_first(rows: Sequence[Json]) -> list[Json]:
    def at(row: Json) -> int:
        found = re.search(r"-?\d+", str(row.get("Date") or ""))
        return int(found[0]) if found else 0

    return [row for _, row in sorted(enumerate(rows), key=lambda pair: (at(pair[1]), pair[0]), reverse=True)]


def _find(rows: Iterable[Json], key: str, *names: str) -> Json | None:
    return next((row for row in rows if any(row.get(name) == key for name in names)), None)
