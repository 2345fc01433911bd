"""Whether the audit's chain holds: each entry's digest is of its content and of the entry before, none is missing.

And each batch that was sealed has its entry, and still the postings that it had then. What was found right is not read again
from the start: the last good entry is kept, and must still be there.
"""

from dataclasses import dataclass

from include.database.connection import Database, Row
from include.stages.orders.audit import FIRST_DIGEST, digest_of_rows, link_digest

ENTRIES_A_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold, in words."""

    sequence: int
    sentence: str


def check_chain(db: Database, store: str, *, whole: bool = False) -> tuple[int, Broken | None]:
    """Check what was appended since the last check, or the whole chain; how many entries, and the first that is wrong."""
    start = db.row("chain.checked", store=store)
    if start is not None:
        kept = db.row("chain.entry", store=store, sequence=start["sequence"])
        if kept is None or kept["digest"] != start["digest"]:
            db.rollback()
            return 0, Broken(start["sequence"], f"entry {start['sequence']}, which was checked before, is another now")
    since = start["checked_at"] if start is not None and not whole else None
    unsealed = db.value("chain.sealed_without_entry", store=store, since=since)
    if unsealed is not None:
        db.rollback()
        return 0, Broken(0, f"batch {unsealed} was sealed, and has no entry")
    sequence, digest = (start["sequence"], start["digest"]) if start and not whole else (0, FIRST_DIGEST)
    checked = 0
    while page := db.rows("chain.page", store=store, after=sequence, limit=ENTRIES_A_PAGE):
        for row in page:
            wrong = _wrong(db, row, sequence, digest)
            if wrong is not None:
                db.rollback()
                return checked, Broken(row["sequence"], wrong)
            sequence, digest = row["sequence"], row["digest"]
            checked += 1
        db.rollback()
        with db.transaction():
            db.run("chain.keep", store=store, sequence=sequence, digest=digest)
    db.rollback()
    return checked, None


def _wrong(db: Database, row: Row, before: int, digest: str) -> str | None:
    if row["sequence"] != before + 1:
        return f"entry {before + 1} is missing"
    if row["previous_digest"] != digest or link_digest(digest, row["content"]) != row["digest"]:
        return f"entry {row['sequence']} is not what was appended"
    if row["event"] == "batch_sealed":
        postings = db.rows("ledger.postings_of_batch", batch_id=row["batch_id"])
        if digest_of_rows(postings) != row["content"]["postings"]:
            return f"the outcomes of batch {row['batch_id']} are not those that were sealed"
    return None
