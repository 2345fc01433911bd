"""
# Tell people

Every five minutes, for all stores: what is not as it should be is looked for in what we keep (a vendor that does not answer,
a consent that ends, silence, orders that nobody decides, a missed deadline, ..), told once, recalled with a count, and told
when it is over, by each store's `alerts`. Then what is in the outbox goes out: a mail server that was down has lost nothing.

| red step | what it means | what to do |
|---|---|---|
| `look` | a store could not be looked at; its log names it. The others were | mend what it names, clear it |
| `deliver` | our database did not answer | clear it; what is in the outbox waits there |

No letter ever turns a step red: one that does not leave stays in the outbox, and is an alert of its own after a while.
It asks no vendor. What it cannot see is Airflow itself standing still: watch its scheduler from outside.
"""

from airflow.sdk import dag, task
from pendulum import duration

from bridge.store_dags import START, of_the_house
from bridge.wiring import database


@task
def look() -> dict[str, int]:
    """Look at each store, tell whose time has come, by store how much lasts."""
    from bridge.notifiers.looking import look_at_all

    with database() as db:
        return look_at_all(db)


@task(trigger_rule="all_done")
def deliver() -> int:
    """Send what is in the outbox and due; how many letters left."""
    from bridge.notifiers.posting import deliver

    with database() as db:
        return deliver(db).sent


@dag(
    dag_id="tell_people",
    doc_md=__doc__,
    schedule="*/5 * * * *",
    start_date=START,
    catchup=False,  # only now can be looked at
    max_active_runs=1,
    dagrun_timeout=duration(minutes=30),
    default_args=of_the_house(),
    tags=["watch", "house"],
)
def tell_people() -> None:
    """The DAG, one for all stores: looking costs a few statements a store, a run of its own would cost a process each."""
    look() >> deliver()


tell_people()
