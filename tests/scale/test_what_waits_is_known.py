"""Business risk covered: what is kept beside the ledger forgets an order that waits, or an invoice that nobody paid.

`posting_waiting` and `unsettled_invoice` are compared with what the ledger itself says, after any words in any order.
"""

import threading
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.database.connection import connect, json_value
from include.database.letters import mark_told, still_due

NOW = datetime(2026, 10, 6, 2, tzinfo=UTC)
STATUSES = ("DRAFT", "AUTHORISED", "VOIDED", "DELETED")
OUTCOMES = (
    ("held", "tax_unexplained"),
    ("held", "invoice_held"),
    ("failed", "refused_by_vendor"),
    ("skipped", "shadow"),
    ("posted", None),
    ("unchanged", None),
)
LEFT_OUT = """
    SELECT posting_id FROM document_outcome WHERE outcome IN ('held', 'failed') OR reason = 'shadow'
    EXCEPT SELECT posting_id FROM posting_waiting
"""
UNSETTLED = """
    SELECT subject_key, generation
    FROM document_link AS invoice
    WHERE kind = 'invoice' AND status = 'AUTHORISED' AND amount > (
        SELECT coalesce(sum(amount), 0)
        FROM document_link AS settled
        WHERE settled.subject_key = invoice.subject_key AND settled.generation = invoice.generation
            AND settled.kind IN ('payment', 'allocation') AND settled.status <> 'DELETED'
    )
"""


@pytest.fixture(scope="module")
def open_line(postgres):
    """Gives connections to a database with two batches of a store."""

    @contextmanager
    def opened():
        with connect(postgres.writer_dsn) as db:
            yield db

    with opened() as db, db.transaction(), db._connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO batch (store, flow, run_id) SELECT 'one', 'orders_to_books', g FROM generate_series(1, 4) g"
        )
    return opened


@pytest.fixture(scope="module")
def batches(open_line):
    with open_line() as db:
        return [key for (key,) in asked(db, "SELECT batch_id FROM batch ORDER BY batch_id")]


def asked(db, text):
    with db._connection.cursor() as cursor:
        cursor.execute(text)
        found = cursor.fetchall()
    db.rollback()
    return found


def link(db, order, kind, part, amount, status="AUTHORISED", generation=1):
    db.run(
        "ledger.link",
        **{"store": "one", "subject_kind": "order", "subject_key": str(order), "kind": kind, "part": part},
        **{"generation": generation, "xero_id": str(UUID(int=order)), "number": f"BC-{order}", "status": status},
        **{"amount": Decimal(amount), "currency": "AUD", "dated": NOW.date(), "source_hash": "", "body_hash": ""},
        **{"revision": NOW, "settings_version": "", "adopted": False},
    )


def post(db, batch_id, order, kind, outcome, reason):
    in_xero = outcome in ("posted", "unchanged")
    db.run(
        "ledger.post",
        **{"batch_id": batch_id, "store": "one", "subject_kind": "order", "subject_key": str(order), "kind": kind},
        **{"part": "1", "generation": 1, "outcome": outcome, "reason": reason, "sentence": "", "remedy": None},
        **{"figures": json_value({}), "xero_id": str(UUID(int=order)) if in_xero else None, "number": None},
        **{"amount": Decimal(1), "currency": "AUD", "happened_at": NOW},
    )


def unsettled(db):
    return set(asked(db, "SELECT subject_key, generation FROM unsettled_invoice"))


class TestInAnyOrder:
    @settings(max_examples=40)
    @given(
        st.lists(
            st.tuples(
                st.integers(1, 2),
                st.sampled_from((("invoice", "1"), ("payment", "1"), ("payment", "2"), ("allocation", "1"))),
                st.integers(0, 3),
                st.sampled_from((*STATUSES, "AUTHORISED", "AUTHORISED")),
                st.integers(1, 2),
            ),
            max_size=12,
        )
    )
    def test_an_invoice_is_among_the_unsettled_as_long_as_it_is(self, open_line, written):
        with open_line() as db:
            for order, (kind, part), amount, status, generation in written:
                link(db, order, kind, part, amount, status, generation)
            with db._connection.cursor() as cursor:
                cursor.execute(UNSETTLED)
                expected = set(cursor.fetchall())
                cursor.execute("SELECT subject_key, generation FROM unsettled_invoice")
                assert set(cursor.fetchall()) == expected
            db.rollback()

    @settings(max_examples=40)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 3),
                st.integers(1, 2),
                st.sampled_from(("invoice", "payment")),
                st.sampled_from(OUTCOMES),
            ),
            max_size=12,
        )
    )
    def test_what_waits_is_found_whatever_batch_speaks_last(self, open_line, batches, written):
        with open_line() as db:
            for batch, order, kind, (outcome, reason) in written:
                post(db, batches[batch], order, kind, outcome, reason)
            with db._connection.cursor() as cursor:
                cursor.execute(LEFT_OUT)
                assert cursor.fetchall() == []
                cursor.execute(
                    "SELECT (SELECT array_agg(DISTINCT posting_id) FROM held_for_a_person), "
                    "(SELECT array_agg(posting_id) FROM document_outcome "
                    "WHERE outcome = 'held' AND reason <> 'invoice_held')"
                )
                told, expected = cursor.fetchone()
                assert sorted(told or []) == sorted(expected or [])
            db.rollback()


class TestAtOnce:
    @pytest.mark.parametrize("first", ["invoice", "payment"])
    def test_invoice_and_payment_that_are_written_by_two_at_once_settle_each_other(self, open_line, first):
        order = {"invoice": 11, "payment": 12}[first]
        second = {"invoice": "payment", "payment": "invoice"}[first]
        with ExitStack() as lines:
            one, other = lines.enter_context(open_line()), lines.enter_context(open_line())
            link(one, order, first, "1", 10)
            waits = threading.Thread(target=lambda: (link(other, order, second, "1", 10), other.commit()))
            waits.start()
            waits.join(0.2)
            assert waits.is_alive(), "it should wait for the first, and see what that wrote"
            one.commit()
            waits.join(10)
            assert (str(order), 1) not in unsettled(one)

    @pytest.mark.parametrize("newer_ends_first", [True, False])
    def test_a_newer_word_that_comes_at_the_same_moment_is_the_one_that_counts(
        self, open_line, batches, newer_ends_first
    ):
        order = 21 + newer_ends_first
        with ExitStack() as lines:
            older, newer = lines.enter_context(open_line()), lines.enter_context(open_line())
            post(older, batches[0], order, "invoice", "held", "tax_unexplained")
            post(newer, batches[1], order, "invoice", "posted", None)
            for line in (newer, older) if newer_ends_first else (older, newer):
                line.commit()
            rows = older.rows("held.waiting", store="one", reason=None, limit=None)
            assert str(order) not in {row["order_key"] for row in rows}
            older.rollback()


def test_what_was_told_is_not_looked_at_again(open_line):
    with open_line() as db:
        link(db, 31, "invoice", "1", 10)
        db.commit()
        row = {"subject_key": "31", "kind": "invoice", "part": "1", "reason": "still_due", "batch_id": None}
        mark_told(db, "one", [row])
        db.commit()
        assert asked(db, "SELECT told FROM unsettled_invoice WHERE subject_key = '31'") == [(True,)]
        link(db, 31, "payment", "1", 4)
        db.commit()
        assert asked(db, "SELECT told FROM unsettled_invoice WHERE subject_key = '31'") == [(True,)]
        assert still_due(db, "one", 1) == []
