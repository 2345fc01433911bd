"""What a Connection says, checked field by field; and where to read one without Airflow.

`shop_arguments`, `books_arguments` and `warehouse_arguments` take Airflow's own Connection as well as ours: the hooks use
them too, so that the doctor and the flow understand a Connection alike. Nothing here imports more than Python's own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

SHOP_URL = "https://api.bigcommerce.com"
BOOKS_URL = "https://api.xero.com"
IDENTITY_URL = "https://identity.xero.com"
XERO_LOGIN_URL = "https://login.xero.com"
SHOP_LOGIN_URL = "https://login.bigcommerce.com"
GRANTS = ("client_credentials", "authorization_code")
MASK = "***"
AIRFLOW_MAX_S = 90.0


class Spoken(Protocol):
    """What we read of a Connection: Airflow's own has it, and `Connection`."""

    @property
    def conn_id(self) -> Any:
        """Its name."""

    @property
    def host(self) -> Any:
        """The API's address, with or without scheme; may be empty."""

    @property
    def schema(self) -> Any:
        """The address's scheme where `host` has none."""

    @property
    def port(self) -> Any:
        """0 or empty: as `host` says."""

    @property
    def password(self) -> Any:
        """The token, where the type has no field of its own for it."""

    @property
    def extra_dejson(self) -> Mapping[str, Any]:
        """The fields of its own type."""


@dataclass(frozen=True)
class Connection:
    """A Connection as it was kept."""

    conn_id: str
    conn_type: str
    host: str = ""
    schema: str = ""
    port: int | None = None
    login: str = ""
    password: str = field(default="", repr=False)
    extra_dejson: Mapping[str, Any] = field(default_factory=dict, repr=False)


class NoConnectionError(Exception):
    """There is no such Connection where we looked, or it cannot be read. The text says where."""


def shop_arguments(connection: Spoken) -> dict[str, Any]:
    """What `BigCommerce.open` takes. Raises ValueError naming Connection and field, never a value."""
    return {
        "base_url": base_url(connection, SHOP_URL),
        "store_hash": filled(connection, "store_hash"),
        "access_token": filled(connection, "access_token"),
    }


def books_arguments(connection: Spoken) -> dict[str, Any]:
    """What `Xero.open` takes. Raises ValueError naming Connection and field, never a value.

    The token's address is `identity_url` without its path; `token_url`, with it, is understood where the form was not used.
    """
    identity_url = _text(connection, "identity_url") or IDENTITY_URL
    arguments: dict[str, Any] = {
        "base_url": base_url(connection, BOOKS_URL),
        "token_url": _text(connection, "token_url") or f"{identity_url.rstrip('/')}/connect/token",
        "client_id": filled(connection, "client_id"),
        "client_secret": filled(connection, "client_secret"),
        "tenant_id": _text(connection, "tenant_id") or None,
    }
    scopes = _text(connection, "scopes").replace(",", " ").split()
    grant = grant_of(connection)
    return (
        arguments
        | ({"scopes": tuple(scopes)} if scopes else {})
        | ({"grant": grant} if grant == "authorization_code" else {})
    )


def warehouse_arguments(connection: Spoken) -> dict[str, Any]:
    """What `Warehouse.open` takes. Raises ValueError naming Connection and field, never a value.

    The feed's address is `url`, whole; or `host`, which then has the path in it, with a port of its own where one is typed.
    """
    if not (url := _text(connection, "url")):
        if not (connection.host or "").strip():
            raise ValueError(f"Connection {connection.conn_id}: host is empty; it is the address of the warehouse feed")
        url = base_url(connection, "")
    return {"url": url, "token": _kept(connection, str(connection.password or "").strip(), "password")}


def grant_of(connection: Spoken) -> str:
    """How the Xero Connection comes by its tokens: by id and secret, or by a person's consent. Raises ValueError."""
    grant = _text(connection, "grant") or GRANTS[0]
    if grant not in GRANTS:
        raise ValueError(f"Connection {connection.conn_id}: grant is neither {' nor '.join(GRANTS)}")
    return grant


def books_login_url(connection: Spoken) -> str:
    """Where people consent to Xero: `login_url`, else where tokens come from, unless that is Xero's own."""
    said = _text(connection, "login_url")
    token_url = _text(connection, "token_url") or _text(connection, "identity_url") or IDENTITY_URL
    parts = urlsplit(token_url)
    elsewhere = f"{parts.scheme}://{parts.netloc}"
    return (said or (XERO_LOGIN_URL if elsewhere == IDENTITY_URL else elsewhere)).rstrip("/")


