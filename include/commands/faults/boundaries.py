"""What is installed in a child: every commit and every request is a boundary, and faults come at boundaries.

Nothing of the product is changed: `Database.commit` is wrapped, and the clients are opened on a transport of ours.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import httpx

from include.clients.sending import trusted
from include.commands.faults.clock import SharedClock
from include.commands.faults.schedule import Boundary, Kind, Moment, Schedule, Vendor
from include.database.connection import Database
from include.sandbox.dispatch import STORY_HEADER

BESIDE = "+"  # in the run's name: it is a second worker's
PAST_THE_KEY_S = 370  # Xero remembers a key for six minutes (reference xero.md 3.3)
TIME_OUT_S = 60  # of a client's read

Ask = Callable[[str], None]


@dataclass
class Boundaries:
    """Counts the boundaries of one run and lets its faults come.

    schedule   None: a run without faults, whose boundaries are only counted
    ask        has the worker do what a child cannot do itself
    note       writes a line into the file of what came
    """

    schedule: Schedule | None
    run: str
    clock: SharedClock
    ask: Ask
    note: Callable[[str], None]
    count: int = 0
    places: int = 0
    lock: Lock = field(default_factory=Lock)

    def reached(self, boundary: Boundary) -> Kind | None:
        """Count it. What comes here comes, but for a story of the vendor's, which is given back."""
        with self.lock:
            self.count += 1
            if self.schedule is None:
                return None
            has_place = self.schedule.has_place(boundary)
            self.places += has_place
            count, places = self.count, self.places if has_place else 0
        kind = self.schedule.fault_at(self.run, count, boundary, places)
        if kind is None or (kind.name == "second worker" and BESIDE in self.run):
            return None
        where = f"{boundary.moment} {boundary.vendor}".strip()
        self.note(f"at {self.run} {count} {where}: {kind.name}")
        if kind.story is not None or kind.name.startswith("time-out"):
            return kind
        if kind.name == "shop changes":
            self.ask(kind.name)  # which notes it, if there is anything to change
            return None
        self.note(f"fired {kind.name}")
        if kind.name == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif kind.name == "clock past the key":
            self.clock.advance(PAST_THE_KEY_S)
        else:
            self.ask(kind.name)
        return None

    def install(self) -> None:
        """Wrap every commit of this process."""
        commit = Database.commit

        def bounded(database: Database) -> None:
            self.reached(Boundary("before commit"))
            commit(database)
            self.reached(Boundary("after commit"))

        Database.commit = bounded  # type: ignore[method-assign, assignment]

    def transport(self) -> httpx.BaseTransport:
        """What a client is opened on."""
        return _Bounded(self)


class _Bounded(httpx.BaseTransport):
    """Sends over HTTP, with a boundary before each request and after each answer."""

    def __init__(self, boundaries: Boundaries) -> None:
        self._boundaries = boundaries
        self._inner = httpx.HTTPTransport(verify=trusted(), limits=httpx.Limits(max_connections=10))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        here = self._boundaries
        sent = _boundary(request, "before request")
        kind = here.reached(sent)
        if kind is not None:
            if kind.name == "time-out, never arrived":
                here.note(f"fired {kind.name}")
                here.clock.advance(5)
                raise httpx.ConnectTimeout("made to", request=request)
            if kind.story is not None:
                request.headers[STORY_HEADER] = json.dumps(
                    {"story": kind.story, "kind": kind.name, **_arguments(kind, sent)}
                )
        try:
            response = self._inner.handle_request(request)
            response.request = request
            response.read()
        except httpx.RemoteProtocolError:
            if kind is not None and kind.name.startswith("time-out"):
                here.clock.advance(TIME_OUT_S)  # the vendor let the line drop; what we see is that nothing comes
                raise httpx.ReadTimeout("made to", request=request) from None
            raise
        finally:
            request.headers.pop(STORY_HEADER, None)
        if kind is not None and kind.name == "time-out, carried out":
            here.note(f"fired {kind.name}")
            here.clock.advance(TIME_OUT_S)
            raise httpx.ReadTimeout("made to", request=request)
        here.reached(_boundary(request, "after answer"))
        return response

    def close(self) -> None:
        self._inner.close()


def _arguments(kind: Kind, boundary: Boundary) -> dict[str, Any]:
    if kind.name == "token revoked" and boundary.vendor == "bigcommerce":
        return {}  # there it is for good anyway
    return dict(kind.arguments)


def _boundary(request: httpx.Request, moment: Moment) -> Boundary:
    path = request.url.path
    vendor: Vendor = "bigcommerce" if path.startswith("/stores/") else "xero"
    is_token_call = path == "/connect/token"
    is_write = request.method != "GET" and not is_token_call
    return Boundary(moment, vendor, is_write, is_token_call, _elements(request) if is_write else 0)


def _elements(request: httpx.Request) -> int:
    body = json.loads(request.content or b"{}")
    lists = [value for value in body.values() if isinstance(value, list)] if isinstance(body, dict) else []
    return len(lists[0]) if len(lists) == 1 else 1
