"""Which day is meant, as either side lives it."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from include.clients.bigcommerce import BigCommerce, Window
from include.clients.xero import Xero
from include.database.connection import Database
from include.settings.store import Store
from include.stages.reference import ASKED_JUST_NOW_S, newest, reference_for, refresh_shop, shop_content

LOOKS_BACK = 7  # days on which something may still change


@dataclass(frozen=True, slots=True)
class TheDay:
    """A day of the organisation's books, and the shop's day of the same date: two windows where their zones differ."""

    day: date
    zone: str
    shop_zone: str
    shop_clock: tzinfo

    def in_shop(self, moment: datetime) -> date:
        """The shop's date of a moment."""
        return moment.astimezone(self.shop_clock).date()

    def in_books(self, moment: datetime) -> date:
        """The organisation's date of a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def is_meant(self, moment: datetime) -> bool:
        """Whether it is of this day on either side."""
        return self.day in (self.in_shop(moment), self.in_books(moment))

    @property
    def window(self) -> Window:
        """From the first to the last moment of the day on either side, and a minute more: whether ends count is not known."""
        clocks: tuple[tzinfo, ...] = (self.shop_clock, ZoneInfo(self.zone))
        starts = [datetime.combine(self.day, time.min, clock).astimezone(UTC) for clock in clocks]
        ends = [datetime.combine(self.day + timedelta(days=1), time.min, clock).astimezone(UTC) for clock in clocks]
        return Window(min(starts) - timedelta(minutes=1), max(ends) + timedelta(minutes=1))


def the_day(shop: BigCommerce, db: Database, store: Store, day: date, zone: str) -> TheDay:
    """The day, by the shop's own zone; the shop is asked for it where it never was."""
    said = shop_content(db, store).get("timezone")
    if not said:
        refresh_shop(shop, db, store)
        said = shop_content(db, store).get("timezone")
    name = str(said.get("name") or "") if isinstance(said, dict) else ""
    try:
        return TheDay(day, zone, name, ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError):  # a name of the vendor's own: its offset is known all the same
        seconds = said.get("raw_offset") if isinstance(said, dict) else None
        if not isinstance(seconds, int):
            return TheDay(day, zone, zone, ZoneInfo(zone))
        return TheDay(day, zone, name, timezone(timedelta(seconds=seconds)))


def days_of_run(
    books: Xero, db: Database, store: Store, *, interval_start: datetime | None, alone: bool, now: datetime
) -> list[date]:
    """The days that a run asks about: the one that its interval starts on in the organisation's zone, and what is left open.

    interval_start   None for a run that has none, as one started by hand may not
    alone            a backfill's run asks about its own day only
    """
    _, reference = reference_for(lambda: nullcontext(books), db, store, asked_within_s=ASKED_JUST_NOW_S)
    today = now.astimezone(ZoneInfo(reference.zone)).date()
    own = None if interval_start is None else interval_start.astimezone(ZoneInfo(reference.zone)).date()
    days = {own} if own is not None and own < today else set()
    return sorted(days if alone else {*days, *days_to_reconcile(db, store, now)})


def days_to_reconcile(db: Database, store: Store, now: datetime) -> list[date]:
    """Yesterday in the organisation's zone; of the week before it each day that has something open, or that somebody signed.

    A signed day is asked again, since what is found otherwise is its addendum. Empty before Xero was ever asked.
    """
    reference = newest(db, store)
    if reference is None:
        return []
    yesterday = now.astimezone(ZoneInfo(reference.zone)).date() - timedelta(days=1)
    first = yesterday - timedelta(days=LOOKS_BACK)
    seen = db.rows("reconciliation.trend", store=store.key, first=first, last=yesterday - timedelta(days=1))
    db.rollback()
    again = [row["day"] for row in seen if row["open_differences"] or row["is_signed"]]
    return sorted({*again, yesterday})
