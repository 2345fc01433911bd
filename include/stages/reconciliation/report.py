"""Reconcile: both sides asked anew about a day, compared with what our tables say, and kept as the day's report."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from include.clients.bigcommerce import BigCommerce
from include.clients.xero import Xero
from include.database.connection import Database
from include.domain.policy import Reference
from include.domain.reconciliation import DayReport
from include.domain.reconciling import InLedger, compare, tenders_of
from include.settings.store import Store
from include.stages.orders.planning import planner_of_orders
from include.stages.reconciliation.asking import Known, ShopSaid, as_of_now, ask_shop, gone_from, known_orders
from include.stages.reconciliation.billed import billed_otherwise
from include.stages.reconciliation.books_side import Books, ask_books, ask_for_the_rest, ours_among, strays_of
from include.stages.reconciliation.days import TheDay, the_day
from include.stages.reconciliation.demanding import demand_of
from include.stages.reconciliation.items import Sides, items_of, skipped_of
from include.stages.reconciliation.kept import held_now, keep, stock_now
from include.stages.reconciliation.ledger import Ledger, dated_in, ledger_of, orders_within
from include.stages.reference import ASKED_JUST_NOW_S, reference_for, shop_content
from include.stages.settings import as_decided

MONEY_COMES_WITHIN = timedelta(days=60)  # after the order: payments that wait are looked for so far back


def reconcile(
    shop: BigCommerce, books: Xero, db: Database, store: Store, day: date, now: datetime | None = None
) -> int:
    """Ask both sides about a day of the organisation's books, and keep what they say; the version of the day's report.

    It writes to neither side. What was found before and is found again makes no new version.
    Raises the clients' errors: a side that cannot be asked is no difference.
    """
    report = reported(shop, books, db, as_decided(db, store), day, now or datetime.now(UTC))
    return keep(db, store, report)


def reported(shop: BigCommerce, books: Xero, db: Database, store: Store, day: date, now: datetime) -> DayReport:
    """The day's report, not yet kept."""
    before = {"shop": shop.calls, "books": books.calls}
    _, reference = reference_for(lambda: nullcontext(books), db, store, asked_within_s=ASKED_JUST_NOW_S)
    meant = the_day(shop, db, store, day, reference.zone)
    sides = _sides(shop, books, db, store, meant, ask_shop(shop, meant), reference)
    items = items_of(sides)
    shadow = store.file.mode == "shadow"
    if shadow:  # it posts nothing: there is nothing to compare with
        items = [replace(each, ledger=InLedger(), xero=None) for each in items]
    strays = [] if shadow else strays_of(db, store, day, sides.books, sides.said.heads)
    rows, differences = compare(items, strays, day, sides.planner.policy.tolerance_minor_units)
    return DayReport(
        store=store.key,
        day=day,
        zone=meant.zone,
        shop_zone=meant.shop_zone,
        asked_at=now,
        rows=rows,
        differences=() if shadow else differences,
        skipped=skipped_of(sides),
        held=held_now(db, store),
        stock=stock_now(db, store),
        tenders=() if shadow else tenders_of(items, strays, day),
        calls={"shop": shop.calls - before["shop"], "books": books.calls - before["books"]},
        shadow=shadow,
    )


def _sides(
    shop: BigCommerce, books: Xero, db: Database, store: Store, meant: TheDay, said: ShopSaid, reference: Reference
) -> Sides:
    found = Books() if store.file.mode == "shadow" else ask_books(books, meant.day)
    dated, summaries = dated_in(db, store, meant.day)
    there, more = ours_among(db, store, found)
    dated |= there | orders_within(db, store, sorted({*summaries, *more}))
    waiting = {
        int(row["subject_key"])
        for row in db.rows(
            "reconciliation.money_that_waits",
            store=store.key,
            first=meant.window.start - MONEY_COMES_WITHIN,
            last=meant.window.end,
        )
    }
    refunded = {order for order, _ in said.refunds.values()}
    known = known_orders(db, store, meant, sorted({*said.heads, *dated, *waiting, *refunded}))
    ledger = ledger_of(db, store, sorted({*said.heads, *dated, *waiting, *refunded}))
    if store.file.mode != "shadow":
        ask_for_the_rest(books, meant.day, ledger, found)
        found.billed_otherwise = billed_otherwise(books, db, store, sorted(dated), found.invoices)
    gone = gone_from(shop, said, _expected(ledger, known, said, meant.day))
    keys = sorted({*said.heads, *known} - gone)
    planner = planner_of_orders(db, store, reference, keys)
    reads = {key: as_of_now(said, known, key) for key in keys}
    moments = {
        flow: db.value("batches.watermark", store=store.key, flow=flow)
        for flow in ("orders_to_books", "orders_to_books/refunds")
    }
    seen = db.rows("reconciliation.refunds_seen", store=store.key, order_keys=sorted({*known, *refunded}))
    db.rollback()
    return Sides(
        the_day=meant,
        said=said,
        known=known,
        reads=reads,
        demands={key: demand_of(read, said.heads.get(key, {}), planner) for key, read in reads.items()},
        gone=frozenset(gone),
        ledger=ledger,
        books=found,
        planner=planner,
        base_currency=str(shop_content(db, store).get("currency") or reference.base_currency),
        looked_at=moments["orders_to_books"],
        refunds_looked_at=moments["orders_to_books/refunds"],
        refunds_seen={row["part"]: row["created_at"] for row in seen},
    )


def _expected(ledger: Ledger, known: Mapping[int, Known], said: ShopSaid, day: date) -> list[int]:
    """Orders of the day whose invoice stands in the books, and which the shop's list does not show."""
    invoiced = {each.order_key for each in ledger.all() if each.kind == "invoice" and each.day == day}
    return sorted(key for key in invoiced - said.heads.keys() if key in known and known[key].placed_then)
