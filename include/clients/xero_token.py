"""Xero's access token by client credentials (a Custom Connection), as an httpx authentication.

A token lives for 30 minutes and there is no refresh token: a new one is asked for with id and secret (xero.md 1.3).
It is fetched when first needed, kept until shortly before it expires, and given up when Xero answers 401; the call is
then sent once more by `after.after_xero`, with a new one. One caller fetches at a time. It is never logged.

Where tokens are kept is a seam: `Tokens`. In memory here; a row under a lock in the database later.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx

from include.clients.after import after_xero_token
from include.clients.answers import Answer, Unreadable, json_in
from include.clients.pacing import OpenPace, told_nothing
from include.clients.sending import Call, Line, door, header_word

EXPIRES_EARLY_S = 60.0  # a token must outlive the call that carries it
LIFE_MAX_S = 1800.0  # xero.md 1.3; a longer claim is not believed
TOKEN_BYTES_MAX = 1024 * 1024
TOKEN_CALL = Call("POST", "/connect/token")


@dataclass(frozen=True, slots=True)
class Token:
    """An access token. `expires_at` is in seconds of the clock of whoever keeps it."""

    access: str = field(repr=False)
    expires_at: float


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


class ClientCredentials(httpx.Auth):
    """Puts a good token on each request.

    Raises Unavailable when the token service cannot be had, NotAllowed when it refuses, NotUnderstood when its answer
    is none. The call it was for has then not left.
    """

    def __init__(
        self,
        *,
        token_url: str,
        client_id: str,
        client_secret: str,
        scopes: Sequence[str],
        http: httpx.Client,
        tokens: Tokens | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = door(token_url)
        pair = f"{header_word(client_id, 'the client id')}:{header_word(client_secret, 'the client secret')}"
        self._basic = base64.b64encode(pair.encode()).decode()
        self._client_secret = client_secret
        self._form = urlencode({"grant_type": "client_credentials", "scope": " ".join(scopes)}).encode()
        self._tokens: Tokens = MemoryTokens(clock) if tokens is None else tokens
        self._last: Token | None = None
        self._line = Line(
            http,
            after=after_xero_token,
            pace=OpenPace(),
            hear=told_nothing,
            secrets=self.secrets,
            clock=clock,
            sleep=sleep,
            body_bytes_max=TOKEN_BYTES_MAX,
        )

    def secrets(self) -> tuple[str, ...]:
        """What no error may show."""
        token = self._last
        return (self._client_secret, self._basic, token.access if token else "")

    def close(self) -> None:
        """Close the connections to the token service."""
        self._line.http.close()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with a good token; when Xero refuses the token, give it up.

        The repeat is left to the line: in here httpx would read the refusal's body without a limit.
        """
        token = self._last = self._tokens.take(self._fetch)
        request.headers["Authorization"] = f"Bearer {token.access}"
        response = yield request
        if response.status_code == 401:
            self._tokens.give_up(token)

    def _fetch(self) -> Token:
        request = self._line.http.build_request(
            TOKEN_CALL.method,
            self._url,
            content=self._form,
            headers={
                "Authorization": f"Basic {self._basic}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
        )
        # Asking twice gives two tokens, and both work: it changes nothing, so it is a read.
        return self._line.send(request, self._token_in, ask="read")

    def _token_in(self, answer: Answer) -> Token:
        content: Any = json_in(answer)
        access = content.get("access_token") if isinstance(content, dict) else None
        life_s = content.get("expires_in") if isinstance(content, dict) else None
        if not isinstance(access, str) or not isinstance(life_s, int) or life_s <= 0:
            raise Unreadable("sent no access token")
        try:
            header_word(access, "the access token")
        except ValueError:
            access = ""
        if not access:
            raise Unreadable("sent an access token that fits in no header")
        return Token(access, self._tokens.now() + min(float(life_s), LIFE_MAX_S))
