"""Ordinary orders through the whole flow: over HTTP and PostgreSQL, in three looks, read back from the sandbox's books.

The first look is at the shop as it was. Then orders are edited, paid and refunded, contacts are archived or merged in
Xero, and the second look sees what changed. The third is at everything again, and must write nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from include.clients.bigcommerce import BigCommerce, Window
from include.clients.pacing import OpenPace
from include.clients.xero import Xero
from include.commands.ordinary.booked import Reason, Result, differences
from include.commands.ordinary.read_back import TRADING, ReadBack
from include.commands.ordinary.settings import store_of
from include.database.connection import Database, connect
from include.sandbox.ordinary import Organisation, Sale
from include.sandbox.ordinary.sales import stated
from include.sandbox.town import Town
from include.settings.store import Store
from include.stages import orders

WORST_FIRST = ("lost", "failed", "held", "posted", "unchanged", "skipped")


@dataclass
class Bridge:
    """A sandbox and a database, and the flow between them as a DAG would run it."""

    town: Town
    base: str
    db: Database
    store: Store
    looks: int = 0

    def look(self, window: Window | None = None) -> None:
        """Extract to audit, once. Raises what a stage raises: a red run."""
        self.looks += 1
        flow = "orders_to_books" if window is None else "orders_of_the_day"
        run = orders.Run(flow, f"look-{self.looks}", window)
        with self._shop() as shop:
            batches = orders.extract(shop, self._books, self.db, self.store, run)
        orders.check(self.db, self.store, batches)
        orders.transform(self.db, self.store, batches)
        with self._books() as books:
            orders.load(books, self.db, self.store, batches)
        orders.audit(self.db, self.store, batches)

    def outcomes(self) -> dict[int, str]:
        """The outcome of each order: the worst of what is said of it."""
        found: dict[int, str] = {}
        for row in self.db.rows("audit.order_outcomes", store=self.store.key):
            worse = (found.get(int(row["order_key"]), WORST_FIRST[-1]), str(row["outcome"]))
            found[int(row["order_key"])] = min(worse, key=WORST_FIRST.index)
        self.db.rollback()
        return found

    def reasons(self) -> dict[int, list[Reason]]:
        """Why a person must decide, by order, the invoice's reason first."""
        found: dict[int, list[Reason]] = defaultdict(list)
        rows = self.db.rows("held.waiting", store=self.store.key, reason=None, limit=None)
        for row in sorted(rows, key=lambda row: row["kind"] != "invoice"):
            found[int(row["order_key"])].append(Reason(str(row["reason"]), str(row["sentence"])))
        self.db.rollback()
        return found

    @contextmanager
    def _shop(self) -> Iterator[BigCommerce]:
        shop = self.town.shop
        with BigCommerce.open(
            base_url=self.base, store_hash=shop.store_hash, access_token=shop.token, pace=OpenPace()
        ) as client:
            yield client

    @contextmanager
    def _books(self) -> Iterator[Xero]:
        books = self.town.books
        with Xero.open(
            base_url=self.base,
            token_url=f"{self.base}/connect/token",
            client_id=books.client_id,
            client_secret=books.client_secret,
            tenant_id=books.tenant_id,
            pace=OpenPace(),
        ) as client:
            yield client


def through_the_flow(organisation: Organisation, sales: Sequence[Sale], folder: Path, dsn: str) -> list[Result]:
    """Every sale with what the sandbox's books show of it in the end.

    folder  takes the store's file     dsn  a migrated database that has not seen this store
    """
    town = Town()
    town.limits.enforced = False
    town.books.set_up(**organisation.for_xero())
    with town.serve() as base, connect(dsn) as db:
        bridge = Bridge(town, base, db, store_of(organisation, folder))
        _what_was_there_before(town, sales)
        for sale in sales:
            if sale.first is not None:
                town.shop.put(stated(sale.first))
        bridge.look()
        _contacts_change(town, sales)
        for sale in sales:
            if sale.later is not None:
                town.shop.put(stated(sale.later))
                town.shop.touch(sale.order_id)
        bridge.look()
        results = list(_results(bridge, organisation, sales))
        before = _everything(town)
        bridge.look(_all_of(sales))
        if _everything(town) != before:
            loud = "a third look at orders that did not change wrote something"
            results[0] = replace(results[0], wrong=(*results[0].wrong, loud))
        return results


def _what_was_there_before(town: Town, sales: Sequence[Sale]) -> None:
    """Contacts that were archived or merged before the first order of theirs came."""
    for sale in sales:
        if sale.contact is None or sale.contact.after_an_order:
            continue
        number = f"bc:{town.shop.store_hash}:{sale.shopper.customer}"
        numbered = {"ContactNumber": number} if sale.shopper.customer else {}
        email = {"EmailAddress": sale.shopper.home.email}
        _changed(town, town.books.add_contact({"Name": sale.shopper.shown_as, **email, **numbered}), sale)


def _contacts_change(town: Town, sales: Sequence[Sale]) -> None:
    """Contacts of shoppers who ordered already are archived or merged by a bookkeeper."""
    by_email = {str(contact["EmailAddress"]): str(contact["ContactID"]) for contact in town.books.contacts()}
    for sale in sales:
        if sale.contact is not None and sale.contact.after_an_order:
            _changed(town, by_email[sale.shopper.home.email], sale)


def _changed(town: Town, contact_id: str, sale: Sale) -> None:
    assert sale.contact is not None
    if sale.contact.kind == "archived":
        town.books.archive_contact(contact_id)
        return
    named = {"Name": f"{sale.shopper.shown_as}{TRADING}", "EmailAddress": sale.shopper.home.email}
    town.books.merge_contact(contact_id, town.books.add_contact(named))


def _all_of(sales: Sequence[Sale]) -> Window:
    moments = [sale.last.placed_at for sale in sales]
    return Window(min(moments) - timedelta(minutes=1), max(moments) + timedelta(minutes=1))


def _everything(town: Town) -> list[Any]:
    books = town.books
    return [books.invoices(), books.credit_notes(), books.payments(), books.contacts()]


def _results(bridge: Bridge, organisation: Organisation, sales: Sequence[Sale]) -> Iterator[Result]:
    outcomes, reasons, books = bridge.outcomes(), bridge.reasons(), ReadBack(bridge.town.books)
    unexplained = tuple(f"no order explains {number}" for number in books.unexplained(sales))
    for sale in sales:
        outcome = outcomes.get(sale.order_id, "lost")
        outcome = "posted" if outcome == "unchanged" else outcome
        booked = books.booked(sale.order_id)
        wrong = differences(sale, outcome, booked, organisation) + books.wrongly_billed(sale)
        yield Result(sale, outcome, booked, tuple(reasons.get(sale.order_id, ())), (*wrong, *unexplained))
        unexplained = ()
