"""What finance has not been told yet, and what it was told of."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from include.database.connection import Database, Row
from include.domain.money import ZERO, half_up, minor_digits, shown
from include.domain.order import Status

DOCUMENTS_A_LETTER_MAX = 500  # what is over it is told by the next run


def only_writer(db: Database, store: str) -> bool:
    """Whether this transaction may write the store's letter: of two runs at once one does. Lasts until it ends."""
    return bool(db.value("letters.only_writer", store=store))


@contextmanager
def telling_alone(db: Database, store: str) -> Iterator[None]:
    """A transaction in which nobody else writes the store's letters: who comes meanwhile waits for its end."""
    with db.transaction():
        db.run("letters.wait_to_write", store=store)
        yield


def newly_told(db: Database, store: str) -> list[Row]:
    """The documents whose latest outcome is held or failed and that finance has not been told of, largest first.

    Shape   subject_key (the order's number), kind, part, outcome, reason, sentence, meaning, remedy, amount (Decimal or
            None), currency, batch_id, recorded_at. Of any batch: what a mail server refused last time is still here.
    """
    return db.rows("letters.newly_told", store=store, limit=DOCUMENTS_A_LETTER_MAX)


def still_due(db: Database, store: str, days: int) -> list[Row]:
    """Completed orders of which something is still due after so many days, shaped as `newly_told`, with what would settle it.

    By our ledger: what a bookkeeper entered in Xero by hand is not known here, and the sentence says so.
    """
    found = db.rows(
        "letters.still_due", store=store, days=days, completed=Status.COMPLETED, limit=DOCUMENTS_A_LETTER_MAX
    )
    return [_due_row(row) for row in found]


def _due_row(row: Row) -> Row:
    digits = minor_digits(row["currency"])
    due = row["invoiced"] - row["settled"]
    tax = half_up(due * (row["tax"] or ZERO) / row["invoiced"], digits)
    credit = shown(due, digits) + (f" with {shown(tax, digits)} of tax" if tax else "")
    return {
        "subject_key": row["subject_key"],
        "kind": "invoice",
        "part": row["part"],
        "outcome": "held",
        "reason": "still_due",
        "meaning": "The order is completed, and not all of it was paid.",
        "sentence": (
            f"{row['number']}: {shown(row['invoiced'], digits)} was invoiced, {shown(row['settled'], digits)} came by what we "
            f"know; {shown(due, digits)} is due since {row['modified_at']:%d %B %Y}."
        ),
        "remedy": f"Claim it, or credit {credit} in Xero. Nothing to do where it was paid there by hand.",
        "amount": due,
        "currency": row["currency"],
        "batch_id": row["batch_id"],
        "recorded_at": row["modified_at"],
    }


def mark_told(db: Database, store: str, rows: Sequence[Row]) -> None:
    """Finance was told of these. One whose reason changes later is told again."""
    told = [
        (store, "finance", "/".join((row["subject_key"], row["kind"], row["part"], row["reason"])), row["batch_id"])
        for row in rows
    ]
    db.insert("audit.told", told)
    still = [row["subject_key"] for row in rows if row["reason"] == "still_due"]
    if still:
        db.run("letters.told_still_due", store=store, subject_keys=still)


def was_told(db: Database, store: str, kind: str, digest: str) -> bool:
    """Whether the report of this kind and digest was sent before."""
    return bool(db.value("letters.was_told", store=store, kind=kind, subject_key=digest))


def mark_told_of(db: Database, store: str, kind: str, digest: str) -> None:
    """It was sent now."""
    db.insert("audit.told", [(store, kind, digest, None)])


def last_sealed(db: Database, store: str) -> datetime:
    """When the store's newest batch was sealed; now, where there is none."""
    moment: datetime = db.value("letters.last_sealed", store=store)
    return moment


@contextmanager
def telling_once(db: Database, store: str, kind: str, digest: str) -> Iterator[bool]:
    """Whether the block is to tell of it: nobody did before. It counts as told if the block ends without an error.

    Who comes meanwhile waits for that end.
    """
    with db.transaction():
        yield db.run("letters.tell_once", store=store, kind=kind, subject_key=digest) == 1


def totals(rows: Sequence[Row]) -> dict[str, Decimal]:
    """How much money, by currency. An order counts once, with its largest document: invoice and payment are one sale."""
    largest: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        if row["amount"] is not None:
            order = (row["currency"], row["subject_key"])
            largest[order] = max(largest.get(order, ZERO), row["amount"])
    sums: dict[str, Decimal] = {}
    for (currency, _), amount in sorted(largest.items()):
        sums[currency] = sums.get(currency, ZERO) + amount
    return sums
