"""The days of a store that have a report, as a list: which agree, which are signed, which changed after it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from include.database.connection import Database
from include.domain.reconciliation import Signature
from include.settings.store import Store

DAYS_LISTED = 120


@dataclass(frozen=True, slots=True)
class KeptDay:
    """A day by its newest version, which was asked for at a moment (UTC).

    shadow  the store posted nothing then, so nothing was compared and nobody signs
    """

    day: date
    version: int
    agrees: bool
    differences: int
    signature: Signature | None
    asked_at: datetime
    shadow: bool = False

    @property
    def changed_after(self) -> bool:
        """Whether a later version says otherwise than the one that was signed."""
        return self.signature is not None and self.signature.version < self.version


def days(db: Database, store: Store, limit: int = DAYS_LISTED) -> list[KeptDay]:
    """The newest days, newest first, up to so many."""
    rows = db.rows("reconciled_days.days", store=store.key, limit=limit)
    db.rollback()
    return [
        KeptDay(
            row["day"],
            row["version"],
            row["agrees"],
            row["open_differences"],
            None
            if row["signed_by"] is None
            else Signature(row["signed_by"], row["signed_at"], row["signed_version"], row["note"]),
            row["asked_at"].astimezone(UTC),
            row["shadow"],
        )
        for row in rows
    ]
