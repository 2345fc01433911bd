"""The outcome of one planned document, recorded once a batch."""

from typing import Any

from include.database.connection import Database, Row, json_value
from include.domain.outcome import REASONS, Hold

_DOCUMENT = (
    "batch_id",
    "store",
    "subject_kind",
    "subject_key",
    "kind",
    "part",
    "generation",
    "amount",
    "currency",
    "happened_at",
)


def posted(
    db: Database, row: Row, xero_id: str, number: str | None, *, unchanged: bool = False, sentence: str = ""
) -> None:
    """It stands in the books: now, or since before."""
    _post(db, row, "unchanged" if unchanged else "posted", xero_id=xero_id, number=number, sentence=sentence or None)


def held(db: Database, row: Row, hold: Hold) -> None:
    """A person must decide; a reason of another outcome that Xero's words led to is recorded as what it is."""
    outcome = REASONS[hold.reason].outcome
    _post(
        db,
        row,
        outcome,
        reason=hold.reason,
        sentence=hold.sentence,
        remedy=hold.remedy or None,
        figures=dict(hold.figures),
        number=row["number"],
    )


def skipped(db: Database, row: Row) -> None:
    """Nothing is owed to the books."""
    _post(db, row, "skipped", reason=row["reason"], sentence=row["sentence"] or None)


def failed(db: Database, row: Row, reason: str, sentence: str) -> None:
    """It is tried again."""
    _post(db, row, "failed", reason=reason, sentence=sentence, number=row["number"])


def as_planned(db: Database, row: Row) -> None:
    """What the plan itself does not post: skipped or held, in the plan's words."""
    if row["decision"] == "skip":
        skipped(db, row)
    else:
        held(db, row, Hold(row["reason"], row["sentence"] or "", row["figures"], row["remedy"] or ""))


def _post(db: Database, row: Row, outcome: str, **facts: Any) -> None:
    values = {"reason": None, "sentence": None, "remedy": None, "xero_id": None, "number": None, **facts}
    values["figures"] = json_value(values.get("figures") or {})
    db.run_later("ledger.post", outcome=outcome, **{name: row[name] for name in _DOCUMENT}, **values)
