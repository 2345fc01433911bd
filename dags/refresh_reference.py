"""
# Refresh the reference

Every hour, for each store: accounts, tax rates, currencies, tracking, items and lock dates of the organisation are read from
Xero, and the shop's own settings from BigCommerce; both are kept as dated snapshots. The order flows read the snapshot, so
they spend no calls on it. Then the store's settings are held against it: a mapping that has died (an archived account, a
deleted rate, a tracking option that is gone) is told once, with its line in the store's file, and told when it is mended.

| red step | what it means | what to do |
|---|---|---|
| `refresh` | Xero is down, or its access was revoked | mend the access, then clear it |
| `refresh_shop` | BigCommerce is down, or its access was revoked | mend the access, then clear it |
| `look_after_webhooks` | BigCommerce is down, or our account may not have webhooks | mend the access, then clear it |
| `all_green` | it only repeats that a step above is red | look there |
| `tell_dead_mappings` | a decision made from now on does not fit the store's file any more | its log says which |

Where the store has a `webhooks: url`, its webhooks are looked after: one that the shop switched off is switched on again.

A step that is *up for reschedule* sleeps, because a vendor takes no calls; a line on top of the page says until when.

Meanwhile the order flows go on with the last snapshot for two hours; after that they ask Xero themselves.
"""

from airflow.sdk import dag, task

from bridge.chapters import all_green
from bridge.retrying import TRIES_AGAIN_MAX
from bridge.sleeping import sleeps
from bridge.store_dags import START, arguments, for_each_store
from bridge.wiring import books, database, shop
from include.settings.store import Store


@task(retries=TRIES_AGAIN_MAX)
@sleeps
def refresh(store_key: str) -> int:
    """Keep what the organisation is now; the id of the snapshot."""
    from include.settings.store import store_named
    from include.stages import reference

    with books(store_key) as client, database() as db:
        return reference.refresh(client, db, store_named(store_key))


@task(retries=TRIES_AGAIN_MAX)
@sleeps
def refresh_shop(store_key: str) -> int:
    """Keep what the shop says of itself now; the id of the snapshot."""
    from include.settings.store import store_named
    from include.stages import reference

    with shop(store_key) as client, database() as db:
        return reference.refresh_shop(client, db, store_named(store_key))


@task(trigger_rule="all_done")
def tell_dead_mappings(store_key: str) -> int:
    """Tell of settings that name what the organisation does not have any more; how many there are."""
    from bridge.notifiers import alerts
    from include.settings.store import store_named
    from include.stages.mappings import look_for_dead_mappings

    store = store_named(store_key)
    with database() as db:
        dead = look_for_dead_mappings(db, store)
        alerts.look(db, store)
    return dead


@task(retries=TRIES_AGAIN_MAX)
@sleeps
def look_after_webhooks(store_key: str) -> int:
    """Mend webhooks that are missing or were switched off, and tell of it and of their silence; of how much."""
    from bridge.notifiers import webhooks
    from include.settings.store import store_named

    store = store_named(store_key)
    with shop(store_key) as client, database() as db:
        return webhooks.look_after(client, db, store)


def refresh_reference(store: Store) -> None:
    """One store's DAG."""

    @dag(
        dag_id=f"refresh_reference__{store.key}",
        doc_md=__doc__,
        schedule="7 * * * *",  # beside the full hour, when the order flows start
        start_date=START,
        catchup=False,  # only what the organisation is now can be asked
        max_active_runs=1,
        default_args=arguments(store, owner="operations"),
        tags=["reference", store.key],
    )
    def chapters() -> None:
        ours = refresh.override(pool=store.books_pool)(store.key)
        shops = refresh_shop.override(pool=store.shop_pool)(store.key)
        told = tell_dead_mappings(store.key)
        [ours, shops] >> told
        ends = [ours, shops, told]
        if store.file.webhooks.url:
            ends.append(look_after_webhooks.override(pool=store.shop_pool)(store.key))
        ends >> all_green()

    chapters()


for_each_store(refresh_reference)
