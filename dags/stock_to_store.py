"""
# Stock to store

Every hour, for each store that asks for it: what Xero has of each tracked item, less what is sold and not yet approved
there, becomes the shop's level. Orders are asked first, then Xero, then the shop, so that a sale in between is never sold
again. Only what differs is written, and only relative to the level just read.

**It begins as a dry run**: it tells operations what it would change and writes nothing, until the store's file says
`stock: dry_run: false`. A change that is too large for a healthy day is held.

| red step | what it means | what to do |
|---|---|---|
| `extract` | BigCommerce or Xero is down, or a token lacks the right to read stock | mend the access, then start the DAG again |
| `check` | a quantity is missing or absurd on the whole | read the check report in its log before anything else |
| `transform` | a level could not be decided, or a setting is missing | correct what the log names, then start the DAG again |
| `load` | BigCommerce is down or closed to us | start the DAG again: levels are read anew, nothing is sent twice |
| `audit` | an item has no outcome | do not clear; ask the engineers |
| `tell_operations` | the business database did not answer | clear it |

A step that is *up for reschedule* sleeps, because a vendor takes no calls; a line on top of the page says until when.
"""

from airflow.sdk import chain, dag

from bridge.bells import by_clock_and_bell
from bridge.stock_chapters import audit, check, extract, load, tell_operations, transform
from bridge.store_dags import START, arguments, for_each_store
from include.settings.store import Store


def stock_to_store(store: Store) -> None:
    """One store's DAG, where the store asks for it."""
    if not store.file.stock.enabled:
        return

    @dag(
        dag_id=f"stock_to_store__{store.key}",
        doc_md=__doc__,
        schedule=by_clock_and_bell(store, "stock", store.file.stock.schedule),
        start_date=START,
        catchup=False,  # only what is there now can be asked
        max_active_runs=1,  # two runs would add the same difference twice
        default_args=arguments(store, owner="operations"),
        tags=["stock", store.key],
    )
    def chapters() -> None:
        batch = extract.override(pool=store.shop_pool)(store.key)
        chain(
            batch,
            check(batch, store.key),
            transform(batch, store.key),
            load.override(pool=store.shop_pool)(batch, store.key),
            audit(batch, store.key),
            tell_operations(store.key),
        )

    chapters()


for_each_store(stock_to_store, stands_in=False)
