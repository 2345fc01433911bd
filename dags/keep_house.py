"""
# Keep house

Every night, for all stores: the chain of each store's audit is checked (is every entry there, does each follow from the one
before, are the outcomes of each batch still those that were sealed), and what has served its time is forgotten.

| red step | what it means | what to do |
|---|---|---|
| `check_audit` | an audit was altered, or a row is missing: its log says where | compare with a backup; tell whoever signs |
| `forget` | our database did not answer | clear it |

Forgotten are webhooks that were heard 35 days ago, letters that left 90 days ago (their text goes when they leave), and alerts
that were over 400 days ago.
"""

from airflow.sdk import dag, task

from bridge.store_dags import START, of_the_house
from bridge.wiring import database

WEBHOOKS_DAYS = 35
LETTERS_DAYS = 90
ALERTS_DAYS = 400


@task
def check_audit() -> dict[str, int]:
    """Check what each store's audit has more since last night; by store how many entries. Red where one does not hold."""
    from bridge.notifiers.looking import check_audits

    with database() as db:
        return check_audits(db)


@task
def forget() -> dict[str, int]:
    """Forget what has served its time; how many rows."""
    from include.database.outbox import forget as forget_letters
    from include.door.keeping import forget_old as forget_webhooks
    from include.stages.alerts.keeping import forget as forget_alerts

    with database() as db:
        return {
            "webhooks": forget_webhooks(db, days=WEBHOOKS_DAYS),
            "letters": forget_letters(db, LETTERS_DAYS),
            "alerts": forget_alerts(db, ALERTS_DAYS),
        }


@dag(
    dag_id="keep_house",
    doc_md=__doc__,
    schedule="23 2 * * *",
    start_date=START,
    catchup=False,  # what was forgotten last night need not be forgotten again
    max_active_runs=1,
    default_args=of_the_house(),
    tags=["house"],
)
def keep_house() -> None:
    """The DAG, one for all stores."""
    check_audit()
    forget()


keep_house()
