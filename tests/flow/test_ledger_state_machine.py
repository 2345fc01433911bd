"""Ledger, attempts and links against a small model: whatever comes in whatever order, no older word stands over a newer.

Real PostgreSQL and the real load; the books are in memory, so that hundreds of bad days fit into seconds.
"""

import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import psycopg2
import pytest
from books_in_memory import MemoryBooks
from broken_line import Killed
from flow_bridge import without_lag
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from include.clients.errors import ApiError
from include.database.connection import Database, connect, json_value
from include.stages.orders.load import load
from include.stages.orders.run import code_version
from include.wire.xero_documents import digest, encoded

BEGINS = datetime(2026, 10, 6, 2, tzinfo=UTC)
NUMBERS = count(7000)
RUNS = count(1)
ENDS = (
    None,
    "refused",
    "lost, work done",
    "lost, nothing done",
    "killed before it is sent",
    "killed after the answer",
    "another run meanwhile",
)


@dataclass(frozen=True)
class State:
    """An order as the shop says it at one revision; each has an amount of its own, so the books tell which they show."""

    revision: int
    paid: bool = False
    cancelled: bool = False

    @property
    def amount(self) -> Decimal:
        return Decimal(10 + self.revision)


class Lines:
    """Connections that are opened once and lent: to open a thousand took longer than all that is done with them.

    One that comes back is as one that was closed: what was not committed is gone, and so are its locks.
    """

    def __init__(self, dsn):
        self.dsn = dsn
        self.free = []

    @contextmanager
    def lent(self):
        db = self.free.pop() if self.free else Database(psycopg2.connect(self.dsn), self.dsn)
        try:
            yield db
        finally:
            try:
                db.rollback()
                with db._connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock_all()")
                db.commit()
                self.free.append(db)
            except psycopg2.Error:  # the database ended it
                db._connection.close()

    def close(self):
        for db in self.free:
            db._connection.close()


@pytest.fixture(scope="module")
def place(cases, tmp_path_factory):
    """A database with a snapshot of the organisation, and a live store."""
    store = without_lag(tmp_path_factory.mktemp("machine"))
    cases.town.reset("empty")
    cases.town.limits.enforced = False
    from include.stages.reference import reference_for

    reference_id, _ = reference_for(cases.books, cases.db, store)
    lines = Lines(cases.db._dsn)
    yield lines, store, reference_id
    lines.close()


