"""A day's invoice, its payments, its credit note and what was paid out, each the sum of its orders' (accounting.md 10).

The invariants are those of a single order: what Xero will compute is computed first, and must be what was added up.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from include.domain.document import CreditNote, DocumentLine, Invoice, LineKind, Payment, RefundPayment
from include.domain.money import ZERO, shown
from include.domain.outcome import Hold
from include.domain.policy import Policy
from include.domain.summary import Bucket, Day, Member, Share
from include.domain.xero_arithmetic import Totals, totals_of

ONE = Decimal(1)
NOTE = "1"  # the credit note's part: what is paid out for it is named after it
NAMES: Mapping[LineKind, str] = {
    "item": "Sales",
    "gift_certificate": "Gift certificates sold",
    "voucher": "Gift certificates redeemed, taxed when they were sold",
    "shipping": "Shipping",
    "handling": "Handling",
    "wrapping": "Gift wrapping",
    "fee": "Fees",
    "tax_liability": "Sales tax",
    "rounding": "Rounding",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """Money of one tender, account and day: a payment, with the members that it pays for."""

    tender: str
    account: str
    moved_on: date
    amount: Decimal
    members: tuple[int, ...]


def invoice_of_day(day: Day, number: str, members: Sequence[Member], policy: Policy) -> Invoice | Hold:
    """The one invoice of these orders, or a hold where Xero would compute another total or another tax than theirs (T3, T6)."""
    lines = lines_of_day(members)
    wanted = _sum_of(members)
    wrong = _proved(number, day, lines, wanted)
    if wrong is not None:
        return wrong
    return Invoice(
        number=number,
        reference=_reference(day, len(members)),
        url="",
        invoice_date=day.dated,
        due_date=day.dated,
        currency=day.currency,
        currency_rate=None,
        line_amount_types=day.types,
        status="AUTHORISED",
        contact_key=f"daily-{day.channel_id}",
        lines=lines,
        total=wanted.total,
        tax=wanted.tax,
        rounding=sum((line.amount for line in lines if line.kind == "rounding"), ZERO),
        branding_theme_id=policy.branding_theme_id,
    )


def credit_note_of_day(day: Day, number: str, members: Sequence[Member]) -> CreditNote | Hold:
    """The one credit note of the refunds that were made on this day."""
    lines = lines_of_day(members)
    wanted = _sum_of(members)
    wrong = _proved(number, day, lines, wanted)
    if wrong is not None:
        return wrong
    return CreditNote(
        number=number,
        invoice_number="",
        reference=_reference(day, len(members), "refund"),
        credit_date=day.dated,
        currency=day.currency,
        line_amount_types=day.types,
        lines=lines,
        total=wanted.total,
        tax=wanted.tax,
    )


def lines_of_day(members: Iterable[Member]) -> tuple[DocumentLine, ...]:
    """A line a bucket, quantity 1, its tax the sum of its orders'. The one line that may vanish is a rounding that evens out."""
    every = list(members)
    added: dict[Bucket, Share] = {}
    orders: dict[Bucket, int] = defaultdict(int)
    for member in every:
        for bucket, share in (member.shares or {}).items():
            before = added.get(bucket, Share(ZERO, ZERO))
            added[bucket] = Share(before.amount + share.amount, before.tax + share.tax)
            orders[bucket] += 1
    taxed = any(member.day.types != "NoTax" for member in every)
    kinds = tuple(NAMES)
    ordered = sorted(added, key=lambda bucket: (kinds.index(bucket.kind), bucket))
    return tuple(
        DocumentLine(
            kind=bucket.kind,
            ref=bucket.kind,
            description=f"{bucket.label or NAMES[bucket.kind]}, {_counted(orders[bucket], 'order')}",
            quantity=ONE,
            unit_amount=added[bucket].amount,
            amount=added[bucket].amount,
            tax=added[bucket].tax,
            tax_stated=taxed,
            account=bucket.account,
            tax_type=bucket.tax_type,
            item_code=None,
            words=f"{shown(added[bucket].amount)} with tax {shown(added[bucket].tax)} of {_counted(orders[bucket], 'order')}",
            tracking=bucket.tracking,
        )
        for bucket in ordered
        if bucket.kind != "rounding" or added[bucket].amount
    )


def moved_of(members: Sequence[Member]) -> list[Moved]:
    """The money of these members, one sum for each tender, account and day; `members` are their places in the sequence."""
    groups: dict[tuple[str, str, date], list[int]] = defaultdict(list)
    for place, member in enumerate(members):
        groups[member.tender, member.account, member.moved_on or member.day.dated].append(place)
    return [
        Moved(tender, account, on, sum((members[place].amount for place in places), ZERO), tuple(places))
        for (tender, account, on), places in sorted(groups.items())
    ]


def payment_of_day(moved: Moved, part: str, day: Day, number: str) -> Payment:
    """Money in, for a day's invoice."""
    return Payment(
        part=part,
        invoice_number=number,
        tender=moved.tender,
        account=moved.account,
        payment_date=moved.moved_on,
        amount=moved.amount,
        currency=day.currency,
        reference=f"{number}/{part}",
    )


def refund_payment_of_day(moved: Moved, part: str, day: Day, number: str) -> RefundPayment:
    """Money out, for a day's credit note."""
    return RefundPayment(
        part=f"{NOTE}-{part}",
        credit_note_number=number,
        tender=moved.tender,
        account=moved.account,
        payment_date=moved.moved_on,
        amount=moved.amount,
        currency=day.currency,
        reference=f"{number}/{part}",
    )


def part_of(moved: Moved, day: Day, taken: Collection[str]) -> str:
    """What names a payment of a day: its tender, its own day where that is another, a number where both are used."""
    name = moved.tender if moved.moved_on == day.dated else f"{moved.tender}-{moved.moved_on:%Y%m%d}"
    found, count = name, 1
    while found in taken:
        count += 1
        found = f"{name}-{count}"
    return found


def _sum_of(members: Iterable[Member]) -> Totals:
    every = list(members)
    return Totals(sum((each.amount for each in every), ZERO), sum((each.tax for each in every), ZERO))


def _proved(number: str, day: Day, lines: Sequence[DocumentLine], wanted: Totals) -> Hold | None:
    found = totals_of(lines, day.types)
    if found == wanted and wanted.total >= ZERO:
        return None
    return Hold(
        "total_differs",
        f"{number}: Xero would compute {shown(found.total)} with {shown(found.tax)} tax, but its orders come to "
        f"{shown(wanted.total)} with {shown(wanted.tax)}.",
        {"xero": shown(found.total), "orders": shown(wanted.total), "tax of orders": shown(wanted.tax)},
    )


def _reference(day: Day, count: int, what: str = "order") -> str:
    return f"{_counted(count, what)} of {day.dated}, channel {day.channel_id}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
