"""Extract: products that changed, kept byte for byte; page by page, each committed with its progress.

Once a day the whole catalogue is read: whether a variant's change moves its product's date is not known, and a product
that was deleted shows only by being missing. The cursor moves only when all of a window is kept.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from include.clients.bigcommerce import BigCommerce, RawPart, Window
from include.database.connection import Database, Row
from include.settings.store import Store
from include.stages.orders.run import Run, code_version
from include.stages.reference import reference_for
from include.stages.settings import as_decided
from include.wire.bigcommerce_product import modified_of

FLOW = "products_to_items"
PRODUCTS_A_BATCH_MAX = 1000  # with their variants a few thousand lines; a page more is taken whole
ALL_AGAIN_AFTER = timedelta(hours=23)  # so that a run an hour reads all about once a day
SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)  # the start of a window that has none
ORGANISATION_FRESH_S = 900.0


@dataclass(frozen=True, slots=True)
class _Desk:
    db: Database
    store: Store
    run: Run
    reference_id: int


def extract(
    shop: BigCommerce,
    open_books: Callable[[], Any],
    db: Database,
    store: Store,
    run: Run,
    *,
    since: date | None = None,
) -> list[int]:
    """Keep what is due; the ids of all batches that this run works on.

    since       a backfill: what changed since that day (UTC) is read again, and no cursor moves.
    open_books  opens the books' client, to ask what the organisation is now.
    Raises the clients' errors: the task is tried again and goes on where it stopped.
    """
    store = as_decided(db, store)
    reference_id, _ = reference_for(open_books, db, store, asked_within_s=ORGANISATION_FRESH_S)
    desk = _Desk(db, store, run, reference_id)
    began = datetime.now(UTC)
    extraction = _extraction(desk, since)
    if extraction is not None:
        _read(shop, desk, extraction, moves_cursor=since is None)
    if since is None:
        _take_due(shop, desk, began)
    own = db.rows("batches.batches_of_run", store=store.key, flow=FLOW, run_id=run.run_id)
    left = db.rows("items.left_open", store=store.key, flow=FLOW, run_id=run.run_id)
    db.rollback()
    return sorted({row["batch_id"] for row in (*left, *own)})


def is_whole(extraction: Row) -> bool:
    """Whether it reads the whole catalogue."""
    return bool(extraction["window_start"] == SINCE_EVER)


def _extraction(desk: _Desk, since: date | None) -> Row | None:
    """This run's unfinished extraction, or a new one over the window that is due; None while nothing can be due."""
    own = {"store": desk.store.key, "flow": FLOW, "run_id": desk.run.run_id}
    with desk.db.transaction():
        found = desk.db.row("batches.unfinished_extraction", **own)
        if found is not None:
            return found
        end = datetime.now(UTC) - timedelta(seconds=desk.store.file.window.lag_seconds)
        start = _start(desk, end, since)
        if start >= end:
            return None
        return desk.db.row("batches.open_extraction", **own, window_by="modified", window_start=start, window_end=end)


def _start(desk: _Desk, end: datetime, since: date | None) -> datetime:
    if since is not None:
        return datetime(since.year, since.month, since.day, tzinfo=UTC)
    changed, whole = (
        desk.db.value("batches.watermark", store=desk.store.key, flow=cursor) for cursor in _cursors(desk.store)
    )
    if changed is None or whole is None or end - whole >= ALL_AGAIN_AFTER:
        return SINCE_EVER
    start: datetime = changed - timedelta(minutes=desk.store.file.window.overlap_minutes)
    return start


def _cursors(store: Store) -> tuple[str, str]:
    """The cursor of changes, and that of the whole catalogue. A shadow run has its own, so that the first live run reads all."""
    cursor = f"{FLOW}/shadow" if store.file.mode == "shadow" else FLOW
    return cursor, f"{cursor}/all"


