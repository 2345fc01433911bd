"""What a Connection says, read and checked; every secret is masked in the logs before it is used."""

from __future__ import annotations

from typing import Any

from airflow.sdk.log import mask_secret


def base_url(connection: Any) -> str:
    """The API's address: `host` as it is typed, with https where it names no scheme. Raises ValueError if it is empty."""
    host = (connection.host or "").strip().rstrip("/")
    if not host:
        raise ValueError(f"Connection {connection.conn_id}: the API base URL (host) is empty")
    if "://" not in host:
        host = f"{connection.schema or 'https'}://{host}"
    return f"{host}:{connection.port}" if connection.port else host


def field(connection: Any, name: str) -> str:
    """A field of the form that must be filled. Raises ValueError, naming the field and never its value."""
    value = connection.extra_dejson.get(name)
    if not value:
        raise ValueError(f"Connection {connection.conn_id}: {name} is empty")
    return str(value)


def secret(connection: Any, name: str) -> str:
    """A secret field that must be filled; from here on it is masked in every log."""
    value = field(connection, name)
    mask_secret(value)
    return value
