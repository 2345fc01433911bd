"""One call over a line to a vendor: sent until it is answered, refused, or given up.

What follows each attempt is decided in `after`; when the next may start, in `pacing`. Here is only the sending, and
its limits: time-outs on everything, a limit on the body while it streams in, no redirects.
"""

from __future__ import annotations

import functools
import logging
import re
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import TypeVar
from urllib.parse import quote, urlsplit

import httpx

from include.clients.after import After, Ask, RetryIn, SoFar, Take, arrives, unknown
from include.clients.allowance import Told
from include.clients.answers import Answer, NoAnswer, Unreadable
from include.clients.errors import ApiError, Unavailable
from include.clients.pacing import Pace

T = TypeVar("T")

BODY_BYTES_MAX = 64 * 1024 * 1024  # a page of 250 orders with 50 lines each is about 25 MiB
BODY_TIME_MAX_S = 120.0  # a body that drips in never meets the read time-out
REPEAT_FOR_S = 240.0  # Xero keeps a key for about 6 minutes (xero.md 3.3); after that a repeat would write twice
TIMEOUT = httpx.Timeout(connect=5.0, read=60.0, write=30.0, pool=30.0)

# At INFO httpx prints whole URLs, and ours ask for people by e-mail; at DEBUG httpcore prints header sets with tokens.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_HIDDEN = b"[hidden]"


@dataclass(frozen=True, slots=True)
class Call:
    """One call a client can make: method and path with `{names}`, as the vendor's manual lists it."""

    method: str
    path: str

    def at(self, **names: object) -> str:
        """The path with its names filled in, each as one quoted segment."""
        return re.sub(r"\{(\w+)\}", lambda found: quote(str(names[found[1]]), safe=""), self.path)


