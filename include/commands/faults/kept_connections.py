"""A child's connections are kept for its next chapter: most of what a short connection costs PostgreSQL is its beginning.

What a new connection would not have (a transaction, locks, settings, temporary tables) is discarded before it is kept, and
a kept one that PostgreSQL has dropped meanwhile is not given out. With the process all of them end, as they would.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

import psycopg2
import psycopg2.extensions

_connect = psycopg2.connect


class Kept(psycopg2.extensions.connection):
    """A connection whose `close` keeps it, if it is as good as new."""

    address: str = ""

    def close(self) -> None:
        """Keep it, or really close it."""
        if not _is_as_new(self):
            super().close()
            return
        with _lock:
            _kept.setdefault(self.address, []).append(self)


_kept: dict[str, list[Kept]] = {}
_lock = Lock()


def install() -> None:
    """From now on this process keeps its connections. Those of the process that it was forked from are not its own."""
    _kept.clear()
    psycopg2.connect = _given  # type: ignore[assignment]


def _given(dsn: str, **named: Any) -> Any:
    while True:
        with _lock:
            kept = _kept.get(dsn)
            connection = kept.pop() if kept else None
        if connection is None:
            connection = _connect(dsn, connection_factory=Kept, **named)
            connection.address = dsn
            return connection
        if _is_as_new(connection):
            return connection
        psycopg2.extensions.connection.close(connection)


def _is_as_new(connection: Kept) -> bool:
    try:
        connection.rollback()
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("DISCARD ALL")
        connection.autocommit = False
    except psycopg2.Error:
        return False
    return True
