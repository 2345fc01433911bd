"""Load: each planned document at most once into Xero, known afterwards by its Xero id (design 4.2, 4.3; T2, T7).

An order is worked on by one run at a time (a session lock on a connection of its own). What did not change writes
nothing. Transient trouble is raised, for Airflow to try again later; a restarted load goes on with what has no outcome.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from include.clients.xero import Xero
from include.database.connection import Database, Row
from include.domain.invoice import closed_to_of
from include.settings.store import Store
from include.stages.orders.billing import with_email_key
from include.stages.orders.desk import RETRY_AFTER, Desk
from include.stages.orders.entering import enter
from include.stages.orders.locks import NO_LOCKS, contact_lock, locked
from include.stages.orders.posting import failed
from include.stages.orders.run import digest_key, each_batch, look_again
from include.stages.orders.settling import SURE_AFTER_S, settle_unknown
from include.stages.orders.shadow import note_shadow
from include.stages.reference import stored
from include.stages.settings import as_decided
from include.stages.summary.telling import tell_members

ORDERS_A_SLICE = 500  # ten chunks of 50: two rounds of five in flight, and few locks at once
WAITS_FOR_OTHERS_S = (1, 2, 4, 8)  # another run on the same order is seconds, not minutes


def load(books: Xero, db: Database, store: Store, batch_ids: Sequence[int]) -> None:
    """Bring every planned document of the batches into the books, and record each one's outcome.

    Raises the clients' transient errors; the batch stays open and its outcomes so far stay recorded.
    """
    store = as_decided(db, store)
    if store.file.mode == "live":
        _settle_what_is_left(books, db, store)
    each_batch(
        db,
        batch_ids,
        stage="load",
        takes=("transformed",),
        leaves="loaded",
        work=lambda batch: _load_batch(books, db, store, batch),
    )


def _settle_what_is_left(books: Xero, db: Database, store: Store) -> None:
    """Writes of closed batches of which nobody knows what became: settled now, and their orders are looked at again."""
    left = db.rows("ledger.left_unknown", store=store.key, after_s=SURE_AFTER_S)
    db.rollback()
    for kind, rows in groupby(left, key=lambda row: str(row["subject_kind"])):
        names = {f"{store.key}/{kind}/{row['subject_key']}": str(row["subject_key"]) for row in rows}
        with locked(db, list(names)) as locks:
            keys = [key for name, key in names.items() if name in locks.got]
            if keys:
                settle_unknown(books, db, locks, store.key, kind, keys)
        if kind == "order":
            with db.transaction():
                for key in keys:
                    look_again(db, store, key, "retry", timedelta(0))


def _load_batch(books: Xero, db: Database, store: Store, batch: Row) -> str | None:
    _enter_batch(books, db, store, batch)
    tell_members(db, batch)
    return None


def _enter_batch(books: Xero, db: Database, store: Store, batch: Row) -> None:
    calls_before = books.calls
    done = {_key(row) for row in db.rows("ledger.postings_of_batch", batch_id=batch["batch_id"])}
    plans = [row for row in db.rows("plans.plans", batch_id=batch["batch_id"]) if _key(row) not in done]
    key = digest_key(store)
    rows = db.rows("plans.contacts", batch_id=batch["batch_id"])
    contacts = {row["contact_key"]: with_email_key(row, key) for row in rows}
    db.rollback()
    if store.file.mode == "shadow":
        note_shadow(books, db, store, batch, plans)
        return
    reference = stored(db, batch["reference_id"])
    closed_to = closed_to_of(store.policy(key), reference)
    today = datetime.now(ZoneInfo(reference.zone)).date()
    db.rollback()
    corrected = {row["subject_key"] for row in db.rows("switches.corrected", batch_id=batch["batch_id"])}
    db.rollback()
    desk = Desk(books, db, NO_LOCKS, store, batch, contacts, closed_to, reference.base_currency, today, corrected)
    compared = db.rows("resync.of_batch", batch_id=batch["batch_id"])
    desk.resynced = {row["subject_key"] for row in compared}
    desk.changed_in_xero = {row["subject_key"] for row in compared if row["by_webhook"]}
    db.rollback()
    desk.plan_forbids = "CreateApprovedInvoice" in reference.forbidden
    orders = [(key, list(rows)) for key, rows in groupby(plans, key=lambda row: str(row["subject_key"]))]
    try:
        waiting = orders
        for wait_s in (0, *WAITS_FOR_OTHERS_S):
            if not waiting:
                break
            time.sleep(wait_s)
            waiting = _enter_unlocked(desk, waiting)
        _put_off(desk, waiting)
    finally:
        with db.transaction():
            db.run("batches.add_calls", batch_id=batch["batch_id"], calls=books.calls - calls_before)


def _enter_unlocked(desk: Desk, orders: Sequence[tuple[str, list[Row]]]) -> list[tuple[str, list[Row]]]:
    """Enter the orders whose locks can be had; those that another run works on come back."""
    busy = []
    for start in range(0, len(orders), ORDERS_A_SLICE):
        part = orders[start : start + ORDERS_A_SLICE]
        settled = _settled_contacts(desk, part)
        names = {key: _lock_names(desk, key, rows, settled) for key, rows in part}
        with locked(desk.db, [name for each in names.values() for name in each]) as locks:
            free = [(key, rows) for key, rows in part if names[key] <= locks.got]
            busy += [each for each in part if not names[each[0]] <= locks.got]
            if free:
                desk.locks = locks
                enter(desk, [row for _, rows in free for row in rows])
    return busy


def _put_off(desk: Desk, orders: Sequence[tuple[str, list[Row]]]) -> None:
    for key, rows in orders:
        with desk.db.transaction():
            for row in rows:
                failed(desk.db, row, "busy_elsewhere", "Another run is working on this order.")
            if rows[0]["subject_kind"] == "order":
                look_again(desk.db, desk.store, key, "busy_elsewhere", RETRY_AFTER)


def _settled_contacts(desk: Desk, orders: Sequence[tuple[str, list[Row]]]) -> set[str]:
    """The contacts that are linked for good: days that share such a shopper need not wait for each other."""
    keys = {row["contact_key"] for _, rows in orders for row in rows} - {None}
    found = desk.db.rows("ledger.settled_contacts", store=desk.store.key, subject_keys=sorted(keys))
    desk.db.rollback()
    return {str(row["subject_key"]) for row in found}


def _lock_names(desk: Desk, order_key: str, rows: Sequence[Row], settled: set[str]) -> set[str]:
    """The order, and a contact that may have to be created, with its e-mail: two customers of one e-mail are one contact."""
    keys = {row["contact_key"] for row in rows if row["contact_key"]} - settled
    keys |= {desk.contacts[key]["email_key"] for key in keys if key in desk.contacts} - {None}
    return {f"{desk.store.key}/{rows[0]['subject_kind']}/{order_key}"} | {
        contact_lock(desk.store.key, key) for key in keys
    }


def _key(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in ("subject_kind", "subject_key", "kind", "part", "generation"))
