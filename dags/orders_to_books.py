"""
# Orders to books

Every few minutes, for each store: orders that changed in BigCommerce become invoices, payments and credit notes in Xero.

Each step reads the table that the step before it wrote, and writes its own. So any red step can be cleared by itself,
at any time. Clearing `load` never invoices twice. A step that is red for one batch has done all the others, and the next
run takes up what was left.

| red step | what it means | what to do |
|---|---|---|
| `extract` | BigCommerce is down, or its token was revoked | mend the access, then clear it; the books were not touched |
| `check` | too many orders of a batch have a shape that we do not know | read the check report in its log before anything else |
| `transform` | a batch could not be planned, or a setting is missing | correct what the log names, then clear it |
| `load` | Xero is down or closed to us | clear it when that is over; nothing is posted twice |
| `audit` | a batch is not done, or its counts differ | not done: mend the step above. Differ: do not clear, ask the engineers |
| `tell_finance` | the business database did not answer | clear it; what was not told yet is told then |
| `all_green` | it only repeats that a step above is red | look there |

A held order is not a red step: it is in the e-mail to finance, with what to do.

A step that is *up for reschedule* sleeps, because the day's calls are spent or a vendor is closed for hours: a line on top
of the page says until when. It goes on by itself; clearing it wakes it. The runs after it wait; other stores go on.
"""

from airflow.sdk import chain, dag

from bridge.chapters import all_green, audit, check, extract_changes, load, tell_finance, transform
from bridge.deadlines import done_in_time
from bridge.store_dags import START, arguments, for_each_store
from include.settings.store import Store


def orders_to_books(store: Store) -> None:
    """One store's DAG."""

    @dag(
        dag_id=f"orders_to_books__{store.key}",
        doc_md=__doc__,
        schedule=store.file.schedule,
        start_date=START,
        catchup=False,  # the cursor row knows where we stopped; the calendar does not
        max_active_runs=1,  # two runs would read the same cursor
        default_args=arguments(store, owner="finance"),
        deadline=done_in_time(store),
        tags=["books", store.key],
    )
    def chapters() -> None:
        batches = extract_changes.override(pool=store.shop_pool)(store.key)
        steps = [
            batches,
            check(batches, store.key),
            transform(batches, store.key),
            load.override(pool=store.books_pool)(batches, store.key),
            audit(batches, store.key),
            tell_finance(store.key),
        ]
        chain(*steps)
        steps >> all_green()

    chapters()


for_each_store(orders_to_books)
