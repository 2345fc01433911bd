"""
# Reconcile daily

Every morning, for each store: the shop and Xero are asked anew about yesterday, and both are compared with what our
tables say. Orders, refunds and payments are counted and summed by currency in three columns that must agree; each
difference is named by order, with its cause and a remedy. Days of the week before that had something open, or that
somebody signed, are asked again: what changed on a signed day is its addendum, never another report.

It writes to neither side. A difference is no red step: it is in the report, which finance signs.

**A past day**: backfill this DAG, *All Runs*, or start it with a logical date; the day is the one, in the organisation's
zone, on which the run's data interval starts.

| red step | what it means | what to do |
|---|---|---|
| `reconcile` | BigCommerce or Xero is down or closed to us, so a side could not be asked | clear it when that is over |
| `tell_finance` | the business database did not answer | clear it; what was not told yet is told then |
| `all_green` | it only repeats that a step above is red | look there |

A step that is *up for reschedule* sleeps, because a vendor takes no calls; a line on top of the page says until when.
"""

from airflow.sdk import CronDataIntervalTimetable, chain, dag

from bridge.chapters import all_green
from bridge.reconciling import reconcile, tell_finance
from bridge.store_dags import START, arguments, for_each_store
from include.settings.store import Store


def reconcile_daily(store: Store) -> None:
    """One store's DAG, where the store wants its report."""
    if not store.file.reconciliation.enabled:
        return

    @dag(
        dag_id=f"reconcile_daily__{store.key}",
        doc_md=__doc__,
        schedule=CronDataIntervalTimetable(store.file.reconciliation.schedule, timezone="UTC"),
        start_date=START,
        catchup=False,  # a past day is asked for on purpose, by a backfill
        max_active_runs=1,
        default_args=arguments(store, owner="finance"),
        tags=["books", store.key],
    )
    def chapters() -> None:
        steps = [reconcile.override(pool=store.shop_pool)(store.key), tell_finance(store.key)]
        chain(*steps)
        steps >> all_green()

    chapters()


for_each_store(reconcile_daily)