def _read(shop: BigCommerce, desk: _Desk, extraction: Row, *, moves_cursor: bool) -> None:
    extraction_id, db = extraction["extraction_id"], desk.db
    changed = None if is_whole(extraction) else Window(extraction["window_start"], extraction["window_end"])
    batch_id, products = _current_batch(desk, extraction_id)
    before = shop.calls
    for page in shop.catalogue(changed, after_id=extraction["last_order_id"]):
        if products >= PRODUCTS_A_BATCH_MAX:
            with db.transaction():
                db.run("batches.move_batch", batch_id=batch_id, state="extracted")
            batch_id, products = _open_batch(desk, extraction_id), 0
        with db.transaction():
            _keep(desk, batch_id, page)
            last = max(int(part.content["id"]) for part in page)
            db.run("batches.note_progress", extraction_id=extraction_id, last_order_id=last)
            db.run("batches.add_calls", batch_id=batch_id, calls=shop.calls - before)
        before = shop.calls
        products += len(page)
    with db.transaction():
        if changed is None:
            db.run("items.put_gone_into_batch", store=desk.store.key, batch_id=batch_id, extraction_id=extraction_id)
        db.run("batches.move_batch", batch_id=batch_id, state="extracted")
        db.run("batches.complete_extraction", extraction_id=extraction_id)
        moved = _cursors(desk.store)[: 2 if changed is None else 1] if moves_cursor else ()
        for cursor in moved:
            db.run("batches.move_watermark", store=desk.store.key, flow=cursor, moment=extraction["window_end"])


def _take_due(shop: BigCommerce, desk: _Desk, before: datetime) -> None:
    """Products of which a webhook told, by number: a variant's change may not move its product's date, a deletion shows nowhere.

    before  what came later rings again; those that this run read since need no second reading
    """
    db, store = desk.db, desk.store.key
    own = {"store": store, "flow": FLOW, "run_id": desk.run.run_id}
    waiting = db.value("items.count_due", store=store, before=before)
    db.rollback()
    if not waiting:
        return
    with db.transaction():  # the batch too: one that could not be filled would never be sealed
        batch_id, calls = _open_batch(desk, None), shop.calls
        claimed = {
            int(row["subject_key"])
            for row in db.rows(
                "items.claim_due", store=store, batch_id=batch_id, before=before, limit=PRODUCTS_A_BATCH_MAX
            )
        }
        missing = claimed - {
            row["product_id"] for row in db.rows("items.read_by_run", **own, product_ids=sorted(claimed))
        }
        for page in shop.catalogue_of(sorted(missing)):
            _keep(desk, batch_id, page)
            missing -= {int(part.content["id"]) for part in page}
        db.run("items.put_gone", store=store, batch_id=batch_id, product_ids=sorted(missing))
        db.run("batches.add_calls", batch_id=batch_id, calls=shop.calls - calls)
        db.run("batches.move_batch", batch_id=batch_id, state="extracted")


def _keep(desk: _Desk, batch_id: int, page: Sequence[RawPart]) -> None:
    store = desk.store.key
    rows = [
        (store, int(part.content["id"]), hashlib.sha256(part.body).digest(), part.body, modified_of(part.content))
        for part in page
    ]
    desk.db.insert("items.store_products", rows)
    desk.db.insert("items.put_into_batch", [(batch_id, *row[:3]) for row in rows])


def _current_batch(desk: _Desk, extraction_id: int) -> tuple[int, int]:
    found = desk.db.row("items.extracting_batch", extraction_id=extraction_id)
    desk.db.rollback()
    return (found["batch_id"], found["products"]) if found else (_open_batch(desk, extraction_id), 0)


def _open_batch(desk: _Desk, extraction_id: int | None) -> int:
    with desk.db.transaction():
        return int(
            desk.db.value(
                "batches.open_batch",
                store=desk.store.key,
                flow=FLOW,
                run_id=desk.run.run_id,
                extraction_id=extraction_id,
                settings_version=desk.store.version,
                code_version=code_version(),
                reference_id=desk.reference_id,
            )
        )
