"""What an answer tells beside its content: the vendor's clock, and how many calls are left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.request import getproxies, proxy_bypass

import httpx

BODY_BYTES_LOOKED_AT = 4096
_XERO_STAMP = re.compile(rb'"DateTimeUTC"\s*:\s*"\\?/Date\((\d{10,15})')


class Listening(httpx.BaseTransport):
    """A transport that remembers of the last answer: its headers, the vendor's moment, and ours when it came.

    The moment is the `Date` header; where none came, the `DateTimeUTC` at the head of Xero's answers.
    """

    def __init__(self) -> None:
        self._inner: dict[str | None, httpx.HTTPTransport] = {}
        self.headers = httpx.Headers()
        self.their_moment: datetime | None = None
        self.our_moment = datetime.now(UTC)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on, and listen to the answer."""
        proxy = _proxy_for(request.url)
        if proxy not in self._inner:
            self._inner[proxy] = httpx.HTTPTransport(proxy=proxy)
        response = self._inner[proxy].handle_request(request)
        self.headers = response.headers
        self.our_moment = datetime.now(UTC)
        self.their_moment = _date_of(response.headers)
        stream = response.stream
        if self.their_moment is None and isinstance(stream, httpx.SyncByteStream):
            response.stream = _Overheard(stream, self)
        return response

    def hear(self, head: bytes) -> None:
        """Take the vendor's moment out of the beginning of a body."""
        found = _XERO_STAMP.search(head)
        if found and self.their_moment is None:
            self.their_moment = datetime.fromtimestamp(int(found[1]) / 1000, UTC)

    def close(self) -> None:
        """Close the connections."""
        for transport in self._inner.values():
            transport.close()

    def number(self, header: str) -> int | None:
        """The whole number in a header of the last answer, or None."""
        value = self.headers.get(header, "")
        return int(value) if value.isascii() and value.isdigit() else None


class _Overheard(httpx.SyncByteStream):
    """The same stream; its first bytes are looked at once they have passed."""

    def __init__(self, inner: httpx.SyncByteStream, listening: Listening) -> None:
        self._inner, self._listening = inner, listening

    def __iter__(self) -> Iterator[bytes]:
        head = b""
        for chunk in self._inner:
            if len(head) < BODY_BYTES_LOOKED_AT:
                head += chunk[:BODY_BYTES_LOOKED_AT]
                self._listening.hear(head)
            yield chunk

    def close(self) -> None:
        self._inner.close()


def _proxy_for(url: httpx.URL) -> str | None:
    """The proxy that the flow's clients would use: httpx looks for none where it is given a transport."""
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    return proxy if proxy and not proxy_bypass(url.host) else None


def _date_of(headers: httpx.Headers) -> datetime | None:
    try:
        moment = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
