"""`python3 deploy/make_secrets.py`: a secret file for each that is missing. What is there is kept.

They are made by chance, so no password of ours can be known beforehand. Only Python's own library is used: this runs on
the host, before there is an image. Files are readable by their owner alone; the containers run as that owner
(AIRFLOW_UID in .env).
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "secrets"


def _for_machines() -> str:
    return secrets.token_hex(40)  # Airflow signs with SHA512, which wants 64 bytes


def _for_people() -> str:
    return secrets.token_urlsafe(15)


def _fernet() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


# What each opens. docker-compose.yaml says which service may read which.
SECRETS: dict[str, Callable[[], str]] = {
    "postgres_password": _for_machines,  # PostgreSQL's superuser: the service `prepare` alone
    "airflow_db_password": _for_machines,  # Airflow's own database
    "bridge_owner_password": _for_machines,  # may change the form of the business database: `prepare` alone
    "bridge_writer_password": _for_machines,  # what tasks write with
    "bridge_reader_password": _for_machines,  # what pages and reports read with
    "redis_password": _for_machines,  # the queue of tasks
    "fernet_key": _fernet,  # decrypts the Connections in Airflow's database: lose it and they must be typed again
    "jwt_secret": _for_machines,  # signs the passes that tasks show to the api-server
    "api_secret_key": _for_machines,  # signs sessions of browsers
    "bridge_key": _for_machines,  # digests of guests' e-mails: lose it and guests become new contacts
    "admin_password": _for_people,
    "ops_password": _for_people,
    "finance_password": _for_people,
}


def make(folder: Path) -> list[str]:
    """The names of the secrets that were missing and are there now."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, new in SECRETS.items():
        path = folder / name
        if path.exists() and path.read_text().strip():
            continue
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(new())
        made.append(name)
    return made


def main() -> int:
    """Make what is missing and say what was made, never its value."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    made = make(folder)
    sys.stdout.write(f"made in {folder}: {', '.join(made) or 'nothing, all were there'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
