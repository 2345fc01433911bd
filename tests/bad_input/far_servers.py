"""Small servers on real sockets: one that never stops talking, one that sends people elsewhere, one that listens."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BLOCK = b" " * 2**16
GIVE_UP_AFTER = 256 * 2**20  # so that a client that does not stop costs seconds, not a gigabyte


class Server(ThreadingHTTPServer):
    """What was asked of it, by method and path, with the headers; and how much it sent."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.sent = 0
        self.hung_up = threading.Event()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Quiet(BaseHTTPRequestHandler):
    server: Any

    def log_message(self, *words: Any) -> None:
        pass

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        self.reply()

    do_GET = do_PUT = do_POST = answer  # noqa: N815  (the names that http.server looks for)

    def reply(self) -> None:
        self.send_response(204)
        self.end_headers()


class Endless(Quiet):
    """JSON that never ends, without saying how long it is."""

    def reply(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        try:
            while self.server.sent < GIVE_UP_AFTER:
                self.wfile.write(BLOCK)
                self.server.sent += len(BLOCK)
        except OSError:
            self.server.hung_up.set()


def elsewhere(status: int, location: str, token: bytes = b"") -> type[Quiet]:
    """A server that sends every call to another place; `token` is what it gives at /connect/token all the same."""

    class Elsewhere(Quiet):
        def reply(self) -> None:
            if token and self.path == "/connect/token":
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(token)))
                self.end_headers()
                self.wfile.write(token)
                return
            self.send_response(status)
            self.send_header("location", f"{location}{self.path}")
            self.send_header("content-length", "0")
            self.end_headers()

    return Elsewhere


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[Server]:
    """The server while the block runs."""
    server = Server(handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
