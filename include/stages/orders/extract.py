"""Extract: what the shop says of each order, kept byte for byte (reference bigcommerce.md 3).

A window is read by keyset, page by page, each page committed with its progress; a killed extraction goes on where it
stopped. The watermark moves only when the whole window is stored. Then the moving window asks for refunds
(`refund_cursor`); what is due and what earlier runs left open is taken along.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from include.clients.bigcommerce import BigCommerce, RawPart, Window
from include.clients.errors import ApiError, NotUnderstood, Refused
from include.database.connection import Database, Row
from include.domain.glance import Glance
from include.domain.order import Order
from include.domain.policy import Reference
from include.settings.store import Store
from include.stages.orders.deciding import release_explained, settings_changed
from include.stages.orders.gathering import Gathered, Terms, gathered_pages, id_of, with_needed_parts
from include.stages.orders.refund_cursor import ask_for_missing, keep_refunds_read, look_for_refunds, refunded_among
from include.stages.orders.run import ORDERS_A_BATCH_MAX, Run, code_version, digest_key, look_again
from include.stages.reference import ASKED_JUST_NOW_S, reference_for
from include.stages.settings import as_decided
from include.wire.bigcommerce_rows import Problem

ASK_AGAIN_AFTER = timedelta(hours=1)  # for an order that the shop could not tell whole
BOOKS_ASKED_WITHIN_S = 300.0  # orders within seconds take what another run heard of the organisation minutes ago
TOGETHER_FROM = 4  # so many orders are cheaper read as a list of what changed than one by one
CLOCKS_APART = timedelta(minutes=2)  # the shop's and ours
STALE_AFTER_S = 900  # a batch untouched for so long was left by a run that died

_log = logging.getLogger(__name__)
OpenBooks = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What every step of an extraction needs."""

    shop: BigCommerce
    db: Database
    store: Store
    run: Run
    terms: Terms
    reference_id: int


def extract(shop: BigCommerce, open_books: OpenBooks, db: Database, store: Store, run: Run) -> list[int]:
    """Store what changed (or was placed) in the run's window; the ids of all batches that this run works on.

    open_books  opens the books' client, to ask what the organisation is now.
    Raises the clients' errors: the task is tried again and goes on where it stopped.
    """
    store = as_decided(db, store)
    # A day of its own is one of many: a backfill's runs begin together, and one question of theirs serves a minute.
    asked_within_s = 0.0 if run.window is None else ASKED_JUST_NOW_S
    reference_id, reference = reference_for(open_books, db, store, asked_within_s=asked_within_s)
    desk = Reading(shop, db, store, run, terms_for(shop, db, store, reference), reference_id)
    if run.window is None and settings_changed(db, store):
        release_explained(db, store, reference)
    _read_window(desk)
    if run.window is None:
        _look_for_refunds_and_what_is_due(desk)
    left = db.rows("batches.left_open", store=store.key, flow=run.flow, run_id=run.run_id, stale_after=STALE_AFTER_S)
    return sorted({*(row["batch_id"] for row in left), *_own_batches(desk)})


def extract_due(shop: BigCommerce, open_books: OpenBooks, db: Database, store: Store, run: Run) -> list[int]:
    """Store what is due now, and nothing else: no window, no cursor; the ids of this run's batches.

    Raises the clients' errors: what was claimed is then due again.
    """
    store = as_decided(db, store)
    reference_id, reference = reference_for(open_books, db, store, asked_within_s=BOOKS_ASKED_WITHIN_S)
    desk = Reading(shop, db, store, run, terms_for(shop, db, store, reference), reference_id)
    _take_due(desk)
    return _own_batches(desk)


def _own_batches(desk: Reading) -> list[int]:
    own = {"store": desk.store.key, "flow": desk.run.flow, "run_id": desk.run.run_id}
    found = [int(row["batch_id"]) for row in desk.db.rows("batches.batches_of_run", **own)]
    desk.db.rollback()
    return found


def _look_for_refunds_and_what_is_due(desk: Reading) -> None:
    """After the window: a refund that came with its order then costs no second reading."""
    try:
        look_for_refunds(desk.shop, desk.db, desk.store, cursor=f"{_cursor(desk)}/refunds", start=_start(desk))
    except ApiError:
        _take_due(desk)  # it does not wait for a list that cannot be read
        raise
    _take_due(desk)


