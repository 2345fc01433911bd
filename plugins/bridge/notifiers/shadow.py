"""The shadow report: what live runs would post. The same sheet is a letter to finance and a page in Airflow."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bridge.notifiers.finance import money
from bridge.notifiers.mail import Letter, without_addresses, written
from bridge.notifiers.posting import deliver, post_news

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.settings.store import Store
    from include.stages.orders.shadow import ShadowReport

NAMES = {
    "invoice": "Invoices",
    "payment": "Payments",
    "credit_note": "Credit notes",
    "refund_payment": "Refunds paid out",
    "allocation": "Allocations",
}


def tell_shadow(db: Database, store: Store) -> int:
    """Send the report to finance when it says something new; how many letters were written."""
    from include.database.letters import last_sealed, mark_told_of, only_writer, was_told
    from include.stages.orders.shadow import report

    letter = shadow_letter(report(db, store), store)
    digest = hashlib.sha256(letter.text.encode()).hexdigest()[:32]
    with db.transaction():
        if not only_writer(db, store.key) or was_told(db, store.key, "shadow", digest):
            return 0
        letters = post_news(db, store, "shadow", lambda: letter, since=last_sealed(db, store.key))
        if letters is None:
            return 0
        mark_told_of(db, store.key, "shadow", digest)
    deliver(db, letters)
    return 1


def shadow_letter(report: ShadowReport, store: Store) -> Letter:
    """The report as a sheet, in text and HTML."""
    invoices = {currency: amount for (kind, currency), (_, amount) in report.documents.items() if kind == "invoice"}
    held = sum(report.held.values())
    headline = f"A live run would post {report.orders} orders" + (f": {money(invoices)}" if invoices else "")
    return written(
        "shadow",
        f"Shadow report of {store.file.name}: {report.orders} orders would be posted, {held} documents held",
        store_name=store.file.name,
        headline=headline,
        documents=[
            (NAMES.get(kind, kind), count, money({currency: amount}))
            for (kind, currency), (count, amount) in report.documents.items()
        ],
        sums=[
            (account, tax_type, money({currency: net}), money({currency: tax}))
            for (account, tax_type, currency), (net, tax) in report.sums.items()
        ],
        total=_total(report),
        adopted=[
            (row["subject_key"], row["sentence"], money({row["currency"]: row["amount"]})) for row in report.adopted
        ],
        held=list(report.held.items()),
        held_first=[_shown(row) for row in report.held_first],
        skipped=list(report.skipped.items()),
        settings_file=store.path.name,
    )


def _total(report: ShadowReport) -> tuple[str, str]:
    net: dict[str, Decimal] = {}
    tax: dict[str, Decimal] = {}
    for (_, _, currency), (line_net, line_tax) in report.sums.items():
        net[currency] = net.get(currency, Decimal(0)) + line_net
        tax[currency] = tax.get(currency, Decimal(0)) + line_tax
    return money(net), money(tax)


def _shown(row: Any) -> dict[str, str]:
    return {
        "order": row["subject_key"],
        "document": row["kind"].replace("_", " "),
        "amount": money({row["currency"]: row["amount"]}) if row["amount"] is not None else "",
        "meaning": row["meaning"],
        "sentence": without_addresses(row["sentence"]),
        "to_do": row["remedy"],
    }
