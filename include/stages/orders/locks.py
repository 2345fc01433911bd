"""One writer per subject (design 4.3): session locks on a connection of their own, and whether they still hold."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2

from include.clients.errors import Transient
from include.database.connection import Database


class LocksLost(Transient):
    """The connection that held our locks is gone: another run may hold them now, so nothing more is written."""


class LocksBusy(Transient):
    """Another run writes there: this one waits for its turn."""


@dataclass(frozen=True, slots=True)
class Locks:
    """The locks that could be had. They hold as long as their connection does: PostgreSQL drops them with it."""

    keeper: Database | None
    got: frozenset[str]

    def check(self) -> None:
        """Raise LocksLost unless they are still held. Asked before each request that writes."""
        if self.keeper is None:
            raise LocksLost("Nothing may be written without a lock.", retry_after_s=5)
        try:
            self.keeper.value("locks.still_here")
            self.keeper.commit()
        except psycopg2.Error as error:
            raise LocksLost("The database dropped the locks of this run; it begins again.", retry_after_s=5) from error


NO_LOCKS = Locks(None, frozenset())


def contact_lock(store: str, contact_key: str) -> str:
    """What whoever may create or settle a shopper's contact holds; a contact that is linked for good needs none."""
    return f"{store}/contact/{contact_key}"


@contextmanager
def locked(db: Database, names: Sequence[str]) -> Iterator[Locks]:
    """Those of these locks that could be had, in sorted order, until the end."""
    with db.another() as keeper:
        rows = keeper.rows("locks.try_locks", names=sorted(set(names)))
        keeper.commit()
        try:
            yield Locks(keeper, frozenset(str(row["name"]) for row in rows if row["got"]))
        finally:
            try:
                keeper.rows("locks.release_locks")
                keeper.commit()
            except psycopg2.Error:
                pass  # with its connection they are gone already
