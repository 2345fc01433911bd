"""What a backfill would be about, counted before it begins, and what it has done since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from include.clients.allowance import Allowance
from include.clients.bigcommerce import BigCommerce, Window
from include.database.connection import Database, Row
from include.domain.estimate import DAY_CALLS, Counted, Estimate, estimate
from include.settings.store import Store

STARTS = {"orders_of_the_day": time(2, 0, tzinfo=UTC)}  # when a day's interval begins, as its DAG says
DAYS_MAX = 1100
SURE_FROM = 20  # orders: a share of fewer says little
ASSUMED = 100.0  # of a hundred: where nothing is known, the dearest


@dataclass(frozen=True, slots=True)
class Plan:
    """A range, and what it would cost."""

    first: date
    last: date
    window: Window
    counted: Counted
    cost: Estimate


def window_of(first: date, last: date, flow: str = "orders_of_the_day") -> Window:
    """The moments that the runs of these days ask for: each day's interval begins at the flow's own hour, in UTC."""
    start = STARTS[flow]
    return Window(datetime.combine(first, start), datetime.combine(last + timedelta(days=1), start))


def plan_of(shop: BigCommerce, db: Database, store: Store, first: date, last: date) -> Plan:
    """What the range would cost: the orders are counted by the shop, in one call; the rest by our own tables."""
    window = window_of(first, last)
    orders = shop.orders_placed(window)
    known = db.row("backfill.known", store=store.key, start=window.start, end=window.end) or {}
    lately = db.row("backfill.lately", store=store.key) or {}
    contacts = db.row("backfill.contacts", store=store.key) or {}
    pace = db.row("pace.seen", vendor="xero", tenant=store.file.xero.organisation)
    db.rollback()
    kept = store.file.xero.calls_kept_a_day
    counted = Counted(
        orders=orders,
        in_books=min(orders, int(known.get("in_books") or 0)),
        days=(last - first).days + 1,
        looked_up=_share(lately.get("looked_up"), lately.get("orders")),
        new_shoppers=min(100.0, _share(contacts.get("made"), contacts.get("invoices"))),
        left=_left(pace, kept),
    )
    return Plan(first, last, window, counted, estimate(counted, DAY_CALLS - kept))


def progress_of(db: Database, store: Store, flow: str, run_ids: Sequence[str], since: datetime) -> Row:
    """What these runs did since: orders, posted, unchanged, held, failed, calls."""
    found = db.row("backfill.progress", store=store.key, flow=flow, run_ids=list(run_ids), since=since)
    db.rollback()
    return found or {}


def _share(part: int | None, whole: int | None) -> float:
    return 100.0 * (part or 0) / whole if whole and whole >= SURE_FROM else ASSUMED


def _left(pace: Row | None, kept: int) -> int | None:
    if pace is None:
        return None
    allowance = Allowance.from_json(pace["allowance"])
    if allowance.left_day is None or (allowance.day_ends_at is not None and allowance.day_ends_at <= pace["now"]):
        return None
    return max(0, allowance.left_day - kept)