def shop_login_url(connection: Spoken) -> str:
    """Where apps are installed and their codes exchanged: `login_url`, else BigCommerce's own."""
    return (_text(connection, "login_url") or SHOP_LOGIN_URL).rstrip("/")


def base_url(connection: Spoken, default: str) -> str:
    """The API's address: `host` as it is typed, with https where it names no scheme; the vendor's own if it is empty."""
    host = (connection.host or "").strip().rstrip("/") or default
    if "://" not in host:
        host = f"{connection.schema or 'https'}://{host}"
    if not connection.port:
        return host
    scheme, _, rest = host.partition("://")
    name, slash, path = rest.partition("/")
    return f"{scheme}://{name}:{connection.port}{slash}{path}"


def filled(connection: Spoken, name: str) -> str:
    """A field of the form that must be filled, without blanks around it. Raises ValueError."""
    return _kept(connection, _text(connection, name), name)


def _kept(connection: Spoken, value: str, name: str) -> str:
    if not value:
        raise ValueError(f"Connection {connection.conn_id}: {name} is empty")
    if value == MASK:
        raise ValueError(f"Connection {connection.conn_id}: {name} is the mask {MASK} itself; type it again")
    return value


def _text(connection: Spoken, name: str) -> str:
    return str(connection.extra_dejson.get(name) or "").strip()


def read(conn_id: str, environment: Mapping[str, str]) -> Connection:
    """The Connection of that name: of AIRFLOW_CONN_..., else of the Airflow that this environment names.

    Raises NoConnectionError.
    """
    variable = f"AIRFLOW_CONN_{conn_id.upper()}"
    said = environment.get(variable)
    if said:
        try:
            return out_of_text(conn_id, said)
        except (ValueError, TypeError, AttributeError):
            pass  # raised below: a parser's error quotes what it could not read
        raise NoConnectionError(f"{variable} is set, but is neither JSON nor a URI of a Connection")
    if not environment.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"):
        raise NoConnectionError(f"{variable} is not set, and no Airflow is named that could be asked")
    return _out_of_airflow(conn_id, environment)


def out_of_text(conn_id: str, text: str) -> Connection:
    """A Connection out of its JSON or its URI, as Airflow spells them. Raises ValueError."""
    if not text.lstrip().startswith("{"):
        return _out_of_uri(conn_id, text)
    told = json.loads(text)
    extra = told.get("extra") or {}
    return Connection(
        conn_id,
        str(told.get("conn_type") or ""),
        str(told.get("host") or ""),
        str(told.get("schema") or ""),
        int(told["port"]) if told.get("port") else None,
        str(told.get("login") or ""),
        str(told.get("password") or ""),
        dict(json.loads(extra) if isinstance(extra, str) else extra),
    )


def _out_of_uri(conn_id: str, uri: str) -> Connection:
    """Airflow's URI: a host with a scheme of its own follows the type, as in `xero://https://api.xero.com?...`."""
    conn_type, _, rest = uri.partition("://")
    if not conn_type or not rest:
        raise ValueError("not a URI")
    parts = urlsplit(rest if "://" in rest.partition("?")[0] else f"//{rest}")
    # Airflow quotes a path that is part of the host into it; `hostname` puts only what is before the first % in lower case.
    host = unquote(parts.hostname or "")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Connection(
        conn_id,
        conn_type.replace("-", "_"),
        f"{parts.scheme}://{host}" if parts.scheme and host else host,
        unquote(parts.path[1:]),
        parts.port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        json.loads(query["__extra__"]) if "__extra__" in query else query,
    )


def _out_of_airflow(conn_id: str, environment: Mapping[str, str]) -> Connection:
    """What Airflow's own command says: the secrets in its database are encrypted with its key."""
    command = [sys.executable, "-m", "airflow", "connections", "get", conn_id, "--output", "json"]
    try:
        done = subprocess.run(
            command, env=dict(environment), capture_output=True, text=True, timeout=AIRFLOW_MAX_S, check=False
        )
        rows = json.loads(done.stdout[done.stdout.index("[") :]) if done.returncode == 0 else []
        return _out_of_uri(conn_id, rows[0]["get_uri"])
    except (OSError, subprocess.TimeoutExpired, ValueError, LookupError, TypeError):
        pass  # raised below: what Airflow printed may hold the Connection
    raise NoConnectionError(f"Airflow knows no Connection {conn_id}, or did not answer `airflow connections get`")
