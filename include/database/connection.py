"""A connection to the business database, and its named statements."""

import functools
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extensions
import psycopg2.extras

SQL_FOLDER = Path(__file__).parent.parent / "sql"
Row = dict[str, Any]
_NAMED = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
_BOUND = re.compile(r"%\((\w+)\)s")


class DatabaseUnsetError(Exception):
    """`BRIDGE_DSN` is not set: the text says what to do."""


@functools.cache
def statement(file: str, name: str) -> str:
    """A named statement out of `include/sql/queries/FILE.sql`. Raises KeyError for a name that is not there."""
    pieces = _NAMED.split((SQL_FOLDER / "queries" / f"{file}.sql").read_text("utf-8"))
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))[name].strip()


class Database:
    """One connection. Statements are named `file.name`; values are always bound, never joined into the text."""

    def __init__(self, connection: psycopg2.extensions.connection, dsn: str = "") -> None:
        self._connection = connection
        self._dsn = dsn
        self._depth = 0  # transactions that are open, one inside another
        self._later: dict[str, list[dict[str, Any]]] = {}
        self._prepared: set[str] = set()  # names of statements that PostgreSQL has planned for this connection

    @contextmanager
    def another(self) -> "Iterator[Database]":
        """A second connection to the same database: locks must outlive the commits of the first."""
        with connect(self._dsn) as second:
            yield second

    def run_later(self, name: str, **values: Any) -> None:
        """Run a statement before the next one that answers, at the latest at the commit; many then go at once.

        Only for statements that may run in another order than they were given: those of one name stay in theirs.
        """
        self._later.setdefault(name, []).append(values)

    def _flush(self) -> None:
        waiting, self._later = self._later, {}
        for name, values in waiting.items():
            with self._connection.cursor() as cursor:
                psycopg2.extras.execute_batch(cursor, self._planned(cursor, name), values, page_size=200)

    def _planned(self, cursor: psycopg2.extensions.cursor, name: str) -> str:
        """The call of a statement that is planned once: planning it for each row would cost more than running it."""
        text, called = _text(name), name.replace(".", "_")
        bound = list(dict.fromkeys(_BOUND.findall(text)))
        if name not in self._prepared:
            numbered = _BOUND.sub(lambda found: f"${bound.index(found[1]) + 1}", text)
            cursor.execute(f"PREPARE {called} AS {numbered}")
            self._prepared.add(name)
        return f"EXECUTE {called} ({', '.join(f'%({each})s' for each in bound)})"

    def run(self, name: str, **values: Any) -> int:
        """Run a statement; the number of rows it touched."""
        self._flush()
        with self._connection.cursor() as cursor:
            cursor.execute(_text(name), values)
            return cursor.rowcount

    def rows(self, name: str, **values: Any) -> list[Row]:
        """All rows of a query."""
        self._flush()
        with self._connection.cursor() as cursor:
            cursor.execute(_text(name), values)
            # Named here and not by RealDictCursor, which sets each value by a call of Python's own.
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, name: str, **values: Any) -> Row | None:
        """The one row of a query, or None."""
        found = self.rows(name, **values)
        return found[0] if found else None

    def value(self, name: str, **values: Any) -> Any:
        """The one value of a query, or None."""
        found = self.row(name, **values)
        return next(iter(found.values())) if found else None

    def explain(self, name: str, **values: Any) -> dict[str, Any]:
        """PostgreSQL's plan of a statement, as its JSON. The statement is run for it: what it wrote is the caller's to undo."""
        self._flush()
        with self._connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {_text(name)}", values)
            ((answer,),) = cursor.fetchall()
            explained: dict[str, Any] = answer[0]
            return explained

    def insert(self, name: str, rows: Sequence[Sequence[Any]]) -> list[Row]:
        """Insert many rows by a statement with `VALUES %s`; what it returns."""
        self._flush()
        if not rows:
            return []
        with self._connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            returned = psycopg2.extras.execute_values(
                cursor, _text(name), rows, page_size=1000, fetch="RETURNING" in _text(name)
            )
            return [dict(row) for row in returned or ()]

    def copy(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Copy rows into a table of text and bytea columns, in their order: bytes as they are, all else as its text."""
        self._flush()
        with self._connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT binary)", _copied(rows), size=2**18)

    def commit(self) -> None:
        """Make all that was written last."""
        self._flush()
        self._connection.commit()

    def rollback(self) -> None:
        """Forget all that was written since the last commit."""
        self._later.clear()
        self._connection.rollback()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end, or roll back and raise. One inside another is a part of it: the outermost commits."""
        self._depth += 1
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        finally:
            self._depth -= 1
        if not self._depth:
            self.commit()


def json_value(value: Mapping[str, Any]) -> psycopg2.extras.Json:
    """A mapping as a bound JSON value."""
    return psycopg2.extras.Json(value)


def _copied(rows: Iterable[Sequence[Any]]) -> io.BytesIO:
    """PostgreSQL's binary COPY (its manual, COPY, "Binary Format"): a length before each value, -1 for none."""
    pieces = [b"PGCOPY\n\xff\r\n\0", bytes(8)]
    for row in rows:
        pieces.append(len(row).to_bytes(2))
        for value in row:
            if value is None:
                pieces.append(b"\xff\xff\xff\xff")
                continue
            content = value if isinstance(value, bytes) else str(value).encode()
            pieces += (len(content).to_bytes(4), content)
    pieces.append(b"\xff\xff")
    return io.BytesIO(b"".join(pieces))


def _text(name: str) -> str:
    file, _, named = name.partition(".")
    return statement(file, named)


@contextmanager
def connect(dsn: str | None = None) -> Iterator[Database]:
    """A database connection, closed at the end; what was not committed is rolled back.

    dsn  default: `BRIDGE_DSN`. Raises DatabaseUnsetError.
    """
    dsn = dsn or os.environ.get("BRIDGE_DSN")
    if not dsn:
        raise DatabaseUnsetError("BRIDGE_DSN is not set: it names the business database, see .env.example.")
    connection = psycopg2.connect(dsn, application_name="bridge", connect_timeout=10)
    try:
        yield Database(connection, dsn)
    finally:
        connection.close()
