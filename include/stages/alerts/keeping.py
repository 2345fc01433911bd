"""Causes as they are kept: one begins, is seen again, is over. The same cause is one row for as long as it lasts."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from include.database.connection import Database, Row
from include.domain.alert import AT_ONCE, KINDS, Alert, Told
from include.stages.orders.audit import append


@dataclass(frozen=True, slots=True)
class Kept:
    """An alert with what was told of it.

    run_id   the run of Airflow that it was seen in last; None where none was
    greens   how many runs of that DAG had ended green by then; None where it is not known
    """

    alert_id: int
    alert: Alert
    told: Told
    seen_at: datetime
    run_id: str | None = None
    greens: int | None = None


def raise_alert(
    db: Database,
    store: str,
    alert: Alert,
    now: datetime,
    *,
    again: bool = False,
    run_id: str | None = None,
    greens: int | None = None,
) -> int:
    """Keep that a cause lasts, inside the caller's transaction; its id.

    again  it came once more, and its count grows by the alert's; else the count is what it is now
    """
    values = {each.name: getattr(alert, each.name) for each in fields(alert) if each.name != "over_at"}
    alert_id: int = db.value("alerts.raise", store=store, now=now, again=again, run_id=run_id, greens=greens, **values)
    return alert_id


def observe(db: Database, store: str, causes: Sequence[Alert], kinds: Collection[str], now: datetime) -> None:
    """Keep what lasts now, and that what lasts no longer is over; inside the caller's transaction.

    causes   all that last, of these kinds
    kinds    what was looked for; alerts of other kinds are left alone

    What a task of Airflow reported lasts until its DAG is green again. A kind that has patience shows it here too: its cause
    is over once it was not seen for as long.
    """
    for cause in causes:
        raise_alert(db, store, cause, now)
    lasting = {(cause.kind, cause.subject) for cause in causes}
    ended = [
        kept.alert_id
        for kept in living(db, store)
        if kept.alert.over_at is None
        and kept.alert.kind in kinds
        and kept.run_id is None
        and (kept.alert.kind, kept.alert.subject) not in lasting
        and now - kept.seen_at >= (KINDS[kept.alert.kind].patience or AT_ONCE)
    ]
    end(db, ended, now)


def end(db: Database, alert_ids: Sequence[int], now: datetime) -> None:
    """They are over, inside the caller's transaction."""
    if alert_ids:
        db.run("alerts.over", alert_ids=list(alert_ids), now=now)


def take(db: Database, store: str, alert_id: int, who: str) -> bool:
    """Keep who looks after a cause, and that they said so in the store's audit; whether it was still to be had."""
    with db.transaction():
        row = db.row("alerts.take", store=store, alert_id=alert_id, who=who)
        if row is not None:
            append(db, store, None, "alert_taken", {"by": who, "kind": row["kind"], "subject": row["subject"]})
    return row is not None


def forget(db: Database, days: int) -> int:
    """Forget causes that were over so many days ago; how many."""
    with db.transaction():
        return db.run("alerts.forget", days=days)


def living(db: Database, store: str) -> list[Kept]:
    """What lasts, and what is over without having been told to be."""
    return list(_kept(db.rows("alerts.living", store=store)))


def _kept(rows: Sequence[Row]) -> Iterator[Kept]:
    for row in rows:
        if row["kind"] not in KINDS:  # of another version
            continue
        values = {each.name: row[each.name] for each in fields(Alert)}
        told = Told(row["first_told_at"], row["last_told_at"], row["times_told"], row["escalated_at"], row["taken_at"])
        yield Kept(row["alert_id"], Alert(**values), told, row["seen_at"], row["run_id"], row["greens"])
