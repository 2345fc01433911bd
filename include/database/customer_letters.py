"""What finance is told of customers, and that they were told of it: each thing once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from include.database.connection import Database

ROWS_A_LETTER_MAX = 200


@dataclass(frozen=True, slots=True)
class ToldOf:
    """One thing about one customer, without personal data.

    since  when it came up
    waits  nothing is written before somebody decides; else it is only worth a look
    what   its name in our tables: the reason that it is held for, or what there is to look at
    """

    customer: str
    what: str
    sentence: str
    remedy: str
    waits: bool
    since: datetime
    batch_id: int | None = None


def newly_told(db: Database, store: str) -> list[ToldOf]:
    """What nobody was told of yet, of any run: what waits first."""
    held = db.rows("customers.held", store=store, limit=ROWS_A_LETTER_MAX)
    look = db.rows("customers.untold", store=store, limit=ROWS_A_LETTER_MAX)
    return [
        ToldOf(
            row["customer"], row["reason"], row["sentence"] or "", row["remedy"], True, row["since"], row["batch_id"]
        )
        for row in held
    ] + [ToldOf(row["contact_key"], row["what"], row["sentence"], row["remedy"], False, row["since"]) for row in look]


def mark_told(db: Database, store: str, rows: Sequence[ToldOf]) -> None:
    """They were told of these. Inside the caller's transaction."""
    told = [(store, "customer", f"{row.customer}/{row.what}", row.batch_id) for row in rows if row.waits]
    db.insert("audit.told", told)
    for row in rows:
        if not row.waits:
            db.run("customers.told", store=store, contact_key=row.customer, what=row.what)
