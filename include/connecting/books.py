"""A person lets our app into a Xero organisation: the link, what the code that comes back brings, and the sealed row.

Who shows the link and takes the answer is the caller's matter: a command at a terminal, or the console.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx

from include.clients.errors import ConsentNeeded
from include.clients.sending import TIMEOUT, trusted
from include.clients.xero_consent import Tenant, consent_link, consent_of, tenants_of
from include.clients.xero_token import Token, app_name
from include.clients.xero_token_service import TokenService
from include.connecting.books_scopes import lacking, needed_by
from include.keepers.tokens import KeptTokens, tokens_of
from include.settings.connections import Spoken, books_arguments, books_login_url, grant_of

# What a vendor sends back instead of a code (RFC 6749 4.1.2.1), in words.
REFUSALS = {
    "access_denied": "Access was not allowed: somebody pressed Deny or Cancel on the vendor's page.",
    "invalid_scope": "Xero says that the app may not ask for these scopes: compare them with the app at developer.xero.com.",
    "unauthorized_client": "Xero does not let this app ask: its kind must be a web app, and its client id the Connection's.",
    "unsupported_response_type": "Xero does not let this app ask for a consent: its kind must be a web app.",
    "server_error": "Xero had an error of its own. Try again in a few minutes.",
    "temporarily_unavailable": "Xero is too busy just now. Try again in a few minutes.",
}


class NotConnectedError(Exception):
    """Why nothing was connected, and what to do. Never a secret."""


@dataclass(frozen=True)
class Opened:
    """What a person's consent brought. `token.expires_at` is in seconds of `kept.now()`; `books` by their tenant id."""

    token: Token
    books: Mapping[str, Tenant]

    @property
    def names(self) -> dict[str, str]:
        """The organisations by their tenant id."""
        return {tenant_id: each.name for tenant_id, each in self.books.items()}


def keeper_of(connection: Spoken, environment: Mapping[str, str], store_key: str) -> KeptTokens:
    """Where a consent is kept. Raises NotConnectedError where this Connection takes none, or nothing can keep it."""
    if grant_of(connection) != "authorization_code":
        raise NotConnectedError(
            f"Connection {connection.conn_id} asks for its tokens with id and secret, as a Custom Connection does; "
            "where a person is to consent, set its grant to authorization_code"
        )
    kept = tokens_of(str(connection.conn_id), environment, store=store_key)
    if kept is None:
        raise NotConnectedError(
            "BRIDGE_DSN and BRIDGE_KEY are not set: they say where and under which key tokens are kept"
        )
    return kept


def link_of(connection: Spoken, *, redirect_uri: str, state: str, verifier: str) -> str:
    """The address that a person opens. Raises ValueError for a field that is empty or cannot be right."""
    return consent_link(
        books_login_url(connection),
        client_id=books_arguments(connection)["client_id"],
        redirect_uri=redirect_uri,
        scopes=needed_by(connection),
        state=state,
        verifier=verifier,
    )


def refusal(error: str) -> str:
    """What the vendor sent back instead of a code, in words."""
    word = "".join(filter(str.isprintable, error))[:100]
    return REFUSALS.get(word, f"Xero sent back {word!r} instead of a code; begin again.")


def opened_by(connection: Spoken, kept: KeptTokens, *, code: str, redirect_uri: str, verifier: str) -> Opened:
    """The tokens for a code, and the organisations that they open. Raises NotConnectedError, and as the clients do."""
    told = books_arguments(connection)
    kept.standing()  # whether the table is there, and the database's clock
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False, verify=trusted()) as http:
        service = _service(told, http)
        token = _exchanged(service, code, redirect_uri, verifier)
    found = {each.tenant_id: each for each in tenants_of(told["base_url"], token) if each.kind == "ORGANISATION"}
    opened = Opened(replace(token, expires_at=kept.now() + token.expires_at), found)
    wanted = told["tenant_id"]
    if wanted and wanted not in found:
        names = ", ".join(sorted(opened.names.values())) or "none"
        raise NotConnectedError(f"the consent is not for the Connection's tenant_id; it is for {names}.")
    if not found:
        raise NotConnectedError("the consent opens no organisation with books.")
    return replace(opened, books={wanted: found[wanted]}) if wanted else opened


def keep(connection: Spoken, kept: KeptTokens, opened: Opened, tenant_id: str, *, by: str) -> list[str]:
    """Keep the consent for one of its organisations, whatever was kept before; the needed scopes that it lacks."""
    told = books_arguments(connection)
    with httpx.Client(verify=trusted()) as http:
        kept.for_app(app_name(_service(told, http)))
    tenant = opened.books[tenant_id]
    kept.consent(replace(opened.token, tenant_id=tenant_id), tenant_name=tenant.name, by=by)
    return lacking(opened.token.scopes, needed_by(connection))


def _service(told: Mapping[str, Any], http: httpx.Client) -> TokenService:
    return TokenService(
        token_url=told["token_url"], client_id=told["client_id"], client_secret=told["client_secret"], http=http
    )


def _exchanged(service: TokenService, code: str, redirect_uri: str, verifier: str) -> Token:
    try:
        token = consent_of(service, code, redirect_uri, verifier)
    except ConsentNeeded:
        raise NotConnectedError(
            "Xero refused the code (invalid_grant): it lives five minutes and is taken once. Begin again."
        ) from None
    if not token.refresh:
        raise NotConnectedError("Xero gave no refresh token: the app may not ask for offline_access.")
    return token
