"""Whether what stands in Xero is what we sent: how a write is recognised when its answer was lost (design 4.2).

Numbers of documents and contacts are ours alone. Payments and allocations have none, and are known by what they settle,
the amount, the account, the date and the reference together (reference xero.md 5).
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from include.wire.xero_answers_compared import WORDS_OF_A_LINE, unlike
from include.wire.xero_reference import date_of

Json = Mapping[str, Any]

GONE = ("VOIDED", "DELETED")


def element_in(body: bytes, position: int) -> Json:
    """One element of a stored request, as it was sent: `{"Invoices": [..]}` and the like."""
    content = json.loads(body, parse_float=Decimal)
    [elements] = content.values()
    found: Json = elements[position]
    return found


def same_number(sent: Json, kept: Json, name: str) -> bool:
    """Whether both bear one number; Xero makes no difference of letter case (reference xero.md 3.4)."""
    return _folded(sent.get(name)) == _folded(kept.get(name)) != ""


def is_document(sent: Json, kept: Json) -> bool:
    """Whether an invoice or credit note under our number is the one that was sent, edited since or not.

    Another shop or a person may have used the number: then reference, currency or the link into the shop differ.
    """
    same = all(_folded(sent.get(name)) == _folded(kept.get(name)) for name in ("Reference", "CurrencyCode"))
    ours, theirs = sent.get("Url"), kept.get("Url")
    return same and (not ours or not theirs or ours == theirs)


def bears(sent: Json, kept: Json) -> bool:
    """Whether an invoice stands as an update left it: every field that was sent, words of the lines included."""
    if kept.get("Status") in GONE or unlike(sent, kept, WORDS_OF_A_LINE):
        return False
    if sent.get("Reference") is not None and _folded(sent["Reference"]) != _folded(kept.get("Reference")):
        return False
    return sent.get("CurrencyRate") is None or _amount(sent["CurrencyRate"]) == _amount(kept.get("CurrencyRate"))


def is_payment(sent: Json, kept: Json) -> bool:
    """Whether a live payment on the same document is the one that was sent.

    Our reference names document and part, so it and the amount are enough. Where Xero shows none (a list within a
    document may not), amount, date and account decide.
    """
    if kept.get("Status") == "DELETED" or _amount(kept.get("Amount")) != _amount(sent.get("Amount")):
        return False
    if _folded(kept.get("Reference")):
        return _folded(kept["Reference"]) == _folded(sent.get("Reference"))
    account = (kept.get("Account") or {}).get("Code")
    same_account = account is None or account == (sent.get("Account") or {}).get("Code")
    return same_account and date_of(kept.get("Date")) == date_of(sent.get("Date"))


def is_allocation(sent: Json, kept: Json) -> bool:
    """Whether an allocation of the same credit note is the one that was sent: the invoice and the amount (Xero dates it)."""
    ours, theirs = ((each.get("Invoice") or {}).get("InvoiceID") for each in (sent, kept))
    return _folded(ours) == _folded(theirs) and _amount(kept.get("Amount")) == _amount(sent.get("Amount"))


def paid_document_of(sent: Json) -> str:
    """The id of the invoice or credit note that a payment was sent for."""
    document = sent.get("Invoice") or sent["CreditNote"]
    return str(document.get("InvoiceID") or document["CreditNoteID"]).lower()


def _folded(value: object) -> str:
    return str(value).strip().casefold() if value is not None else ""


def _amount(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
