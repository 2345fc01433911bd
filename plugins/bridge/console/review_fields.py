"""What somebody typed or what stands in an address, as the review desk understands it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from uuid import UUID

from bridge.console.saying import Said

if TYPE_CHECKING:
    from include.stages.console.review import Filter

HERE = "review"
CHOICES = ("post", "draft", "accept", "skip", "again")


def filter_of(asked: dict[str, str]) -> Filter:
    """Which of all that waits is asked for. What is no figure asks for nothing."""
    from include.stages.console.review import Filter

    days = asked["days"]
    return Filter(
        reason=asked["reason"] or None,
        least=_amount(asked["least"]),
        most=_amount(asked["most"]),
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 6 else None,
        largest=asked["sort"] == "largest",
    )


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.replace(",", "")) if text else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() and abs(amount) < 10**12 else None


def choice_of(choice: str) -> str:
    """A decision. Raises Said."""
    if choice not in CHOICES:
        raise Said(409, "Nothing was kept", "There is no such decision.", HERE)
    return choice


def contact_of(contact: str, back: str) -> str:
    """A ContactID. Raises Said."""
    try:
        return str(UUID(contact.strip()))
    except ValueError:
        raise Said(
            409, "Nothing was kept", "A contact is named by its ContactID: the last part of its address in Xero.", back
        ) from None


def number_of(order: str) -> int:
    """An order's number. Raises Said."""
    if not (order.isascii() and order.isdigit() and len(order) < 19):
        raise Said(404, "No such order", "An order is named by its number in the shop.", HERE)
    return int(order)


def done_of(done: str) -> str:
    """What was just done, as a sentence; nothing for a word that we did not write."""
    if done in (*CHOICES, "contact"):
        return f"Decided: {done}. The next run carries it out; this page shows what becomes of it."
    mapped = done.removeprefix("mapped-")
    if done.startswith("mapped-") and mapped.isascii() and mapped.isdigit() and len(mapped) < 9:
        return f"Kept from now on. {mapped} held orders are explained by it, and the next run looks at them again."
    return ""
