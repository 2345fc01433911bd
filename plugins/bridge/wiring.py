"""What a task opens: the shop, the books, the database, and the run that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowSkipException

if TYPE_CHECKING:
    from include.clients.allowance import Lane
    from include.clients.bigcommerce import BigCommerce, Window
    from include.clients.xero import Xero
    from include.database.connection import Database
    from include.stages.orders import Run
    from include.stages.stock import Source


@contextmanager
def shop(store_key: str, lane: Lane = "batch") -> Iterator[BigCommerce]:
    """The store's client in BigCommerce, by the Connection that its file names; closed at the end."""
    from bridge.hooks.bigcommerce import BigCommerceHook
    from include.keepers.opened import for_shop
    from include.settings.store import store_named

    store = store_named(store_key)
    with for_shop(store, lane) as kept, BigCommerceHook(store.file.bigcommerce.connection).get_conn(**kept) as client:
        yield client


@contextmanager
def books(store_key: str, lane: Lane = "batch") -> Iterator[Xero]:
    """The client of the store's organisation in Xero, by the Connection that its file names; closed at the end.

    lane  whose calls they are: what is kept of the day is kept from batches alone
    """
    from bridge.hooks.xero import XeroHook
    from include.keepers.opened import for_books
    from include.settings.store import store_named

    store = store_named(store_key)
    with for_books(store, lane) as kept, XeroHook(store.file.xero.connection).get_conn(**kept) as client:
        yield client


@contextmanager
def stock_source(store_key: str, db: Database) -> Iterator[Source]:
    """Where the store's quantities come from, as its file says; closed at the end."""
    from bridge.hooks.warehouse import WarehouseHook
    from include.settings.store import store_named
    from include.stages.stock import WarehouseFeed, xero_items

    store = store_named(store_key)
    if store.file.stock.connection is not None:
        with WarehouseHook(store.file.stock.connection).get_conn() as client:
            yield WarehouseFeed(client, store)
    else:
        with books(store_key) as ours:
            yield xero_items(ours, db, store)


def database() -> AbstractContextManager[Database]:
    """The business database, which is not Airflow's: `BRIDGE_DSN`."""
    from include.database.connection import connect

    return connect()


def run_since_the_cursor() -> Run:
    """This run, over what changed since the flow's watermark."""
    from include.stages.orders import Run

    dag_run = get_current_context()["dag_run"]
    return Run(flow_of(dag_run.dag_id), dag_run.run_id)


def run_over_its_day() -> Run:
    """This run, over the day that the calendar gave it."""
    from include.stages.orders import Run

    dag_run = get_current_context()["dag_run"]
    return Run(flow_of(dag_run.dag_id), dag_run.run_id, day_of(dag_run))


def day_of(dag_run: Any) -> Window:
    """The run's data interval; yesterday in UTC for a run that has none, as one started by hand may not.

    Source  reference airflow.md 0.9
    """
    from include.clients.bigcommerce import Window

    start, end = dag_run.data_interval_start, dag_run.data_interval_end
    if start is None or end is None or start >= end:
        end = (
            (dag_run.run_after or datetime.now(UTC)).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        )
        start = end - timedelta(days=1)
    return Window(start, end)


def flow_of(dag_id: str) -> str:
    """The flow of a DAG: `orders_to_books` of `orders_to_books__demo`."""
    return dag_id.partition("__")[0]


def batches_of(extracted: Sequence[int] | None) -> list[int]:
    """The batches that extract handed on. Skips the task if it handed on none, because it is red itself."""
    if extracted is None:
        raise AirflowSkipException("extract is red and handed on no batches; clear it, and the chapters after it run.")
    return list(extracted)
