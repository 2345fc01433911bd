"""What our own tables say of a day's orders: each document that is linked, and the last outcome of each."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from include.database.connection import Database, Row
from include.domain.money import ZERO
from include.domain.reconciling import InLedger
from include.settings.store import Store

Key = tuple[int, str, str]  # order, kind, part
DEAD = ("VOIDED", "DELETED")
PAID_OUT = "refund_payment"


@dataclass(frozen=True, slots=True)
class Linked:
    """A document of an order that stands in the books by our tables. amount is the order's own, below zero if paid out.

    whole   what the document in Xero comes to: more than `amount` where it sums up a day
    change  above 1 for what an edit added to a summary
    tax     as it was posted; None where that is not kept, or a person took another as right
    """

    order_key: int
    kind: str
    part: str
    change: int
    amount: Decimal
    whole: Decimal
    currency: str
    day: date | None
    number: str
    xero_id: str
    source_hash: str
    account: str = ""
    tax: Decimal | None = None
    adopted: bool = False
    in_a_day: bool = False

    @property
    def key(self) -> Key:
        """What names it within its store."""
        return self.order_key, self.kind, self.part


@dataclass(frozen=True, slots=True)
class Ledger:
    """Live documents by key (a summary's supplement beside what it adds to), and the last outcome of every document.

    dead   the numbers of documents that our tables know to be voided or deleted
    """

    linked: Mapping[Key, Sequence[Linked]]
    outcomes: Mapping[Key, Row]
    dead: Mapping[Key, str] = field(default_factory=dict)

    def all(self) -> Iterable[Linked]:
        """Every live document."""
        return (each for group in self.linked.values() for each in group)

    def side(self, key: Key, linked: Linked | None) -> InLedger:
        """The ledger's side of an item."""
        row = self.outcomes.get(key)
        if row is None and key[1] == "credit_note" and linked is None:
            # What a held order was refunded is not planned: it waits with its invoice (accounting.md T5).
            row = self.outcomes.get((key[0], "invoice", "1"))
            row = row if row is not None and row["outcome"] in ("held", "failed") else None
        row = row or {}
        told = [str(row.get(name) or "") for name in ("outcome", "reason", "sentence", "remedy")]
        if linked is None:
            return InLedger(None, None, self.dead.get(key, ""), "", *told)
        return InLedger(linked.amount, linked.day, linked.number, linked.account, *told)


def dated_in(db: Database, store: Store, day: date) -> tuple[set[int], list[int]]:
    """The orders that have a document dated that day, and the summaries that do."""
    rows = db.rows("reconciliation.dated", store=store.key, day=day)
    db.rollback()
    orders = {int(row["subject_key"]) for row in rows if row["subject_kind"] == "order"}
    return orders, [int(row["subject_key"]) for row in rows if row["subject_kind"] == "summary"]


def orders_within(db: Database, store: Store, summary_keys: list[int]) -> set[int]:
    """The orders that these summaries sum up."""
    if not summary_keys:
        return set()
    rows = db.rows("reconciliation.members", store=store.key, order_keys=[], summary_keys=summary_keys)
    db.rollback()
    return {int(row["order_key"]) for row in rows}


def ledger_of(db: Database, store: Store, order_keys: Sequence[int]) -> Ledger:
    """What our tables say of these orders."""
    keys = [str(key) for key in order_keys]
    links = db.rows("ledger.links", store=store.key, subject_kind="order", subject_keys=keys)
    planned = {
        (row["subject_key"], row["kind"], row["part"], row["generation"]): row
        for row in db.rows("reconciliation.planned", store=store.key, subject_keys=keys)
    }
    members = db.rows("reconciliation.members", store=store.key, order_keys=list(order_keys), summary_keys=[])
    outcomes = db.rows("reconciliation.outcomes", store=store.key, subject_keys=keys)
    db.rollback()
    found: dict[Key, list[Linked]] = {}
    dead: dict[Key, str] = {}
    for row in sorted(links, key=lambda row: row["generation"]):
        if row["kind"] == "allocation" or row["amount"] is None:
            continue
        linked = _of_link(row, planned.get((row["subject_key"], row["kind"], row["part"], row["generation"])))
        found.pop(linked.key, None)  # an earlier number is no more
        if row["status"] in DEAD:
            dead[linked.key] = linked.number
        else:
            found[linked.key] = [linked]
    for row in members:
        if row["status"] not in DEAD:
            linked = _of_member(row)
            found.setdefault(linked.key, []).append(linked)
    return Ledger(found, {(int(row["subject_key"]), row["kind"], row["part"]): row for row in outcomes}, dead)


def _of_link(row: Row, plan: Row | None) -> Linked:
    sign = -1 if row["kind"] == PAID_OUT else 1
    agreed = plan is not None and plan["amount"] == row["amount"] and not row["adopted"]
    return Linked(
        order_key=int(row["subject_key"]),
        kind=row["kind"],
        part=row["part"],
        change=1,
        amount=sign * row["amount"],
        whole=row["amount"],
        currency=row["currency"] or "",
        day=row["dated"],
        number=row["number"] or "",
        xero_id=str(row["xero_id"]).lower(),
        source_hash=row["source_hash"],
        account=_account_in(plan["body"]) if plan is not None else "",
        tax=plan["tax"] if plan is not None and agreed else None,
        adopted=row["adopted"],
    )


def _of_member(row: Row) -> Linked:
    sign = -1 if row["kind"] == PAID_OUT else 1
    return Linked(
        order_key=int(row["order_key"]),
        kind=row["kind"],
        part=row["part"],
        change=row["change"],
        amount=sign * row["amount"],
        whole=row["document_amount"] or ZERO,
        currency=row["currency"],
        day=row["dated"],
        number=row["number"] or "",
        xero_id=str(row["xero_id"]).lower(),
        source_hash=row["source_hash"],
        account=row["account"],
        in_a_day=True,
    )


def _account_in(body: Any) -> str:
    """The account of a payment's body; empty where the body is kept no more."""
    if body is None:
        return ""
    account = json.loads(bytes(body)).get("Account")
    return str(account.get("Code") or "") if isinstance(account, dict) else ""
