"""Our own house: business database, key, mail, Airflow's pools and Connections."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg2

from include.commands.stack.airflow_api import AirflowApi
from include.commands.stack.processes import StackError
from include.commands.surroundings import Surroundings
from include.database.connection import SQL_FOLDER, Row, connect
from include.domain.outcome import REASONS
from include.settings.connections import NoConnectionError, read
from include.settings.finding import Finding, fail, not_asked, ok, warn
from include.settings.store import Store

MAIL_MAX_S = 10.0
SHOP_SLOTS_MAX, BOOKS_SLOTS_MAX = 4, 5  # more tasks than the vendor takes calls at once only wait, each in a worker
MIGRATE = "Run: python -m include.database.migrate"


def ask_the_database(environment: Mapping[str, str]) -> Iterator[Finding]:
    """The business database: reachable, migrated, and nobody may do more than he must."""
    check = "business database"
    dsn = environment.get("BRIDGE_DSN", "")
    if not dsn:
        yield not_asked(check, "BRIDGE_DSN is not set.", "Set it, see .env.example.")
        return
    try:
        with connect(dsn) as db:
            applied = {str(row["name"]) for row in db.rows("doctor.migrations")}
            known = {str(row["reason"]) for row in db.rows("doctor.reasons")}
            rights = db.row("doctor.rights") or {}
    except psycopg2.errors.UndefinedTable:
        yield fail(check, "it has no tables, or not all of them.", f"{MIGRATE} (with BRIDGE_OWNER_DSN).")
        return
    except psycopg2.errors.InsufficientPrivilege:
        yield fail(
            check, "its role may not read the tables.", f"Log in as bridge_writer; {MIGRATE} grants what it needs."
        )
        return
    except psycopg2.Error:
        # psycopg2's own words may name user and host; a wrong DSN may hold a password where no one expects it.
        yield fail(
            check, "it cannot be reached, or does not let us in.", "See whether BRIDGE_DSN is right and it runs."
        )
        return
    there = {path.stem for path in (Path(SQL_FOLDER) / "migrations").glob("*.sql")}
    if there - applied or set(REASONS) - known:
        missing = ", ".join(sorted(there - applied)) or "new reasons"
        yield fail("migrations", f"not applied: {missing}.", f"{MIGRATE} (with BRIDGE_OWNER_DSN).")
    elif applied - there:
        yield warn("migrations", "the database is newer than this code.", "Deploy the version that migrated it.")
    else:
        yield ok("migrations", f"all {len(applied)} are applied.")
    yield from _roles(rights)


def _roles(rights: Row) -> Iterator[Finding]:
    role = rights.get("role")
    if rights.get("is_superuser") or rights.get("is_owner"):
        words = f"BRIDGE_DSN logs in as {role}, who owns the tables and could rewrite the audit."
        yield fail("role that writes", words, "Log in as bridge_writer; the owner is for migrations alone.")
    elif not rights.get("may_write"):
        yield fail("role that writes", f"{role} may not write what the flow writes.", f"{MIGRATE}, which grants it.")
    elif rights.get("may_rewrite"):
        words = f"{role} may change or remove postings or audit entries."
        yield fail("role that writes", words, f"{MIGRATE}: it takes that right away again.")
    else:
        yield ok("role that writes", f"{role} adds postings and audit entries, and can change none.")
    if rights.get("reader_sees_people"):
        words = "bridge_reader may read names and addresses."
        yield fail("role that reads", words, f"{MIGRATE}: it takes that right away again.")
    elif rights.get("reader_sees_tokens"):
        words = "bridge_reader may read the sealed tokens."
        yield fail("role that reads", words, f"{MIGRATE}: it takes that right away again.")


def ask_about_the_key(environment: Mapping[str, str]) -> Finding:
    """BRIDGE_KEY, without showing it."""
    key = environment.get("BRIDGE_KEY", "")
    if not key:
        return not_asked("key", "BRIDGE_KEY is not set here.", "Set it where tasks run, and keep it: see .env.example.")
    if len(key) < 16 or key == "CHANGE":
        return fail("key", "BRIDGE_KEY is short or the example's.", "Make one: openssl rand -hex 32; and keep it.")
    return ok("key", "BRIDGE_KEY is set.")


def ask_about_mail(store: Store, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Whether somebody is told, and whether the mail server takes letters. None is sent."""
    for who in ("finance", "operations"):
        if not getattr(store.file.alerts, who):
            yield warn(f"alerts {who}", "nobody is told.", f"Name somebody in alerts.{who} of {store.path.name}.")
    try:
        connection = read("smtp_default", environment)
    except NoConnectionError as error:
        yield not_asked("mail", f"{error}.", "Make the Connection smtp_default, or no alert leaves.")
        return
    extra = connection.extra_dejson
    plain, no_tls = bool(extra.get("disable_ssl")), bool(extra.get("disable_tls"))
    try:
        kind = smtplib.SMTP if plain else smtplib.SMTP_SSL
        with kind(connection.host, connection.port or (25 if plain else 465), timeout=MAIL_MAX_S) as server:
            if plain and not no_tls:
                server.starttls()
            if connection.login:
                server.login(connection.login, connection.password)
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        yield warn(
            "mail", f"smtp_default does not let us in ({type(error).__name__}).", "Correct the Connection smtp_default."
        )
    else:
        yield ok("mail", "smtp_default lets us in; no letter was sent.")


