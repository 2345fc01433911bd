"""Daily summaries: which orders are summed up, and under what they stand together (accounting.md 10).

Every order is planned and proven alone, as if it were posted alone. Only then does it enter the bucket of its day,
channel, currency and way of stating tax, or stay single, with a reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from include.domain.document import (
    Contact,
    CreditNote,
    DocumentLine,
    Invoice,
    LineAmountTypes,
    LineKind,
    Payment,
    RefundPayment,
)
from include.domain.invoice import invoice_date_of
from include.domain.money import ZERO, shown
from include.domain.order import Order
from include.domain.person import NOBODY
from include.domain.plan import Plan, Planned
from include.domain.policy import Policy, Reference

# A day is closed so long after its end: what was paid at midnight is extracted and planned by then.
MARGIN = timedelta(hours=2)
CONTACT_NUMBER_MAX = 50  # reference xero.md 6
STATED = {"Inclusive": "", "Exclusive": "-exclusive", "NoTax": "-notax"}


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """What is summed up together: one invoice, and one credit note, for each of these."""

    dated: date
    channel_id: int
    currency: str
    types: LineAmountTypes


@dataclass(frozen=True, slots=True, order=True)
class Bucket:
    """What makes two lines one: what was sold, and where it is booked.

    label   the jurisdiction, for sales tax that is a line of its own; nothing else needs more than its kind
    """

    kind: LineKind
    account: str
    tax_type: str
    label: str = ""
    tracking: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """What one order brings to a bucket: its amount in the document's family, and its tax to the cent."""

    amount: Decimal
    tax: Decimal


Shares = Mapping[Bucket, Share]


@dataclass(frozen=True, slots=True)
class Member:
    """One document of an order, on its way into its day's.

    total, tax   of an invoice or a credit note, as they were proven for the order alone
    """

    day: Day
    amount: Decimal
    tax: Decimal = ZERO
    shares: Shares | None = None
    tender: str = ""
    account: str = ""
    moved_on: date | None = None
    not_before: date | None = None
    note: str = ""


def single_because(
    order: Order,
    plan: Plan,
    policy: Policy,
    reference: Reference,
    *,
    waits: bool = False,
    adopt_before: datetime | None = None,
) -> str | None:
    """Why this order is posted by itself; None where it belongs to the summary of its day.

    waits          it was to be summed up when it was seen before: going back to single posting does not change that
    adopt_before   orders placed before it may have been posted by another connector, and are looked up one by one
    """
    if policy.summary_from is None or not (waits or policy.posting == "daily_summary"):
        return "each order is posted by itself, by setting"
    invoice = plan.documents[0].decision
    if not isinstance(invoice, Invoice):
        return "its invoice is not posted"
    if invoice_date_of(order, reference) < policy.summary_from:
        return f"it was placed before {policy.summary_from}"
    if adopt_before is not None and order.created_at < adopt_before:
        return "another connector may have posted it"
    if invoice.status == "DRAFT":
        return "its invoice is a draft"
    if order.person.company.strip():
        return "a company bought it, which needs an invoice to its name"
    if invoice.currency_rate is not None:
        return "it has a currency rate of its own"
    if any(not isinstance(each.decision, Invoice | Payment | CreditNote | RefundPayment) for each in plan.documents):
        return "a part of it is not simply posted"
    paid = sum((each.decision.amount for each in plan.documents if isinstance(each.decision, Payment)), ZERO)
    if paid != invoice.total:
        return f"{shown(paid)} of {shown(invoice.total)} is paid: what is due stands under its own number"
    return _too_large(order, invoice, policy, reference)


def _too_large(order: Order, invoice: Invoice, policy: Policy, reference: Reference) -> str | None:
    if policy.single_above is None:
        return None
    worth: Decimal | None = invoice.total
    if order.currency != reference.base_currency:
        known = order.base_currency == reference.base_currency and order.base_rate
        worth = invoice.total / order.base_rate if known else None
    if worth is not None and worth <= policy.single_above:
        return None
    return f"it is above {shown(policy.single_above)}: its invoice must name the buyer"


