"""
# Summary of the day

For each store that posts by day: two hours after midnight in the organisation's zone, the orders of the days that are
over become one invoice a day, channel, currency and way of stating tax, paid by one payment an account; refunds become one
credit note. Every hour it looks whether something is left: an order that came late, or a day that Xero refused. Those
follow after the next midnight, as a supplement of their day.

The orders themselves are checked and planned by `orders_to_books`, one by one. Company buyers, large orders and orders
that are not paid in full have invoices of their own.

| red step | what it means | what to do |
|---|---|---|
| `gather` | the business database did not answer, or Xero is down | clear it when that is over; nothing is taken twice |
| `load` | Xero is down or closed to us | clear it when that is over; nothing is posted twice |
| `audit` | a batch is not done, or its counts differ | not done: mend the step above. Differ: do not clear, ask the engineers |
| `tell_finance` | the business database did not answer | clear it; what was not told yet is told then |
| `all_green` | it only repeats that a step above is red | look there |

A step that is *up for reschedule* sleeps, because a vendor takes no calls; a line on top of the page says until when.

While it is paused the sales of its days are missing in the books: after two days the runs of `orders_to_books` turn red
and say so. It goes on after a store went back to `posting: order`, as long as `summary_from` stands in its file: refunds of
orders that were summed up still come.
"""

from airflow.sdk import chain, dag

from bridge.chapters import all_green, audit, load, tell_finance
from bridge.store_dags import START, arguments, for_each_store
from bridge.summary_chapters import gather
from include.settings.store import Store


def summary_of_the_day(store: Store) -> None:
    """One store's DAG, where the store sums up its days or did."""
    if store.file.policies.summary_from is None:
        return

    @dag(
        dag_id=f"summary_of_the_day__{store.key}",
        doc_md=__doc__,
        schedule="40 * * * *",  # which day is over, the organisation's zone says, and that is not known here
        start_date=START,
        catchup=False,  # what waits knows its day; the calendar does not
        max_active_runs=1,
        default_args=arguments(store, owner="finance"),
        tags=["books", store.key],
    )
    def chapters() -> None:
        batches = gather.override(pool=store.books_pool)(store.key)
        steps = [
            batches,
            load.override(pool=store.books_pool)(batches, store.key),
            audit(batches, store.key),
            tell_finance(store.key),
        ]
        chain(*steps)
        steps >> all_green()

    chapters()


for_each_store(summary_of_the_day, stands_in=False)
