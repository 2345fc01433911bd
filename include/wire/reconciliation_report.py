"""A day's report as JSON and back, amounts as text, so that what was signed can be read in ten years as it was."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from include.domain.reconciliation import (
    Column,
    DayReport,
    Difference,
    HeldByReason,
    Row,
    StockDifference,
    TenderTotal,
)

Json = dict[str, Any]


def report_json(report: DayReport) -> Json:
    """The whole report."""
    return {
        **_of_the_day(report),
        "asked_at": report.asked_at.isoformat(),
        "calls": dict(report.calls),
        "held": [
            {
                "reason": each.reason,
                "orders": each.orders,
                "oldest": each.oldest.isoformat(),
                "amounts": {currency: _plain(amount) for currency, amount in each.amounts.items()},
            }
            for each in report.held
        ],
        "stock": [
            {
                "sku": each.sku,
                "in_xero": _text(each.in_xero),
                "pending": each.pending,
                "in_store": each.in_store,
                "target": each.target,
                "first_seen": each.first_seen.isoformat(),
            }
            for each in report.stock
        ],
    }


def content_of_day(report: DayReport) -> str:
    """What the report says of the day itself, as one text: equal texts say the same."""
    return json.dumps(_of_the_day(report), sort_keys=True, separators=(",", ":"))


def report_in(content: Mapping[str, Any]) -> DayReport:
    """The report of such a JSON."""
    return DayReport(
        store=content["store"],
        day=date.fromisoformat(content["day"]),
        zone=content["zone"],
        shop_zone=content["shop_zone"],
        asked_at=datetime.fromisoformat(content["asked_at"]),
        rows=tuple(
            Row(
                row["what"],
                row["currency"],
                _column_in(row["shop"]),
                _column_in(row["ledger"]),
                _column_in(row["xero"]),
            )
            for row in content["rows"]
        ),
        differences=tuple(
            Difference(**{**each, **{side: _amount_in(each[side]) for side in ("shop", "ledger", "xero")}})
            for each in content["differences"]
        ),
        skipped=content["skipped"],
        held=tuple(
            HeldByReason(
                each["reason"],
                each["orders"],
                datetime.fromisoformat(each["oldest"]),
                {currency: Decimal(amount) for currency, amount in each["amounts"].items()},
            )
            for each in content["held"]
        ),
        stock=tuple(
            StockDifference(
                each["sku"],
                _amount_in(each["in_xero"]),
                each["pending"],
                each["in_store"],
                each["target"],
                datetime.fromisoformat(each["first_seen"]),
            )
            for each in content["stock"]
        ),
        tenders=tuple(
            TenderTotal(each["account"], each["currency"], _column_in(each["ledger"]), _column_in(each["xero"]))
            for each in content["tenders"]
        ),
        calls=content["calls"],
        shadow=content["shadow"],
    )


def _of_the_day(report: DayReport) -> Json:
    return {
        "store": report.store,
        "day": report.day.isoformat(),
        "zone": report.zone,
        "shop_zone": report.shop_zone,
        "shadow": report.shadow,
        "rows": [
            {
                "what": row.what,
                "currency": row.currency,
                "shop": _column(row.shop),
                "ledger": _column(row.ledger),
                "xero": _column(row.xero),
            }
            for row in report.rows
        ],
        "differences": [
            {
                "order_key": each.order_key,
                "cause": each.cause,
                "what": each.what,
                "currency": each.currency,
                "shop": _text(each.shop),
                "ledger": _text(each.ledger),
                "xero": _text(each.xero),
                "number": each.number,
                "sentence": each.sentence,
                "remedy": each.remedy,
            }
            for each in report.differences
        ],
        "skipped": dict(report.skipped),
        "tenders": [
            {
                "account": each.account,
                "currency": each.currency,
                "ledger": _column(each.ledger),
                "xero": _column(each.xero),
            }
            for each in report.tenders
        ],
    }


def _column(column: Column) -> Json:
    return {"count": column.count, "amount": _plain(column.amount)}


def _column_in(content: Mapping[str, Any]) -> Column:
    return Column(content["count"], Decimal(content["amount"]))


def _plain(amount: Decimal) -> str:
    """By what it is worth: 22, 22.0 and 22.0000 are one amount; whole cents are shown."""
    exponent = amount.normalize().as_tuple().exponent
    return f"{amount:.2f}" if not isinstance(exponent, int) or exponent >= -2 else f"{amount.normalize():f}"


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else _plain(amount)


def _amount_in(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
