"""Airflow's pages as a person sees them, through a browser without a screen."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
LOADS_FOR_MS = 12_000  # of the page's own time: Airflow's pages ask for what they show after they have come
LIMIT_S = 180


def token(airflow: str, user: str, password: str) -> str:
    """What Airflow gives to the one who logs in."""
    answer = httpx.post(f"{airflow}/auth/token", json={"username": user, "password": password})
    return str(answer.raise_for_status().json()["access_token"])


def look(url: str, token: str, folder: Path, name: str) -> str:
    """The page as the one who holds the token sees it: its text with tags. A picture of it lies in `folder/name.png`."""
    with _door(url, token) as door:
        shared = [
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-proxy-server",
            f"--user-data-dir={folder / 'browser'}",
            "--window-size=1500,950",
            f"--virtual-time-budget={LOADS_FOR_MS}",
        ]
        picture = [*shared, f"--screenshot={folder / name}.png", door]
        subprocess.run(picture, check=True, capture_output=True, timeout=LIMIT_S)
        page = subprocess.run([*shared, "--dump-dom", door], check=True, capture_output=True, timeout=LIMIT_S)
    return page.stdout.decode(errors="replace")


@contextmanager
def _door(url: str, token: str) -> Iterator[str]:
    """An address that hands out the cookie of a log-in and leads on. A cookie is of a host, whatever the port."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Set-Cookie", f"_token={token}; Path=/; SameSite=Lax")
            self.send_header("Location", url)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Nothing: the token is in no log."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
