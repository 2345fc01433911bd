"""What became of each order's documents, in the batch of their day; and the proof that all were told (T1)."""

from include.database.connection import Database, Row
from include.settings.store import Store
from include.stages.summary.kept import FLOW

PLANNED_ANEW_AFTER_S = 3600


def tell_members(db: Database, batch: Row) -> None:
    """Each order's word, after the batch of its day was loaded. Nothing for a batch of another flow; safe to run again.

    What did not enter the books waits again, and is planned anew by the settings of the next day.
    """
    if batch["flow"] != FLOW:
        return
    with db.transaction():
        db.run("days.tell_members", batch_id=batch["batch_id"])
        db.run("days.free_what_was_refused", batch_id=batch["batch_id"])
        db.run("days.look_again", batch_id=batch["batch_id"], after_s=PLANNED_ANEW_AFTER_S)


def unaccounted(db: Database, batch_id: int) -> str | None:
    """Why a summary's batch is not in order: a day's document or an order's without an outcome, or with one too many."""
    planned = {tuple(row.values()) for row in db.rows("days.planned", batch_id=batch_id)}
    posted = {tuple(row.values()) for row in db.rows("days.posted", batch_id=batch_id)}
    db.rollback()
    wrong = [f"{' '.join(map(str, each[:4]))} was planned and has no outcome" for each in sorted(planned - posted)]
    wrong += [f"{' '.join(map(str, each[:4]))} has an outcome and no plan" for each in sorted(posted - planned)]
    return f"counts differ (T1): {'; '.join(wrong[:10])}" if wrong else None


def overdue(db: Database, store: Store) -> str | None:
    """Why the store's runs are red although they did their work: orders wait for a summary that nobody makes.

    Their sales are missing in the books, and no row is held: a DAG that is paused tells nobody.
    """
    found = db.row("summary.overdue", store=store.key)
    db.rollback()
    if store.file.mode != "live" or found is None or not found["orders"]:
        return None
    return (
        f"Orders that wait for the summary of their day: {found['orders']}, the oldest of {found['since']}; "
        f"unpause {FLOW}__{store.key}, or look at its last run."
    )
