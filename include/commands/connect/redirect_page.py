"""The page on this machine to which a vendor sends the browser back. One answer is taken, then the page is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

HOST = "127.0.0.1"  # what http://localhost is on this machine; nobody else's may reach the page
REQUEST_MAX_S = 10.0  # a browser that says nothing does not keep others out for longer
_PAGE = "<!DOCTYPE html><meta charset=utf-8><title>Connect</title><p>{words}</p>"
TAKEN = "That is all that was needed here. Go on in the terminal; this page may be closed."

# What is wrong with an answer, in words for the person in the browser; empty for one to be taken.
Judge = Callable[[Mapping[str, str]], str]


class NobodyCameError(Exception):
    """No answer came in time, or the port is taken."""


def wait_for_answer(
    port: int, path: str, judge: Judge, *, ready: Callable[[], None], timeout_s: float
) -> dict[str, str]:
    """The query of the first request for `path` that `judge` takes; `ready` is called once the page is there.

    Raises NobodyCameError.
    """
    found: list[dict[str, str]] = []

    class Page(BaseHTTPRequestHandler):
        timeout = REQUEST_MAX_S
        server_version = "bridge"
        sys_version = ""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path != path:
                self._say(404, "There is nothing here.")
                return
            told = dict(parse_qsl(parts.query, keep_blank_values=True))
            wrong = judge(told)
            if wrong:
                self._say(400, wrong)
                return
            found.append(told)
            self._say(200, TAKEN)

        def log_message(self, *anything: object) -> None:
            """Nothing: the address of a request holds the code."""

        def _say(self, status: int, words: str) -> None:
            body = _PAGE.format(words=words).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Content-Security-Policy", "default-src 'none'")
            self.end_headers()
            self.wfile.write(body)

    try:
        server = HTTPServer((HOST, port), Page)
    except OSError:
        raise NobodyCameError(f"port {port} is taken; end what uses it, or name another with PORT=") from None
    with server:
        ready()
        latest = time.monotonic() + timeout_s
        while not found:
            server.timeout = latest - time.monotonic()
            if server.timeout <= 0:
                raise NobodyCameError(f"nobody came back within {timeout_s / 60:.0f} minutes")
            server.handle_request()
    return found[0]
