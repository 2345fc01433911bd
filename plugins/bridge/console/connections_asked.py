"""What both hand-shakes need: who asks, the Connection, the key that seals, the audit; and what is said where one is missing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi import Request

from bridge.console.connections import HERE, Vendor, conn_id_of, refused
from bridge.console.frame import signing_key
from bridge.console.readers import Reader
from bridge.console.saying import Said

if TYPE_CHECKING:
    from include.connecting.handshakes import Asker
    from include.database.connection import Row
    from include.keepers.vault import Vault
    from include.settings.store import Store

COOKIE = "bridge_connect"
NOTHING = "Nothing was connected"


def audit(store: Store, event: str, who: str, content: dict[str, Any]) -> None:
    """Who did it, and what came of it, in the store's chain. Never a token."""
    from include.database.connection import connect as database
    from include.stages.orders.audit import append

    with database() as db, db.transaction():
        append(db, store.key, None, event, {"by": who, **content})


def connection_of(store: Store, vendor: Vendor) -> Any:
    """The store's Connection as Airflow has it. Raises Said."""
    from bridge.console.connections_kept import found

    conn_id = conn_id_of(store, vendor)
    connection, _ = found(conn_id)
    if connection is None:
        raise refused(
            NOTHING, f"There is no Connection {conn_id}: make it in Airflow, under Admin, Connections.", store
        )
    return connection


def app_of(connection: Any, store: Store) -> tuple[str, str]:
    """The app's id and secret in BigCommerce. Raises Said."""
    from bridge.hooks.fields import masked
    from include.settings.connections import filled

    try:
        told = masked({name: filled(connection, name) for name in ("client_id", "client_secret")})
    except ValueError as error:
        raise refused(NOTHING, f"{error}: the app's own, from BigCommerce's Developer Portal.", store) from None
    return told["client_id"], told["client_secret"]


def vault_of(store: Store | None) -> Vault:
    """What seals. Raises Said where there is no key."""
    from include.keepers.vault import Vault

    vault = Vault.of(os.environ)
    if vault is None:
        raise refused(
            NOTHING, "BRIDGE_KEY is not set where Airflow's api-server runs: what comes is sealed with it.", store
        )
    return vault


def checked(redirect_uri: str, vendor: Vendor, store: Store) -> str:
    """The address to come back to, if the vendor takes it (xero.md 1.2)."""
    parts = urlsplit(redirect_uri)
    if vendor == "xero" and parts.scheme != "https" and parts.hostname != "localhost":
        sentence = "Xero sends browsers back to https, or to http://localhost: open the console at such an address."
        raise refused(NOTHING, sentence, store)
    return redirect_uri


def asker_of(request: Request, reader: Reader) -> Asker:
    """The person, and the cookie of the browser that they came with."""
    from include.connecting.handshakes import Asker

    return Asker(reader.name, request.cookies.get(COOKIE, ""), signing_key())


def store_of(reader: Reader, row: Row) -> Store:
    """The store of a hand-shake, if they may still see it."""
    return reader.store(row["store"], f"../{HERE}")


def not_asked() -> Said:
    """What is said to an answer that nobody here asked for."""
    sentence = (
        "This answer belongs to no question that you asked in this browser within the last ten minutes, or it was taken "
        "already. Nothing was changed. Open Connections and begin again."
    )
    return refused("Not taken", sentence, None, 403)
