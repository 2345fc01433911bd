"""Xero's token service: a form goes there, a token comes back (xero.md 1.1 to 1.3)."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from include.clients.after import Ask, Outcome, SoFar, Verdict, after_xero_token
from include.clients.answers import Answer, Unreadable, json_in
from include.clients.errors import ConsentNeeded
from include.clients.pacing import OpenPace, told_nothing
from include.clients.problems import problems_of
from include.clients.sending import Call, Line, door, header_word

LIFE_MAX_S = 1800.0  # xero.md 1.3; a longer claim is not believed
TOKEN_BYTES_MAX = 1024 * 1024
TOKEN_CALL = Call("POST", "/connect/token")
SECRET_FIELDS = ("refresh_token", "code", "code_verifier")
ENDED = "Xero no longer accepts the consent (invalid_grant)."


@dataclass(frozen=True, slots=True)
class Token:
    """An access token. `expires_at` is in seconds of the clock of whoever keeps it.

    refresh     what gives the next one, of a consent alone; empty else.
    scopes      what was granted, as Xero says it: names with blanks between.
    tenant_id   the organisation that was chosen with the consent; empty where the Connection says it.
    """

    access: str = field(repr=False)
    expires_at: float
    refresh: str = field(default="", repr=False)
    scopes: str = ""
    tenant_id: str = ""


class TokenService:
    """The door where tokens are given out. Safe to share between threads that ask one after the other."""

    def __init__(
        self,
        *,
        token_url: str,
        client_id: str,
        client_secret: str,
        http: httpx.Client,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = door(token_url)
        self.client_id = header_word(client_id, "the client id")
        pair = f"{self.client_id}:{header_word(client_secret, 'the client secret')}"
        self._basic = base64.b64encode(pair.encode()).decode()
        self._client_secret = client_secret
        self.clock = clock
        self._sent: tuple[str, ...] = ()
        self._line = Line(
            http,
            after=_after,
            pace=OpenPace(),
            hear=told_nothing,
            secrets=self.secrets,
            clock=clock,
            sleep=sleep,
            body_bytes_max=TOKEN_BYTES_MAX,
        )

    def secrets(self) -> tuple[str, ...]:
        """What no error may show."""
        return (self._client_secret, self._basic, *self._sent)

    def close(self) -> None:
        """Close the connections."""
        self._line.http.close()

    def ask(self, form: Mapping[str, str], now: Callable[[], float]) -> Token:
        """The token that Xero gives for this form. `now` is the clock of whoever keeps it.

        Repeats   when no answer comes: client credentials give another token, and a refresh token may be tried again for
                  30 minutes (xero.md 1.2). A code is spent by the first try; its repeat is refused, and the person
                  consents again.
        Raises    ConsentNeeded for `invalid_grant`, NotAllowed for any other refusal, Unavailable, NotUnderstood.
        """
        self._sent = tuple(form[name] for name in SECRET_FIELDS if name in form)
        request = self._line.http.build_request(
            TOKEN_CALL.method,
            self.url,
            content=urlencode(form).encode(),
            headers={
                "Authorization": f"Basic {self._basic}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
        )
        return self._line.send(request, lambda answer: _token_in(answer, now), ask="read")


def _after(outcome: Outcome, so_far: SoFar, ask: Ask) -> Verdict:
    if isinstance(outcome, Answer) and outcome.status == 400 and "invalid_grant" in problems_of(outcome):
        return ConsentNeeded(ENDED)
    return after_xero_token(outcome, so_far, ask)


def _token_in(answer: Answer, now: Callable[[], float]) -> Token:
    said = json_in(answer)
    content: Mapping[str, Any] = said if isinstance(said, dict) else {}
    life_s = content.get("expires_in")
    if not isinstance(content.get("access_token"), str) or not isinstance(life_s, int) or life_s <= 0:
        raise Unreadable("sent no access token")
    access, refresh = content["access_token"], content.get("refresh_token") or ""
    if not _fits(access) or (refresh and not _fits(refresh)):
        raise Unreadable("sent an access token that fits in no header")
    scopes = content.get("scope")
    return Token(access, now() + min(float(life_s), LIFE_MAX_S), refresh, scopes if isinstance(scopes, str) else "")


def _fits(word: object) -> bool:
    try:
        header_word(word if isinstance(word, str) else "", "the token")
    except ValueError:
        return False  # what it says is not carried on: the word is a secret
    return True
