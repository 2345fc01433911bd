"""
# Orders of the day

Every night, for each store: the orders that were **placed** in the day before are brought to the books once more. What
is already there stays as it is; what the moving window missed comes in. It moves no cursor.

**To bring back a past period, backfill this DAG**: Trigger > Backfill, *All Runs*; or
`airflow backfill create --dag-id orders_of_the_day__STORE --from-date 2026-11-01 --to-date 2026-11-08
--reprocess-behavior completed --max-active-runs 1`. A run is a day. With *Missing Runs* Airflow passes over days that
already ran, without a word. The last date is an instant: 8 November at midnight leaves out the day that starts at 02:00.

A run that is started by hand, without a date, takes yesterday (UTC).

| red step | what it means | what to do |
|---|---|---|
| `extract` | BigCommerce is down, or its token was revoked | mend the access, then clear it; the books were not touched |
| `check` | too many orders of the day have a shape that we do not know | read the check report in its log before anything else |
| `transform` | a batch could not be planned, or a setting is missing | correct what the log names, then clear it |
| `load` | Xero is down or closed to us | clear it when that is over; nothing is posted twice |
| `audit` | a batch is not done, or its counts differ | not done: mend the step above. Differ: do not clear, ask the engineers |
| `tell_finance` | the business database did not answer | clear it; what was not told yet is told then |
| `all_green` | it only repeats that a step above is red | look there |

A step that is *up for reschedule* sleeps, because a vendor takes no calls; a line on top of the page says until when.
"""

from airflow.sdk import CronDataIntervalTimetable, chain, dag

from bridge.chapters import all_green, audit, check, extract_day, load, tell_finance, transform
from bridge.store_dags import START, arguments, for_each_store
from include.settings.store import Store


def orders_of_the_day(store: Store) -> None:
    """One store's DAG."""

    @dag(
        dag_id=f"orders_of_the_day__{store.key}",
        doc_md=__doc__,
        schedule=CronDataIntervalTimetable("0 2 * * *", timezone="UTC"),  # a plain cron text has empty intervals
        start_date=START,
        catchup=False,  # a past day is brought back on purpose, by a backfill
        max_active_runs=1,
        default_args=arguments(store, owner="finance"),
        tags=["books", store.key],
    )
    def chapters() -> None:
        batches = extract_day.override(pool=store.shop_pool)(store.key)
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


for_each_store(orders_of_the_day)
