"""What commands are asked for, checked before they do anything, and where they look it up."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from include.commands.stack.processes import StackError
from include.commands.surroundings import surroundings
from include.database.connection import Database, DatabaseUnsetError, connect
from include.settings.store import SettingsError, Store, store_named


def store(key: str) -> Store:
    """The store of that key, as an argument's `type`: argparse tells what is wrong, and ends with 2."""
    try:
        return store_named(key)
    except SettingsError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


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
