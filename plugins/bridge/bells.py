"""The bells of a store as Airflow's assets: one a kind of subject, each with its watcher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, AssetWatcher

from bridge.triggers import Doorbell

if TYPE_CHECKING:
    from include.settings.store import Store

# How long each kind gathers. A run over all levels of stock costs some ten calls; products and customers come in flocks.
SETTLES_S = {"product": 120.0, "customer": 120.0, "stock": 300.0}


def bell(store: Store, kind: str) -> Asset:
    """The bell of a store's orders, products, customers or stock."""
    file = store.file
    if kind == "order":
        books = file.xero
        trigger = Doorbell(
            store.key, kind, file.within_seconds.settle_seconds, books.organisation, books.calls_kept_a_day
        )
    else:
        trigger = Doorbell(store.key, kind, SETTLES_S[kind])
    name = f"bridge_{kind}_due__{store.key}"
    return Asset(name, watchers=[AssetWatcher(name=f"{name}_bell", trigger=trigger)])


def by_clock_and_bell(store: Store, kind: str, schedule: str) -> Any:
    """The store's schedule, and the bell beside it where the shop's webhooks ring it; without webhooks the schedule alone."""
    from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable

    if not store.file.webhooks.url or schedule.startswith("@"):
        return schedule
    return AssetOrTimeSchedule(timetable=CronTriggerTimetable(schedule, timezone="UTC"), assets=[bell(store, kind)])
