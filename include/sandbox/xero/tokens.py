"""The token endpoint of Xero's identity service, and where tokens are revoked (reference xero.md 1.1 to 1.3)."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest

from include.sandbox.ground import Answer, Asked, Clock, NeverSeen
from include.sandbox.xero.consents import Consent, Consents

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
        self.consents: dict[str, Consent] = {}
        self.is_closed = False

    def give(self, scopes: frozenset[str] = frozenset(), consent: Consent | None = None) -> str:
        """A new access token. `scopes` empty: everything the connection may do. `consent`: whose it is, if a person's."""
        token = f"sandbox-{secrets.token_urlsafe(32)}"
        self._good_until[token] = self._clock.now() + ACCESS_TOKEN_LIVES
        self.scopes[token] = scopes
        if consent is not None:
            self.consents[token] = consent
        return token

    def expired_at(self, token: str) -> datetime | None:
        """When the token stopped being good, None while it is. Raises KeyError for one never given or revoked."""
        until = self._good_until[token]
        return until if self._clock.now() >= until else None

    def revoke(self, *, for_good: bool) -> None:
        """No token given so far works any more. `for_good`: and no new one is given."""
        self._good_until.clear()
        self.scopes.clear()
        self.consents.clear()
        self.is_closed = self.is_closed or for_good

    def revoke_of(self, consent: Consent) -> None:
        """The access tokens of one consent work no more."""
        for token in [token for token, whose in self.consents.items() if whose is consent]:
            del self._good_until[token], self.scopes[token], self.consents[token]


def token_answer(asked: Asked, tokens: Tokens, consents: Consents, client_id: str, client_secret: str) -> Answer:
    """What the token endpoint answers: a token, or the OAuth error in `error`.

    Source  reference xero.md 1.2 (observed errors) and 1.3. Id and secret come as Basic, or in the form: the vendor's
            own xero-python sends them there. No scope: everything the connection has, as xero-python asks.
    """
    if not asked.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return _error("invalid_request")
    form = asked.form()
    if (refused := _refusal(asked, form, client_id, client_secret)) is not None:
        return refused
    grant = form.get("grant_type", "")
    if grant == "client_credentials":
        return _error("invalid_client") if tokens.is_closed else _by_id_and_secret(form, tokens)
    if grant == "authorization_code":
        consent = consents.spend_code(form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier", ""))
        if consent is None or tokens.is_closed:
            return _error("invalid_grant")
        refresh = consents.give_refresh_token(consent) if consent.is_lasting else ""
        return _given(tokens, consent, refresh)
    if grant == "refresh_token":
        rotated = None if tokens.is_closed else consents.rotate(form.get("refresh_token", ""))
        if rotated is None:
            return _error("invalid_grant")
        if form.get("scope") and frozenset(form["scope"].split()) != rotated[0].scopes:
            # [U]: pyxero #296 says "invalid grant" in passing; nobody recorded it.
            raise NeverSeen("a refresh that names other scopes than were consented to")
        return _given(tokens, *rotated)
    # Recorded: a body in JSON's form under a form's type has none (a question at volcengine.com/article/1466520).
    return _error("unsupported_grant_type")


def revocation_answer(asked: Asked, tokens: Tokens, consents: Consents, client_id: str, client_secret: str) -> Answer:
    """POST /connect/revocation: the consent behind a refresh token ends, with its access tokens and connections.

    Source  reference xero.md 1.1; xero-python wants 200. A token that nobody knows is no error (RFC 7009 2.2).
    """
    form = asked.form()
    if (refused := _refusal(asked, form, client_id, client_secret)) is not None:
        return refused
    ended = consents.revoke(form.get("token", ""))
    if ended is not None:
        tokens.revoke_of(ended)
        ended.tenants.clear()
    return Answer(200, None, content_type="")


def _refusal(asked: Asked, form: Mapping[str, str], client_id: str, client_secret: str) -> Answer | None:
    given = _credentials(asked.headers, form)
    if given is None or not given[0]:
        return _error("invalid_request")
    if not compare_digest(given[0], client_id) or not compare_digest(given[1], client_secret):
        return _error("invalid_client")
    return None


def _by_id_and_secret(form: Mapping[str, str], tokens: Tokens) -> Answer:
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


def _given(tokens: Tokens, consent: Consent, refresh: str) -> Answer:
    answer = {
        "access_token": tokens.give(consent.scopes, consent),
        "expires_in": int(ACCESS_TOKEN_LIVES.total_seconds()),
        "token_type": "Bearer",
        "scope": " ".join(sorted(consent.scopes)),
    }
    return Answer(200, answer | ({"refresh_token": refresh} if refresh else {}))


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
