"""A worker's house: a PostgreSQL of its own, a sandbox of its own, one clock for both."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from include.commands.faults.clock import NOW_SQL, SharedClock
from include.commands.faults.town import TownProcess
from include.commands.stack.local import local_stack
from include.commands.stack.postgres import Postgres
from include.database.migrate import migrate

TEMPLATE = "faults_template"


@dataclass
class House:
    """All that a worker needs. `noted` is the file in which children and sandbox note what came."""

    postgres: Postgres
    clock: SharedClock
    town: TownProcess
    noted: Path
    folder: Path
    databases: int = 0

    def fresh_database(self) -> str:
        """A new migrated database: the address of its writer."""
        self.databases += 1
        name = f"faults_{os.getpid()}_{self.databases}"
        self.postgres.make_database(name, "bridge_owner", TEMPLATE)
        return self.postgres.dsn("bridge_writer", name)

    def drop(self, dsn: str) -> None:
        """The database is not needed any more."""
        self.postgres.drop_database(dsn.rpartition("/")[2])


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """Build it in this folder, which goes in the end."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with local_stack(("postgres",), folder) as stack:
            postgres = stack.postgres
            clock = SharedClock(postgres.folder / "postgres" / "cluster")
            _with_simulated_time(postgres)
            noted = folder / "noted"
            town = TownProcess(clock, noted)
            try:
                yield House(postgres, clock, town, noted, folder)
            finally:
                town.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_simulated_time(postgres: Postgres) -> None:
    """A template whose `now()` is ours; what commits is kept, though nothing waits for the disk."""
    with postgres.admin() as db, db.cursor() as cursor:
        cursor.execute(
            "ALTER SYSTEM SET scram_iterations = 1"
        )  # a run connects six times, and thousands of runs follow
        cursor.execute("ALTER SYSTEM SET autovacuum = off")
        cursor.execute("SELECT pg_reload_conf()")
    postgres.make_roles()
    with postgres.admin() as db, db.cursor() as cursor:
        for role in ("bridge_owner", "bridge_writer"):
            cursor.execute(f"ALTER ROLE {role} SET search_path = public, pg_catalog")
            # A crash loses what was committed asynchronously; as in production, only where the flow itself asks for it.
            cursor.execute(f"ALTER ROLE {role} SET synchronous_commit = on")
    postgres.make_database(TEMPLATE, "bridge_owner")
    with postgres.admin(TEMPLATE) as db, db.cursor() as cursor:
        cursor.execute(NOW_SQL)
        cursor.execute("GRANT USAGE, CREATE ON SCHEMA public TO bridge_owner")
    migrate(postgres.dsn("bridge_owner", TEMPLATE))
