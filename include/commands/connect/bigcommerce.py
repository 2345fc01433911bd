"""`make connect-bigcommerce STORE=key`: the store's owner installs our app; its token goes to where the Connection lives.

The app's id and secret are asked for, or read from BIGCOMMERCE_CLIENT_ID and BIGCOMMERCE_CLIENT_SECRET: they are needed now and
never again, so they are kept nowhere. A store-level API account needs none of this: its token is typed into the Connection.

Exit code: the doctor's; 1 where nothing was connected, 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence

from include.clients.bigcommerce_install import Installed
from include.clients.errors import ApiError
from include.commands.connect.asking import answer_of, arguments, redirect_of, secret
from include.commands.connect.connection_kept import keep_token
from include.commands.doctor.__main__ import main as doctor
from include.commands.stack.processes import StackError
from include.commands.surroundings import surroundings
from include.connecting.books import NotConnectedError
from include.connecting.shop import installed_by, link_of, wrong_with
from include.settings.connections import Connection, NoConnectionError, read
from include.settings.store import SettingsError, store_named


def main(said: Sequence[str] | None = None) -> int:
    """Ask, keep, examine."""
    asked = arguments("bigcommerce", "Install our app in a store, by its owner's consent.").parse_args(said)
    try:
        around = surroundings(os.environ)
        shop = store_named(asked.store).file.bigcommerce
        connection = _connection(shop.connection, around.environment)
        client_id = secret("BIGCOMMERCE_CLIENT_ID", str(connection.extra_dejson.get("client_id") or ""), "the app's id")
        client_secret = secret(
            "BIGCOMMERCE_CLIENT_SECRET", str(connection.extra_dejson.get("client_secret") or ""), "the app's secret"
        )
    except (SettingsError, StackError, NotConnectedError) as error:
        print(f"connect-bigcommerce: {error}", file=sys.stderr)
        return 2
    try:
        installed = _installed(asked, connection, shop.store_hash, client_id, client_secret)
        print(keep_token(around, connection, shop.store_hash, installed.access), flush=True)
    except (NotConnectedError, ApiError, ValueError) as error:
        print(f"connect-bigcommerce: nothing was connected: {error}", file=sys.stderr)
        return 1
    return doctor(["--store", asked.store])


def _connection(conn_id: str, environment: Mapping[str, str]) -> Connection:
    """The Connection as it is; an empty one where there is none yet."""
    try:
        return read(conn_id, environment)
    except NoConnectionError:
        return Connection(conn_id, "bigcommerce")


def _installed(
    asked: argparse.Namespace, connection: Connection, store_hash: str, client_id: str, client_secret: str
) -> Installed:
    back = answer_of(link_of(connection, client_id), asked, lambda told: wrong_with(told, store_hash))
    return installed_by(
        connection,
        back,
        store_hash=store_hash,
        client_id=client_id,
        client_secret=client_secret,
        redirect_uri=redirect_of(asked),
    )


if __name__ == "__main__":
    sys.exit(main())
