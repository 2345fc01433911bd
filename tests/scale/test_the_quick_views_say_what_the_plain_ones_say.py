"""Business risk covered: a view that was made quick tells of another outcome than the books have."""

import psycopg2
import pytest

from include.database.connection import SQL_FOLDER


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
