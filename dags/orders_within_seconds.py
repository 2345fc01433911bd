"""
# Orders within seconds

For each store that asks for it (`within_seconds: enabled: true`): what a webhook of the shop, a person's decision or a
retry makes due enters the books within seconds, through the same stages as by the clock. One task, since each costs more
than a second to start.

It is woken by a bell and not by a schedule. The bell gathers for a moment, so that a burst is a few runs; as the day's calls
run short it gathers longer, and in the end it rings no more: then `orders_to_books` takes what is due at its next run. The
console's page *Today* says which it is. What a webhook lost, `orders_to_books` finds.

| red step | what it means | what to do |
|---|---|---|
| `enter` | a vendor is down, or a batch is not proved | `orders_to_books` takes up what was left; is that red too, mend it |

A held order is not a red step: it is on the review desk, and in the e-mail to finance.
"""

from airflow.sdk import dag

from bridge.bells import bell
from bridge.seconds_chapters import enter
from bridge.store_dags import START, arguments, for_each_store
from include.settings.store import Store


def orders_within_seconds(store: Store) -> None:
    """One store's DAG, where the store asks for it."""
    if not store.file.within_seconds.enabled:
        return

    @dag(
        dag_id=f"orders_within_seconds__{store.key}",
        doc_md=__doc__,
        schedule=[bell(store, "order")],
        start_date=START,
        catchup=False,  # `due` knows what waits
        max_active_runs=1,  # what comes meanwhile is one more run, and not one each
        default_args=arguments(store, owner="finance"),
        tags=["books", store.key],
    )
    def chapter() -> None:
        enter.override(pool=store.books_pool)(store.key)

    chapter()


for_each_store(orders_within_seconds, stands_in=False)
