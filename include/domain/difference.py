"""The plan against what the books already hold (T2, T7; accounting.md 4 and 7).

The order's own change is written or held; a change that only settings or code made is reported and never written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from include.domain.document import InvoiceStatus
from include.domain.money import ZERO, shown
from include.domain.outcome import Hold

GONE = ("VOIDED", "DELETED")


class Wanted(Protocol):
    """What a plan wants of an invoice, as far as comparing needs it."""

    @property
    def reference(self) -> str: ...  # noqa: D102
    @property
    def currency(self) -> str: ...  # noqa: D102
    @property
    def total(self) -> Decimal: ...  # noqa: D102
    @property
    def tax(self) -> Decimal: ...  # noqa: D102
    @property
    def status(self) -> InvoiceStatus: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class InBooks:
    """An invoice as Xero states it now."""

    xero_id: str
    number: str
    status: str
    total: Decimal
    tax: Decimal | None
    amount_paid: Decimal
    amount_credited: Decimal
    reference: str = ""
    contact_id: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done about one document, and why."""

    verb: Literal["nothing", "update", "approve", "void", "delete"]
    words: str


def act_on(planned: Wanted, found: InBooks, written_total: Decimal | None, closed: bool) -> Act | Hold:
    """What follows when an order changed after its invoice was posted.

    written_total  the total that we wrote last, None where that is not known
    closed         whether the posted document's date lies in a closed period
    """
    figures = {
        "posted": shown(found.total),
        "order_now": shown(planned.total),
        "difference": shown(planned.total - found.total),
    }
    same_tax = found.tax is None or found.tax == planned.tax
    if not same_tax:
        figures |= {"tax posted": shown(found.tax or ZERO), "tax now": shown(planned.tax)}
    if found.status in GONE:
        return Hold(
            "edited_in_xero",
            f"{found.number} was {found.status.lower()} in Xero; the shop still has the order.",
            figures,
        )
    if written_total is not None and found.total != written_total:
        return Hold(
            "edited_in_xero",
            f"We wrote {shown(written_total)}; {found.number} now says {shown(found.total)} in Xero.",
            {**figures, "written": shown(written_total)},
        )
    if found.amount_paid or found.amount_credited:
        if found.total == planned.total and same_tax:
            return Act("nothing", "paid, and its total is still the order's")
        return Hold(
            "edited_after_payment",
            f"Posted at {shown(found.total)} and paid {shown(found.amount_paid)}; the order is now worth {shown(planned.total)}.",
            figures,
            "Correct the tax in Xero, or undo the change in the shop."
            if planned.total == found.total
            else f"Post a {'supplement' if planned.total > found.total else 'credit note'} of "
            f"{shown(abs(planned.total - found.total))}, or undo the change in the shop.",
        )
    if found.status == "DRAFT" and planned.status == "AUTHORISED" and found.total == planned.total and same_tax:
        return Act("approve", "a draft that still is what we wrote: approved by its status and date")
    if closed:
        return Hold("locked_period", f"{found.number} lies in a closed period and the order changed since.", figures)
    if found.status == "AUTHORISED" and planned.status == "DRAFT":
        return Act("nothing", "an authorised invoice does not become a draft again")
    return Act("update", f"{found.status.lower()}, nothing paid: updated in place")


def act_on_cancelled(found: InBooks, reason: str, closed: bool) -> Act | Hold:
    """What follows when an order that was posted is cancelled, declined or archived in the shop."""
    figures = {"posted": shown(found.total), "paid": shown(found.amount_paid)}
    if found.status in GONE:
        return Act("nothing", f"already {found.status.lower()}")
    if reason == "archived":
        return Hold("cancelled_with_money", f"Archived in the shop; {found.number} is still open in Xero.", figures)
    if (
        closed
        and found.status == "AUTHORISED"
        and not found.amount_paid
        and found.amount_credited in (ZERO, found.total)
    ):
        return Act("nothing", "its period is closed: credited in full instead of voided")
    if found.amount_paid or found.amount_credited or closed:
        why = "it lies in a closed period" if closed else f"{shown(found.amount_paid)} was paid"
        return Hold(
            "cancelled_with_money",
            f"Cancelled in the shop, but {found.number} is posted and {why}.",
            figures,
            f"Credit {shown(found.total)} in Xero dated today, or restore the order.",
        )
    verb: Literal["void", "delete"] = "delete" if found.status == "DRAFT" else "void"
    return Act(verb, "cancelled before any money came")


def adoptable(planned: Wanted, found: InBooks, contact_id: str | None) -> Hold | None:
    """Whether a document that is already there under our number is this order's: all of it must agree, else held."""
    expected: Mapping[str, tuple[object, object]] = {
        "reference": (planned.reference, found.reference),
        "currency": (planned.currency, found.currency),
        "total": (planned.total, found.total),
        **({"contact": (contact_id, found.contact_id)} if contact_id is not None else {}),
    }
    differs = {name: pair for name, pair in expected.items() if pair[0] != pair[1]}
    if not differs and found.status not in GONE:
        return None
    if found.status in GONE:
        return Hold("number_taken", f"{found.number} was {found.status.lower()} in Xero; a number is spent once used.")
    words = "; ".join(f"{name} {_word(ours)} here, {_word(theirs)} there" for name, (ours, theirs) in differs.items())
    return Hold(
        "number_taken",
        f"Xero already has {found.number}, and it is not the same: {words}.",
        {"ours": shown(planned.total), "theirs": shown(found.total)},
    )


def _word(value: object) -> str:
    return shown(value) if isinstance(value, Decimal) else (str(value) or "nothing")


def due_of(found: InBooks) -> Decimal:
    """What is still due on it."""
    return max(found.total - found.amount_paid - found.amount_credited, ZERO)
