"""What people consented to, and the codes and refresh tokens that came of it (reference xero.md 1.1, 1.2).

| fact                                                                     | source                                        |
|--------------------------------------------------------------------------|-----------------------------------------------|
| a code lives 5 minutes and is taken once                                 | xero.md 1.2 [S]                               |
| a refresh token is there only with offline_access; unused it lives 60 days | xero.md 1.2 [O]                             |
| each refresh gives a new one                                             | xero.md 1.2 [O]                               |
| the one before may be tried again for 30 minutes, if the answer was lost | developer.xero.com/faq/oauth2 [O]             |
| redirect: byte for byte; https, or http://localhost; no 127.0.0.1        | xero.md 1.2 [O], [S]                          |
| revocation ends the tokens and the user's connections                    | xero.md 1.1 [S]; the docstring of xero-python |

Not confirmed [U], and so the strictest reading: what was given for a refresh token that is tried again ends what was given
for it before; once its successor was used, it is worth nothing.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from include.sandbox.ground import Clock

CODE_LIVES = timedelta(minutes=5)
REFRESH_TOKEN_LIVES = timedelta(days=60)
GRACE = timedelta(minutes=30)

# The redirect that the sandbox's app has registered. A developer registers his own at developer.xero.com.
REDIRECT_URI = "http://localhost:8912/callback"


@dataclass
class Consent:
    """One person's yes: to these scopes, for these tenants."""

    scopes: frozenset[str]
    redirect_uri: str
    tenants: set[str]
    code: str
    given_at: datetime
    event_id: str = field(default_factory=lambda: str(uuid4()))
    code_is_spent: bool = False
    challenge: str = ""  # of PKCE; the code is worth nothing without its verifier

    @property
    def is_lasting(self) -> bool:
        """Whether refresh tokens come of it."""
        return "offline_access" in self.scopes


@dataclass
class Refresh:
    """One refresh token. `used_at`: when it was first exchanged; `successor` is what came of the latest exchange."""

    consent: Consent
    given_at: datetime
    used_at: datetime | None = None
    successor: str = ""


class Consents:
    """All consents to the sandbox's one app.

    redirect_uris   what is registered with the app
    organisations   tenant id -> name: what the person who consents may choose from, beside the town's own
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.redirect_uris: set[str] = {REDIRECT_URI}
        self.organisations: dict[str, str] = {}
        self._by_code: dict[str, Consent] = {}
        self._refresh: dict[str, Refresh] = {}

    def may_redirect_to(self, uri: str) -> bool:
        """Whether the address is registered, byte for byte, and of a kind that can be registered at all."""
        parts = urlsplit(uri)
        plain = parts.scheme == "http" and parts.hostname == "localhost"
        return uri in self.redirect_uris and (parts.scheme == "https" or plain)

    def give_code(self, scopes: Iterable[str], redirect_uri: str, tenants: Iterable[str], challenge: str = "") -> str:
        """A person said yes: the code that the browser carries back."""
        code = f"sandbox-{secrets.token_urlsafe(32)}"
        self._by_code[code] = Consent(
            frozenset(scopes), redirect_uri, set(tenants), code, self._clock.now(), challenge=challenge
        )
        return code

    def spend_code(self, code: str, redirect_uri: str, verifier: str = "") -> Consent | None:
        """The consent behind a code, for once; None where the code is unknown, spent, too old, or of another redirect.

        verifier  of PKCE: another than the link's challenge is made of is no proof either.
        """
        consent = self._by_code.get(code)
        if consent is None or consent.code_is_spent or consent.redirect_uri != redirect_uri:
            return None
        if self._clock.now() - consent.given_at >= CODE_LIVES:
            return None
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if consent.challenge and digest != consent.challenge:
            return None
        consent.code_is_spent = True
        return consent

    def give_refresh_token(self, consent: Consent) -> str:
        """A new refresh token of a consent."""
        token = f"sandbox-{secrets.token_urlsafe(32)}"
        self._refresh[token] = Refresh(consent, self._clock.now())
        return token

    def rotate(self, token: str) -> tuple[Consent, str] | None:
        """The consent and the next refresh token; None where this one is worth nothing."""
        kept, now = self._refresh.get(token), self._clock.now()
        if kept is None:
            return None
        if kept.used_at is None:
            if now - kept.given_at >= REFRESH_TOKEN_LIVES:
                return None
            kept.used_at = now
        else:
            successor = self._refresh.get(kept.successor)
            if now - kept.used_at >= GRACE or successor is None or successor.used_at is not None:
                return None
            del self._refresh[kept.successor]
        kept.successor = self.give_refresh_token(kept.consent)
        return kept.consent, kept.successor

    def revoke(self, token: str) -> Consent | None:
        """End the consent behind a refresh token, with all its refresh tokens; None where the token is unknown."""
        kept = self._refresh.get(token)
        if kept is None:
            return None
        self._refresh = {name: each for name, each in self._refresh.items() if each.consent is not kept.consent}
        return kept.consent

    def revoke_all(self) -> None:
        """End them all: the app was disconnected."""
        self._by_code.clear()
        self._refresh.clear()
