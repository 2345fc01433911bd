"""`make connect-xero STORE=key`: a person lets our app into the organisation; the tokens go into their sealed row.

Exit code: the doctor's; 1 where nothing was connected, 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from include.clients.errors import ApiError
from include.commands.connect.asking import answer_of, arguments, choose, redirect_of, words
from include.commands.doctor.__main__ import main as doctor
from include.commands.stack.processes import StackError
from include.commands.surroundings import surroundings
from include.connecting.books import NotConnectedError, keep, keeper_of, link_of, opened_by
from include.keepers.tokens import KeptTokens
from include.settings.connections import Connection, NoConnectionError, books_arguments, read
from include.settings.store import SettingsError, store_named


def main(said: Sequence[str] | None = None) -> int:
    """Ask, keep, examine."""
    parser = arguments("xero", "Let our app into a store's Xero organisation, by a person's consent.")
    parser.add_argument("--tenant", default="", help="the organisation's name or tenant id, where there are several")
    asked = parser.parse_args(said)
    try:
        environment = surroundings(os.environ).environment
        store = store_named(asked.store)
        connection = read(store.file.xero.connection, environment)
        kept = keeper_of(connection, environment, asked.store)
        told = books_arguments(connection)
    except (SettingsError, StackError, NoConnectionError, NotConnectedError, ValueError) as error:
        print(f"connect-xero: {error}", file=sys.stderr)
        return 2
    try:
        print(_connected(asked, connection, told, kept), flush=True)
    except (NotConnectedError, ApiError) as error:
        print(f"connect-xero: nothing was connected: {error}", file=sys.stderr)
        return 1
    return doctor(["--store", asked.store])


def _connected(asked: argparse.Namespace, connection: Connection, told: Mapping[str, Any], kept: KeptTokens) -> str:
    redirect_uri, state, verifier = redirect_of(asked), secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    kept.standing()  # whether the table is there is learnt before anybody is bothered
    link = link_of(connection, redirect_uri=redirect_uri, state=state, verifier=verifier)

    def judge(back: Mapping[str, str]) -> str:
        if not secrets.compare_digest(back.get("state", "").encode(), state.encode()):
            return "This is not the answer to the question that was asked here."
        return "" if back.get("code") or back.get("error") else "There is no code in this answer."

    back = answer_of(link, asked, judge)
    if "code" not in back:
        raise NotConnectedError(f"access was not allowed ({''.join(filter(str.isprintable, back['error']))[:100]}).")
    opened = opened_by(connection, kept, code=back["code"], redirect_uri=redirect_uri, verifier=verifier)
    chosen = told["tenant_id"] or choose(
        "The consent opens these organisations; say TENANT=", opened.names, asked.tenant
    )
    missing = keep(connection, kept, opened, chosen, by=getpass.getuser())
    lacks = f" It lacks {words(missing)}: see which scopes the app has." if missing else ""
    name = opened.names[chosen]
    return f"Connected: {name}, for Connection {connection.conn_id}. The tokens are kept, sealed.{lacks}\n"


if __name__ == "__main__":
    sys.exit(main())
