"""A line to the books that breaks on purpose at one kind of request, before or after Xero did the work."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Literal

import httpx
from flow_bridge import Bridge

from include.clients.xero import Xero

Break = Literal[
    "answer lost, work done", "answer lost, nothing done", "killed before it is sent", "killed after the answer"
]


class Killed(BaseException):
    """What no `except Exception` of ours sees: a killed process runs none of them either."""


class BrokenLine(httpx.BaseTransport):
    """Every request that matches breaks in this way; all others pass."""

    def __init__(self, pattern: str, how: Break) -> None:
        self._pattern, self._how = re.compile(pattern), how
        self._real = httpx.HTTPTransport()
        self.broke = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self._pattern.search(f"{request.method} {request.url.path}"):
            return self._real.handle_request(request)
        self.broke += 1
        if self._how == "killed before it is sent":
            raise Killed
        if self._how != "answer lost, nothing done":
            self._real.handle_request(request).read()
        if self._how == "killed after the answer":
            raise Killed
        raise httpx.ReadError("the line broke")

    def close(self) -> None:
        self._real.close()


@dataclass
class Breaking(Bridge):
    """The bridge with such a line, whose client does not wait between its tries."""

    line: BrokenLine | None = None

    @contextmanager
    def books(self) -> Iterator[Xero]:
        with super().books(transport=self.line, sleep=lambda seconds: None) as client:
            yield client


def breaking(bridge: Bridge, pattern: str, how: Break) -> Breaking:
    """This bridge, until the line is whole again."""
    return Breaking(**{each.name: getattr(bridge, each.name) for each in fields(Bridge)}, line=BrokenLine(pattern, how))


def minutes_later(bridge: Bridge, minutes: int) -> None:
    """Time passes for Xero, which forgets keys, and for the ledger; what a run left open is anybody's to finish."""
    bridge.town.clock.advance(60 * minutes)
    with bridge.db.transaction(), bridge.db._connection.cursor() as cursor:
        cursor.execute(f"UPDATE chunk SET sent_at = sent_at - INTERVAL '{minutes} minutes'")
    bridge.a_while_later()
