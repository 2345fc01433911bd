"""Extract: what the shop says of each customer who changed, kept byte for byte (reference bigcommerce.md 7).

A window is read page by page, each page committed. The list promises no order, so a killed extraction reads its window
again; nobody comes into a second batch by it. The watermark moves only when the whole window is stored. Then who is due is
asked for by number: held and failed ones, those that another run was working on, and those of whom a webhook told.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from include.clients.bigcommerce import BigCommerce, RawPart, Window
from include.database.connection import Database, Row
from include.settings.forms import utc
from include.settings.store import Store
from include.stages.orders.run import Run, code_version
from include.stages.settings import as_decided
from include.wire.bigcommerce_shapes import moment

FLOW = "customers_to_contacts"
CUSTOMERS_A_BATCH_MAX = 2000  # so that memory is flat (design 3)
STALE_AFTER_S = 900  # a batch untouched for so long was left by a run that died


def extract(shop: BigCommerce, db: Database, store: Store, run: Run, since: date | None = None) -> list[int]:
    """Store who changed in the run's window; the ids of all batches that this run works on.

    since  reads again everyone who changed since this day (UTC): a backfill, which may run twice.
    Raises the clients' errors: the task is tried again and reads its window anew.
    """
    store = as_decided(db, store)
    _read_window(shop, db, store, run, since)
    _take_due(shop, db, store, run)
    own = db.rows("batches.batches_of_run", store=store.key, flow=run.flow, run_id=run.run_id)
    left = db.rows("customers.left_open", store=store.key, flow=run.flow, run_id=run.run_id, stale_after=STALE_AFTER_S)
    db.rollback()
    return sorted({row["batch_id"] for row in (*own, *left)})


def cursor_of(store: Store) -> str:
    """A shadow run has a cursor of its own, so that the first live run begins where the books do."""
    return f"{FLOW}/shadow" if store.file.mode == "shadow" else FLOW


def _read_window(shop: BigCommerce, db: Database, store: Store, run: Run, since: date | None) -> None:
    extraction = _extraction(db, store, run, since)
    if extraction is None:
        return
    window = Window(extraction["window_start"], extraction["window_end"])
    extraction_id = extraction["extraction_id"]
    found = db.row("customers.extracting_batch", extraction_id=extraction_id)
    db.rollback()
    batch_id, count = (found["batch_id"], found["customers"]) if found else (None, 0)
    calls = shop.calls
    for page in shop.customers_changed(window):
        with db.transaction():
            if batch_id is not None and count + len(page) > CUSTOMERS_A_BATCH_MAX:
                db.run("batches.move_batch", batch_id=batch_id, state="extracted")
                batch_id = None
            if batch_id is None:
                batch_id, count = _open_batch(db, store, run, extraction_id), 0
            _keep(db, store, batch_id, extraction_id, page)
            db.run("batches.add_calls", batch_id=batch_id, calls=shop.calls - calls)
        count, calls = count + len(page), shop.calls
    with db.transaction():
        if batch_id is not None:
            db.run("batches.move_batch", batch_id=batch_id, state="extracted")
        db.run("batches.complete_extraction", extraction_id=extraction_id)
        if window.start <= _known_to(db, store):  # a backfill that begins later would leave a gap behind it
            db.run("batches.move_watermark", store=store.key, flow=cursor_of(store), moment=window.end)


def _extraction(db: Database, store: Store, run: Run, since: date | None) -> Row | None:
    """This run's unfinished extraction, or a new one over the window that is due; None while nothing can be due."""
    own = {"store": store.key, "flow": run.flow, "run_id": run.run_id}
    with db.transaction():
        found = db.row("batches.unfinished_extraction", **own)
        if found is None:
            end = datetime.now(UTC) - timedelta(seconds=store.file.window.lag_seconds)
            overlap = timedelta(minutes=store.file.window.overlap_minutes)
            start = utc(since) if since is not None else _known_to(db, store) - overlap
            if start >= end:
                return None
            found = db.row("batches.open_extraction", **own, window_by="modified", window_start=start, window_end=end)
    assert found is not None  # an INSERT .. RETURNING always has its row
    return found


def _known_to(db: Database, store: Store) -> datetime:
    """All who changed before this moment are stored; at first, the day that the store's books begin on."""
    known: datetime | None = db.value("batches.watermark", store=store.key, flow=cursor_of(store))
    return known or utc(store.file.start_from)


def _open_batch(db: Database, store: Store, run: Run, extraction_id: int | None) -> int:
    return int(
        db.value(
            "batches.open_batch",
            store=store.key,
            flow=run.flow,
            run_id=run.run_id,
            extraction_id=extraction_id,
            settings_version=store.version,
            code_version=code_version(),
            reference_id=None,
        )
    )


def _take_due(shop: BigCommerce, db: Database, store: Store, run: Run) -> None:
    """Customers whom somebody is to look at again, into a batch of their own; those who were deleted are there as gone."""
    now = datetime.now(UTC)
    waiting = db.value("customers.count_due", store=store.key, now=now)
    db.rollback()
    if not waiting:
        return
    with db.transaction():  # the batch too: one that could not be filled would never be sealed
        batch_id = _open_batch(db, store, run, None)
        claimed = db.rows(
            "customers.claim_due", store=store.key, batch_id=batch_id, now=now, limit=CUSTOMERS_A_BATCH_MAX
        )
        missing = {int(row["subject_key"]) for row in claimed}
        calls = shop.calls
        for page in shop.customers(sorted(missing)):
            _keep(db, store, batch_id, None, page)
            missing -= {int(part.content["id"]) for part in page}
        db.run("customers.put_gone", store=store.key, batch_id=batch_id, customer_ids=sorted(missing))
        db.run("batches.add_calls", batch_id=batch_id, calls=shop.calls - calls)
        db.run("batches.move_batch", batch_id=batch_id, state="extracted")


def _keep(db: Database, store: Store, batch_id: int, extraction_id: int | None, page: Sequence[RawPart]) -> None:
    parts = {int(part.content["id"]): part for part in page}  # one who comes twice in a page: the later word
    digests = {customer_id: hashlib.sha256(part.body).digest() for customer_id, part in parts.items()}
    db.insert(
        "customers.store",
        [
            (store.key, customer_id, digests[customer_id], part.body, _modified_at(part.content))
            for customer_id, part in parts.items()
        ],
    )
    db.insert(
        "customers.put_into_batch",
        [(batch_id, extraction_id, store.key, customer_id, digest) for customer_id, digest in digests.items()],
    )


def _modified_at(content: Any) -> datetime | None:
    try:
        return moment(content.get("date_modified"))
    except ValueError:
        return None
