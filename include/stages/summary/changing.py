"""What follows when an order changes after its day was summed up (accounting.md 7 and 10).

A day's invoice is never rewritten. What an edit added, and was paid, is a supplement: a second document of that day. What
became less, or is not paid, is held with both figures, as an edit after payment always is. A refund of the shop enters the
credit note of its own day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from include.database.connection import Row
from include.domain.money import ZERO, shown
from include.domain.outcome import Hold
from include.domain.summary import Bucket, Member, Share, more_of
from include.stages.summary.kept import member_in

CANCELLED = ("cancelled_never_paid", "declined", "archived")


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that is kept as a member: the first of its kind and part, or the difference that a change made."""

    member: Member
    change: int


@dataclass(frozen=True, slots=True)
class Sale:
    """What is in the books of an order, or on its way there, within its day and its supplements."""

    members: dict[tuple[str, str], Row]  # the latest by kind and part
    number: str
    total: Decimal
    tax: Decimal
    paid: Decimal
    shares: dict[Bucket, Share]


def sale_of(fixed: Sequence[Row]) -> Sale:
    """The order's documents that were taken into a day, all changes together."""
    sales = [row for row in fixed if row["kind"] == "invoice"]
    shares: dict[Bucket, Share] = {}
    for member in map(member_in, sales):
        for bucket, share in (member.shares or {}).items():
            before = shares.get(bucket, Share(ZERO, ZERO))
            shares[bucket] = Share(before.amount + share.amount, before.tax + share.tax)
    return Sale(
        members={(row["kind"], row["part"]): row for row in sorted(fixed, key=lambda row: row["change"])},
        number=next((row["number"] for row in sales if row["number"]), None) or f"the summary of {sales[0]['dated']}",
        total=sum((row["amount"] for row in sales), ZERO),
        tax=sum((row["tax"] for row in sales), ZERO),
        paid=sum((row["amount"] for row in fixed if row["kind"] == "payment"), ZERO),
        shares=shares,
    )


def settled_with(
    summary_from: date | None, sale: Sale, row: Row, rows: Sequence[Row], *, undecided: bool
) -> Row | Kept | Hold | None:
    """What becomes of one planned document: its row in the day where it stands unchanged, a new member, or a hold.

    None: what its own plan says, which does not post it.
    undecided   its invoice is held, so what is new is held with it (T5)
    """
    member = sale.members.get((row["kind"], row["part"]))
    if member is not None and (member["source_hash"] == row["source_hash"] or row["accepted"]):
        return member  # as it was, or a person took the books as right
    if row["decision"] == "skip" and row["kind"] == "invoice" and row["reason"] in CANCELLED:
        figures = {"posted": shown(sale.total), "paid": shown(sale.paid)}
        words = f"Cancelled in the shop, but it is in {sale.number} and {shown(sale.paid)} was paid."
        return Hold("cancelled_with_money", words, figures)
    if row["decision"] != "post":
        return None
    if row["kind"] == "invoice":
        return _changed(sale, row, rows)
    if member is not None:
        words = f"It was posted at {shown(member['amount'])}; the shop now says {shown(row['amount'])}."
        return Hold("edited_after_payment", words, {"posted": shown(member["amount"])})
    if undecided or row["member"] is None:
        return Hold("invoice_held", "Its invoice is held.")
    worth = member_in(rows[0]["member"]).amount if rows[0]["member"] is not None else sale.total
    if row["kind"] == "payment" and sale.paid + row["amount"] > worth:
        words = f"{shown(sale.paid)} of {shown(worth)} is paid; {shown(row['amount'])} more would be too much."
        return Hold("overpaid", words, {"paid": shown(sale.paid), "total": shown(worth)})
    if summary_from is None:
        return Hold(
            "setting_unanswered",
            f"It belongs to {sale.number}, and the store sums up no more.",
            remedy="Set `policies: summary_from` again: what belongs to summed-up orders then follows day by day.",
        )
    return Kept(member_in(row["member"]), 1)


def _changed(sale: Sale, row: Row, rows: Sequence[Row]) -> Row | Kept | Hold:
    now = member_in(row["member"])
    before = sale.members["invoice", "1"]
    if (now.amount, now.tax) == (sale.total, sale.tax):
        return before
    new = [
        each["amount"]
        for each in rows
        if each["kind"] == "payment" and each["decision"] == "post" and ("payment", each["part"]) not in sale.members
    ]
    more = more_of(now.shares or {}, sale.shares)
    gap = now.amount - sale.total
    if more and sale.paid + sum(new, ZERO) == now.amount:
        added = Member(now.day, gap, now.tax - sale.tax, more)
        return Kept(added, before["change"] + 1)
    figures = {
        "posted": shown(sale.total),
        "order_now": shown(now.amount),
        "difference": shown(gap),
        "tax posted": shown(sale.tax),
        "tax now": shown(now.tax),
    }
    return Hold(
        "edited_after_payment",
        f"Posted at {shown(sale.total)} within {sale.number} and paid {shown(sale.paid)}; "
        f"the order is now worth {shown(now.amount)}.",
        figures,
        f"Post a {'supplement' if gap > ZERO else 'credit note'} of {shown(abs(gap))}, or undo the change in the shop.",
    )
