"""The letter to finance: which orders need a decision, how much money that is, why, and what to do."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bridge.notifiers.mail import Letter, send, without_addresses, written

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.settings.store import Store

log = logging.getLogger(__name__)

XERO = "https://go.xero.com"
# Of what failed, the one thing that time does not cure.
NEEDS_A_PERSON = ("refused_by_vendor",)


def tell(db: Database, store: Store) -> int:
    """Send one letter about what is newly held or failed, if anything is; how many documents it told of.

    Marked as told once the mail server took it. A server that is down is a warning: the next run tells then.
    """
    from include.database.letters import mark_told, newly_told, only_writer, still_due

    with db.transaction():
        rows = []
        if only_writer(db, store.key):
            rows = newly_told(db, store.key) + still_due(db, store.key, store.file.alerts.still_due_after_days)
        recipients = store.file.alerts.finance
        if not rows:
            return 0
        if not recipients:
            log.warning("%s documents wait for finance, and alerts.finance of %s is empty", len(rows), store.path.name)
            return 0
        letter = letter_to_finance(rows, store, run_url=this_run_url())
        try:
            send(letter, sender=store.file.alerts.sender, recipients=recipients)
        except Exception as error:  # no mail may turn books red that are right; the rows stay unmarked
            log.warning("The mail server did not take the letter (%s): the next run tells then", type(error).__name__)
            return 0
        mark_told(db, store.key, rows)
    return len(rows)


def letter_to_finance(rows: Sequence[Mapping[str, Any]], store: Store, *, run_url: str) -> Letter:
    """The letter about these documents, which are rows of `letters.newly_told`."""
    decide = [row for row in rows if row["outcome"] == "held" or row["reason"] in NEEDS_A_PERSON]
    wait = [row for row in rows if row not in decide]
    panel = store.file.bigcommerce.control_panel_url.rstrip("/")
    return written(
        "finance",
        _subject(decide, wait, store.file.name),
        store_name=store.file.name,
        headline=_headline(decide, wait),
        decide=[_shown(row, panel) for row in decide],
        wait=[_shown(row, panel) for row in wait],
        run_url=run_url,
        books_url=os.environ.get("BRIDGE_BOOKS_URL") or XERO,
    )


def this_run_url() -> str:
    """The page of this run in Airflow."""
    from airflow.sdk import conf, get_current_context

    dag_run = get_current_context()["dag_run"]
    base = conf.get("api", "base_url", fallback="http://localhost:8080").rstrip("/")
    return f"{base}/dags/{dag_run.dag_id}/runs/{quote(dag_run.run_id)}"


def money(sums: Mapping[str, Decimal]) -> str:
    """Sums as people read them: `AUD 431.20 + USD 10.00`.

    >>> money({"JPY": Decimal("1200.0000")})
    'JPY 1200'
    """
    from include.domain.money import minor_digits, shown

    return " + ".join(f"{currency} {shown(amount, minor_digits(currency))}" for currency, amount in sums.items())


def _headline(decide: Sequence[Mapping[str, Any]], wait: Sequence[Mapping[str, Any]]) -> str:
    from include.database.letters import totals

    told = decide or wait
    orders = len({row["subject_key"] for row in told})
    what = "need a decision" if decide else "are not in the books yet"
    if orders == 1:
        what = what.replace("need", "needs").replace("are", "is")
    amount = money(totals([dict(row) for row in told]))
    return f"{orders} order{'s' if orders != 1 else ''} {what}{': ' + amount if amount else ''}"


def _subject(decide: Sequence[Mapping[str, Any]], wait: Sequence[Mapping[str, Any]], name: str) -> str:
    return f"{_headline(decide, wait)} ({name})"


def _shown(row: Mapping[str, Any], panel: str) -> dict[str, str]:
    from include.domain.money import ZERO

    amount = row["amount"]
    day = row.get("day_number")  # the document of a day, which is no order of the shop
    return {
        "order": day or row["subject_key"],
        "document": row["kind"].replace("_", " "),
        "amount": "" if amount is None else money({row["currency"]: amount or ZERO}),
        "meaning": row["meaning"],
        "sentence": without_addresses(row["sentence"]),
        "to_do": without_addresses(row["remedy"]),
        "url": f"{panel}/manage/orders/{row['subject_key']}" if panel and not day else "",
    }
