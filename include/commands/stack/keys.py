"""Passwords and keys of the local stack: made by chance, once a checkout, readable by their owner alone."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, fields
from pathlib import Path

from include.commands.stack.places import private_files


@dataclass(frozen=True)
class Keys:
    """One secret a field. None has a default value, so none can be known beforehand."""

    postgres_password: str
    owner_password: str
    writer_password: str
    reader_password: str
    airflow_database_password: str
    fernet_key: str
    jwt_secret: str
    api_secret_key: str
    bridge_key: str
    admin_password: str
    ops_password: str
    finance_password: str

    def __repr__(self) -> str:
        return "Keys(...)"

    @classmethod
    def of(cls, folder: Path) -> Keys:
        """The keys that lie in the folder; those it lacks are made and kept there."""
        path = folder / "secrets.json"
        kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        every = {field.name: kept.get(field.name) or _make(field.name) for field in fields(cls)}
        if every != kept:
            folder.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".draft")
            with private_files():
                draft.write_text(json.dumps(every, indent=2))
            draft.replace(path)  # whole or not at all: a half file would lock us out of our own database
        return cls(**every)


def _make(name: str) -> str:
    if name == "fernet_key":
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    if name in ("admin_password", "ops_password", "finance_password"):
        return secrets.token_hex(5)  # people type these
    return secrets.token_hex(40)  # Airflow signs with SHA512, which wants 64 bytes
