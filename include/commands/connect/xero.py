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
from dataclasses import replace
from typing import Any

import httpx

from include.clients.errors import ApiError, ConsentNeeded
from include.clients.sending import TIMEOUT, trusted
from include.clients.xero import SCOPES
from include.clients.xero_consent import LASTING, Tenant, consent_link, consent_of, tenants_of
from include.clients.xero_token import Token, app_name
from include.clients.xero_token_service import TokenService
from include.commands.connect.asking import NotConnectedError, answer_of, arguments, choose, redirect_of, words
from include.commands.doctor.__main__ import main as doctor
from include.commands.stack.processes import StackError
from include.commands.surroundings import surroundings
from include.keepers.tokens import KeptTokens, tokens_of
from include.settings.connections import (
    Connection,
    NoConnectionError,
    books_arguments,
    books_login_url,
    grant_of,
    read,
)
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
        kept = _keeper(connection, environment, asked.store)
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


def _keeper(connection: Connection, environment: Mapping[str, str], store_key: str) -> KeptTokens:
    if grant_of(connection) != "authorization_code":
        raise NotConnectedError(
            f"Connection {connection.conn_id} asks for its tokens with id and secret, as a Custom Connection does; "
            "where a person is to consent, set its grant to authorization_code"
        )
    kept = tokens_of(connection.conn_id, environment, store=store_key)
    if kept is None:
        raise NotConnectedError(
            "BRIDGE_DSN and BRIDGE_KEY are not set: they say where and under which key tokens are kept"
        )
    return kept


def _connected(asked: argparse.Namespace, connection: Connection, told: Mapping[str, Any], kept: KeptTokens) -> str:
    redirect_uri, state = redirect_of(asked), secrets.token_urlsafe(24)
    scopes = tuple(scope for scope in told.get("scopes", SCOPES) if scope != LASTING)
    kept.standing()  # whether the table is there is learnt before anybody is bothered
    link = consent_link(
        books_login_url(connection),
        client_id=told["client_id"],
        redirect_uri=redirect_uri,
        scopes=scopes,
        state=state,
    )

    def judge(back: Mapping[str, str]) -> str:
        if not secrets.compare_digest(back.get("state", "").encode(), state.encode()):
            return "This is not the answer to the question that was asked here."
        return "" if back.get("code") or back.get("error") else "There is no code in this answer."

    back = answer_of(link, asked, judge)
    if "code" not in back:
        raise NotConnectedError(f"access was not allowed ({''.join(filter(str.isprintable, back['error']))[:100]}).")
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False, verify=trusted()) as http:
        service = TokenService(
            token_url=told["token_url"], client_id=told["client_id"], client_secret=told["client_secret"], http=http
        )
        token = _exchanged(service, back["code"], redirect_uri)
    tenant = _tenant(tenants_of(told["base_url"], token), told["tenant_id"] or "", asked.tenant)
    kept.for_app(app_name(service))
    kept.consent(
        replace(token, expires_at=kept.now() + token.expires_at, tenant_id=tenant.tenant_id),
        tenant_name=tenant.name,
        by=getpass.getuser(),
    )
    missing = set(scopes) - set(token.scopes.split())
    lacks = f" It lacks {words(sorted(missing))}: see which scopes the app has." if missing else ""
    return f"Connected: {tenant.name}, for Connection {connection.conn_id}. The tokens are kept, sealed.{lacks}\n"


def _exchanged(service: TokenService, code: str, redirect_uri: str) -> Token:
    try:
        token = consent_of(service, code, redirect_uri)
    except ConsentNeeded:
        raise NotConnectedError(
            "Xero refused the code (invalid_grant): it lives five minutes and is taken once. Begin again."
        ) from None
    if not token.refresh:
        raise NotConnectedError("Xero gave no refresh token: the app may not ask for offline_access.")
    return token


def _tenant(tenants: Sequence[Tenant], of_connection: str, wanted: str) -> Tenant:
    books = {each.tenant_id: each for each in tenants if each.kind == "ORGANISATION"}
    names = {tenant_id: each.name for tenant_id, each in books.items()}
    if of_connection and of_connection not in books:
        raise NotConnectedError(
            f"the consent is not for the Connection's tenant_id; it is for {words(list(names.values()))}."
        )
    return books[of_connection or choose("The consent opens these organisations; say TENANT=", names, wanted)]


if __name__ == "__main__":
    sys.exit(main())