def ask_airflow(store: Store, around: Surroundings) -> Iterator[Finding]:
    """Pools, and Connections that the Test button would refuse."""
    wanted = {store.shop_pool: SHOP_SLOTS_MAX, store.books_pool: BOOKS_SLOTS_MAX}
    api: AirflowApi | None = None
    try:
        if around.airflow_url:
            api = AirflowApi(around.airflow_url, around.airflow_user, around.airflow_password, Path(), lambda: None)
            pools = {str(each["name"]): int(each["slots"]) for each in api.call("GET", "/pools", limit=100)["pools"]}
        elif around.airflow_dsn:
            with connect(around.airflow_dsn) as db:
                pools = {str(row["pool"]): int(row["slots"]) for row in db.rows("doctor.pools")}
        else:
            for name in wanted:
                yield not_asked(f"pool {name}", "no Airflow is named.", f"Set {' or '.join(around.AIRFLOW_NAMES)}.")
            return
    except (StackError, psycopg2.Error, KeyError, TypeError, ValueError) as error:
        for name in wanted:
            words = f"Airflow does not answer ({type(error).__name__})."
            yield not_asked(f"pool {name}", words, "See whether it runs, and whether user and password are right.")
        return
    for name, most in wanted.items():
        yield _pool(name, pools.get(name), most)
    if api is not None:
        yield from _buttons(store, api)


def _pool(name: str, slots: int | None, most: int) -> Finding:
    check = f"pool {name}"
    make = f"airflow pools set {name} {most} calls"
    if slots is None:
        return fail(check, "it is missing: its tasks would never run, in silence.", f"Make it: {make}")
    if slots == 0:
        return fail(check, "it has no slots: its tasks would never run, in silence.", f"Change it: {make}")
    if slots < 0 or slots > most:
        words = f"it has {'endless' if slots < 0 else slots} slots: more than the vendor takes calls at once only wait."
        return warn(check, words, f"Change it: {make}")
    return ok(check, f"{slots} slot{'s' if slots > 1 else ''}.")


def _buttons(store: Store, api: AirflowApi) -> Iterator[Finding]:
    """Airflow 3.3 refuses to test a Connection whose port was left empty (reference airflow.md 0.6)."""
    for name in (store.file.bigcommerce.connection, store.file.xero.connection):
        try:
            kept = api.call("GET", f"/connections/{name}")
        except StackError:
            continue  # it is in the environment or a secrets backend: there is no button for it
        if kept.get("port") is None:
            words = "its port is empty: Airflow's Test button refuses it, though the flow works."
            yield warn(f"connection {name}", words, "Edit it: port 0.")
