"""An app is installed in a store: the link that asks its owner, and the permanent token for the code that comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from include.clients.after import after_bigcommerce
from include.clients.answers import Answer, Unreadable, json_in
from include.clients.pacing import OpenPace, told_nothing
from include.clients.sending import TIMEOUT, Call, Line, door, header_word, trusted

INSTALL = Call("GET", "/app/{client_id}/install")
TOKEN = Call("POST", "/oauth2/token")


@dataclass(frozen=True, slots=True)
class Installed:
    """The token of an app in a store. It does not expire; a new consent ends it. scopes: names with blanks between."""

    access: str = field(repr=False)
    scopes: str
    context: str


def install_link(login_url: str, client_id: str) -> str:
    """The address that the store's owner opens. Source: the vendor's dev-docs, "Creating an install button"."""
    return door(login_url) + INSTALL.at(client_id=client_id)


def token_for(
    login_url: str,
    *,
    client_id: str,
    client_secret: str,
    code: str,
    context: str,
    scope: str,
    redirect_uri: str,
    transport: httpx.BaseTransport | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Installed:
    """The token for this code. Source: bigcommerce.md 1, docs/integrations/apps/guide/auth.mdx.

    The code is sent once: after a lost answer the owner installs the app again.
    Raises Refused, NotAllowed, Unavailable, OutcomeUnknown, NotUnderstood.
    """
    told = {
        "client_id": client_id,
        "client_secret": client_secret,
        "code": code,
        "context": context,
        "scope": scope,
        "grant_type": "authorization_code",
        "redirect_uri": redirect_uri,
    }
    with httpx.Client(
        headers={"Accept": "application/json"},
        timeout=TIMEOUT,
        transport=transport,
        follow_redirects=False,
        verify=trusted(),
    ) as http:
        secrets = (client_secret, code)
        line = Line(
            http, after=after_bigcommerce, pace=OpenPace(), hear=told_nothing, secrets=lambda: secrets, sleep=sleep
        )
        return line.send(
            http.build_request(TOKEN.method, door(login_url) + TOKEN.path, json=told), _token_in, ask="write"
        )


def _token_in(answer: Answer) -> Installed:
    said: Any = json_in(answer)
    access = said.get("access_token") if isinstance(said, dict) else None
    try:
        header_word(access if isinstance(access, str) else "", "the access token")
    except ValueError:
        access = None
    if access is None:
        raise Unreadable("sent no access token")
    return Installed(str(access), str(said.get("scope") or ""), str(said.get("context") or ""))
