"""Which stores the door knows, and by which secrets. Asked at each webhook, so it is kept for a minute."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from include.settings.connections import Spoken
from include.settings.door_secret import door_secret, door_secret_before
from include.settings.store import SettingsError, Store, read_store, store_files

KEPT_S = 60.0
ReadConnection = Callable[[str], Spoken]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Keys:
    """A store as the door knows it. No secret is in its `repr`.

    wants  the kinds of subjects whose flow is on
    """

    store: str
    producer: str
    wants: frozenset[str]
    secret: str = field(repr=False)
    client_secret: str | None = field(repr=False, default=None)
    secret_before: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Books:
    """An organisation as the door knows it: the stores that post into it, and its webhook key.

    webhook_key  None: its Connection cannot be read now, so nobody knows what is Xero's; empty: it has none
    """

    organisation: str
    stores: tuple[str, ...]
    tenant_id: str | None
    webhook_key: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """All that the door knows."""

    stores: Mapping[str, Keys]
    books: Mapping[str, Books]


class Register:
    """What the store files and Connections say, read anew about once a minute. Safe to share between threads.

    Nobody waits for it but the first: what is a little old serves until the new is there, and what cannot be read now (a
    file with a mistake, Airflow's database) stays as it was.

    read_connection  gives a Connection by its name: Airflow's own, or that of the environment
    kept_s           how long a Connection serves before it is asked for anew; store files are read each KEPT_S
    """

    def __init__(self, read_connection: ReadConnection, kept_s: float = KEPT_S) -> None:
        self._read, self._kept_s, self._lock = read_connection, kept_s, threading.Lock()
        self._known: Known | None = None
        self._read_at = 0.0
        self._reading: Future[Known] | None = None
        self._stores: dict[Path, Store] = {}
        self._connections: dict[str, tuple[float, Mapping[str, Any]]] = {}

    @property
    def known(self) -> Known | None:
        """What is known; None before the first reading. It asks nothing, but has it read anew when it is old."""
        if self._known is not None and time.monotonic() - self._read_at > KEPT_S:
            self.reading()
        return self._known

    def reading(self) -> "Future[Known]":
        """The reading that is under way, or a new one. It raises what the first reading raised."""
        with self._lock:
            if self._reading is None:
                self._reading = Future()
                threading.Thread(target=self._run, args=(self._reading,), name="door's register", daemon=True).start()
            return self._reading

    def _run(self, reading: "Future[Known]") -> None:
        reading.set_running_or_notify_cancel()
        found: Known | Exception
        try:
            found = self._found()
        except Exception as error:
            # Its words may quote a secret.
            log.warning("The door cannot read its stores (%s)", type(error).__name__)
            found = error
        with self._lock:
            self._reading, self._read_at = None, time.monotonic()
            if isinstance(found, Known):
                self._known = found
        if isinstance(found, Known):
            reading.set_result(found)
        else:
            reading.set_exception(found)

    def _found(self) -> Known:
        stores: dict[str, Keys] = {}
        books: dict[str, Books] = {}
        for path in store_files():
            store = self._readable(path)
            if store is None:
                continue  # its DAGs are red and say so
            shop = self._fields(store.file.bigcommerce.connection) or {}
            stores[store.key] = Keys(
                store=store.key,
                producer=f"stores/{store.file.bigcommerce.store_hash}",
                wants=_wanted(store),
                secret=door_secret(store.key),
                client_secret=str(shop.get("client_secret") or "") or None,
                secret_before=door_secret_before(store.key),
            )
            organisation = store.file.xero.organisation
            books[organisation] = self._books(store, organisation, books.get(organisation))
        return Known(stores, books)

    def _books(self, store: Store, organisation: str, others: Books | None) -> Books:
        """The organisation with this store too. Stores may reach it by several Connections: one that has the key suffices."""
        xero = self._fields(store.file.xero.connection)
        key = None if xero is None else str(xero.get("webhook_secret") or "")
        tenant_id = str((xero or {}).get("tenant_id") or "") or None
        if others is None:
            return Books(organisation, (store.key,), tenant_id, key)
        return Books(
            organisation, (*others.stores, store.key), others.tenant_id or tenant_id, others.webhook_key or key
        )

    def _fields(self, connection: str) -> Mapping[str, Any] | None:
        """A Connection's own fields, as they are or last were; None where it could never be read: its flows say so."""
        at, fields = self._connections.get(connection, (0.0, None))
        if fields is not None and time.monotonic() - at < self._kept_s:
            return fields
        try:
            fields = dict(self._read(connection).extra_dejson)
        except Exception as error:  # it may quote the Connection, so it is not told
            log.info("The door cannot read the Connection %s (%s)", connection, type(error).__name__)
        else:
            self._connections[connection] = (time.monotonic(), fields)
        return fields

    def _readable(self, path: Path) -> Store | None:
        """The store of a file, as it is or last was."""
        with suppress(SettingsError):
            self._stores[path] = read_store(path)
        return self._stores.get(path)


def _wanted(store: Store) -> frozenset[str]:
    file = store.file
    flows = {"product": file.products.enabled, "customer": file.customers.enabled, "stock": file.stock.enabled}
    return frozenset({"order", *(kind for kind, is_on in flows.items() if is_on)})
