"""
# Products to items

Every hour, for each store that asks for it (`products: enabled: true`): products and variants that changed in BigCommerce
become items of Xero, with name, words, sales price, sales account and tax type. Never their purchase side, never a
quantity. Once a day the whole catalogue is read.

**What a bookkeeper edited in Xero stays.** A field leaves only if the shop changed it and Xero still has what we sent last.
What both changed is told once, and Xero's stays. Archived items are left alone; an item that was there before is taken over.

**To read a period again**, start it with *Since* in the trigger form, or
`airflow dags trigger products_to_items__STORE --conf '{"since": "2026-11-01"}'`. Twice is without harm.
*As today's settings have it* also brings items to changed settings whose product did not change.

| red step | what it means | what to do |
|---|---|---|
| `extract` | BigCommerce or Xero is down, or a token lacks the right to read products | mend the access, then clear it |
| `check` | the products could not be judged | read the check report in its log before anything else |
| `transform` | a batch could not be planned, or a setting is missing | correct what the log names, then clear it |
| `load` | Xero is down or closed to us, or another store of the organisation writes its items | clear it; nothing is made twice |
| `audit` | a batch is not done, or its counts differ | not done: mend the step above. Differ: do not clear, ask the engineers |
| `tell_items` | the business database did not answer | clear it; what was not told yet is told then |
| `all_green` | it only repeats that a step above is red | look there |

A step that is *up for reschedule* sleeps, because a vendor takes no calls; a line on top of the page says until when.
"""

from airflow.sdk import chain, dag

from bridge.bells import by_clock_and_bell
from bridge.chapters import all_green
from bridge.item_chapters import PARAMS, audit, check, extract, load, tell_items, transform
from bridge.store_dags import START, arguments, for_each_store
from include.settings.store import Store


def products_to_items(store: Store) -> None:
    """One store's DAG, where the store asks for it."""
    if not store.file.products.enabled:
        return

    @dag(
        dag_id=f"products_to_items__{store.key}",
        doc_md=__doc__,
        schedule=by_clock_and_bell(store, "product", store.file.products.schedule),
        start_date=START,
        catchup=False,  # the cursor row knows where we stopped; a past period is read again by `since`
        max_active_runs=1,  # two runs would read the same cursor
        params=PARAMS,
        default_args=arguments(store, owner="operations"),
        tags=["items", store.key],
    )
    def chapters() -> None:
        batches = extract.override(pool=store.shop_pool)(store.key)
        steps = [
            batches,
            check(batches, store.key),
            transform(batches, store.key),
            load.override(pool=store.books_pool)(batches, store.key),
            audit(batches, store.key),
            tell_items(store.key),
        ]
        chain(*steps)
        steps >> all_green()

    chapters()


for_each_store(products_to_items, stands_in=False)
