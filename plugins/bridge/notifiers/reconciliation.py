"""The letter about a day's reconciliation, with the files attached; and once, that a day is still unsigned."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bridge.notifiers.mail import Attachment, Letter, send, without_addresses, written

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.domain.reconciliation import Paper
    from include.settings.store import Store
    from include.stages.reconciliation.listing import KeptDay

log = logging.getLogger(__name__)

NEWS_FOR = timedelta(days=7)  # after a backfill nobody gets a letter a day of the year
UNSIGNED_AFTER = timedelta(days=3)
SHOWN_MAX = 12  # differences in the letter itself; the files have all
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def tell(db: Database, store: Store, today: date | None = None) -> int:
    """Send finance a letter for each day and version that is news, and one about days still unsigned; how many letters.

    News is a day of the last week, and any day that changed after it was signed. A mail server that is down is a
    warning: the next run tells then.
    """
    from include.stages.reconciliation.listing import days

    today = today or datetime.now(UTC).date()
    kept = [each for each in days(db, store) if not each.shadow]
    if not kept:
        return 0
    if not store.file.alerts.finance:
        log.warning("The day's report is told to nobody: alerts.finance of %s is empty", store.path.name)
        return 0
    told = 0
    try:
        for each in reversed(kept):
            told += _tell_day(db, store, each) if _is_news(each, today) else 0
        told += _remind(db, store, [each for each in kept if _is_late(each, today)])
    except _NotTakenError as error:  # no mail may turn books red that are right; what was not sent stays untold
        log.warning("The mail server did not take the day's report (%s): the next run tells then", error)
    return told


def letter_of(paper: Paper, store: Store, page_url: str = "") -> Letter:
    """The letter about a day. page_url: the page in Airflow, where it is known."""
    from include.papers import telling, words
    from include.papers.csv_file import csv_file
    from include.papers.plain import plain
    from include.papers.workbook import workbook

    report = telling.newest(paper)
    shown = [each for group in telling.by_cause(report.open) for each in group.differences]
    letter = written(
        "reconciliation",
        subject(paper, store.file.name),
        store_name=store.file.name,
        day=words.day(report.day, True),
        headline=telling.headline(paper),
        look=telling.look(report),
        because=telling.because(report),
        signed=_signed(paper),
        rows=[
            (
                f"{telling.NAMES[row.what]}, {row.currency}",
                *(words.money(side.amount, row.currency) for side in (row.shop, row.ledger, row.xero)),
                row.agrees,
            )
            for row in report.rows
        ],
        differences=[
            {
                "what": f"Order {each.order_key}" if each.order_key else each.number,
                "amount": f"{each.currency} {words.money(telling.gap(each), each.currency)}",
                "cause": telling.CAUSE_NAMES[each.cause],
                "sentence": without_addresses(each.sentence) or telling.CAUSES[each.cause].sentence,
                "to_do": without_addresses(telling.remedy_of(each)),
            }
            for each in shown[:SHOWN_MAX]
        ],
        more=max(0, len(shown) - SHOWN_MAX),
        plain=without_addresses(plain(paper, store.file.name)),
        page_url=page_url,
        sign=f"make sign STORE={store.key} DAY={report.day}" if paper.signature is None else "",
    )
    name = f"{store.key}-{report.day}-version-{paper.addenda[-1][0] if paper.addenda else paper.version}"
    files = (
        Attachment(f"{name}.xlsx", SHEET, workbook(paper)),
        Attachment(f"{name}.csv", "text/csv", csv_file(paper)),
    )
    return replace(letter, attachments=files)


def reminder(late: Sequence[KeptDay], store: Store, page_url: str = "") -> Letter:
    """The letter that these days are unsigned."""
    from include.papers import words

    count = words.many(len(late), "day is", "days are")
    return written(
        "rows",
        f"{store.file.name}: {count} not signed yet",
        store_name=store.file.name,
        headline=f"{count} not signed yet",
        meaning=f"Read the report and sign it{f' at {page_url}' if page_url else f': make sign STORE={store.key} DAY=..'}. "
        "Each day is recalled once.",
        rows=[
            {
                "what": words.day(each.day),
                "sentence": "They agree" if each.agrees else words.many(each.differences, "difference"),
                "remedy": f"version {each.version}",
            }
            for each in late
        ],
    )


def subject(paper: Paper, name: str) -> str:
    """The verdict in one line: `Demo shop, 24 November: they agree`."""
    from include.papers import telling

    day, now = paper.report.day, telling.newest(paper)
    count = telling.needing(now)
    said = f"{count} difference{'s' if count != 1 else ''}" if count else telling.AGREES.lower()
    return f"{name}, {day.day} {day:%B}: {said}{', changed since it was signed' if paper.addenda else ''}"


def page_of(store_key: str = "", day: date | None = None) -> str:
    """The page of a day in Airflow, or of the days; empty where Airflow's own address is not set."""
    from airflow.sdk import conf

    base = (conf.get("api", "base_url", fallback="") or "").rstrip("/")
    query = {name: str(value) for name, value in (("store", store_key), ("day", day)) if value}
    return f"{base}/bridge/reconciliation?{urlencode(query)}" if base else ""


class _NotTakenError(Exception):
    """The mail server, or the way to it, did not take a letter. The text is the kind of the error, and no more."""


def _post(letter: Letter, store: Store) -> None:
    try:
        send(letter, sender=store.file.alerts.sender, recipients=store.file.alerts.finance)
    except Exception as error:
        raise _NotTakenError(type(error).__name__) from None


def _tell_day(db: Database, store: Store, each: KeptDay) -> int:
    from include.database.letters import telling_once, was_told
    from include.stages.reconciliation import paper

    digest = f"{each.day}/{each.version}"
    if was_told(db, store.key, "reconciliation", digest):
        return 0
    letter = letter_of(paper(db, store, each.day), store, page_of(store.key, each.day))
    with telling_once(db, store.key, "reconciliation", digest) as is_first:
        if is_first:
            _post(letter, store)
    return int(is_first)


def _remind(db: Database, store: Store, late: Sequence[KeptDay]) -> int:
    from include.database.letters import mark_told_of, only_writer, was_told

    with db.transaction():
        if not only_writer(db, store.key):
            return 0
        new = [each for each in late if not was_told(db, store.key, "unsigned", str(each.day))]
        if not new:
            return 0
        _post(reminder(new, store, page_of(store.key)), store)
        for each in new:
            mark_told_of(db, store.key, "unsigned", str(each.day))
    return 1


def _is_news(each: KeptDay, today: date) -> bool:
    return each.changed_after or today - each.day <= NEWS_FOR


def _is_late(each: KeptDay, today: date) -> bool:
    return each.signature is None and today - each.day > UNSIGNED_AFTER and each.asked_on < today  # not with its letter


def _signed(paper: Paper) -> str:
    from include.papers import words

    if paper.signature is None:
        return ""
    signed = paper.signature
    return f"Signed by {signed.by}, {words.moment(signed.at, paper.report.zone)}, version {signed.version}."
