"""`entrypoint.py COMMAND ...`: run the command with what the secret files say in its environment.

Docker mounts each secret that a service may read as a file in /run/secrets. Airflow and the bridge want addresses with
the password inside, so they are put together here. A secret that is not mounted adds nothing: under Kubernetes, where
secrets come as environment variables, this passes everything through.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

FOLDER = Path("/run/secrets")

# Secrets that are a setting as they are.
PLAIN = {
    "fernet_key": "AIRFLOW__CORE__FERNET_KEY",
    "jwt_secret": "AIRFLOW__API_AUTH__JWT_SECRET",
    "api_secret_key": "AIRFLOW__API__SECRET_KEY",
    "bridge_key": "BRIDGE_KEY",
    "bridge_key_old": "BRIDGE_KEY_OLD",  # mounted only while tokens are sealed anew: docs/workers.md, "A new key"
}
# Secrets that are the password in an address. Celery keeps its results in Airflow's database, without a setting.
ADDRESSES = {
    "airflow_db_password": (
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
        "postgresql+psycopg2://airflow:{password}@{postgres}/airflow",
    ),
    "redis_password": ("AIRFLOW__CELERY__BROKER_URL", "redis://:{password}@{redis}/0"),
    "bridge_writer_password": ("BRIDGE_DSN", "postgresql://bridge_writer:{password}@{postgres}/bridge"),
    "bridge_reader_password": ("BRIDGE_READER_DSN", "postgresql://bridge_reader:{password}@{postgres}/bridge"),
    "bridge_owner_password": ("BRIDGE_OWNER_DSN", "postgresql://bridge_owner:{password}@{postgres}/bridge"),
}
PEOPLE = ("admin", "ops", "finance")
PASSWORDS_FILE = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"


def environment(folder: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment of the command: what is inherited, and what the secret files add. What is set already wins.

    Raises ValueError, naming the file, for one that is empty or has more than one line.
    """
    where = {
        "postgres": inherited.get("POSTGRES_ADDRESS", "postgres:5432"),
        "redis": inherited.get("REDIS_ADDRESS", "redis:6379"),
    }
    added = {}
    for name, variable in PLAIN.items():
        if (secret := _read(folder, name)) is not None:
            added[variable] = secret
    for name, (variable, form) in ADDRESSES.items():
        if (secret := _read(folder, name)) is not None:
            added[variable] = form.format(password=quote(secret, safe=""), **where)
    return {**added, **inherited}


def passwords(folder: Path) -> dict[str, str]:
    """Who may log in and with what; empty for a service that has nothing to do with it."""
    told = {person: _read(folder, f"{person}_password") for person in PEOPLE}
    return {person: password for person, password in told.items() if password is not None}


def _read(folder: Path, name: str) -> str | None:
    path = folder / name
    if not path.is_file():
        return None
    secret = path.read_text("utf-8").rstrip("\r\n")
    if not secret or "\n" in secret:
        raise ValueError(f"the secret file {name} must hold one line: run deploy/make_secrets.py, or write it anew")
    return secret


def _let_people_in(folder: Path, told: Mapping[str, str]) -> None:
    """Airflow opens its file of passwords for writing, so it cannot be a secret file itself."""
    people = passwords(folder)
    if people and (path := told.get(PASSWORDS_FILE)):
        Path(path).unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(people, file)


def main() -> int:
    """Become the command. Comes back only if that is not possible."""
    if len(sys.argv) < 2:
        sys.stderr.write("usage: entrypoint.py COMMAND ...\n")
        return 2
    folder = Path(os.environ.get("SECRETS_FOLDER", FOLDER))
    try:
        told = environment(folder, os.environ)
        _let_people_in(folder, told)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\nThe containers run as AIRFLOW_UID (.env), who must own the secret files.\n")
        return 1
    os.execvpe(sys.argv[1], sys.argv[1:], told)


if __name__ == "__main__":
    sys.exit(main())