def terms_for(shop: BigCommerce, db: Database, store: Store, reference: Reference) -> Terms:
    """What decides which parts an order needs."""
    drafts = db.rows("plans.drafts", store=store.key)
    db.rollback()
    return Terms(shop, store.policy(digest_key(store)), reference, frozenset(int(row["subject_key"]) for row in drafts))


def _read_window(desk: Reading) -> None:
    extraction = _extraction(desk)
    if extraction is None:
        return
    window = Window(extraction["window_start"], extraction["window_end"])
    by = extraction["window_by"]
    batch_id, orders = _current_batch(desk, extraction["extraction_id"])
    listed = desk.shop.orders(window, by=by, after_id=extraction["last_order_id"])
    for page in gathered_pages(desk.terms, listed):
        if orders + len(page.orders) > ORDERS_A_BATCH_MAX:
            _finish(desk, batch_id)
            batch_id, orders = open_batch(desk, extraction["extraction_id"]), 0
        with desk.db.transaction():
            desk.db.run("batches.commit_soon")
            keep(desk, batch_id, page.orders)
            last = page.last_order_id
            desk.db.run("batches.note_progress", extraction_id=extraction["extraction_id"], last_order_id=last)
            desk.db.run("batches.add_calls", batch_id=batch_id, calls=page.calls)
        orders += len(page.orders)
    with desk.db.transaction():
        desk.db.run("batches.move_batch", batch_id=batch_id, state="extracted")
        desk.db.run("batches.complete_extraction", extraction_id=extraction["extraction_id"])
        if desk.run.window is None:
            desk.db.run("batches.move_watermark", store=desk.store.key, flow=_cursor(desk), moment=window.end)


def _extraction(desk: Reading) -> Row | None:
    """This run's unfinished extraction, or a new one over the window that is due; None while nothing can be due."""
    own = {"store": desk.store.key, "flow": desk.run.flow, "run_id": desk.run.run_id}
    with desk.db.transaction():
        found = desk.db.row("batches.unfinished_extraction", **own)
        if found is None:
            window = desk.run.window or _moving_window(desk)
            if window is None:
                return None
            found = desk.db.row(
                "batches.open_extraction",
                **own,
                window_by="modified" if desk.run.window is None else "created",
                window_start=window.start,
                window_end=window.end,
            )
    assert found is not None  # an INSERT .. RETURNING always has its row
    return found


def _moving_window(desk: Reading) -> Window | None:
    """From the watermark less an overlap up to now less a lag: whether bounds are inclusive is not known.

    None before the day that the store's books begin on (`start_from`).
    """
    file = desk.store.file
    end = datetime.now(UTC) - timedelta(seconds=file.window.lag_seconds)
    moment = desk.db.value("batches.watermark", store=desk.store.key, flow=_cursor(desk))
    start = _start(desk) if moment is None else moment - timedelta(minutes=file.window.overlap_minutes)
    return Window(start, end) if start < end else None


def _start(desk: Reading) -> datetime:
    """From where the first run asks."""
    return desk.terms.policy.start_from or datetime.now(UTC)


def _cursor(desk: Reading) -> str:
    """A shadow run has a cursor of its own, so that the first live run begins where the books do."""
    return f"{desk.run.flow}/shadow" if desk.store.file.mode == "shadow" else desk.run.flow


def _current_batch(desk: Reading, extraction_id: int) -> tuple[int, int]:
    found = desk.db.row("batches.extracting_batch", extraction_id=extraction_id)
    desk.db.rollback()
    return (found["batch_id"], found["orders"]) if found else (open_batch(desk, extraction_id), 0)


def open_batch(desk: Reading, extraction_id: int | None) -> int:
    """A batch of this run; without an extraction one of orders that were fetched one by one."""
    with desk.db.transaction():
        return int(
            desk.db.value(
                "batches.open_batch",
                store=desk.store.key,
                flow=desk.run.flow,
                run_id=desk.run.run_id,
                extraction_id=extraction_id,
                settings_version=desk.store.version,
                code_version=code_version(),
                reference_id=desk.reference_id,
            )
        )


