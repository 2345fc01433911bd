"""The ground that both vendors stand on: time, what was asked, bad days, limits, and what a route is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from include.sandbox.stories import VENDORS, Stories

__all__ = [
    "VENDORS",
    "Answer",
    "Asked",
    "Call",
    "Calls",
    "Clock",
    "Handler",
    "Limits",
    "NeverSeen",
    "Route",
    "Service",
    "Shape",
    "Stories",
    "Tell",
    "refusal",
    "route",
    "untold",
]


Tell = Callable[[str, Mapping[str, Any]], None]  # something happened: a webhook's scope, and its data


def untold(scope: str, data: Mapping[str, Any]) -> None:
    """Nobody is told."""


class NeverSeen(LookupError):  # noqa: N818 - it names what happened, as all of ours do
    """A handler raises this for what nobody has recorded; the answer is then the 501 of `refusal`."""


class Clock:
    """The sandbox's time, always aware and UTC. It runs with the machine until a test sets it."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._standing: datetime | None = None

    def now(self) -> datetime:
        """The present moment in the sandbox."""
        return self._standing if self._standing is not None else datetime.now(UTC) + self._offset

    def set(self, moment: datetime, *, running: bool = False) -> None:
        """Make it `moment`. The clock then stands still, so that a test can name exact times, unless `running`."""
        moment = moment.astimezone(UTC)
        self._standing = None if running else moment
        self._offset = moment - datetime.now(UTC)

    def set_back(self) -> None:
        """Show the machine's time again, running."""
        self._standing, self._offset = None, timedelta(0)

    def advance(self, seconds: float) -> None:
        """Let this many seconds pass at once. A standing clock stands on, a running one runs on."""
        step = timedelta(seconds=seconds)
        if self._standing is not None:
            self._standing += step
        self._offset += step


@dataclass(frozen=True)
class Call:
    """One request that reached a vendor, and the status it was answered with (0: the answer was lost)."""

    vendor: str
    method: str
    path: str
    template: str
    query: Mapping[str, str]
    status: int
    at: datetime
    is_token_call: bool = False


class Calls:
    """Every call to a vendor since the last `clear`, oldest first, and how many were under way together."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._under_way: dict[str, int] = {}
        self._most_at_once: dict[str, int] = {}
        self._lock = Lock()

    def __iter__(self) -> Iterator[Call]:
        with self._lock:
            return iter(list(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    @contextmanager
    def under_way(self, vendor: str) -> Iterator[int]:
        """Count a call as in flight while the block runs. Gives how many are, this one included."""
        with self._lock:
            together = self._under_way[vendor] = self._under_way.get(vendor, 0) + 1
            self._most_at_once[vendor] = max(together, self._most_at_once.get(vendor, 0))
        try:
            yield together
        finally:
            with self._lock:
                self._under_way[vendor] -= 1

    def record(self, call: Call) -> None:
        """Remember a call that has been answered."""
        with self._lock:
            self._calls.append(call)

    def matching(self, **wanted: object) -> list[Call]:
        """The calls whose fields all equal `wanted`, e.g. `vendor="xero", method="PUT", status=200`.

        `path` matches the path as asked and also the route's template.
        """
        path = wanted.pop("path", None)
        return [
            call
            for call in self
            if all(getattr(call, name) == value for name, value in wanted.items())
            and (path is None or path in (call.path, call.template))
        ]

    def count(self, **wanted: object) -> int:
        """How many calls match, see `matching`."""
        return len(self.matching(**wanted))

    def writes(self, vendor: str | None = None) -> list[Call]:
        """Every call that may have changed something: not GET, and not a token call."""
        return [
            call for call in self if call.method != "GET" and not call.is_token_call and vendor in (None, call.vendor)
        ]

    def most_at_once(self, vendor: str) -> int:
        """The highest number of calls to one vendor that were in flight together since the last `clear`."""
        return self._most_at_once.get(vendor, 0)

    def clear(self) -> None:
        """Forget what was asked. Calls still in flight go on being counted."""
        with self._lock:
            self._calls.clear()
            self._most_at_once.clear()


@dataclass
class Limits:
    """Whether the vendors' limits are enforced, and the figures that an operator may lower or raise."""

    enforced: bool = True
    figures: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request as a handler sees it. `query` holds the last value of each name; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    together: int = 1
    params: Mapping[str, str] = field(default_factory=dict)
    raw_query: str = ""
    refuse_every: int = 0  # an operator's wish: each so many-th element of a list is refused

    def json(self) -> Any:
        """The body as JSON, numbers with a point as Decimal. Raises ValueError when it is not JSON."""
        return json.loads(self.body, parse_float=Decimal)

    def form(self) -> dict[str, str]:
        """The body as a submitted form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """What goes back: `body` is a JSON value (Decimals allowed), text of any other content type, or None for empty."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"

    def encoded(self) -> bytes:
        """The body's bytes. Decimals become JSON numbers: a float's shortest form gives back every amount we hold."""
        if self.body is None:
            return b""
        if isinstance(self.body, str) and not self.content_type.startswith("application/json"):
            return self.body.encode()
        return json.dumps(self.body, default=_plain, separators=(",", ":")).encode()


