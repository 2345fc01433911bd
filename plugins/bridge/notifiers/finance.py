"""The letter to finance: which orders need a decision, how much money that is, why, and what to do."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bridge.notifiers.links import link, this_run
from bridge.notifiers.mail import Letter, without_addresses, written
from bridge.notifiers.posting import deliver, nobody, post

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.domain.alert import Alert
    from include.settings.store import Store

XERO = "https://go.xero.com"
# Of what failed, the one thing that time does not cure.
NEEDS_A_PERSON = ("refused_by_vendor",)


def tell(db: Database, store: Store, now: datetime | None = None) -> int:
    """Write to finance about what is newly held or failed, by the store's routes; how many documents it told of.

    What is told at another time, in a digest or after the quiet hours, is told by whoever looks then.
    """
    from include.database.letters import mark_told, newly_told, only_writer, still_due
    from include.stages.alerts.telling import told_now

    alerts, told, letters = store.file.alerts, 0, list[int]()
    with db.transaction():
        rows = []
        if only_writer(db, store.key):
            rows = newly_told(db, store.key) + still_due(db, store.key, alerts.still_due_after_days)
        for to, places in told_now(alerts, [news_of(row) for row in rows], now or datetime.now(UTC)).items():
            some = [rows[place] for place in places]
            if not any(to):
                nobody(f"alerts of {store.path.name}", f"{len(some)} documents that wait")
                continue
            letter = letter_to_finance(some, store, run_url=this_run())
            letters += post(db, store.key, "held", letter, sender=alerts.sender, to=to)
            mark_told(db, store.key, some)
            told += len(some)
    deliver(db, letters)
    return told


def news_of(row: Mapping[str, Any]) -> Alert:
    """A document that waits, as news: what its route is chosen by."""
    from include.domain.alert import Alert

    return Alert(
        "held",
        row["subject_key"],
        row["sentence"] or "",
        row["remedy"] or "",
        row["recorded_at"],
        reason=row["reason"],
        amount=row["amount"],
        currency=row["currency"] or "",
    )


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
        decide=[_shown(row, store, panel) for row in decide],
        wait=[_shown(row, store, panel) for row in wait],
        desk_url=link("bridge/review", store=store.key),
        run_url=run_url,
        books_url=os.environ.get("BRIDGE_BOOKS_URL") or XERO,
    )


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


def _shown(row: Mapping[str, Any], store: Store, panel: str) -> dict[str, str]:
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
        "life_url": "" if day else link("bridge/order", store=store.key, order=row["subject_key"]),
        "url": f"{panel}/manage/orders/{row['subject_key']}" if panel and not day else "",
    }