def members_of(order: Order, plan: Plan) -> list[tuple[Planned, Member]]:
    """The documents of the order that are posted, each as what it brings to its day. What is held or skipped is none."""
    notes = {each.part: each.decision for each in plan.documents if isinstance(each.decision, CreditNote)}
    invoice = plan.documents[0].decision
    if not isinstance(invoice, Invoice):
        return []
    sold_on = Day(invoice.invoice_date, order.channel_id, invoice.currency, invoice.line_amount_types)
    found: list[tuple[Planned, Member]] = []
    for each in plan.documents:
        match each.decision:
            case Invoice() as sale:
                found.append((each, Member(sold_on, sale.total, sale.tax, shares_of(sale.lines))))
            case Payment() as paid:
                member = Member(
                    sold_on,
                    paid.amount,
                    tender=paid.tender,
                    account=paid.account,
                    moved_on=paid.payment_date,
                    not_before=paid.not_before,
                )
                found.append((each, member))
            case CreditNote() as note:
                found.append((each, Member(_day_of(note, order), note.total, note.tax, shares_of(note.lines))))
            case RefundPayment() as out:
                part = each.part.partition("-")[0]
                on = _day_of(notes[part], order) if part in notes else sold_on
                member = Member(
                    on, out.amount, tender=out.tender, account=out.account, moved_on=out.payment_date, note=part
                )
                found.append((each, member))
            case _:
                pass
    return found


def _day_of(note: CreditNote, order: Order) -> Day:
    """Refunds are summed up on the day on which they were made."""
    return Day(note.credit_date, order.channel_id, note.currency, note.line_amount_types)


def shares_of(lines: Iterable[DocumentLine]) -> dict[Bucket, Share]:
    """The lines added up by bucket. Items are not kept apart: a day's invoice carries none."""
    added: dict[Bucket, Share] = {}
    for line in lines:
        label = line.description if line.kind == "tax_liability" else ""
        bucket = Bucket(line.kind, line.account, line.tax_type, label, line.tracking)
        before = added.get(bucket, Share(ZERO, ZERO))
        added[bucket] = Share(before.amount + line.amount, before.tax + line.tax)
    return added


def more_of(now: Shares, before: Shares) -> dict[Bucket, Share] | None:
    """What was added to an order after its day was posted; None where anything of it became less.

    What became less is a refund, or a person's decision: it is never netted inside a day's invoice.
    """
    nothing = Share(ZERO, ZERO)
    more = {}
    for bucket in dict.fromkeys([*now, *before]):
        new, old = now.get(bucket, nothing), before.get(bucket, nothing)
        share = Share(new.amount - old.amount, new.tax - old.tax)
        if share.amount < ZERO or share.tax < ZERO:
            return None
        if share.amount or share.tax:
            more[bucket] = share
    return more


def number_of_day(day: Day, prefix: str, base_currency: str, supplement: int = 1) -> str:
    """The natural key of a day's document. Channel, a foreign currency and a way of stating tax keep two of a day apart.

    >>> number_of_day(Day(date(2026, 11, 24), 1, "NZD", "Exclusive"), "BC-", "AUD", 2)
    'BC-D20261124-1-NZD-exclusive-S2'
    """
    currency = "" if day.currency == base_currency else f"-{day.currency}"
    later = f"-S{supplement}" if supplement > 1 else ""
    return f"{prefix}D{day.dated:%Y%m%d}-{day.channel_id}{currency}{STATED[day.types]}{later}"


def contact_of_day(channel_id: int, policy: Policy) -> Contact:
    """Whom a day is billed to: one contact a channel, which is nobody's name."""
    key = f"daily-{channel_id}"
    name = f"Daily sales of {policy.store}, channel {channel_id}"
    number = f"bc:{policy.store_hash}:{key}"[:CONTACT_NUMBER_MAX]
    return Contact(key, number, name, f"{name} (BC {key})", NOBODY)


def closed_at(now: datetime, zone: str) -> datetime:
    """The last moment at which a day was closed in this zone. Days before its date are summed up, with what was known then.

    So a late order waits for the next closing, and a day has few supplements.

    >>> from datetime import UTC
    >>> closed_at(datetime(2026, 11, 24, 13, 30, tzinfo=UTC), "Australia/Sydney").isoformat()
    '2026-11-24T02:00:00+11:00'
    """
    local = ZoneInfo(zone)
    today = (now.astimezone(local) - MARGIN).date()
    return datetime.combine(today, time.min, local) + MARGIN
