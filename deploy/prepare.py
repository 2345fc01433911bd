"""`python deploy/prepare.py`: what must be there before Airflow starts. Every start of the stack runs it; safe to repeat.

1. the two databases and their roles (databases.py), where the superuser's password is mounted
2. Airflow's tables                         3. the tables of the bridge
4. a pool for each shop and each organisation of the stores: a task in a missing pool waits for ever and in silence
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from deploy.databases import ROLES, make_databases
from include.database.migrate import migrate
from include.settings.store import SettingsError, read_store, store_files

SHOP_SLOTS, BOOKS_SLOTS = 4, 4  # tasks side by side share the vendor's limits (include/keepers); people may change them


def say(words: str) -> None:
    """A line in the service's log."""
    sys.stdout.write(f"prepare: {words}\n")
    sys.stdout.flush()


def databases(folder: Path) -> None:
    """The databases, if we were given the superuser's password. Elsewhere, whoever runs PostgreSQL makes them."""
    secret = folder / "postgres_password"
    if not secret.is_file():
        say("no superuser's password: the databases must be there")
        return
    passwords = {role: _password(folder, role) for role in ROLES}
    address = os.environ.get("POSTGRES_ADDRESS", "postgres:5432")
    made = make_databases(f"postgresql://postgres:{quote(_line(secret), safe='')}@{address}/postgres", passwords)
    say(f"databases made: {', '.join(made) or 'none, all were there'}")


def pools() -> None:
    """A pool for each shop and organisation that has none. One that is there keeps the slots it was given."""
    wanted = {}
    for path in store_files():
        try:
            store = read_store(path)
        except SettingsError as error:
            say(f"no pools for {path.name}, and no other store is harmed: {error}")
            continue
        wanted |= {store.shop_pool: SHOP_SLOTS, store.books_pool: BOOKS_SLOTS}
    listed = _airflow("pools", "list", "--output", "json")
    there = {row["pool"] for row in json.loads(listed[listed.index("[") :])}
    missing = {name: slots for name, slots in wanted.items() if name not in there}
    if missing:
        told = {
            name: {"slots": slots, "description": "made by deploy/prepare.py", "include_deferred": False}
            for name, slots in missing.items()
        }
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(told, file)
            file.flush()
            _airflow("pools", "import", file.name)
    say(f"pools made: {', '.join(missing) or 'none, all were there'}")


def _airflow(*arguments: str) -> str:
    command = [sys.executable, "-m", "airflow", *arguments]
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE)
    if done.returncode:
        sys.stdout.write(done.stdout)
        raise SystemExit(f"prepare: airflow {' '.join(arguments)} failed with {done.returncode}")
    return done.stdout


def _password(folder: Path, role: str) -> str:
    return _line(folder / ("airflow_db_password" if role == "airflow" else f"{role}_password"))


def _line(path: Path) -> str:
    return path.read_text("utf-8").rstrip("\r\n")


def main() -> int:
    """All four, in order; the first that fails ends it, and with it the start of the stack."""
    databases(Path(os.environ.get("SECRETS_FOLDER", "/run/secrets")))
    _airflow("db", "migrate")
    say("Airflow's tables are up to date")
    owner = os.environ.get("BRIDGE_OWNER_DSN")
    applied = ", ".join(migrate(owner)) or "nothing new" if owner else "left to whoever holds BRIDGE_OWNER_DSN"
    say(f"the bridge's tables: {applied}")
    pools()
    return 0


if __name__ == "__main__":
    sys.exit(main())
