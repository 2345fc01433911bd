"""Xero's access token, as an httpx authentication: by client credentials, or by a person's consent.

A token lives for 30 minutes (xero.md 1.2, 1.3). It is fetched when first needed, kept until shortly before it expires, and
given up when Xero answers 401; the call is then sent once more by `after.after_xero`, with a new one. One caller fetches at
a time. It is never logged.

Client credentials (a Custom Connection): a new one is asked for with id and secret; there is no refresh token.
A consent: each refresh gives a new refresh token as well. It is kept before the access token is used; if it was lost on the
way, the one before works for 30 minutes more. When Xero says `invalid_grant`, only a person can help: ConsentNeeded.

Where tokens are kept is a seam: `Tokens` and `Consented`. In memory here; a row under a lock in `include/keepers`.
"""

from __future__ import annotations

import hashlib
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from threading import Lock
from typing import Literal, Protocol, runtime_checkable

import httpx

from include.clients.xero_token_service import TOKEN_CALL, Token, TokenService

__all__ = [
    "EXPIRES_EARLY_S",
    "TOKEN_CALL",
    "Bearer",
    "ClientCredentials",
    "Consented",
    "Grant",
    "MemoryTokens",
    "Refreshing",
    "Token",
    "Tokens",
    "app_name",
    "bearer",
]

Grant = Literal["client_credentials", "authorization_code"]
EXPIRES_EARLY_S = 60.0  # a token must outlive the call that carries it


class Tokens(Protocol):
    """Where tokens are kept, and the lock around fetching one."""

    def take(self, fetch: Callable[[], Token]) -> Token:
        """The token that is good now. If there is none: the one that `fetch` gives.

        One caller fetches at a time, others wait for its token. It is kept before anybody uses it.
        """

    def give_up(self, token: Token) -> None:
        """This token was refused. Forget it, unless another has taken its place."""

    def now(self) -> float:
        """The keeper's clock, in seconds."""


@runtime_checkable
class Consented(Tokens, Protocol):
    """Where tokens outlive the process, and a consent with them: its refresh token, and whether it has ended."""

    def for_app(self, name: str) -> None:
        """Whose tokens are meant from now on: one that another app was given is not handed out."""

    def renew(self, refresh: Callable[[str], Token]) -> Token:
        """The token that is good now. If there is none: what `refresh` makes of the kept refresh token, kept first.

        Raises ConsentNeeded where none was given or it has ended, without asking anybody; and lets pass the one that
        `refresh` raises, after which the consent has ended.
        """


class MemoryTokens:
    """Tokens kept in this process, for as long as it lives."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._token: Token | None = None
        self._lock = Lock()

    def take(self, fetch: Callable[[], Token]) -> Token:
        """See `Tokens.take`."""
        with self._lock:
            if self._token is None or self._clock() >= self._token.expires_at - EXPIRES_EARLY_S:
                self._token = None  # a fetch that fails must not leave the old one behind
                self._token = fetch()
            return self._token

    def give_up(self, token: Token) -> None:
        """See `Tokens.give_up`."""
        with self._lock:
            if self._token == token:
                self._token = None

    def now(self) -> float:
        """See `Tokens.now`."""
        return self._clock()


class Bearer(httpx.Auth, ABC):
    """Puts a good token on each request.

    Raises Unavailable when the token service cannot be had, NotAllowed when it refuses, NotUnderstood when its answer
    is none. The call it was for has then not left.
    """

    def __init__(self, service: TokenService, tokens: Tokens) -> None:
        self._service = service
        self._tokens = tokens
        self._last: Token | None = None

    def secrets(self) -> tuple[str, ...]:
        """What no error may show."""
        token = self._last
        return (*self._service.secrets(), token.access if token else "", token.refresh if token else "")

    @property
    def granted(self) -> str:
        """The scopes of the last token, names with blanks between; empty before it, or where Xero did not say."""
        return self._last.scopes if self._last else ""

    def close(self) -> None:
        """Close the connections to the token service."""
        self._service.close()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with a good token; when Xero refuses the token, give it up.

        The repeat is left to the line: in here httpx would read the refusal's body without a limit.
        """
        token = self._last = self._good()
        request.headers["Authorization"] = f"Bearer {token.access}"
        if token.tenant_id and "xero-tenant-id" not in request.headers:
            request.headers["xero-tenant-id"] = token.tenant_id
        response = yield request
        if response.status_code == 401:
            self._tokens.give_up(token)

    @abstractmethod
    def _good(self) -> Token:
        """The token that is good now."""


class ClientCredentials(Bearer):
    """The token of a Custom Connection."""

    def __init__(self, service: TokenService, scopes: Sequence[str], tokens: Tokens) -> None:
        super().__init__(service, tokens)
        self._form = {"grant_type": "client_credentials", "scope": " ".join(scopes)}
        if isinstance(tokens, Consented):
            tokens.for_app(app_name(service, sorted(scopes)))

    def _good(self) -> Token:
        return self._tokens.take(self._fetch)

    def _fetch(self) -> Token:
        return self._service.ask(self._form, self._tokens.now)


class Refreshing(Bearer):
    """The token of a consent."""

    def __init__(self, service: TokenService, tokens: Consented) -> None:
        super().__init__(service, tokens)
        self._consent = tokens
        tokens.for_app(app_name(service))

    def _good(self) -> Token:
        return self._consent.renew(self._refresh)

    def _refresh(self, refresh: str) -> Token:
        return self._service.ask({"grant_type": "refresh_token", "refresh_token": refresh}, self._tokens.now)


def bearer(grant: Grant, service: TokenService, scopes: Sequence[str], tokens: Tokens | None) -> Bearer:
    """The authentication of this grant. Raises ValueError for a consent that nothing keeps."""
    if grant == "client_credentials":
        return ClientCredentials(service, scopes, MemoryTokens(service.clock) if tokens is None else tokens)
    if isinstance(tokens, Consented):
        return Refreshing(service, tokens)
    raise ValueError("a consent must be kept: give the business database and its key (BRIDGE_DSN, BRIDGE_KEY)")


def app_name(service: TokenService, scopes: Sequence[str] = ()) -> str:
    """Which app a token is of: a digest of token service, client id and, where they can be chosen anew, scopes."""
    return hashlib.sha256("\n".join((service.url, service.client_id, *scopes)).encode()).hexdigest()[:16]
