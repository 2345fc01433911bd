"""Refunds that no order's date tells of, found by the shop's own list of them (accounting.md 7).

Whether an order's `date_modified` moves on a refund is not known, and a payment of a refund may be declined days after
with no date at all. So each run asks the store-wide list, and has the order read again of each refund that is new to us
or is not as it was.

Calls: one a run. The list can be asked from a moment on, oldest first, and does not count its pages: fewer than 50
rows prove the end (orders.v3.yml). One call is paid anyway, so it reaches back as far as surely fits into one page, at
most 14 days. A shop of up to 40 refunds in 14 days has all of them read again in each run; in a larger one the 14 days
are read once a day, a call per 250 at best and per 50 at worst. 96 runs a day are 96 calls of the 480,000 that the
smallest plan allows.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from include.clients.bigcommerce import BigCommerce
from include.clients.errors import NotUnderstood
from include.database.connection import Database
from include.settings.store import Store
from include.stages.orders.gathering import Gathered
from include.stages.orders.run import look_again
from include.wire.bigcommerce_refunds import RefundState, refund_states

LATE_DECLINE = timedelta(days=14)  # for so long after a refund its payment may still be declined (accounting.md 7)
READ_AGAIN_EVERY = timedelta(days=1)
MISSING_AT_LEAST = timedelta(minutes=5)  # before a refund's order that the shop does not show is asked for again
ROWS_OF_A_CALL = 40  # below the 50 that prove a page to be the last, with room for what is new

_log = logging.getLogger(__name__)


def look_for_refunds(shop: BigCommerce, db: Database, store: Store, *, cursor: str, start: datetime) -> None:
    """Make due every order with a refund that we have not seen, or not in this state, and move the cursor over it.

    cursor  the name of its watermark: the newest refund seen, by the shop's clock. It moves when all pages are read;
            a run that is killed between them reads them again, and takes what it saw for seen.
    start   from where the first run asks.
    Raises the clients' errors, and NotUnderstood at the end when a row names no refund or no order; the cursor then
    stays, so that each run says so.
    """
    now = datetime.now(UTC)
    since, is_whole = _reach(db, store, cursor, start, now)
    moments: list[datetime] = []
    unread = 0
    for page in shop.refunds_since(since):
        states, nameless = refund_states(page.content)
        unread += nameless
        moments += [min(state.created_at, now) for state in states if state.created_at is not None]
        _see(db, store, states)
    if unread:
        raise NotUnderstood(f"BigCommerce's list of refunds has {unread} rows that name no refund or no order.")
    with db.transaction():
        if moments:
            db.run("batches.move_watermark", store=store.key, flow=cursor, moment=max(moments))
        if is_whole:
            db.run("batches.move_watermark", store=store.key, flow=_reread(cursor), moment=now)


def keep_refunds_read(db: Database, store: Store, orders: Iterable[Gathered]) -> None:
    """Take refunds that came with their order for seen, inside the caller's transaction: nobody need read them again."""
    read = [part.content for each in orders for part in each.parts if part.name.startswith("refunds/")]
    states = {state.refund_id: state for content in read for state in refund_states(content)[0]}
    db.insert("refunds.note_read", _rows(store, states.values()))


def refunded_among(db: Database, store: Store, order_keys: Sequence[int]) -> dict[int, datetime]:
    """Which of these orders have a refund that we know of, and when the newest was made."""
    found = db.rows("refunds.of_orders", store=store.key, mode=store.file.mode, order_keys=list(order_keys))
    return {row["order_key"]: row["newest"] for row in found}


def ask_for_missing(db: Database, store: Store, order_key: int, refunded_at: datetime) -> None:
    """A refund's order that the shop does not show, yet or any more: asked for again while the refund is young.

    Each time after as long as the refund is old, so that a late order is had soon and a lost one costs few calls.
    """
    age = datetime.now(UTC) - refunded_at
    if age > LATE_DECLINE:
        _log.warning("Order %s was refunded, but the shop has no such order. It is not asked for again.", order_key)
        return
    look_again(db, store, str(order_key), "refund", max(age, MISSING_AT_LEAST))


def _reach(db: Database, store: Store, cursor: str, start: datetime, now: datetime) -> tuple[datetime, bool]:
    """From when on to ask, and whether that covers all refunds that may still be declined."""
    far = now - LATE_DECLINE
    newest = db.value("batches.watermark", store=store.key, flow=cursor)
    read_again = db.value("batches.watermark", store=store.key, flow=_reread(cursor))
    oldest_of_a_call = db.value("refunds.nth_newest", store=store.key, mode=store.file.mode, newer=ROWS_OF_A_CALL)
    db.rollback()
    if newest is None:
        return start, True
    due = read_again is None or read_again <= now - READ_AGAIN_EVERY
    near = far if due or oldest_of_a_call is None else oldest_of_a_call
    overlap = timedelta(minutes=store.file.window.overlap_minutes)
    since = min(max(near, far), newest - overlap)
    return max(since, min(start, newest)), since <= far


def _see(db: Database, store: Store, states: Sequence[RefundState]) -> None:
    with db.transaction():
        changed = db.insert("refunds.see", _rows(store, states))
        for order_key in sorted({row["order_key"] for row in changed}):
            look_again(db, store, str(order_key), "refund", timedelta(0))


def _rows(store: Store, states: Iterable[RefundState]) -> list[tuple[object, ...]]:
    """By number, so that two flows that see the same refunds do not wait for each other in a circle."""
    return [
        (store.key, store.file.mode, state.refund_id, state.order_id, state.created_at, state.digest)
        for state in sorted(states, key=lambda each: each.refund_id)
    ]


def _reread(cursor: str) -> str:
    return f"{cursor}/read_again"
