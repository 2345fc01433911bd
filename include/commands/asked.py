"""What commands are asked for, checked before they do anything, and where they look it up."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from include.clients.bigcommerce import BigCommerce
from include.clients.xero import Xero
from include.commands.stack.processes import StackError
from include.commands.surroundings import surroundings
from include.database.connection import Database, DatabaseUnsetError, connect
from include.keepers.opened import for_books, for_shop
from include.settings.connections import NoConnectionError, books_arguments, read, shop_arguments, warehouse_arguments
from include.settings.store import SettingsError, Store, store_named


def store(key: str) -> Store:
    """The store of that key, as an argument's `type`: argparse tells what is wrong, and ends with 2."""
    try:
        return store_named(key)
    except SettingsError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


@contextmanager
def vendors(store: Store) -> Iterator[tuple[BigCommerce, Xero]]:
    """The store's clients, by the Connections of the shell, of .env, or of a stack that runs here; closed at the end.

    A person waits for them, so they may spend what is kept from runs. Ends the program with 2 where there is none.
    """
    around = surroundings(os.environ).environment
    try:
        shop_at = shop_arguments(read(store.file.bigcommerce.connection, around))
        books_at = books_arguments(read(store.file.xero.connection, around))
    except (NoConnectionError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    with (
        for_shop(store, "operations") as shop_kept,
        for_books(store, "operations") as books_kept,
        BigCommerce.open(**shop_at, **shop_kept) as shop,
        Xero.open(**books_at, **books_kept) as books,
    ):
        yield shop, books


def warehouse_of(store: Store) -> dict[str, Any]:
    """What `Warehouse.open` takes for the store's feed. Ends the program with 2 where there is none."""
    try:
        return dict(warehouse_arguments(read(str(store.file.stock.connection), surroundings(os.environ).environment)))
    except (NoConnectionError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)


@contextmanager
def database() -> Iterator[Database]:
    """The business database of the shell, of .env, or of a stack that runs here. Ends the program with 2 where there is none."""
    try:
        around = surroundings(os.environ)
        for name, value in around.environment.items():
            if name.startswith("BRIDGE_"):
                os.environ.setdefault(name, value)
        with connect() as db:
            yield db
    except (StackError, DatabaseUnsetError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
