"""Payments that stand on our invoices in Xero and that no link of ours names: payments have no natural key (accounting.md 5)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from include.database.connection import Row
from include.stages.orders.desk import Desk


def live_payments(desk: Desk, rows: Iterable[Row]) -> dict[str, list[Mapping[str, Any]]]:
    """Of each order of these payments what stands on its invoice beside what our links name. One batched read."""
    keys = {row["subject_key"] for row in rows if row["subject_key"] not in desk.created}
    invoices = {str(desk.links[key, "invoice", "1"]["xero_id"]): key for key in keys}
    there: dict[str, list[Mapping[str, Any]]] = {key: [] for key in keys}
    if not invoices:
        return there
    linked = {str(link["xero_id"]) for (_, kind, _), link in desk.links.items() if kind == "payment"}
    for payment in desk.books.payments_of(sorted(invoices)):
        if payment.get("Status") != "DELETED" and str(payment["PaymentID"]) not in linked:
            there[invoices[str(payment["Invoice"]["InvoiceID"])]].append(payment)
    return there


def same_payment(row: Row, payments: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Ours is the one with our reference; else the only one of that amount, which a person made."""
    of_amount = [each for each in payments if Decimal(str(each["Amount"])) == row["amount"]]
    ours = [each for each in of_amount if each.get("Reference") == row["reference"]]
    if ours:
        return ours[0]
    return of_amount[0] if len(of_amount) == 1 else None
