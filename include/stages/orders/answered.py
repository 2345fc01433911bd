"""What Xero answered of an invoice: linked, and compared with what was planned and sent (T6)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.clients.xero import Element
from include.database.connection import Row
from include.domain.difference import InBooks
from include.domain.document import InvoiceStatus
from include.domain.money import ZERO, shown
from include.domain.outcome import Hold
from include.stages.orders.desk import Desk, link_to, text_of
from include.stages.orders.posting import held, posted
from include.wire.xero_answers_compared import unlike
from include.wire.xero_found import in_books_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A planned invoice as far as comparing with the books needs it."""

    reference: str
    currency: str
    total: Decimal
    tax: Decimal
    status: InvoiceStatus


def wanted_of(row: Row) -> Wanted:
    """A planned row as what is wanted."""
    return Wanted(row["reference"] or "", row["currency"], row["amount"], row["tax"] or ZERO, row["status"])


def differs(row: Row, found: InBooks) -> bool:
    """Whether Xero computed another total or another tax than the plan (T6)."""
    return found.total != row["amount"] or (
        found.tax is not None and row["tax"] is not None and found.tax != row["tax"]
    )


def entered(desk: Desk, row: Row, element: Element, *, adopted: bool = False) -> None:
    """Link it, and compare Xero's answer with the plan, total, tax and every field that was sent (T6)."""
    found = in_books_of(element.content)
    otherwise = [] if adopted else unlike(json.loads(text_of(row["body"]), parse_float=Decimal), element.content)
    wrong = bool(otherwise) or differs(row, found)
    # Without the facts' digest the next run compares it again, so that the hold does not go by itself.
    kept = {**row, "source_hash": ""} if wrong else row
    link_to(
        desk, kept, element.xero_id or found.xero_id, found.status or row["status"] or "AUTHORISED", adopted=adopted
    )
    with desk.db.transaction():
        if differs(row, found):
            figures = {"planned": shown(row["amount"]), "xero": shown(found.total)}
            words = f"{row['number']} was planned at {shown(row['amount'])}; Xero answered {shown(found.total)}."
            held(desk.db, row, Hold("total_differs", words, figures))
        elif otherwise:
            held(desk.db, row, _otherwise(row["number"], otherwise))
        else:
            posted(desk.db, row, element.xero_id or found.xero_id, row["number"])


def _otherwise(number: str, fields: Sequence[tuple[str, str, str]]) -> Hold:
    words = "; ".join(f"{name} was sent as {sent} and is {kept}" for name, sent, kept in fields[:5])
    figures = {name: f"{sent} -> {kept}" for name, sent, kept in fields[:5]}
    return Hold("answer_differs", f"Xero keeps {number} otherwise than it was sent: {words}.", figures)
