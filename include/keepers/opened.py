"""Which keepers a client is opened with. Who opens a client outside of these shares nothing with the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from include.settings.store import Store

Lane = Literal[
    "batch", "seconds", "operations"
]  # whose call it is: a reserve is kept from the batch lane for the others


@contextmanager
def for_books(store: Store, lane: Lane = "batch") -> Iterator[dict[str, Any]]:
    """What `Xero.open` is given beside the Connection's own fields."""
    yield {}


@contextmanager
def for_shop(store: Store, lane: Lane = "batch") -> Iterator[dict[str, Any]]:
    """What `BigCommerce.open` is given beside the Connection's own fields."""
    yield {}
