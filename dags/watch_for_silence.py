"""
# Watch for silence

Every hour, for each store: has the cursor moved, did an order come (where `alerts: no_order_after_hours` says how long
is odd), and has every order that came reached the books or a person? Each silence is mailed to operations once.

| red step | what it means | what to do |
|---|---|---|
| `tell_silence` | the business database did not answer | clear it |

It asks neither vendor. What it cannot see is Airflow itself standing still: watch its scheduler from outside.
"""

from airflow.sdk import dag, task

from bridge.store_dags import START, arguments, for_each_store
from bridge.wiring import database
from include.settings.store import Store


@task
def tell_silence(store_key: str) -> int:
    """Tell of what has been still for too long; how much there is."""
    from bridge.notifiers import silence
    from include.settings.store import store_named

    with database() as db:
        return silence.tell_silence(db, store_named(store_key))


def watch_for_silence(store: Store) -> None:
    """One store's DAG."""

    @dag(
        dag_id=f"watch_for_silence__{store.key}",
        doc_md=__doc__,
        schedule="37 * * * *",
        start_date=START,
        catchup=False,  # only now can be looked at
        max_active_runs=1,
        default_args=arguments(store, owner="operations"),
        tags=["watch", store.key],
    )
    def chapters() -> None:
        tell_silence(store.key)

    chapters()


for_each_store(watch_for_silence)
