"""A person's consent to Xero: the link that asks for it, what is given for its code, and which organisations it opens."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from include.clients.after import after_xero
from include.clients.answers import Answer, Unreadable, json_in
from include.clients.pacing import OpenPace, told_nothing
from include.clients.sending import TIMEOUT, Call, Line, door, trusted
from include.clients.xero_token_service import Token, TokenService

AUTHORIZE = Call("GET", "/identity/connect/authorize")
CONNECTIONS = Call("GET", "/connections")
LASTING = "offline_access"  # without it Xero gives no refresh token, xero.md 1.2


@dataclass(frozen=True, slots=True)
class Tenant:
    """What an app may be let into. Only those of kind ORGANISATION have books."""

    tenant_id: str
    name: str
    kind: str


def consent_link(
    login_url: str, *, client_id: str, redirect_uri: str, scopes: Sequence[str], state: str, verifier: str = ""
) -> str:
    """The address that a person opens. Source: xero.md 1.1, 1.2.

    verifier  of PKCE (RFC 7636): who has only the code, out of a log or a history, is given nothing for it.
    """
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    proof = {"code_challenge": challenge, "code_challenge_method": "S256"} if verifier else {}
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join((LASTING, *scopes)),
        "state": state,
        **proof,
    }
    return f"{door(login_url)}{AUTHORIZE.path}?{urlencode(asked)}"


def consent_of(service: TokenService, code: str, redirect_uri: str, verifier: str = "") -> Token:
    """What Xero gives for the code, `expires_at` in seconds from now. Raises as `TokenService.ask` does.

    A code lives 5 minutes and is taken once; the redirect is the one of the link, byte for byte (xero.md 1.2).
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    if verifier:
        form["code_verifier"] = verifier
    return service.ask(form, lambda: 0.0)


def tenants_of(
    base_url: str,
    token: Token,
    transport: httpx.BaseTransport | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Tenant]:
    """All that the person let the app into, earlier consents included. Source: specs/xero/xero-identity.yaml.

    Raises NotAllowed, Unavailable, NotUnderstood.
    """
    headers = {"Authorization": f"Bearer {token.access}", "Accept": "application/json"}
    with httpx.Client(
        headers=headers, timeout=TIMEOUT, transport=transport, follow_redirects=False, verify=trusted()
    ) as http:
        line = Line(
            http, after=after_xero, pace=OpenPace(), hear=told_nothing, secrets=lambda: (token.access,), sleep=sleep
        )
        return line.send(http.build_request(CONNECTIONS.method, door(base_url) + CONNECTIONS.path), _tenants_in)


def _tenants_in(answer: Answer) -> list[Tenant]:
    rows: Any = json_in(answer)
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("tenantId") for row in rows):
        raise Unreadable("sent no list of connections")
    return [Tenant(str(row["tenantId"]), str(row.get("tenantName") or ""), str(row.get("tenantType"))) for row in rows]