def _finish(desk: Reading, batch_id: int) -> None:
    with desk.db.transaction():
        desk.db.run("batches.move_batch", batch_id=batch_id, state="extracted")


def _take_due(desk: Reading) -> None:
    """Orders that somebody asked to look at again, fetched one by one into a batch of their own."""
    now = datetime.now(UTC)
    if desk.store.file.policies.summary_from is None:
        with desk.db.transaction():
            desk.db.run("summary.let_go", store=desk.store.key)
    waiting = desk.db.value("batches.count_due", store=desk.store.key, now=now)
    desk.db.rollback()
    if not waiting:
        return
    with desk.db.transaction():  # the batch too: one that could not be filled would never be sealed
        batch_id = open_batch(desk, None)
        claimed = desk.db.rows(
            "batches.claim_due", store=desk.store.key, batch_id=batch_id, now=now, limit=ORDERS_A_BATCH_MAX
        )
        keys = sorted({int(row["subject_key"]) for row in claimed})
        refunded = refunded_among(desk.db, desk.store, keys)
        listed = _listed(desk, claimed, now)
        asked = (listed.get(key) or _asked_again(desk, key, refunded.get(key)) for key in keys)
        found = [part for part in asked if part is not None]
        keep(desk, batch_id, with_needed_parts(desk.terms, found, refunded=refunded.keys()))
        desk.db.run("batches.move_batch", batch_id=batch_id, state="extracted")


def _listed(desk: Reading, claimed: Sequence[Row], now: datetime) -> dict[int, RawPart]:
    """Of the orders that webhooks woke those that the list of what changed since has, by number: a page is one call.

    Nothing is concluded from an order that it lacks: that one is asked for by its number.
    """
    woken = [row for row in claimed if row["cause"] == "webhook"]
    if len(woken) < TOGETHER_FROM:
        return {}
    wanted = {int(row["subject_key"]) for row in woken}
    since = min(row["recorded_at"] for row in woken) - CLOCKS_APART
    found: dict[int, RawPart] = {}
    pages = desk.shop.orders(Window(since, now + CLOCKS_APART), by="modified", after_id=min(wanted) - 1)
    for page in islice(pages, max(1, len(wanted) // 8)):  # in a shop so busy that they are few among many, one by one
        found |= {id_of(part): part for part in page if id_of(part) in wanted}
        if len(found) == len(wanted):
            break
    return found


def _asked_again(desk: Reading, order_id: int, refunded_at: datetime | None) -> RawPart | None:
    """One order, or None: the shop has it no more, or cannot say what it is today. Then it is asked another time."""
    try:
        found = desk.shop.order(order_id)
    except (Refused, NotUnderstood) as error:
        _ask_later(desk, order_id, error)
        return None
    if found is None and refunded_at is not None:
        ask_for_missing(desk.db, desk.store, order_id, refunded_at)
    return found


def _ask_later(desk: Reading, order_id: int, error: ApiError) -> None:
    _log.warning("Order %s could not be read whole, and is asked for again in %s: %s", order_id, ASK_AGAIN_AFTER, error)
    look_again(desk.db, desk.store, str(order_id), "unread", ASK_AGAIN_AFTER)


def keep(desk: Reading, batch_id: int, orders: Sequence[Gathered]) -> None:
    """Store what the shop said of these orders, and put them into the batch. Inside the caller's transaction."""
    rows = []
    for each in orders:
        if each.unread is not None:
            _ask_later(desk, each.order_id, each.unread)
        columns = _columns(each.order)
        for part in (each.head, *each.parts):
            facts = columns if part is each.head else (None,) * 5
            rows.append((each.order_id, part.name, hashlib.sha256(part.body).digest(), part.body, *facts))
    desk.db.run("batches.expect_parts")
    desk.db.copy("arriving", rows)
    desk.db.run("batches.store_parts", store=desk.store.key)
    desk.db.run("batches.put_into_batch", store=desk.store.key, batch_id=batch_id)
    keep_refunds_read(desk.db, desk.store, orders)


def _columns(order: Order | Glance | tuple[Problem, ...]) -> tuple[Any, ...]:
    """The few facts that people query beside the raw body; none where the order cannot be read."""
    if not isinstance(order, Order | Glance):
        return (None,) * 5
    return (order.created_at, order.modified_at, order.status_id, order.total_inc, order.currency)
