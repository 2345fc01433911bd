"""The warehouse: what is on its shelves, read from a feed over HTTP. One GET brings all of it, and nothing is written.

Text/csv, UTF-8, with or without byte order mark, comma or semicolon, a line break after each row, the last one too:

    sku,on_hand,location,as_of
    MUG,12,main,2026-11-24T06:00:00Z

Or application/json, numbers as text or as numbers:

    {"levels": [{"sku": "MUG", "on_hand": "12", "location": "main", "as_of": "2026-11-24T06:00:00Z"}]}

`location` and `as_of` may be left out; other columns and names are left alone. The shape is ours, and this project's only:
docs/warehouse_feed.md describes it for whoever writes the feed.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from include.clients.after import after_warehouse
from include.clients.errors import ApiError
from include.clients.pacing import OpenPace, Pace, told_nothing
from include.clients.sending import TIMEOUT, Line, door, header_word, trusted
from include.clients.warehouse_feed import Feed, feed_in
from include.clients.warehouse_rows import FeedProblem, WarehouseLevel

__all__ = ["Feed", "FeedProblem", "Warehouse", "WarehouseLevel"]

AS_OF_MAX_AGE = timedelta(hours=24)
BODY_BYTES_MAX = 32 * 1024 * 1024  # about half a million rows
# JSON first: it shows by itself that it is whole.
ACCEPTED = "application/json, text/csv;q=0.9"
# Errors name the call so. The address is left out: for many warehouses an address that nobody can guess is the key.
CALL = "GET the warehouse feed"


class Warehouse:
    """A client of one feed. Open it with `open`, use it as a context manager."""

    def __init__(self, line: Line, url: str, as_of_max_age: timedelta, now: Callable[[], datetime]) -> None:
        self._line = line
        self._url = url
        self._as_of_max_age = as_of_max_age
        self._now = now

    @classmethod
    def open(
        cls,
        *,
        url: str,
        token: str,
        as_of_max_age: timedelta = AS_OF_MAX_AGE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        transport: httpx.BaseTransport | None = None,
        pace: Pace | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Self:
        """A client for the feed at `url`. Nothing is asked yet.

        as_of_max_age   what is stated for an earlier moment is not taken.
        now             the time that `as_of` is held against.

        Raises ValueError for an address or token that cannot be right; it names the field, not the value.
        """
        address = _safe_door(url)
        http = httpx.Client(
            headers={
                "Authorization": f"Bearer {header_word(token, 'the token of the warehouse feed')}",
                "Accept": ACCEPTED,
                "User-Agent": "bigcommerce-xero-bridge",
            },
            timeout=timeout,
            transport=transport,
            follow_redirects=False,
            verify=trusted(),
        )
        line = Line(
            http,
            after=after_warehouse,
            pace=OpenPace() if pace is None else pace,
            hear=told_nothing,
            secrets=lambda: (token,),
            clock=clock,
            sleep=sleep,
            body_bytes_max=BODY_BYTES_MAX,
        )
        return cls(line, address, as_of_max_age, now)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._line.http.close()

    @property
    def calls(self) -> int:
        """How many calls were made so far, repeats counted."""
        return self._line.calls

    def levels(self) -> Feed:
        """Every level that the feed states, and the problems of its rows. Raises Unavailable, NotAllowed, NotUnderstood."""
        request = self._line.http.build_request("GET", self._url)
        try:
            return self._line.send(
                request, lambda answer: feed_in(answer, now=self._now(), as_of_max_age=self._as_of_max_age)
            )
        except ApiError as error:
            error.call = CALL
            raise


def _safe_door(url: str) -> str:
    """The feed's address, if a token may be sent there: https, or this very machine. Raises ValueError."""
    address = door(url)
    parts = urlsplit(address)
    if parts.scheme != "https" and not _is_this_machine(parts.hostname or ""):
        raise ValueError("the URL of the warehouse feed must begin with https://: over http its token could be read")
    return address


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
