"""The letter about a day's reconciliation, with the files attached."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bridge.notifiers.links import link
from bridge.notifiers.mail import Attachment, Letter, without_addresses, written
from bridge.notifiers.posting import deliver, post_news

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.domain.reconciliation import Paper
    from include.settings.store import Store
    from include.stages.reconciliation.listing import KeptDay

NEWS_FOR = timedelta(days=7)  # after a backfill nobody gets a letter a day of the year
SHOWN_MAX = 12  # differences in the letter itself; the files have all
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def tell(db: Database, store: Store, now: datetime | None = None) -> int:
    """Send finance a letter for each day and version that is news; how many letters were written.

    News is a day of the last week, and any day that changed after it was signed. That a day stays unsigned is an alert.
    """
    from include.stages.reconciliation.listing import days

    now = now or datetime.now(UTC)
    return sum(
        _tell_day(db, store, each, now)
        for each in reversed(days(db, store))
        if not each.shadow and (each.changed_after or now.date() - each.day <= NEWS_FOR)
    )


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


def subject(paper: Paper, name: str) -> str:
    """The verdict in one line: `Demo shop, 24 November: they agree`."""
    from include.papers import telling

    day, now = paper.report.day, telling.newest(paper)
    count = telling.needing(now)
    said = f"{count} difference{'s' if count != 1 else ''}" if count else telling.AGREES.lower()
    return f"{name}, {day.day} {day:%B}: {said}{', changed since it was signed' if paper.addenda else ''}"


def page_of(store_key: str = "", day: date | None = None) -> str:
    """The page of a day in Airflow, or of the days; empty where Airflow's own address is not set."""
    return link("bridge/reconciliation", store=store_key, day=str(day or ""))


def _tell_day(db: Database, store: Store, each: KeptDay, now: datetime) -> int:
    from include.database.letters import telling_once, was_told
    from include.stages.reconciliation import paper

    digest = f"{each.day}/{each.version}"
    if was_told(db, store.key, "reconciliation", digest):
        return 0

    def write() -> Letter:
        return letter_of(shown, store, page_of(store.key, each.day))

    shown = paper(db, store, each.day)
    severity = "note" if each.agrees else "normal"
    letters: list[int] | None = None
    try:
        with telling_once(db, store.key, "reconciliation", digest) as is_first:
            if is_first:
                letters = post_news(db, store, "reconciliation", write, since=each.asked_at, severity=severity, now=now)
                if letters is None:
                    raise _NotNowError
    except _NotNowError:
        return 0
    deliver(db, letters)
    return int(letters is not None)


class _NotNowError(Exception):
    """A letter is not told now, so it does not count as told."""


def _signed(paper: Paper) -> str:
    from include.papers import words

    if paper.signature is None:
        return ""
    signed = paper.signature
    return f"Signed by {signed.by}, {words.moment(signed.at, paper.report.zone)}, version {signed.version}."
