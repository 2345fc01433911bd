"""What must hold in the database once all is at rest: nothing open, nothing unknown, the audit's chain whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from include.commands.faults.books import Books
from include.database.connection import Database, connect
from include.stages.alerts.chain import check_chain

Outcomes = Mapping[str, str]


def outcomes_of(dsn: str, store: str) -> dict[str, str]:
    """Each order's outcome and reason. What was posted may be unchanged since: both say that it stands."""
    found = {}
    with connect(dsn) as db:
        for row in db.rows("audit.order_outcomes", store=store):
            outcome = "posted" if row["outcome"] == "unchanged" else str(row["outcome"])
            found[str(row["order_key"])] = f"{outcome} {row['reason'] or ''}".strip()
    return found


def unsound(dsn: str, store: str, books: Books) -> list[str]:
    """A sentence for everything that is not as it must be."""
    with connect(dsn) as db:
        return [*_open(db, store), *_chain(db, store), *_links(db, store, books)]


def at_rest(dsn: str, store: str) -> str | None:
    """What is still to be done, or None."""
    with connect(dsn) as db:
        return next(_open(db, store), None)


def _open(db: Database, store: str) -> Iterator[str]:
    for row in db.rows("faults.open_batches", store=store):
        yield f"batch {row['batch_id']} is {row['state']}: {row['red_reason'] or 'left'}"
    for row in db.rows("faults.open_attempts", store=store):
        yield f"nobody knows what became of {row['verb']} {row['subject_key']} {row['kind']} {row['part']}"
    for row in db.rows("audit.order_outcomes", store=store):
        if row["outcome"] == "failed":
            yield f"order {row['order_key']} failed: {row['reason']}"


def _chain(db: Database, store: str) -> Iterator[str]:
    _, broken = check_chain(db, store, whole=True)
    if broken is not None:
        yield f"the audit's chain does not hold: {broken.sentence}"


def _links(db: Database, store: str, books: Books) -> Iterator[str]:
    """The ledger and the books know the same documents, each once."""
    linked: Counter[str] = Counter()
    for row in db.rows("faults.links", store=store):
        if row["kind"] == "allocation":
            continue  # it has no id of its own: the ledger keeps its credit note's
        linked[str(row["xero_id"])] += row["kind"] != "contact"
        if str(row["xero_id"]) not in books.ids:
            yield f"{row['subject_key']} {row['kind']} {row['part']} is linked to what is not in the books"
    for xero_id, name in books.ids.items():
        if xero_id not in linked:
            yield f"{name} stands in the books and the ledger does not know it"
        elif linked[xero_id] > 1:
            yield f"{name} is linked {linked[xero_id]} times"