def _plain(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")


Handler = Callable[[Asked], Answer]
Shape = Callable[[Any], list[str]]  # gives what is wrong with an answer's body, in words; empty when nothing is


@dataclass(frozen=True)
class Route:
    """One call that a vendor is known to answer, and where that is known from."""

    method: str
    path: str
    handler: Handler
    source: str
    query: frozenset[str]
    shape: Shape | None
    is_token_call: bool
    pattern: re.Pattern[str]


def route(
    method: str,
    path: str,
    handler: Handler,
    *,
    source: str,
    query: Iterable[str] = (),
    shape: Shape | None = None,
    is_token_call: bool = False,
) -> Route:
    """Declare a route. `path` holds `{name}` for one segment, `query` names every parameter that the handler obeys.

    `shape` judges the bodies of its 2xx answers, see `field_tables`. Raises ValueError without a source.
    """
    if not source.strip():
        raise ValueError(f"{method} {path}: a route without a source is a guess")
    pattern = re.compile("".join(f"(?P<{p[1:-1]}>[^/]+)" if p[:1] == "{" else re.escape(p) for p in _parts(path)))
    return Route(method, path, handler, source, frozenset(query), shape, is_token_call, pattern)


def _parts(path: str) -> list[str]:
    return re.split(r"(\{\w+\})", path)


@dataclass
class Service:
    """One vendor: its routes and its manner of refusing.

    gate        runs around every routed call: who asks, limits, what is remembered. It calls `work` or answers itself.
    throttled   the vendor's 429; the flag says whether it carries the headers.
    refused     the vendor's refusal of a record that breaks its rules.
    down        the vendor's answer when it is out of service.
    shapes      what bodies of other statuses must look like, by status.
    """

    vendor: str
    prefixes: tuple[str, ...]
    routes: list[Route]
    gate: Callable[[Asked, Route, Callable[[], Answer]], Answer]
    throttled: Callable[[bool], Answer]
    refused: Callable[[Asked], Answer]
    down: Callable[[int], Answer] = lambda status: Answer(status, "", content_type="text/html; charset=utf-8")
    shapes: dict[int, Shape] = field(default_factory=dict)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route that answers, with the values of its `{name}` segments. Earlier routes win."""
        for known in self.routes:
            if known.method == method and (match := known.pattern.fullmatch(path)):
                return known, match.groupdict()
        return None


def refusal(method: str, path: str, unknown: str) -> Answer:
    """The 501 for what nobody has recorded: it says what was asked, and what to do about it."""
    return Answer(
        501,
        {
            "sandbox": "never seen",
            "asked": f"{method} {path}",
            "unknown": unknown,
            "todo": "find out what the vendor answers, then add it to the sandbox's routes together with its source",
        },
    )