class Line:
    """A line to one vendor's door. Safe to share between threads."""

    def __init__(
        self,
        http: httpx.Client,
        *,
        after: After,
        pace: Pace,
        hear: Callable[[Answer], Told],
        secrets: Callable[[], Sequence[str]] = tuple,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        body_bytes_max: int = BODY_BYTES_MAX,
        within: str = "",
    ) -> None:
        """`within` is the path that all calls share: errors name a call without it."""
        self.http = http
        self.calls = 0
        self.pace = pace
        self._after = after
        self._hear = hear
        self._secrets = secrets
        self._clock = clock
        self._sleep = sleep
        self._body_bytes_max = body_bytes_max
        self._within = within
        self._lock = Lock()

    def send(
        self,
        request: httpx.Request,
        read: Callable[[Answer], T],
        *,
        ask: Ask = "read",
        repeat_for_s: float = REPEAT_FOR_S,
        sent_before: bool = False,
    ) -> T:
        """What `read` makes of the answer, once there is one to be read. Every error names the call.

        read           raises Unreadable for an answer that it cannot read; that counts as a failed attempt.
        ask            "read"; "keyed write": the vendor recognises a repeat; "write": it does not, so it leaves once.
        repeat_for_s   a write does not leave later than this: neither again, nor for the first time after it waited for
                       its turn. By then another run may have read it back as absent (design 4.2).
        sent_before    the same write may already have left in an earlier call of ours.

        Raises Unavailable, DayLimitSpent, OutcomeUnknown, Refused, NotAllowed, NotUnderstood, and what `read` raises.
        """
        try:
            return self._sent(request, read, ask, repeat_for_s, sent_before)
        except ApiError as error:
            error.call = error.call or f"{request.method} {request.url.path.removeprefix(self._within)}"
            raise

    def _sent(
        self, request: httpx.Request, read: Callable[[Answer], T], ask: Ask, repeat_for_s: float, sent_before: bool
    ) -> T:
        so_far = SoFar(may_have_arrived=sent_before and ask != "read")
        began_at = self._clock()
        while True:
            outcome: Answer | NoAnswer | Unreadable
            try:
                latest = began_at + repeat_for_s if ask != "read" else float("inf")
                outcome = self._exchange(request, latest)
            except ApiError as error:
                # The pace or the token said no: this attempt never left. An earlier one may have.
                if so_far.may_have_arrived:
                    raise unknown(error) from None
                raise
            verdict = self._after(outcome, so_far, ask)
            if isinstance(verdict, Take) and isinstance(outcome, Answer):
                if so_far.may_have_arrived and self._clock() > latest:
                    # This process stood still between the look at the clock and the last byte: the vendor may have
                    # forgotten the key, and then says of what it carried out the first time that it cannot be.
                    raise unknown(Unavailable("The answer came when the key may have been forgotten."))
                try:
                    return read(outcome)
                except Unreadable as unreadable:
                    outcome = unreadable
                verdict = self._after(outcome, so_far, ask)
            if isinstance(verdict, ApiError):
                raise verdict
            if not isinstance(verdict, RetryIn):
                raise AssertionError("an answer that cannot be read was taken")
            so_far = replace(
                so_far,
                attempt=so_far.attempt + 1,
                unreadable=so_far.unreadable + verdict.unreadable,
                renewed=so_far.renewed or (isinstance(outcome, Answer) and outcome.status == 401),
                may_have_arrived=so_far.may_have_arrived or (ask != "read" and arrives(outcome)),
            )
            if so_far.may_have_arrived and self._clock() + verdict.wait_s - began_at > repeat_for_s:
                raise verdict.or_else
            self._sleep(verdict.wait_s)

    def _exchange(self, request: httpx.Request, latest: float) -> Answer | NoAnswer | Unreadable:
        """One attempt, in its turn. What came of it is told to the pace, whatever it is."""
        with self.pace.place() as turn:
            if self._clock() > latest:
                raise Unavailable("The call waited too long for its turn.")
            with self._lock:
                self.calls += 1
            turn.outcome = outcome = self._attempt(request)
            if isinstance(outcome, Answer):
                turn.told = self._hear(outcome)
            return outcome

    def _attempt(self, request: httpx.Request) -> Answer | NoAnswer | Unreadable:
        """What came back. httpx's errors end here: they hold the request, and it holds the token."""
        try:
            response = self.http.send(request, stream=True)
            try:
                return self._whole(response)
            finally:
                response.close()
        except Unreadable as unreadable:
            return unreadable
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return NoAnswer("could not be reached", may_have_arrived=False)
        except httpx.TimeoutException:
            return NoAnswer("did not answer in time", may_have_arrived=True, timed_out=True)
        except httpx.TransportError:
            return NoAnswer("broke the connection", may_have_arrived=True)
        except httpx.DecodingError:
            return Unreadable("sent a body that its headers do not describe")

    def _whole(self, response: httpx.Response) -> Answer:
        too_large = Unreadable(f"sent more than {self._body_bytes_max // 2**20} MiB", once_more=False)
        declared = response.headers.get("content-length", "")
        if declared.isdigit() and int(declared[:20]) > self._body_bytes_max:
            raise too_large
        latest = self._clock() + BODY_TIME_MAX_S
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > self._body_bytes_max:
                raise too_large
            if self._clock() > latest:
                raise httpx.ReadTimeout("the body took too long", request=response.request)
            chunks.append(chunk)
        body = b"".join(chunks)
        headers: Mapping[str, str] = {name.lower(): value for name, value in response.headers.items()}
        # A refusal may echo what was sent to it; a good answer is kept to the byte.
        return Answer(response.status_code, headers, body if response.is_success else self._without_secrets(body))

    def _without_secrets(self, body: bytes) -> bytes:
        for secret in self._secrets():
            if secret:
                body = body.replace(secret.encode(), _HIDDEN)
        return body


@functools.cache
def trusted() -> ssl.SSLContext:
    """The authorities that we trust, read once: each reading costs a tenth of a second."""
    return httpx.create_ssl_context()


def door(base_url: str) -> str:
    """The base URL without a trailing slash. Raises ValueError, naming no part of it, unless it is plain http(s)."""
    parts = urlsplit(base_url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("the base URL must be http(s)://host[:port][/path], without user, password or query")
    return base_url.strip().rstrip("/")


def header_word(value: str, what: str) -> str:
    """The value, fit to be sent in a header. Raises ValueError naming `what`, never the value."""
    if not value or not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError(f"{what} is empty, or has a space or an unprintable character in it")
    return value
