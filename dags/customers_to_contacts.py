"""
# Customers to contacts

Every hour, for each store that asks for it (`customers: enabled`): customers who changed in BigCommerce become contacts in
Xero, or are found there, before their first order comes. An account's later changes arrive in its contact; what a bookkeeper
edited there stays. Two contacts that may be one are never merged: finance is told of both.

**To read again everyone who changed since a day**, start the DAG with `since` (in the form, or
`--conf '{"since": "2026-01-31"}'`). It may run twice: who did not change is not written to.

| red step | what it means | what to do |
|---|---|---|
| `extract` | BigCommerce is down, or its token lacks the right to read customers | mend the access, then clear it |
| `check` | too many customers of a batch have a form that we do not know | read the check report in its log first |
| `transform` | a batch could not be planned, or a setting is missing | correct what the log names, then clear it |
| `load` | Xero is down or closed to us | clear it when that is over; nobody becomes two contacts |
| `audit` | a batch is not done, or its counts differ | not done: mend the step above. Differ: do not clear, ask the engineers |
| `tell_finance` | the business database did not answer | clear it; what was not told yet is told then |
| `all_green` | it only repeats that a step above is red | look there |

A held customer is not a red step, and holds no order back: it is in the e-mail to finance, and is looked at again by itself.

A step that is *up for reschedule* sleeps, because a vendor takes no calls; a line on top of the page says until when.
"""

from airflow.sdk import Param, chain, dag

from bridge.bells import by_clock_and_bell
from bridge.chapters import all_green
from bridge.customer_chapters import SINCE, audit, check, extract, load, tell_finance, transform
from bridge.store_dags import START, arguments, for_each_store
from include.settings.store import Store

DAY = Param(None, type=["null", "string"], format="date", description="Read again everyone who changed since this day.")


def customers_to_contacts(store: Store) -> None:
    """One store's DAG, where the store asks for it."""
    if not store.file.customers.enabled:
        return

    @dag(
        dag_id=f"customers_to_contacts__{store.key}",
        doc_md=__doc__,
        schedule=by_clock_and_bell(store, "customer", store.file.customers.schedule),
        start_date=START,
        catchup=False,  # the cursor row knows where we stopped; the calendar does not
        max_active_runs=1,  # two runs would read the same cursor
        params={SINCE: DAY},
        default_args=arguments(store, owner="finance"),
        tags=["books", store.key],
    )
    def chapters() -> None:
        batches = extract.override(pool=store.shop_pool)(store.key)
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


for_each_store(customers_to_contacts, stands_in=False)