class Ledger(RuleBasedStateMachine):
    """Two orders of two customers, the batches that tell of them, and runs that load them with every kind of end."""

    place = None

    @initialize()
    def begin(self):
        self.lines, self.store, self.reference_id = self.place
        self.opened = self.lines.lent()
        self.db = self.opened.__enter__()
        self.books = MemoryBooks()
        self.books.meanwhile = self.another_run
        self.shop = {next(NUMBERS): [State(1)] for _ in range(2)}  # every state that each order was in
        self.told = dict.fromkeys(self.shop, 0)  # the newest revision that has a word: posted, unchanged or skipped
        self.batches: dict[int, tuple[int, State]] = {}  # what is planned and not loaded
        self.loading = None

    def teardown(self):
        if not hasattr(self, "books"):
            return
        try:
            self.minutes_pass(10)
            for batch_id in sorted(self.batches):
                self.run(batch_id, None)
            for order in self.shop:
                self.run(self.plan(order, self.shop[order][-1]), None)
            self.check_all()
            for order, states in self.shop.items():
                assert self.told[order] == states[-1].revision
                assert self.is_right(order, states[-1]), (self.shown(order), states[-1])
            assert self.open_attempts() == []
        finally:
            self.opened.__exit__(None, None, None)

    # What the shop does, and what extract and transform make of it.

    @rule(which=st.integers(0, 1), what=st.sampled_from(("edited", "edited", "paid", "cancelled")))
    def shop_changes(self, which, what):
        states = self.shop[sorted(self.shop)[which]]
        last = states[-1]
        if not (last.paid or last.cancelled):
            states.append(State(last.revision + 1, what == "paid", what == "cancelled"))

    @rule(which=st.integers(0, 1), back=st.integers(0, 2))
    def a_batch_tells(self, which, back):
        """Of the newest state, or a late one of an older."""
        order = sorted(self.shop)[which]
        states = self.shop[order]
        self.plan(order, states[max(0, len(states) - 1 - back)])

    @rule(which=st.integers(0, 1), ends=st.sampled_from(ENDS), later=st.sampled_from(ENDS))
    def a_batch_left_behind_comes_after_a_newer_one(self, which, ends, later):
        order = sorted(self.shop)[which]
        states = self.shop[order]
        left_behind = self.plan(order, states[max(0, len(states) - 2)])
        self.run(self.plan(order, states[-1]), ends)
        self.run(left_behind, later)

    # What runs do.

    @precondition(lambda self: self.batches)
    @rule(pick=st.integers(0, 9), ends=st.sampled_from(ENDS))
    def a_run(self, pick, ends):
        self.run(sorted(self.batches)[pick % len(self.batches)], ends)

    @rule(minutes=st.sampled_from((1, 4, 5, 10)))
    def minutes_pass(self, minutes):
        self.books.now += 60 * minutes
        with self.db.transaction(), self.db._connection.cursor() as cursor:
            cursor.execute(f"UPDATE chunk SET sent_at = sent_at - INTERVAL '{minutes} minutes'")

    @precondition(lambda self: self.batches)
    @rule(pick=st.integers(0, 9))
    def a_run_whose_locks_are_dropped(self, pick):
        """While its request is on the way; another run then takes the order, and both come to an end."""
        self.drop = True
        self.run(sorted(self.batches)[pick % len(self.batches)], "another run meanwhile")

    # What must always hold.

    @invariant()
    def check_all(self):
        if not hasattr(self, "books"):
            return
        numbers = [each["InvoiceNumber"] for each in self.books.held["Invoices"].values()]
        references = [each["Reference"] for each in self.books.held["Payments"].values()]
        contacts = [each["ContactNumber"] for each in self.books.held["Contacts"].values()]
        assert (len(numbers), len(references), len(contacts)) == tuple(
            map(len, map(set, (numbers, references, contacts)))
        )
        open_now = self.open_attempts()
        assert len(open_now) == len(set(open_now)), "two attempts of one document are open"
        for order, revision in self.told.items():
            shown = self.shown(order)
            word = next((state for state in self.shop[order] if state.revision == revision), None)
            if word is not None and word.cancelled:
                assert self.is_right(order, word), "a cancelled order was posted"
            else:
                assert shown is None or shown[0] >= 10 + revision, "an older word stands over a newer"
            link = self.link_of(order)
            if str(order) not in {key for key, *_ in open_now} and link is not None:
                assert shown is not None
                assert (link["amount"], link["status"] == "VOIDED") == (shown[0], shown[1] == "VOIDED")

    # The rest is plumbing.

    def run(self, batch_id, ends):
        self.books.ends = ends
        self.loading = batch_id
        with suppress(ApiError, Killed), self.lines.lent() as db:
            load(self.books, db, self.store, [batch_id])
        self.books.ends = None
        self.drop = False
        self.hear(batch_id)

    def another_run(self):
        if getattr(self, "drop", False):
            with connect(self.lines.dsn) as db, db._connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
                    "WHERE locktype = 'advisory' AND datname = current_database()"
                )
        with suppress(ApiError), self.lines.lent() as db:
            load(self.books, db, self.store, [self.loading])

    def hear(self, batch_id):
        order, state = self.batches[batch_id]
        batch = self.db.row("batches.batch", batch_id=batch_id)
        rows = self.db.rows("ledger.postings_of_batch", batch_id=batch_id)
        self.db.rollback()
        outcomes = {row["kind"]: row["outcome"] for row in rows}
        if outcomes.get("invoice") in ("posted", "unchanged", "skipped"):
            self.told[order] = max(self.told[order], state.revision)
        if batch["state"] == "loaded":
            del self.batches[batch_id]

    def shown(self, order):
        """Amount, status and what was paid of the order's invoice in the books."""
        found = [each for each in self.books.held["Invoices"].values() if each["InvoiceNumber"] == f"M-{order}"]
        return (found[0]["Total"], found[0]["Status"], found[0]["AmountPaid"]) if found else None

    def is_right(self, order, state):
        """Whether the books show this state of the order."""
        if state.cancelled:
            return self.shown(order) is None or self.shown(order)[1] == "VOIDED"
        return self.shown(order) == (state.amount, "AUTHORISED", state.amount if state.paid else Decimal(0))

    def link_of(self, order):
        rows = self.db.rows("ledger.links", store=self.store.key, subject_kind="order", subject_keys=[str(order)])
        self.db.rollback()
        return next((row for row in rows if row["kind"] == "invoice"), None)

    def open_attempts(self):
        with self.db._connection.cursor() as cursor:
            cursor.execute(
                "SELECT subject_key, kind, part FROM attempt WHERE outcome IS NULL AND subject_key = ANY(%s)",
                ([key for order in self.shop for key in (str(order), f"c{order}")],),
            )
            found = cursor.fetchall()
        self.db.rollback()
        return found

    def plan(self, order, state):
        """A batch with this state of the order, as transform leaves it."""
        with self.db.transaction():
            batch_id = self.db.value(
                "batches.open_batch",
                store=self.store.key,
                flow="orders_to_books",
                run_id=f"machine-{next(RUNS)}",
                extraction_id=None,
                settings_version=self.store.version,
                code_version=code_version(),
                reference_id=self.reference_id,
            )
            self.db.insert("plans.store_plans", list(self.rows(batch_id, order, state)))
            body = encoded({"ContactNumber": f"C-{order}"}).encode()
            self.db.insert(
                "plans.store_contacts",
                [(batch_id, f"c{order}", f"C-{order}", f"Ada {order}", f"Ada {order} (1)", "", body)],
            )
            self.db.run("batches.move_batch", batch_id=batch_id, state="transformed")
        self.batches[batch_id] = (order, state)
        return batch_id

    def rows(self, batch_id, order, state):
        line = {
            "Description": "Mug",
            "Quantity": 1,
            "UnitAmount": state.amount,
            "AccountCode": "200",
            "TaxType": "OUTPUT",
        }
        invoice = {
            "InvoiceNumber": f"M-{order}",
            "Reference": str(order),
            "CurrencyCode": "AUD",
            "Date": BEGINS.date(),
            "DueDate": BEGINS.date(),
            "Status": "AUTHORISED",
            "LineItems": [line],
        }
        payment = {
            "Account": {"Code": "090"},
            "Date": BEGINS.date(),
            "Amount": state.amount,
            "Reference": f"M-{order}/1",
        }
        posted = [("invoice", invoice)] + [("payment", payment)] * state.paid
        for position, (kind, content) in enumerate(posted):
            body = None if state.cancelled else encoded(content)
            yield (
                *(batch_id, self.store.key, "order", str(order), kind, "1", 1, position),
                *(("skip", "cancelled_never_paid") if state.cancelled else ("post", None)),
                *(None, None, json_value({}), f"M-{order}", None, f"c{order}" if kind == "invoice" else None),
                *(
                    "AUTHORISED",
                    content["Reference"],
                    BEGINS.date(),
                    body and body.encode(),
                    state.amount,
                    Decimal(0),
                    "AUD",
                ),
                *("", digest(repr(state)), body and digest(body), BEGINS + timedelta(seconds=state.revision), BEGINS),
                *(None, False),
            )


def test_no_order_of_events_puts_a_document_twice_or_an_older_word_over_a_newer(place, monkeypatch):
    monkeypatch.setattr(sys.modules[load.__module__], "WAITS_FOR_OTHERS_S", ())
    monkeypatch.setattr(Ledger, "place", place)
    monkeypatch.setattr(Database, "another", lambda db: place[0].lent())
    run_state_machine_as_test(Ledger, settings=settings(max_examples=40, stateful_step_count=14))
