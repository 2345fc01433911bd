"""Schema and roles, forward only: `python -m include.database.migrate`. Safe to run twice, and by two at once."""

import os
import sys

import psycopg2
import psycopg2.extensions

from include.database.connection import SQL_FOLDER
from include.domain.outcome import REASONS

ROLES = ("bridge_writer", "bridge_reader")
LOCK = 7_214_001  # any number that only migrations use


def migrate(owner_dsn: str) -> list[str]:
    """Bring the schema up to date; the names of the migrations that were applied now.

    The roles that write and read are made where they are missing, without login: whoever runs the database gives them
    one. `owner_dsn` must be allowed to make them.
    """
    connection = psycopg2.connect(owner_dsn, application_name="bridge-migrate", connect_timeout=10)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            _make_roles(cursor)
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())"
            )
            cursor.execute("SELECT name FROM migration")
            applied = {name for (name,) in cursor.fetchall()}
            new = [path for path in sorted((SQL_FOLDER / "migrations").glob("*.sql")) if path.stem not in applied]
            for path in new:
                cursor.execute(path.read_text("utf-8"))
                cursor.execute("INSERT INTO migration (name) VALUES (%s)", (path.stem,))
            _fill_reasons(cursor)
            cursor.execute((SQL_FOLDER / "grants.sql").read_text("utf-8"))
        connection.commit()
        return [path.stem for path in new]
    finally:
        connection.close()


def _make_roles(cursor: psycopg2.extensions.cursor) -> None:
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", (list(ROLES),))
    there = {name for (name,) in cursor.fetchall()}
    for role in ROLES:
        if role not in there:
            cursor.execute(f"CREATE ROLE {role} NOLOGIN")


def _fill_reasons(cursor: psycopg2.extensions.cursor) -> None:
    """The closed list lives in the core; the table repeats it, so that no other word can be stored."""
    for name, meaning in REASONS.items():
        cursor.execute(
            "INSERT INTO reason (reason, outcome, meaning, remedy) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (reason) DO UPDATE SET meaning = excluded.meaning, remedy = excluded.remedy",
            (name, meaning.outcome, meaning.sentence, meaning.remedy),
        )


def main() -> int:
    """Migrate the database that `BRIDGE_OWNER_DSN` names."""
    dsn = os.environ.get("BRIDGE_OWNER_DSN")
    if not dsn:
        print("BRIDGE_OWNER_DSN is not set: it names the business database and its owner.", file=sys.stderr)  # noqa: T201
        return 2
    applied = migrate(dsn)
    print(f"migrated: {', '.join(applied) or 'nothing new'}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
