"""Business risk covered: what takes a millisecond in the first week takes minutes in the third year, and the books fall behind.

The short form of `make bench-scale`: 20,000 orders, and PostgreSQL's plans instead of times. docs/scale.md has a million.
"""

import pytest

from include.commands.bench.scale.measuring import measured, rows_read, scans
from include.commands.bench.scale.questions import TOPICS, questions
from include.database.connection import connect

ORDERS = 20_000  # as many as `years` has
# The tables that grow with each order. Reading one from end to end is what must not happen.
LARGE = {
    "raw_part",
    "batch_part",
    "planned_document",
    "planned_contact",
    "posting",
    "attempt",
    "chunk",
    "document_link",
    "due",
    "inbox",
    "stock_look",
}
BATCH_MAX = 4_000  # documents


@pytest.fixture
def db(years):
    with connect(years.writer_dsn) as db:
        yield db


@pytest.mark.parametrize("topic", TOPICS)
def test_no_question_of_a_run_or_about_an_order_reads_a_whole_table(db, topic):
    asked = [question for question in questions(db, ORDERS) if question.topic == topic and not question.whole]
    assert asked

    for question in asked:
        found = measured(db, question, times=1)

        assert not LARGE & set(scans(found.plan)), question
        if question.name != "stock.placed_since":  # a week's orders, however many those are
            assert found.rows <= BATCH_MAX, f"{question}: more than the documents of a batch come into memory"


def test_what_became_of_one_order_is_read_from_that_orders_rows(db):
    for question in questions(db, ORDERS):
        if question.topic == "what happened to an order":
            assert rows_read(measured(db, question, times=1).plan) < 100, question
