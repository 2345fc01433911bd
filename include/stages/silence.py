"""Silence: what should have come and did not. Nothing is red then, so somebody must look at the clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from include.database.connection import Database
from include.settings.store import Store
from include.stages.reference import shop_content

SELLS_EACH_DAY = 14  # days in a row with an order, after which a day without one is odd


@dataclass(frozen=True, slots=True)
class Silence:
    """Something that has been still for too long.

    what    in two words; the same words each time.
    since   the moment that it has been still from: with `what` it names this silence, which is told once.
    """

    what: str
    since: datetime
    sentence: str
    remedy: str


def silences(db: Database, store: Store, now: datetime) -> list[Silence]:
    """What of a store is still for longer than its alert settings allow. `now` is aware."""
    seen = db.row("silence.seen", store=store.key) or {}
    db.rollback()
    on_their_way = [moment for moment in (seen["opened_at"], seen["failed_at"]) if moment is not None]
    found = (
        _cursor(store, seen["moved_at"], now),
        _orders(store, seen["placed_at"], now),
        _unposted(store, min(on_their_way, default=None), now),
        _empty_day(db, store, now),
    )
    return [each for silence in found for each in silence]


def _cursor(store: Store, moved_at: datetime | None, now: datetime) -> Iterator[Silence]:
    hours = store.file.alerts.standstill_after_hours
    if moved_at is not None and now - moved_at > timedelta(hours=hours):
        yield Silence(
            "cursor",
            moved_at,
            f"No run of orders_to_books has read the shop for {_hours(now - moved_at)}.",
            f"See in Airflow whether orders_to_books__{store.key} is paused, red, or waits for a place in a pool.",
        )


def _orders(store: Store, placed_at: datetime | None, now: datetime) -> Iterator[Silence]:
    hours = store.file.alerts.no_order_after_hours
    if hours is not None and placed_at is not None and now - placed_at > timedelta(hours=hours):
        yield Silence(
            "orders",
            placed_at,
            f"The newest order that we know of was placed {_hours(now - placed_at)} ago.",
            "See whether the shop sells. If it does, run make doctor: our token may lack the right to read its orders.",
        )


def _unposted(store: Store, since: datetime | None, now: datetime) -> Iterator[Silence]:
    hours = store.file.alerts.unposted_after_hours
    if since is not None and now - since > timedelta(hours=hours):
        yield Silence(
            "unposted orders",
            since,
            f"An order has been on its way into the books for {_hours(now - since)}, neither posted nor held.",
            f"Read the last red step of orders_to_books__{store.key}; what failed is tried again by each run.",
        )


def _empty_day(db: Database, store: Store, now: datetime) -> Iterator[Silence]:
    """Zero rows where there were always some. A shop that does not sell every day says nothing by it, and is not told of."""
    clock = _clock_of(db, store)
    yesterday = now.astimezone(clock).date() - timedelta(days=1)
    begins = datetime.combine(yesterday, time.min, clock)
    row = db.row("silence.days_sold", store=store.key, zone=str(clock), yesterday=yesterday, days=SELLS_EACH_DAY)
    db.rollback()
    if row is not None and row["days"] == SELLS_EACH_DAY and not row["yesterday"] and row["looked_since"]:
        yield Silence(
            "a day without orders",
            begins,
            f"No order of {yesterday} came, though the shop sold on each of the {SELLS_EACH_DAY} days before it.",
            "See whether the shop sells. If it does, run make doctor: our token may lack the right to read its orders.",
        )


def _clock_of(db: Database, store: Store) -> ZoneInfo:
    said = shop_content(db, store).get("timezone")
    try:
        return ZoneInfo(str(said.get("name")) if isinstance(said, dict) else "UTC")
    except (ZoneInfoNotFoundError, ValueError):  # a name of the vendor's own
        return ZoneInfo("UTC")


def _hours(length: timedelta) -> str:
    return f"{length / timedelta(hours=1):.0f} hours"
