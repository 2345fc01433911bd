"""Which keepers a client is opened with. Who opens a client outside of these shares nothing with the others."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

from include.clients.allowance import Lane
from include.clients.pacing import BIGCOMMERCE_SHARED, XERO_SHARED
from include.keepers.budget import SharedPace
from include.keepers.tokens import tokens_of
from include.settings.store import Store


@contextmanager
def for_books(store: Store, lane: Lane = "batch") -> Iterator[dict[str, Any]]:
    """What `Xero.open` is given beside the Connection's own fields."""
    books = store.file.xero
    terms = replace(XERO_SHARED, kept_a_day=books.calls_kept_a_day)
    if not (dsn := _dsn()):
        yield {}
        return
    tokens = tokens_of(books.connection, os.environ, store=store.key)
    kept = {} if tokens is None else {"tokens": tokens}
    with closing(SharedPace(dsn, terms, vendor="xero", tenant=books.organisation, lane=lane)) as pace:
        yield {"pace": pace, **kept}


@contextmanager
def for_shop(store: Store, lane: Lane = "batch") -> Iterator[dict[str, Any]]:
    """What `BigCommerce.open` is given beside the Connection's own fields."""
    if not (dsn := _dsn()):
        yield {}
        return
    tenant = store.file.bigcommerce.store_hash
    with closing(SharedPace(dsn, BIGCOMMERCE_SHARED, vendor="bigcommerce", tenant=tenant, lane=lane)) as pace:
        yield {"pace": pace}


def _dsn() -> str:
    """The business database's; without one nothing can be shared, and a client keeps its own, lower limits."""
    return os.environ.get("BRIDGE_DSN", "")
