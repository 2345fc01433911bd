"""
# Refresh the reference

Every hour, for each store: accounts, tax rates, currencies, items and lock dates of the organisation are read from Xero and
kept as a dated snapshot. The order flows read the snapshot, so they spend no calls on it.

| red step | what it means | what to do |
|---|---|---|
| `refresh` | Xero is down, or its access was revoked | mend the access, then clear it |

A step that is *up for reschedule* sleeps, because a vendor takes no calls; a line on top of the page says until when.

Meanwhile the order flows go on with the last snapshot for two hours; after that they ask Xero themselves.
"""

from airflow.sdk import dag, task

from bridge.retrying import TRIES_AGAIN_MAX
from bridge.sleeping import sleeps
from bridge.store_dags import START, arguments, for_each_store
from bridge.wiring import books, database
from include.settings.store import Store


@task(retries=TRIES_AGAIN_MAX)
@sleeps
def refresh(store_key: str) -> int:
    """Keep what the organisation is now; the id of the snapshot."""
    from include.settings.store import store_named
    from include.stages import reference

    with books(store_key) as client, database() as db:
        return reference.refresh(client, db, store_named(store_key))


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
        refresh.override(pool=store.books_pool)(store.key)

    chapters()


for_each_store(refresh_reference)
