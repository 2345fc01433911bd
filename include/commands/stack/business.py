"""The business database: made by its own migration, under its owner's name."""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from include.commands.stack.places import ROOT
from include.commands.stack.postgres import Postgres
from include.commands.stack.processes import run

MIGRATE_MAX_S = 60.0


@dataclass(frozen=True)
class Database:
    """The addresses of one business database: who may change its form, who writes, who reads. Passwords included."""

    owner_dsn: str
    writer_dsn: str
    reader_dsn: str

    @classmethod
    def on(cls, postgres: Postgres, name: str) -> Database:
        """The database of this name on this server, whether it is there yet or not."""
        return cls(*(postgres.dsn(role, name) for role in ("bridge_owner", "bridge_writer", "bridge_reader")))

    def environment(self) -> dict[str, str]:
        """What tasks and commands are told. The owner's address is for migrations alone and not among it."""
        return {"BRIDGE_DSN": self.writer_dsn, "BRIDGE_READER_DSN": self.reader_dsn}


def make_database(postgres: Postgres, name: str, *, fresh: bool, logs: Path) -> Database:
    """The migrated database. `fresh` drops what was there; else it is kept and brought up to date."""
    database = Database.on(postgres, name)
    if fresh:
        postgres.drop_database(name)
    if not postgres.exists(name):
        postgres.make_database(name, "bridge_owner")
    migrate(database, logs)
    return database


def migrate(database: Database, logs: Path) -> None:
    """Bring a database up to date, in a process of its own. Raises StackError, with the end of the log."""
    told = {**os.environ, "BRIDGE_OWNER_DSN": database.owner_dsn, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "include.database.migrate"]
    run("the migration of the business tables", command, log=logs / "migrate.log", limit_s=MIGRATE_MAX_S, env=told)


def has_migration() -> bool:
    """True once include/database has its migration."""
    return importlib.util.find_spec("include.database.migrate") is not None
