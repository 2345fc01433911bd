"""What a run, a person and a mail ask of the tables: the product's statements by name, with values as they would be bound."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from include.commands.bench.scale.people import asked_by_people
from include.commands.bench.scale.question import Question
from include.commands.held import PAGE
from include.database.connection import Database

STORE = "large"
TOPICS = (
    "the cursor",
    "what is held",
    "the audit of a batch",
    "what happened to an order",
    "a batch",
    "orders of all years",
    "customers",
    "summaries of the day",
    "mails, stock and the night",
    "the day's report",
    "items",
    "the door",
    "the console",
    "alerts",
)


def questions(db: Database, orders: int) -> Iterator[Question]:
    """All of them, about orders and batches of the largest store."""
    about = db.row("scale.sampled", orders=orders, many=min(400, orders // 100)) or {}
    keys = about["order_keys"]
    named = {"store": STORE, "subject_kind": "order", "subject_keys": [str(key) for key in keys]}
    one = {"store": STORE, "order_key": keys[len(keys) // 2], "subject_key": str(keys[len(keys) // 2])}
    held = {"store": STORE, "order_key": int(about["held_order"]), "subject_key": about["held_order"]}
    large, small = {"batch_id": about["large_batch"]}, {"batch_id": about["small_batch"]}
    yield from _cursor(about["run_id"], small)
    yield from _held(held)
    yield from _audit(large)
    yield from _one_order(one, held)
    yield from _batch(large, named, keys)
    yield from _customers(large, named)
    yield from _days(about["summary_key"])
    yield from _told()
    yield from _reconciled(named, keys, about["summary_key"])
    yield from _items(large)
    yield from _door(db, keys)
    yield from asked_by_people(STORE, held, {**large, "run_id": about["large_run_id"]}, keys)


def _cursor(run_id: str, small: Mapping[str, Any]) -> Iterator[Question]:
    flow = {"store": STORE, "flow": "orders_to_books"}
    now = datetime.now(UTC)
    topic = "the cursor"
    yield Question(topic, "batches.watermark", flow)
    yield Question(topic, "batches.unfinished_extraction", {**flow, "run_id": run_id})
    yield Question(topic, "batches.extracting_batch", {"extraction_id": small["batch_id"]})
    yield Question(topic, "batches.asked", {"extraction_id": small["batch_id"]})
    yield Question(topic, "batches.batches_of_run", {**flow, "run_id": run_id})
    yield Question(topic, "batches.left_open", {**flow, "run_id": "another", "stale_after": 900})
    yield Question(topic, "batches.count_due", {"store": STORE, "now": now})
    yield Question(topic, "batches.claim_due", {"store": STORE, "now": now, "limit": 2000, **small})
    yield Question(topic, "plans.drafts", {"store": STORE})
    yield Question(topic, "refunds.nth_newest", {"store": STORE, "mode": "live", "newer": 49})


def _held(held: Mapping[str, Any]) -> Iterator[Question]:
    topic = "what is held"
    for words, store, reason in (
        ("as `make held` shows it", STORE, None),
        ("of the commonest reason", STORE, "tax_unexplained"),
        ("of a rare reason", STORE, "currency_unknown"),
        ("a store of 8 %", "small", None),
    ):
        yield Question(topic, "held.waiting", {"store": store, "reason": reason, "limit": PAGE}, words)
    yield Question(topic, "held.totals", {"store": STORE, "reason": None}, "and how many more")
    yield Question(topic, "decisions.held_orders", {"store": STORE})
    yield Question(topic, "decisions.held_of_order", held)


def _audit(large: Mapping[str, Any]) -> Iterator[Question]:
    topic = "the audit of a batch"
    for name in ("extracted", "planned", "posted", "count", "order_counts"):
        yield Question(topic, f"audit.{name}", large)
    yield Question(topic, "ledger.postings_of_batch", large, "for its seal")
    yield Question(topic, "audit.last_entry", {"store": STORE})


def _one_order(one: Mapping[str, Any], held: Mapping[str, Any]) -> Iterator[Question]:
    topic = "what happened to an order"
    yield Question(topic, "scale.outcome_of_order", one)
    yield Question(topic, "scale.outcome_of_order", held, "that is held")
    yield Question(topic, "scale.outcome_of_order", {"store": "days", "order_key": 140}, "within a day's summary")
    yield Question(topic, "scale.history_of_order", one)
    yield Question(topic, "decisions.of_order", one)
    yield Question(topic, "correction.parts", one)
    yield Question(topic, "summary.standing_of_order", one)


def _batch(large: Mapping[str, Any], named: Mapping[str, Any], keys: list[int]) -> Iterator[Question]:
    topic = "a batch"
    stored = {"store": STORE, **large}
    yield Question(topic, "batches.parts_of_batch", large)
    yield Question(topic, "drift.heads", {**large, "limit": 50})
    yield Question(topic, "plans.findings", {**large, "checked": "incoming"})
    yield Question(topic, "plans.standing_invoices", stored)
    yield Question(topic, "decisions.of_batch", stored)
    yield Question(topic, "summary.orders_of_batch", stored)
    yield Question(topic, "plans.plans", large)
    yield Question(topic, "plans.contacts", large)
    yield Question(topic, "switches.corrected", large)
    yield Question(topic, "resync.of_batch", large)
    topic = "orders of all years"
    yield Question(topic, "ledger.links", named)
    yield Question(topic, "ledger.settled_contacts", {"store": STORE, "subject_keys": named["subject_keys"]})
    yield Question(topic, "ledger.unknown_attempts", named)
    yield Question(topic, "ledger.done_without_link", named)
    yield Question(topic, "ledger.newest_recorded", named)
    yield Question(topic, "ledger.left_unknown", {"store": STORE, "after_s": 900})
    yield Question(topic, "ledger.billed_as", named)
    yield Question(topic, "ledger.held_invoices", {**named, **large})
    waiting = {"store": STORE, "subject_keys": named["subject_keys"]}
    yield Question(topic, "ledger.waiting_for", {**waiting, "reason": "number_taken"})
    yield Question(topic, "resync.waiting", waiting)
    now = datetime.now(UTC)
    yield Question(
        topic,
        "resync.placed_in",
        {"store": STORE, "start": now - timedelta(days=400), "end": now - timedelta(days=399)},
    )
    yield Question(topic, "plans.first_taxes", {"store": STORE, "subject_keys": named["subject_keys"]})
    yield Question(topic, "refunds.of_orders", {"store": STORE, "mode": "live", "order_keys": keys})
    yield Question(topic, "summary.members", {"store": STORE, "order_keys": keys})
    yield Question(topic, "days.assigned", {"store": STORE, "order_keys": keys})
    yield Question(topic, "stock.approved_orders", {**named, "at": now})
    yield Question(topic, "stock.parts", {"store": STORE, "order_keys": keys})
    yield Question(topic, "locks.try_locks", {"names": [f"{STORE}/order/{key}" for key in keys]})


def _customers(large: Mapping[str, Any], named: Mapping[str, Any]) -> Iterator[Question]:
    topic = "customers"
    flow = {"store": STORE, "flow": "customers_to_contacts"}
    keys = {"store": STORE, "contact_keys": named["subject_keys"]}
    ids = {"store": STORE, "contact_ids": [_contact_id(f"customer:{number}") for number in range(50)]}
    now = datetime.now(UTC)
    yield Question(topic, "customers.left_open", {**flow, "run_id": "another", "stale_after": 900})
    yield Question(topic, "customers.count_due", {"store": STORE, "now": now})
    yield Question(topic, "customers.claim_due", {"store": STORE, "now": now, "limit": 2000, **large})
    yield Question(topic, "customers.of_batch", large)
    yield Question(topic, "customers.plans", large)
    yield Question(topic, "customers.sent", keys)
    yield Question(topic, "customers.leading", ids)
    yield Question(topic, "customers.made_by_us", ids)
    yield Question(topic, "customers.held", {"store": STORE, "limit": 200})
    yield Question(topic, "held.others", {"store": STORE, "kind": "contact", "reason": None, "limit": PAGE})
    yield Question(topic, "customers.untold", {"store": STORE, "limit": 200})


def _contact_id(contact_key: str) -> str:
    """The contact that a customer of the filled tables was linked to (`scale.sql`)."""
    return str(UUID(hashlib.md5(f"{STORE}{contact_key}".encode(), usedforsecurity=False).hexdigest()))


def _days(summary_key: int) -> Iterator[Question]:
    topic = "summaries of the day"
    now = datetime.now(UTC)
    waiting = {"store": "days", "closed_at": now, "settings_version": "1", "today": now.date()}
    yield Question(topic, "summary.waiting", waiting)
    yield Question(topic, "summary.count_waiting", waiting)
    yield Question(topic, "summary.overdue", {"store": "days"})
    yield Question(topic, "summary.free_what_never_went", {"store": "days", "after_s": 900})
    yield Question(topic, "summary.let_go", {"store": "days"})
    yield Question(topic, "days.undecided", {"store": "days", "subject_keys": [str(summary_key)]})
    yield Question(topic, "days.summaries", {"store": "days", "days": [now.date()], "summary_keys": [summary_key]})
    yield Question(topic, "days.parts_taken", {"store": "days", "summary_keys": [summary_key]})


def _told() -> Iterator[Question]:
    topic = "mails, stock and the night"
    week = datetime.now(UTC) - timedelta(days=7)
    yield Question(topic, "letters.newly_told", {"store": STORE, "limit": 500})
    yield Question(topic, "letters.still_due", {"store": STORE, "days": 7, "completed": 10, "limit": 500})
    yield Question(topic, "silence.seen", {"store": STORE})
    yield Question(topic, "letters.was_told", {"store": STORE, "kind": "finance", "subject_key": "1/invoice/1/x"})
    yield Question(topic, "stock.pending_orders", {"store": STORE})
    yield Question(topic, "stock.placed_since", {"store": STORE, "since": week})
    yield Question(topic, "stock.lately_adjusted", {"store": STORE, "since": week})
    yield Question(topic, "stock.released", {"store": STORE, "since": week})
    yield Question(topic, "stock.wake_the_short", {"store": STORE, "codes": ["MUG"], "on_hand": [3]})
    day = {"store": STORE, "first": week.date(), "last": week.date()}
    yield Question(topic, "correction.links", day, "a person's command", whole=True)
    yield Question(topic, "correction.drafts", day)
    yield Question(topic, "decisions.last_version", {"store": STORE})
    yield Question(topic, "switches.newest", {"store": STORE, "rule": "writes"})
    yield Question(topic, "shadow.reasons", {"store": STORE}, whole=True)
    yield Question(topic, "shadow.held_first", {"store": STORE, "limit": 20})


def _reconciled(named: Mapping[str, Any], keys: list[int], summary_key: int) -> Iterator[Question]:
    topic = "the day's report"
    now = datetime.now(UTC)
    a_day, orders = {"store": STORE, "day": now.date()}, {"store": STORE, "subject_keys": named["subject_keys"]}
    yield Question(topic, "reconciliation.dated", {**a_day, "day": now.date() - timedelta(days=400)})
    yield Question(topic, "reconciliation.owners", {"xero_ids": ["00000000-0000-4000-8000-000000000001"]})
    yield Question(
        topic, "reconciliation.members", {"store": "days", "order_keys": keys, "summary_keys": [summary_key]}
    )
    yield Question(topic, "reconciliation.outcomes", orders)
    yield Question(topic, "reconciliation.planned", orders)
    yield Question(topic, "reconciliation.sent", orders)
    yield Question(topic, "reconciliation.requests", {"chunk_ids": [1, 2, 3]})
    yield Question(topic, "reconciliation.decisions", orders)
    yield Question(topic, "reconciliation.standing_in_days", {"store": "days", "order_keys": keys})
    span = {"first": now - timedelta(days=61), "last": now}
    yield Question(topic, "reconciliation.money_that_waits", {"store": STORE, **span})
    yield Question(topic, "reconciliation.refunds_seen", {"store": STORE, "order_keys": keys})
    yield Question(topic, "reconciliation.held", {"store": STORE})
    yield Question(topic, "reconciliation.stock", {"store": STORE})
    yield Question(topic, "reconciliation.trend", {"store": STORE, "first": now.date(), "last": now.date()})
    week = {"zone": "Australia/Sydney", "yesterday": now.date(), "days": 14}
    yield Question(topic, "silence.days_sold", {"store": STORE, **week})


def _items(large: Mapping[str, Any]) -> Iterator[Question]:
    topic = "items"
    skus = [f"SKU-{number}" for number in range(400)]
    of_store = {"store": STORE}
    yield Question(topic, "items.left_open", {**of_store, "flow": "products_to_items", "run_id": "another"})
    yield Question(topic, "items.products_of_batch", large)
    yield Question(topic, "items.links", {**of_store, "skus": skus})
    yield Question(topic, "items.links_of_products", {**of_store, "product_ids": list(range(400))})
    yield Question(topic, "items.taken", {**of_store, "folded_codes": skus})
    yield Question(topic, "items.lines", large)
    yield Question(topic, "items.open_writes", of_store)
    yield Question(topic, "items.done_writes", {**of_store, "skus": skus})
    yield Question(topic, "items.unaccounted", large)
    yield Question(topic, "held.others", {**of_store, "kind": "item", "reason": None, "limit": PAGE})
    yield Question(topic, "items.untold", {**of_store, "limit": 200})
    yield Question(topic, "items.codes", of_store)


def _door(db: Database, keys: list[int]) -> Iterator[Question]:
    """A commit of the door: orders, half of them known by another event; stock; documents that somebody changed in Xero."""
    topic = "the door"
    now = datetime.now(UTC)
    links = db.rows("ledger.links", store=STORE, subject_kind="order", subject_keys=[str(key) for key in keys[:50]])
    subjects = [("store/order/updated", "order", str(key), None) for key in keys]
    subjects += [("store/product/inventory/updated", "stock", "*", None)] * 20
    subjects += [("INVOICE/UPDATE", "document", str(link["xero_id"]), link["xero_id"]) for link in links]
    scopes, kinds, named, xero_ids = (list(column) for column in zip(*subjects, strict=True))
    said = {
        "stores": [STORE] * len(subjects),
        "vendors": ["xero" if xero_id else "bigcommerce" for xero_id in xero_ids],
        "digests": [hashlib.sha256(f"{at}/{subject}".encode()).digest() for at, subject in enumerate(subjects)],
        "moments": [now] * len(subjects),
    }
    told = {"scopes": scopes, "kinds": kinds, "keys": named, "xero_ids": [each and str(each) for each in xero_ids]}
    yield Question(topic, "door.keep", {**said, **told, "echo_s": 30.0}, f"{len(subjects)} events in one commit")
    yield Question(topic, "door.to_wake")
    yield Question(topic, "door.wake", {"limit": 500})
    yield Question(topic, "door.forget", {"days": 21, "limit": 1000}, "a thousand of the oldest")
    counts = {"stores": [STORE], "vendors": ["bigcommerce"], "whats": ["again"], "events": [7]}
    yield Question(topic, "door.count", counts)
