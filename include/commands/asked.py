"""What commands are asked for, checked before they do anything."""

import argparse

from include.settings.store import SettingsError, Store, store_named


def store(key: str) -> Store:
    """The store of that key, as an argument's `type`: argparse tells what is wrong, and ends with 2."""
    try:
        return store_named(key)
    except SettingsError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
