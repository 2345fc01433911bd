"""One of each letter, made up: so that whoever sets up the alerts sees what would come, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING

from bridge.notifiers import alerts, customers, drift, finance, items, operations, reconciliation, shadow, stock
from bridge.notifiers.links import this_run

if TYPE_CHECKING:
    from bridge.notifiers.mail import Letter
    from include.domain.alert import Alert
    from include.domain.reconciliation import Paper
    from include.settings.store import Store

AMOUNT = Decimal("431.20")
# What of a kind a sentence says that has no letter of its own.
SAID = {
    "waiting": ("3 orders wait for a decision: No mapped tax rate gives the tax that was charged.", "Decide on the review desk."),
    "unsigned": ("24 November is not signed yet: 4 differences, version 1.", "Read the report and sign it."),
    "mapping": ("615-CARD is archived in Xero.", "Name another account in payments, line 22 of the store's file."),
    "deadline": ("2 of 41 orders of 24 November are not in the books by 09:00: 2 wait for a decision.", "Decide them."),
    "slow": ("A run of orders_to_books has taken more than 60 minutes.", "See in Airflow which step it is in."),
    "silence": ("No run of orders_to_books has read the shop for 5 hours.", "See in Airflow whether it is paused or red."),
    "circuit": ("Xero does not answer as it should: HTTP 503.", "Nothing at first: it is tried now and then."),
    "consent": ("The consent to Xero has ended.", "Open Connections in the console and press Consent again."),
    "calls": ("40 of Xero's calls are left until 14:00 UTC, and 50 are kept for people.", "Runs sleep until then."),
    "lane": ("Orders within seconds wait for the runs by the clock: 40 calls are left today.", "It goes on by itself."),
    "webhooks": ("2 webhooks of the shop were switched off, and are on again.", "Nothing. If it comes again, see the door."),
    "outbox": ("3 letters do not leave (ConnectionRefusedError).", "See the Connection smtp_default."),
    "audit": ("The audit was altered: entry 17 is missing.", "Compare with a backup. Sign no day until it is understood."),
}  # fmt: skip


def samples(store: Store, now: datetime) -> Iterator[tuple[Alert, Letter]]:
    """For each kind a made-up alert, as its routes would judge it, and its letter, marked as a test."""
    from include.domain.alert import KINDS, Alert

    own = dict(_of_their_own(store, now))
    for name, kind in KINDS.items():
        sentence, remedy = SAID.get(name, ("", ""))
        about_money = name in ("held", "waiting", "deadline")
        alert = Alert(
            name,
            "test",
            sentence,
            remedy,
            now,
            kind.severity,
            reason="tax_unexplained" if name in ("held", "waiting") else "",
            amount=AMOUNT if about_money else None,
            currency=_currency(store) if about_money else "",
            page=f"bridge/review?store={store.key}" if about_money else f"bridge/today?store={store.key}",
        )
        letter = own.get(name) or alerts.letter_of({"first": [_kept(alert, now)]}, store.file.name, now)
        yield (
            alert,
            replace(
                letter,
                subject=f"[Test] {letter.subject}",
                text=f"This is a test.\n\n{letter.text}",
                html=letter.html.replace("<h1 ", '<p class="soft">This is a test.</p><h1 ', 1),
            ),
        )


def _currency(store: Store) -> str:
    asked = [route.currency for route in store.file.alerts.all_routes() if route.currency]
    return asked[0] if asked else "AUD"


def _kept(alert: Alert, now: datetime) -> SimpleNamespace:
    from include.domain.alert import Told

    return SimpleNamespace(alert=alert, told=Told(), alert_id=0, seen_at=now, run_id=None)


def _of_their_own(store: Store, now: datetime) -> Iterator[tuple[str, Letter]]:
    from include.database.customer_letters import ToldOf
    from include.stages.orders.shadow import ShadowReport

    row = {
        "subject_key": "1042", "kind": "invoice", "part": "main", "outcome": "held", "reason": "tax_unexplained",
        "sentence": "No mapped rate gives 2.01 on 20.00.", "meaning": "No mapped tax rate gives the tax that was charged.",
        "remedy": "Correct the order, or map the rate in tax rules.", "amount": AMOUNT, "currency": _currency(store),
    }  # fmt: skip
    yield "held", finance.letter_to_finance([row], store, run_url=this_run())
    yield (
        "customer",
        customers.customer_letter(
            [ToldOf("77", "ambiguous", "Two contacts bear this e-mail.", "Choose one.", True, now)], store
        ),
    )
    yield (
        "item",
        items.items_letter(
            [{"line_key": "MUG", "sentence": "Account 999 is archived.", "remedy": "Name another."}], store
        ),
    )
    yield (
        "drift",
        drift.drift_letter(
            [{"path": "billing_address.zip", "gone_at": None, "kind": "number", "order_key": 1042}], store
        ),
    )
    level = {"sku": "MUG", "in_store": 12, "target": 0, "outcome": "held", "decision": "adjust"}
    yield (
        "stock",
        stock.stock_letter(
            [
                level
                | {"sentence": "Half of all levels would fall to 0.", "remedy": "Count, then release.", "unsteady": 0}
            ],
            store,
        ),
    )
    yield (
        "shadow",
        shadow.shadow_letter(
            ShadowReport(store.file.name, 1, {("invoice", _currency(store)): (1, AMOUNT)}, {}, [], {}, [], {}), store
        ),
    )
    ti = SimpleNamespace(
        dag_id=f"orders_to_books__{store.key}", task_id="load", run_id="test", try_number=1, log_url=this_run()
    )
    yield (
        "red",
        operations.letter_to_operations(
            {
                "ti": ti,
                "dag": SimpleNamespace(doc_md="| `load` | Xero is down | clear it when it is back |"),
                "exception": None,
            },
            store.key,
        ),
    )
    yield "reconciliation", reconciliation.letter_of(_a_day(store, now), store, reconciliation.page_of(store.key))


def _a_day(store: Store, now: datetime) -> Paper:
    from include.domain.reconciliation import Column, DayReport, Difference, Paper, Row

    day = (now - timedelta(days=1)).astimezone(UTC).date()
    currency, one, none = _currency(store), Column(1, AMOUNT), Column(0, Decimal(0))
    report = DayReport(
        store=store.key,
        day=day,
        zone="UTC",
        shop_zone="UTC",
        asked_at=now,
        rows=(Row("sales", currency, one, one, none),),
        skipped={},
        tenders=(),
        differences=(Difference("1042", "missing_in_xero", "sales", currency, AMOUNT, AMOUNT, None),),
    )
    return Paper(report, 1, None, (), ())
