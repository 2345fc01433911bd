"""Which stores the door knows, and by which secrets. Asked at each webhook, so it is kept for a minute."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from include.settings.connections import Spoken
from include.settings.door_secret import door_secret
from include.settings.store import SettingsError, Store, read_store, store_files

KEPT_S = 60.0
ReadConnection = Callable[[str], Spoken]


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


@dataclass(frozen=True, slots=True)
class Books:
    """An organisation as the door knows it: the stores that post into it, and its webhook key."""

    organisation: str
    stores: tuple[str, ...]
    tenant_id: str | None
    webhook_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """All that the door knows."""

    stores: Mapping[str, Keys]
    books: Mapping[str, Books]


class Register:
    """What the store files and Connections say, read at most once a minute. Safe to share between threads.

    read_connection  gives a Connection by its name: Airflow's own, or that of the environment
    """

    def __init__(self, read_connection: ReadConnection) -> None:
        self._read, self._lock = read_connection, threading.Lock()
        self._kept: tuple[float, Known] | None = None

    @property
    def fresh(self) -> Known | None:
        """What is known, if it was read within the minute; nothing is asked."""
        kept = self._kept
        return kept[1] if kept is not None and time.monotonic() - kept[0] < KEPT_S else None

    def known(self) -> Known:
        """What is known. It may ask Airflow's database, so it is not for an event loop."""
        with self._lock:
            if (fresh := self.fresh) is not None:
                return fresh
            found = self._found()
            self._kept = (time.monotonic(), found)
            return found

    def _found(self) -> Known:
        stores: dict[str, Keys] = {}
        books: dict[str, Books] = {}
        for path in store_files():
            store = _readable(path)
            if store is None:
                continue  # its DAGs are red and say so
            shop = self._fields(store.file.bigcommerce.connection)
            stores[store.key] = Keys(
                store=store.key,
                producer=f"stores/{store.file.bigcommerce.store_hash}",
                wants=_wanted(store),
                secret=door_secret(store.key),
                client_secret=str(shop.get("client_secret") or "") or None,
            )
            organisation = store.file.xero.organisation
            xero = self._fields(store.file.xero.connection)
            others = books[organisation].stores if organisation in books else ()
            books[organisation] = Books(
                organisation=organisation,
                stores=(*others, store.key),
                tenant_id=str(xero.get("tenant_id") or "") or None,
                webhook_key=str(xero.get("webhook_secret") or xero.get("webhook_key") or ""),
            )
        return Known(stores, books)

    def _fields(self, connection: str) -> Mapping[str, object]:
        """A Connection's own fields; none where there is no such Connection: its flows say so."""
        try:
            return self._read(connection).extra_dejson
        except Exception:
            return {}  # it may quote the Connection, so it is not told


def _readable(path: Path) -> Store | None:
    try:
        return read_store(path)
    except SettingsError:
        return None


def _wanted(store: Store) -> frozenset[str]:
    file = store.file
    flows = {"product": file.products.enabled, "customer": file.customers.enabled, "stock": file.stock.enabled}
    return frozenset({"order", *(kind for kind, is_on in flows.items() if is_on)})
