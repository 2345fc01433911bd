"""The daily reconciliation: three columns that must agree, and the closed list of why they may not (accounting.md 9).

A day is a day of the organisation's books. The shop's column is the shop's own day, by its own zone, asked anew; the
ledger's is what our tables say of these orders; Xero's is asked anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

Cause = Literal[
    "missing",
    "missing_in_xero",
    "doubled",
    "cents",
    "edited_in_xero",
    "changed_in_shop",
    "deleted_in_shop",
    "still_held",
    "on_its_way",
    "another_day",
    "payment_missing",
    "payment_not_ours",
    "refund_missing",
    "not_ours",
    "waits_by_rule",
    "accepted",
]
What = Literal["sales", "refunds", "payments"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A cause in a bookkeeper's words. is_explained: it needs nobody, and the day agrees with it."""

    sentence: str
    remedy: str
    is_explained: bool = False


CAUSES: Final[Mapping[Cause, Meaning]] = {
    "missing": Meaning(
        "The shop sold it, and neither our ledger nor Xero has it.", "make resync ORDER=.. reads it and posts it."
    ),
    "missing_in_xero": Meaning(
        "Our ledger says posted; in Xero it is voided, deleted or gone.",
        "If nobody meant to remove it, make resync ORDER=.. holds it with the proposal to post it under the next number.",
    ),
    "doubled": Meaning(
        "A second document for the same order stands in Xero, which we did not write.", "Void the one entered by hand."
    ),
    "cents": Meaning(
        "The figures differ by no more than the tolerance.", "See which of both is right; correct it in Xero."
    ),
    "edited_in_xero": Meaning(
        "Somebody changed the document in Xero after it was posted.",
        "Decide which of both is right: undo it in Xero, or `accept` it with make release.",
    ),
    "changed_in_shop": Meaning(
        "The order was changed in the shop after it was posted.", "The next run, or make resync ORDER=.., takes it up."
    ),
    "deleted_in_shop": Meaning(
        "The shop does not have the order any more; the books do.",
        "Ask who deleted it; void the invoice if it was no sale.",
    ),
    "still_held": Meaning("It waits for a person.", "make held ORDER=.. shows what may be decided."),
    "on_its_way": Meaning("It was extracted and is tried again.", "Nothing to do, unless it stays for a day."),
    "another_day": Meaning(
        "The shop's day and the organisation's day differ by their zones.", "Nothing to do.", is_explained=True
    ),
    "payment_missing": Meaning(
        "A payment that we posted is not in Xero any more, or differs there.",
        "If nobody meant to remove it, make resync ORDER=.. says what can be posted again.",
    ),
    "payment_not_ours": Meaning(
        "A payment on our invoice that we did not post.", "Remove it if the money did not come."
    ),
    "refund_missing": Meaning(
        "The shop refunded it, and the credit note is not in Xero.", "make resync ORDER=.. reads it and posts it."
    ),
    "not_ours": Meaning(
        "A document in Xero bears our numbers, and our ledger does not know it.",
        "Look who entered it; rename or void it.",
    ),
    "waits_by_rule": Meaning(
        "By a setting, or by a rule of Xero, it follows later.", "Nothing to do: it follows.", is_explained=True
    ),
    "accepted": Meaning("A person took what stands in Xero as right.", "Nothing to do.", is_explained=True),
}


@dataclass(frozen=True, slots=True)
class Column:
    """What one side says: how many, and how much in the row's currency."""

    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report: what, in which currency, by the three sides."""

    what: What
    currency: str
    shop: Column
    ledger: Column
    xero: Column

    @property
    def agrees(self) -> bool:
        """Whether the three columns are equal, to the cent."""
        return self.shop == self.ledger == self.xero


@dataclass(frozen=True, slots=True)
class Difference:
    """One order, or one document, on which the sides do not agree. An amount is None where that side has nothing.

    order_key  the order's number; empty for a document of which no order is known
    number     of the document in Xero; empty where there is none
    """

    order_key: str
    cause: Cause
    what: What
    currency: str
    shop: Decimal | None
    ledger: Decimal | None
    xero: Decimal | None
    number: str = ""
    sentence: str = ""
    remedy: str = ""

    @property
    def is_explained(self) -> bool:
        """Whether it needs nobody."""
        return CAUSES[self.cause].is_explained


@dataclass(frozen=True, slots=True)
class HeldByReason:
    """What waits for a person, of any day: how many orders, since when, how much by currency."""

    reason: str
    orders: int
    oldest: datetime
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class StockDifference:
    """An item whose level in the shop is not what may be sold. first_seen: since when, without a break."""

    sku: str
    in_xero: Decimal | None
    pending: int
    in_store: int | None
    target: int | None
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class TenderTotal:
    """Payments dated on the day, by the account that they stand on: what the bank's statement must show in the end."""

    account: str
    currency: str
    ledger: Column
    xero: Column


@dataclass(frozen=True, slots=True)
class DayReport:
    """One store's day as both sides said it at `asked_at` (aware). No personal data.

    calls     how many calls it cost, by side: shop, books
    shadow    the store posts nothing yet, so only the shop's column says something, and nothing was compared
    """

    store: str
    day: date
    zone: str
    shop_zone: str
    asked_at: datetime
    rows: tuple[Row, ...]
    differences: tuple[Difference, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    held: tuple[HeldByReason, ...] = ()
    stock: tuple[StockDifference, ...] = ()
    tenders: tuple[TenderTotal, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)
    shadow: bool = False

    @property
    def open(self) -> tuple[Difference, ...]:
        """The differences that need somebody."""
        return tuple(each for each in self.differences if not each.is_explained)

    @property
    def agrees(self) -> bool:
        """Whether nothing needs anybody."""
        return not self.open


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed which version of a day's report, and when (aware)."""

    by: str
    at: datetime
    version: int
    note: str


@dataclass(frozen=True, slots=True)
class TrendDay:
    """One day of the trend: orders and open differences of its newest version, and whether somebody signed it."""

    day: date
    orders: int
    differences: int
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """What finance reads of a day.

    report      the signed version where there is one, else the newest
    addenda     what later versions say otherwise, after the signature, oldest first
    trend       the 30 days up to this one, oldest first; a day without a report is left out
    """

    report: DayReport
    version: int
    signature: Signature | None
    addenda: tuple[tuple[int, DayReport], ...]
    trend: tuple[TrendDay, ...]
