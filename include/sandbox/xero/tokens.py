"""The token endpoint of Xero's identity service, for a Custom Connection (reference xero.md 1.1 to 1.3)."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest

from include.sandbox.ground import Answer, Asked, Clock, NeverSeen

ACCESS_TOKEN_LIVES = timedelta(minutes=30)

# Broad scopes of older apps and granular ones since March 2026 (reference xero.md 1.4). `.read` exists for each.
_NAMES = (
    "accounting.transactions",
    "accounting.invoices",
    "accounting.payments",
    "accounting.banktransactions",
    "accounting.manualjournals",
    "accounting.settings",
    "accounting.contacts",
    "accounting.attachments",
)
SCOPES = frozenset(_NAMES) | {f"{name}.read" for name in _NAMES} | {"accounting.reports.read"}


class Tokens:
    """The access tokens that were given out, and until when each is good."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._good_until: dict[str, datetime] = {}
        self.scopes: dict[str, frozenset[str]] = {}
        self.is_closed = False

    def give(self, scopes: frozenset[str] = frozenset()) -> str:
        """A new access token. `scopes` empty: everything the connection may do."""
        token = f"sandbox-{secrets.token_urlsafe(32)}"
        self._good_until[token] = self._clock.now() + ACCESS_TOKEN_LIVES
        self.scopes[token] = scopes
        return token

    def expired_at(self, token: str) -> datetime | None:
        """When the token stopped being good, None while it is. Raises KeyError for one never given or revoked."""
        until = self._good_until[token]
        return until if self._clock.now() >= until else None

    def revoke(self, *, for_good: bool) -> None:
        """No token given so far works any more. `for_good`: and no new one is given."""
        self._good_until.clear()
        self.scopes.clear()
        self.is_closed = self.is_closed or for_good


def token_answer(asked: Asked, tokens: Tokens, client_id: str, client_secret: str) -> Answer:
    """What the token endpoint answers: a token, or the OAuth error in `error`.

    Source  reference xero.md 1.2 (observed errors) and 1.3. Id and secret come as Basic, or in the form: the vendor's
            own xero-python sends them there. No scope: everything the connection has, as xero-python asks.
    """
    if not asked.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return _error("invalid_request")
    form = asked.form()
    given = _credentials(asked.headers, form)
    if given is None or not given[0]:
        return _error("invalid_request")
    if not compare_digest(given[0], client_id) or not compare_digest(given[1], client_secret) or tokens.is_closed:
        return _error("invalid_client")
    grant = form.get("grant_type", "")
    if grant != "client_credentials":
        # [U]: refresh tokens come with the rotating grant, which nobody has needed here yet.
        raise NeverSeen(f"grant_type={grant!r}")
    scopes = frozenset(form.get("scope", "").split())
    if not scopes <= SCOPES:
        return _error("invalid_scope")
    answer = {
        "access_token": tokens.give(scopes),
        "expires_in": int(ACCESS_TOKEN_LIVES.total_seconds()),
        "token_type": "Bearer",
        "scope": " ".join(sorted(scopes)) or " ".join(_NAMES),
    }
    return Answer(200, answer)


def _credentials(headers: Mapping[str, str], form: Mapping[str, str]) -> tuple[str, str] | None:
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return name, secret
    return (form["client_id"], form.get("client_secret", "")) if "client_id" in form else None


def _error(name: str) -> Answer:
    return Answer(400, {"error": name})
