"""A day's documents as planned rows, like those of an order: load knows no difference but the subject."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from include.checks.outgoing import Outgoing
from include.database.connection import Row, json_value
from include.domain.document import CreditNote, Invoice, Payment, RefundPayment
from include.domain.money import ZERO, half_up
from include.domain.outcome import Hold
from include.domain.policy import Policy
from include.domain.summary import Member
from include.domain.summary_documents import (
    credit_note_of_day,
    invoice_of_day,
    moved_of,
    part_of,
    payment_of_day,
    refund_payment_of_day,
)
from include.settings.store import Store
from include.stages.orders.transform import body_of
from include.stages.summary.kept import KIND, member_in
from include.stages.summary.sorting import Assigned, Summary
from include.wire.xero_documents import digest

DayDocument = Invoice | CreditNote | Payment | RefundPayment


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a day, with the members that are in it."""

    summary: Summary
    kind: str
    part: str
    document: DayDocument | Hold
    members: tuple[Row, ...]


def parts_of(assigned: Assigned, policy: Policy) -> Iterator[Part]:
    """The day's documents: the invoice and what is paid on it, or the credit note and what is paid out for it."""
    summary = assigned.summary
    day, number = summary.day, summary.number
    if assigned.lines:
        members = [member_in(row) for row in assigned.lines]
        document: DayDocument | Hold = (
            invoice_of_day(day, number, members, policy)
            if summary.kind == "invoice"
            else credit_note_of_day(day, number, members)
        )
        yield Part(summary, summary.kind, "1", document, tuple(assigned.lines))
    money = [member_in(row) for row in assigned.money]
    taken = {name.removeprefix("1-") for name in assigned.taken}
    for moved in moved_of(money):
        name = part_of(moved, day, taken)
        taken.add(name)
        paid = (
            payment_of_day(moved, name, day, number)
            if summary.kind == "invoice"
            else refund_payment_of_day(moved, name, day, number)
        )
        kind = "payment" if isinstance(paid, Payment) else "refund_payment"
        yield Part(summary, kind, paid.part, paid, tuple(assigned.money[place] for place in moved.members))


def outgoing_of(part: Part) -> Outgoing | None:
    """The document as the check of what goes out sees it: its orders stand for the shop. None for a held one."""
    if isinstance(part.document, Hold):
        return None
    members = [member_in(row) for row in part.members]
    is_invoice = isinstance(part.document, Invoice)
    return Outgoing(
        order_key=part.summary.key,
        kind=part.kind,
        part=part.part,
        document=part.document,
        order_tax=_tax_of(members) if is_invoice else None,
        order_total=sum((member.amount for member in members), ZERO) if is_invoice else None,
    )


def _tax_of(members: list[Member]) -> Any:
    """The tax that the shop charged, also where it is posted as lines of its own."""
    owed = [
        share.amount
        for member in members
        for bucket, share in (member.shares or {}).items()
        if bucket.kind == "tax_liability"
    ]
    return sum((member.tax for member in members), ZERO) + sum(owed, ZERO)


def planned_row(batch_id: int, store: Store, place: int, part: Part, finding: Hold | None) -> tuple[Any, ...]:
    """The row of `planned_document`; a day that the check keeps back is held with its finding."""
    document: DayDocument | Hold = part.document
    if finding is not None and not isinstance(document, Hold):
        document = finding if part.part == "1" else Hold("invoice_held", f"Its day is held: {finding.sentence}")
    hold = document if isinstance(document, Hold) else None
    body = None if isinstance(document, Hold) else body_of(document)
    facts = repr(
        sorted((row["order_key"], row["kind"], row["part"], row["change"], row["source_hash"]) for row in part.members)
    )
    parent = part.summary.number if part.kind in ("payment", "refund_payment") else None
    return (
        *(batch_id, store.key, KIND, str(part.summary.key), part.kind, part.part, 1, place),
        *("hold" if hold else "post", hold and hold.reason, hold and hold.sentence, hold and (hold.remedy or None)),
        *(json_value(dict(hold.figures) if hold else {}), getattr(document, "number", None), parent),
        *(f"daily-{part.summary.day.channel_id}", getattr(document, "status", None)),
        *(getattr(document, "reference", None), _dated(document, part.summary)),
        *(body.encode() if body is not None else None, half_up(sum((row["amount"] for row in part.members), ZERO))),
        *(getattr(document, "tax", None), part.summary.day.currency, f"{len(part.members)} orders"),
        *(digest(facts), digest(body) if body is not None else None),
        *(max(row["revision"] for row in part.members), min(row["happened_at"] for row in part.members)),
        *(None, False),
    )


def _dated(document: DayDocument | Hold, summary: Summary) -> Any:
    return document.payment_date if isinstance(document, Payment | RefundPayment) else summary.day.dated
