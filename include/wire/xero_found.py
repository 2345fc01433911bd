"""What Xero says it holds, in our words (reference xero.md 4 to 6)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from include.domain.contact import Known
from include.domain.difference import InBooks

JsonObject = Mapping[str, Any]

# Pieces of Xero's validation texts and the reason each of them means (reference xero.md 10), compared without case.
# First match wins. A text that is not here is `refused_by_vendor`, with the text itself shown.
TEXTS: tuple[tuple[str, str], ...] = (
    ("must be unique", "number_taken"),
    ("lock date", "locked_period"),
    ("archived. the contact", "contact_archived"),
    ("contact details has been archived", "contact_archived"),
    ("matched an archived contact", "contact_archived"),
    ("not subscribed to currency", "currency_unknown"),
    ("limit of invoices you can approve", "plan_limit"),
    ("taxtype code", "tax_type_dead"),
    ("is not a valid code for this document", "account_dead"),
    ("must reference a valid account", "account_dead"),
    ("account type is invalid", "account_dead"),
    ("account could not be found", "account_dead"),
    ("does not match a recognised account", "account_dead"),
    ("cannot be edited as it has a payment", "edited_after_payment"),
    ("exceeds the amount outstanding", "overpaid"),
    ("on hand", "stock_short"),
    ("items available to sell", "stock_short"),
)


def reason_of(problems: Sequence[str]) -> str:
    """The reason in our closed list that Xero's validation texts mean."""
    text = " ".join(problems).casefold()
    return next((reason for piece, reason in TEXTS if piece in text), "refused_by_vendor")


def name_is_taken(problems: Sequence[str]) -> bool:
    """Whether a contact was refused because an active contact has its name."""
    return any("contact name" in text.casefold() and "already assigned" in text.casefold() for text in problems)


def email_is_refused(problems: Sequence[str]) -> bool:
    """Whether a contact was refused for its e-mail."""
    return any("email address must be valid" in text.casefold() for text in problems)


def known_of(row: JsonObject) -> Known:
    """A contact as Xero answered it."""
    return Known(
        contact_id=str(row["ContactID"]),
        name=str(row.get("Name") or ""),
        number=str(row.get("ContactNumber") or ""),
        email=str(row.get("EmailAddress") or ""),
        active=str(row.get("ContactStatus") or "ACTIVE") == "ACTIVE",
        merged_to=row.get("MergedToContactID"),
    )


def in_books_of(row: JsonObject) -> InBooks:
    """An invoice as Xero answered it."""
    return InBooks(
        xero_id=str(row.get("InvoiceID") or ""),
        number=str(row.get("InvoiceNumber") or ""),
        status=str(row.get("Status") or ""),
        total=_amount(row.get("Total")),
        tax=_amount(row.get("TotalTax")) if row.get("TotalTax") is not None else None,
        amount_paid=_amount(row.get("AmountPaid")),
        amount_credited=_amount(row.get("AmountCredited")),
        reference=str(row.get("Reference") or ""),
        contact_id=str((row.get("Contact") or {}).get("ContactID") or ""),
        currency=str(row.get("CurrencyCode") or ""),
    )


def _amount(value: Any) -> Decimal:
    return Decimal(str(value)) if value is not None else Decimal(0)
