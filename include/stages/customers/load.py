"""Load: each customer is one contact in Xero, found or made as orders do it, and then follows the account (T2, T7).

A customer is worked on by one run at a time, under the locks that orders take for their contact and its e-mail. Who did
not change costs no call. Who is held or failed is looked at again by itself, and holds back nobody else.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from include.clients.xero import Xero
from include.database.connection import Database, Row
from include.domain.outcome import REASONS, Hold
from include.settings.store import Store
from include.stages.customers.remembering import forget, known_by
from include.stages.customers.updating import Counter, follow_accounts
from include.stages.orders.billing import bill_to, links_of, with_email_key
from include.stages.orders.desk import BY_ITSELF, RETRY_AFTER
from include.stages.orders.load import WAITS_FOR_OTHERS_S
from include.stages.orders.locks import contact_lock, locked
from include.stages.orders.posting import as_planned, failed, held, posted
from include.stages.orders.run import digest_key, each_batch
from include.stages.settings import as_decided

# What transform holds until somebody changes the organisation, which wakes no customer.
WOKEN_BY_XERO = {"currency_unknown": timedelta(days=1)}
CUSTOMERS_A_SLICE = 500  # ten chunks of 50: two rounds of five in flight, and few locks at once


def load(books: Xero, db: Database, store: Store, batch_ids: Sequence[int]) -> None:
    """Bring every customer of the batches into the books, and record each one's outcome. In shadow nothing is written.

    Raises the clients' transient errors; the batch stays open and its outcomes so far stay recorded.
    """
    store = as_decided(db, store)
    each_batch(
        db,
        batch_ids,
        stage="load",
        takes=("transformed",),
        leaves="loaded",
        work=lambda batch: _load_batch(books, db, store, batch),
    )


def _load_batch(books: Xero, db: Database, store: Store, batch: Row) -> None:
    done = {row["subject_key"] for row in db.rows("ledger.postings_of_batch", batch_id=batch["batch_id"])}
    rows = [row for row in db.rows("customers.plans", batch_id=batch["batch_id"]) if row["subject_key"] not in done]
    db.rollback()
    with db.transaction():
        for row in rows:
            if row["decision"] != "post":
                as_planned(db, row)
            if row["reason"] in WOKEN_BY_XERO:
                _look_again(db, row, row["reason"], WOKEN_BY_XERO[row["reason"]])
            if row["gone"]:
                forget(db, row)
    wanted = [row for row in rows if row["decision"] == "post"]
    if store.file.mode == "shadow":
        _note_shadow(db, wanted)
        return
    calls_before = books.calls
    key = digest_key(store)
    waiting = [with_email_key(row, key) for row in _changed(db, wanted)]
    try:
        for wait_s in (0, *WAITS_FOR_OTHERS_S):
            if not waiting:
                break
            time.sleep(wait_s)
            waiting = _enter_unlocked(Counter(books, db, store, batch, key), waiting)
        with db.transaction():
            for row in waiting:
                failed(db, row, "busy_elsewhere", "Another run is working on this customer.")
                _look_again(db, row, "busy_elsewhere", RETRY_AFTER)
    finally:
        with db.transaction():
            db.run("batches.add_calls", batch_id=batch["batch_id"], calls=books.calls - calls_before)


def _changed(db: Database, rows: Sequence[Row]) -> list[Row]:
    """Those whom something is to be done for; the others are recorded as unchanged, without a call (T7)."""
    keys = [row["contact_key"] for row in rows]
    links = links_of(db, rows[0]["store"], keys) if rows else {}
    known = known_by(db, rows[0]["store"], keys) if rows else {}
    left = []
    with db.transaction():
        for row in rows:
            before, contact_id = known.get(row["contact_key"]), links.get(row["contact_key"])
            if before is None or contact_id is None or before.contact_id != contact_id:
                left.append(row)
            elif before.source_hash == row["source_hash"]:
                posted(db, row, contact_id, row["number"], unchanged=True)
            elif before.revision > row["revision"]:
                words = "A newer state of the customer was recorded before."
                posted(db, row, contact_id, row["number"], unchanged=True, sentence=words)
            else:
                left.append(row)
    return left


def _note_shadow(db: Database, rows: Sequence[Row]) -> None:
    """What would have become of each; what a live run did before is told as unchanged."""
    left = _changed(db, rows)
    links = links_of(db, rows[0]["store"], [row["contact_key"] for row in left]) if left else {}
    with db.transaction():
        for row in left:
            words = (
                "It would be compared with its contact."
                if row["contact_key"] in links
                else "It would be found among the contacts, or become one."
            )
            held(db, row, Hold("shadow", words))


def _enter_unlocked(counter: Counter, rows: Sequence[Row]) -> list[Row]:
    """Enter the customers whose locks can be had; those that another run works on come back."""
    busy = []
    for start in range(0, len(rows), CUSTOMERS_A_SLICE):
        part = rows[start : start + CUSTOMERS_A_SLICE]
        names = {row["contact_key"]: _lock_names(row) for row in part}
        with locked(counter.db, [name for each in names.values() for name in each]) as locks:
            free = [row for row in part if names[row["contact_key"]] <= locks.got]
            busy += [row for row in part if row not in free]
            if not free:
                continue
            counter.locks = locks
            billed = bill_to(counter.books, counter.db, locks, counter.batch, free)
            for row, hold in follow_accounts(counter, free, billed):
                with counter.db.transaction():
                    _stopped(counter.db, row, hold)
    return busy


def _lock_names(row: Row) -> set[str]:
    """The contact, and its e-mail: two customers of one e-mail are one contact."""
    return {contact_lock(row["store"], key) for key in (row["contact_key"], row["email_key"]) if key}


def _stopped(db: Database, row: Row, why: Hold) -> None:
    """It is not written: held, or failed and tried again. Inside the caller's transaction."""
    if REASONS[why.reason].outcome != "held":
        failed(db, row, why.reason, why.sentence)
        _look_again(db, row, "retry", RETRY_AFTER)
        return
    held(db, row, why)
    if why.reason in BY_ITSELF:
        _look_again(db, row, why.reason, BY_ITSELF[why.reason])


def _look_again(db: Database, row: Row, cause: str, after: timedelta) -> None:
    """Have a later run read this customer again. Inside the caller's transaction."""
    db.run(
        "batches.make_due",
        store=row["store"],
        subject_kind="contact",
        subject_key=row["subject_key"],
        cause=cause,
        due_at=datetime.now(UTC) + after,
    )
