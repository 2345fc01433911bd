"""Business risk covered: a view that was made quick tells of another outcome than the books have."""

from itertools import pairwise

import psycopg2
import pytest

from include.commands.held import PAGE
from include.database.connection import SQL_FOLDER, connect


def plain(migration: str, begins: str, ends: str) -> str:
    """A view as a migration first defined it, under a name of its own."""
    text = (SQL_FOLDER / "migrations" / f"{migration}.sql").read_text("utf-8")
    _, found, rest = text.partition(begins)
    body, ended, _ = rest.partition(ends)
    assert found
    assert ended
    return (body + ended).replace("FROM document_outcome", "FROM plain_document_outcome")


DOCUMENT_OUTCOME = plain("0004_what_people_read", "CREATE VIEW document_outcome AS\n", ";")
ORDER_OUTCOME = plain("0030_daily_summary", "CREATE OR REPLACE VIEW order_outcome AS\n", ";")


@pytest.fixture
def cursor(years):
    connection = psycopg2.connect(years.owner_dsn)
    cursor = connection.cursor()
    cursor.execute("SET enable_nestloop = off")  # the plain ones take minutes with it, which is why they are gone
    cursor.execute(f"CREATE VIEW plain_document_outcome AS {DOCUMENT_OUTCOME}")
    cursor.execute(f"CREATE VIEW plain_order_outcome AS {ORDER_OUTCOME}")
    yield cursor
    connection.rollback()
    connection.close()


@pytest.mark.parametrize("view", ["document_outcome", "order_outcome"])
def test_row_for_row(cursor, view):
    cursor.execute(f"CREATE TEMPORARY TABLE expected AS SELECT * FROM plain_{view} WHERE store <> 'large'")
    cursor.execute("SET enable_nestloop = on")
    cursor.execute(f"CREATE TEMPORARY TABLE told AS SELECT * FROM {view} WHERE store <> 'large'")
    cursor.execute(
        "SELECT (SELECT count(*) FROM told) > 1000, (SELECT count(*) FROM (TABLE told EXCEPT TABLE expected) AS more), "
        "(SELECT count(*) FROM (TABLE expected EXCEPT TABLE told) AS less)"
    )
    assert cursor.fetchone() == (True, 0, 0)


def test_the_orders_that_stock_waits_for_are_those_whose_outcome_says_so(years, cursor):
    with connect(years.writer_dsn) as db:
        for store in ("large", "small", "days"):
            told = sorted(row["order_key"] for row in db.rows("stock.pending_orders", store=store))
            cursor.execute("SET enable_nestloop = on")
            cursor.execute(
                "SELECT order_key FROM order_outcome WHERE store = %s AND (outcome IN ('held', 'failed') "
                "OR reason = 'shadow' OR invoice_status = 'DRAFT') ORDER BY order_key",
                (store,),
            )
            assert told == [key for (key,) in cursor.fetchall()]
            assert told or store == "days"
        db.rollback()


def test_what_waits_is_what_the_triggers_would_have_kept(cursor):
    cursor.execute(
        "SELECT posting_id FROM document_outcome WHERE outcome IN ('held', 'failed') OR reason = 'shadow' ORDER BY 1"
    )
    expected = cursor.fetchall()
    cursor.execute("SELECT posting_id FROM posting_waiting ORDER BY 1")
    assert cursor.fetchall() == expected


def test_a_page_of_what_is_held_has_the_oldest_and_the_totals_have_all(years):
    about = {"store": "large", "reason": None}
    with connect(years.writer_dsn) as db:
        everything = db.rows("held.waiting", **about, limit=None)
        page = db.rows("held.waiting", **about, limit=100)
        [of_currency, whole] = db.rows("held.totals", **about)
        db.rollback()

    assert len(everything) > 100
    assert len(everything) < PAGE, "one page, with 20,000 orders"
    assert page == everything[:100]
    assert all(one["happened_at"] <= next_one["happened_at"] for one, next_one in pairwise(everything))
    assert (whole["whole"], whole["documents"]) == (True, len(everything))
    assert (of_currency["currency"], of_currency["amount"]) == ("AUD", sum(row["amount"] for row in everything))
