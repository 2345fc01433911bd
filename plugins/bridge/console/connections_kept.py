"""Airflow's own Connections, as the console needs them: read, where one is kept, and a new token put into it."""

from __future__ import annotations

import json
from typing import Any

from airflow.models import Connection

# Where Airflow looks, by the name of its class; others by that name itself.
PLACES = {
    "MetastoreBackend": "Airflow's database, encrypted",
    "EnvironmentVariablesBackend": "an environment variable of Airflow",
    "LocalFilesystemBackend": "a file of Airflow's secrets",
    "VaultBackend": "HashiCorp Vault",
    "SecretsManagerBackend": "AWS Secrets Manager",
    "SystemsManagerParameterStoreBackend": "AWS Parameter Store",
    "CloudSecretManagerBackend": "Google Secret Manager",
    "AzureKeyVaultBackend": "Azure Key Vault",
}
CAN_WRITE = "MetastoreBackend"


def found(conn_id: str) -> tuple[Connection | None, str]:
    """The Connection, and the class of the secrets backend that has it; None where none has it.

    With None, the class is that of a backend which failed. What it says of that may quote the secret, so it is not told.
    """
    from airflow.configuration import ensure_secrets_loaded

    failed = ""
    for backend in ensure_secrets_loaded():
        try:
            connection = backend.get_connection(conn_id=conn_id)
        except Exception:
            failed = failed or type(backend).__name__
            continue
        if connection is not None:
            return connection, type(backend).__name__
    return None, failed


def place(backend: str) -> str:
    """Where that is, in words."""
    return PLACES.get(backend, backend)


def keep_token(conn_id: str, store_hash: str, access_token: str) -> None:
    """Put a shop's token into its Connection in Airflow's database; all else of it stays. Raises LookupError."""
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        row: Any = session.scalar(select(Connection).where(Connection.conn_id == conn_id))
        if row is None:
            raise LookupError(conn_id)
        row.set_extra(json.dumps({**row.extra_dejson, "store_hash": store_hash, "access_token": access_token}))
