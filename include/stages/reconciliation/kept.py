"""The day's report in the database: each version as it was, never overwritten."""

import hashlib
from datetime import date, timedelta

from include.database.connection import Database, Row, json_value
from include.domain.reconciliation import DayReport, HeldByReason, Paper, Signature, StockDifference, TrendDay
from include.settings.store import Store
from include.wire.reconciliation_report import content_of_day, report_in, report_json

TREND_DAYS = 30


def keep(db: Database, store: Store, report: DayReport) -> int:
    """Keep a report as the day's next version, if it says something new of the day; the version that says it."""
    digest = digest_of(report)
    day = {"store": store.key, "day": report.day}
    with db.transaction():
        db.run("reconciliation.lock_day", **day)
        newest = db.row("reconciliation.newest", **day)
        if newest is not None and newest["digest"] == digest:
            return int(newest["version"])
        version = 1 if newest is None else newest["version"] + 1
        db.run(
            "reconciliation.keep",
            **day,
            version=version,
            asked_at=report.asked_at,
            body=json_value(report_json(report)),
            digest=digest,
            agrees=report.agrees,
            orders=sum(row.shop.count for row in report.rows if row.what == "sales"),
            open_differences=len(report.open),
            calls=json_value(dict(report.calls)),
        )
        db.insert("reconciliation.keep_differences", _rows(store, report, version))
    return version


def digest_of(report: DayReport) -> str:
    """What makes two reports the same: the day's own. What is held or short today is of the moment, and no addendum."""
    return hashlib.sha256(content_of_day(report).encode()).hexdigest()


def paper(db: Database, store: Store, day: date) -> Paper:
    """The day as finance reads it. Raises LookupError where nobody asked for the day yet."""
    versions = {row["version"]: row for row in db.rows("reconciliation.versions", store=store.key, day=day)}
    signature = signature_of(db, store, day)
    trend = db.rows("reconciliation.trend", store=store.key, first=day - timedelta(days=TREND_DAYS - 1), last=day)
    db.rollback()
    if not versions:
        raise LookupError(f"There is no report of {day} for {store.key}: run reconcile_daily__{store.key} for it.")
    shown = signature.version if signature is not None else max(versions)
    return Paper(
        report=report_in(versions[shown]["body"]),
        version=shown,
        signature=signature,
        addenda=tuple((version, report_in(row["body"])) for version, row in versions.items() if version > shown),
        trend=tuple(TrendDay(row["day"], row["orders"], row["open_differences"], row["is_signed"]) for row in trend),
    )


def signature_of(db: Database, store: Store, day: date) -> Signature | None:
    """Who signed the day, if anybody did."""
    row = db.row("reconciliation.signature", store=store.key, day=day)
    return None if row is None else Signature(row["signed_by"], row["signed_at"], row["version"], row["note"])


def held_now(db: Database, store: Store) -> tuple[HeldByReason, ...]:
    """What waits for a person, of any day, the oldest first."""
    by_reason: dict[str, list[Row]] = {}
    for row in db.rows("reconciliation.held", store=store.key):
        by_reason.setdefault(row["reason"], []).append(row)
    db.rollback()
    found = [
        HeldByReason(
            reason,
            sum(row["orders"] for row in rows),
            min(row["oldest"] for row in rows),
            {row["currency"]: row["amount"] for row in rows if row["currency"] and row["amount"] is not None},
        )
        for reason, rows in by_reason.items()
    ]
    return tuple(sorted(found, key=lambda each: each.oldest))


def stock_now(db: Database, store: Store) -> tuple[StockDifference, ...]:
    """The items whose level in the shop is not what may be sold, by SKU."""
    rows = db.rows("reconciliation.stock", store=store.key)
    db.rollback()
    return tuple(StockDifference(**row) for row in rows)


def _rows(store: Store, report: DayReport, version: int) -> list[tuple[object, ...]]:
    return [
        (
            *(store.key, report.day, version, position, each.order_key, each.cause, each.is_explained),
            *(each.what, each.currency, each.shop, each.ledger, each.xero, each.number, each.sentence, each.remedy),
        )
        for position, each in enumerate(report.differences, start=1)
    ]
