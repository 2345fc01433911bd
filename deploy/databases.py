"""The two databases and their roles on one PostgreSQL, made or brought to today's passwords. Safe to run again.

airflow   Airflow's own, owned by the role `airflow`
bridge    the business database: `bridge_owner` changes its form, `bridge_writer` and `bridge_reader` use it
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg2
from psycopg2 import sql

OWNERS = {"airflow": "airflow", "bridge": "bridge_owner"}
ROLES = ("airflow", "bridge_owner", "bridge_writer", "bridge_reader")


def make_databases(admin_dsn: str, passwords: Mapping[str, str]) -> list[str]:
    """The names of the databases that were missing and are there now.

    admin_dsn   of a superuser, on any database of the server
    passwords   role -> password, for all of ROLES. One that was changed in its file is changed in the server.
    """
    connection = psycopg2.connect(admin_dsn, application_name="bridge-prepare", connect_timeout=10)
    connection.autocommit = True  # CREATE DATABASE does not work inside a transaction
    made = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", (list(ROLES),))
            there = {name for (name,) in cursor.fetchall()}
            for role in ROLES:
                verb = sql.SQL("ALTER" if role in there else "CREATE")
                form = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %s")
                cursor.execute(form.format(verb, sql.Identifier(role)), (passwords[role],))
            cursor.execute("SELECT datname FROM pg_database WHERE datname = ANY(%s)", (list(OWNERS),))
            there = {name for (name,) in cursor.fetchall()}
            for name, owner in OWNERS.items():
                if name not in there:
                    form = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
                    cursor.execute(form.format(sql.Identifier(name), sql.Identifier(owner)))
                    made.append(name)
                cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            cursor.execute("GRANT CONNECT ON DATABASE bridge TO bridge_writer, bridge_reader")
    finally:
        connection.close()
    return made
