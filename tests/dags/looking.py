"""Airflow's pages as a person sees them, through a browser without a screen (Chrome's DevTools protocol)."""

import base64
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
LIMIT_S = 240  # seconds on an idle machine
POLL_S = 0.5


def token(airflow: str, user: str, password: str) -> str:
    """What Airflow gives to the one who logs in."""
    answer = httpx.post(f"{airflow}/auth/token", json={"username": user, "password": password}, timeout=LIMIT_S)
    return str(answer.raise_for_status().json()["access_token"])


class Page:
    """One tab of the browser, in which somebody is logged in."""

    def __init__(self, told: Any) -> None:
        self._told, self._numbers = told, itertools.count(1)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol, and its result."""
        number = next(self._numbers)
        self._told.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._told.recv(timeout=LIMIT_S))
            if answer.get("id") == number:
                return dict(answer["result"])

    def shows(self, url: str, text: str, picture: Path) -> bool:
        """Whether the text comes to be seen on a page; the picture is of that moment."""
        self.ask("Page.navigate", url=url)
        deadline = time.monotonic() + LIMIT_S
        seen = False
        while not seen and time.monotonic() < deadline:
            time.sleep(POLL_S)
            body = self.ask("Runtime.evaluate", expression="document.body ? document.body.innerText : ''")
            seen = text in body["result"].get("value", "")
        picture.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))
        return seen


@contextmanager
def browser(folder: Path, airflow: str, token: str) -> Iterator[Page]:
    """A tab in which the one who holds the token is logged in. The browser's own files lie in the folder."""
    from websockets.sync.client import connect

    # A profile of its own, told to call nobody but Airflow.
    profile = folder / "browser"
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-proxy-server", "--no-first-run"]
    command += ["--disable-background-networking", "--window-size=1500,950", "--remote-debugging-port=0"]
    process = subprocess.Popen([*command, f"--user-data-dir={profile}"], stderr=subprocess.DEVNULL)
    try:
        port = _port(profile / "DevToolsActivePort")
        tab = httpx.put(f"http://127.0.0.1:{port}/json/new?about:blank", timeout=LIMIT_S).json()
        with connect(tab["webSocketDebuggerUrl"], max_size=None, proxy=None, open_timeout=LIMIT_S) as told:
            page = Page(told)
            page.ask("Network.setCookie", name="_token", value=token, url=airflow)
            yield page
    finally:
        process.terminate()
        process.wait(30)


def _port(written: Path) -> int:
    deadline = time.monotonic() + LIMIT_S
    while not (written.exists() and written.read_text().strip()):
        if time.monotonic() > deadline:
            raise TimeoutError("the browser did not start")
        time.sleep(POLL_S)
    return int(written.read_text().split()[0])
