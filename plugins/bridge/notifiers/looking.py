"""All stores, one after the other: what lasts, what is green again, whose news had to wait, and whether the audit holds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.settings.store import Store

log = logging.getLogger(__name__)


def look_at_all(db: Database) -> dict[str, int]:
    """Look at each store and tell; by store how much lasts.

    Raises StageRed, naming the stores of which nothing could be told; the others were.
    """
    return _of_each(_look, db)


def check_audits(db: Database) -> dict[str, int]:
    """Check what each store's audit has more since the last check; by store how many entries.

    Raises StageRed where a chain does not hold. People were told by then.
    """
    return _of_each(_check, db)


def _of_each(work: Callable[[Database, Store], int], db: Database) -> dict[str, int]:
    from include.stages.orders.run import StageRed

    done: dict[str, int] = {}
    wrong: list[str] = []
    for store in _stores():
        try:
            done[store.key] = work(db, store)
        except StageRed as error:
            wrong.append(str(error))
        except Exception as error:  # one store's trouble must not keep the others' people from hearing of theirs
            log.exception("Store %s", store.key)
            wrong.append(f"store {store.key}: {type(error).__name__}, see the log")
        finally:
            db.rollback()
    if wrong:
        raise StageRed("; ".join(wrong))
    return done


def _stores() -> Iterator[Store]:
    from include.settings.store import read_store, store_files

    for path in store_files():
        try:
            yield read_store(path)
        except Exception as error:  # its own DAGs are red for it, and say where the mistake is
            log.warning("%s is not looked at: it cannot be read (%s)", path.name, type(error).__name__)


def _look(db: Database, store: Store) -> int:
    from bridge.notifiers import alerts

    _end_what_is_green(db, store)
    if store.file.alerts.may_wait:
        _tell_what_had_to_wait(db, store)
    return alerts.look(db, store)


def _end_what_is_green(db: Database, store: Store) -> None:
    """What a task reported is over when its run, or a later one of its DAG, is green."""
    from bridge.notifiers.greens import is_green_since
    from include.stages.alerts import keeping

    reported = [kept for kept in keeping.living(db, store.key) if kept.run_id and kept.alert.over_at is None]
    db.rollback()
    ended = []
    for kept in reported:
        dag_id = kept.alert.page.split("/")[1] if kept.alert.page.startswith("dags/") else ""
        if dag_id and is_green_since(dag_id, str(kept.run_id), kept.seen_at, kept.greens):
            ended.append(kept.alert_id)
    with db.transaction():
        keeping.end(db, ended, datetime.now(UTC))


def _tell_what_had_to_wait(db: Database, store: Store) -> None:
    """News that a digest or the quiet hours held back; who writes it asks whether its time has come."""
    from bridge.notifiers import customers, drift, finance, items, reconciliation, shadow, stock

    drift.tell_drift(db, store)
    if store.file.mode == "shadow":
        shadow.tell_shadow(db, store)
    else:
        finance.tell(db, store)
    reconciliation.tell(db, store)
    if store.file.customers.enabled:
        customers.tell(db, store)
    if store.file.products.enabled:
        items.tell(db, store)
    if store.file.stock.enabled:
        stock.tell(db, store)


def _check(db: Database, store: Store) -> int:
    from bridge.notifiers import alerts
    from include.domain.alert import KINDS, Alert
    from include.stages.alerts import keeping
    from include.stages.alerts.chain import check_chain
    from include.stages.orders.run import StageRed

    checked, broken = check_chain(db, store.key)
    now = datetime.now(UTC)
    found = (
        []
        if broken is None
        else [
            Alert(
                "audit",
                "chain",
                f"The audit of {store.file.name} was altered: {broken.sentence}.",
                "Restore the database beside this one and compare. Sign no day until it is understood.",
                now,
                KINDS["audit"].severity,
            )
        ]
    )
    with db.transaction():
        keeping.observe(db, store.key, found, ("audit",), now)
    if broken is not None:
        alerts.tell(db, store, now)
        raise StageRed(f"store {store.key}: {broken.sentence}")
    return checked
