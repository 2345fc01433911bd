"""The console in a browser without a screen, over real HTTP: who is logged in is said by a cookie, as in Airflow.

Who somebody is, Airflow reads from its token and its own database, which is not here; what they may is asked of its manager.
"""

import base64
import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from looking import BROWSER, browser
from store_desk import ROOT

PICTURES = Path(os.environ.get("BRIDGE_PICTURES") or ROOT / ".local" / "pictures")
PATIENCE_S = 20

__all__ = ["BROWSER", "PICTURES", "Window", "window"]


class Window:
    """A tab of the browser, and the hands of who sits before it."""

    def __init__(self, page, url, name):
        self._page, self.url, self._name = page, url, name
        page.ask("Page.enable")

    def open(self, path):
        """Go to a page of the console."""
        self._page.ask("Page.navigate", url=f"{self.url}/bridge/{path}")
        self._loaded()

    def run(self, script):
        """What a piece of script answers on the page."""
        answer = self._page.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def words(self):
        """What is seen."""
        return " ".join((self.run("document.body ? document.body.innerText : ''") or "").split())

    def reads(self, text):
        """Wait until the text is seen; what is seen then."""
        deadline = time.monotonic() + PATIENCE_S
        while text not in (seen := self.words()):
            assert time.monotonic() < deadline, f"{text!r} is not seen on {self.address()}: {seen[:1500]}"
            time.sleep(0.05)
        return seen

    def address(self):
        """Where the browser is."""
        return self.run("location.href")

    def press(self, words):
        """Press the first button or link that says so."""
        found = self.run(
            "(() => { const one = [...document.querySelectorAll('button, a, summary')].find(each =>"
            f" each.innerText.trim() === {words!r}); if (!one) return false; one.click(); return true; }})()"
        )
        assert found, f"there is no button or link {words!r} on {self.address()}"
        self._loaded()

    def type(self, name, text):
        """Write into the first field of that name, as typed."""
        assert self.run(
            f"(() => {{ const one = document.querySelector('[name={name}]'); one.focus(); return !!one; }})()"
        )
        self._page.ask("Input.insertText", text=text)

    def keys(self, *keys):
        """Press keys, one after the other."""
        for key in keys:
            more = {"text": "\r"} if key == "Enter" else {"text": key} if len(key) == 1 else {}
            for kind in ("keyDown", "keyUp"):
                self._page.ask("Input.dispatchKeyEvent", type=kind, key=key, **(more if kind == "keyDown" else {}))
        self._loaded()

    def theme(self, theme):
        """Light or dark, as Airflow keeps it."""
        self.run(f"localStorage.setItem('theme', {theme!r})")

    def narrow(self, width=400):
        """The screen of a telephone; 0 for the whole one again."""
        if width:
            self._page.ask(
                "Emulation.setDeviceMetricsOverride", width=width, height=850, deviceScaleFactor=1, mobile=True
            )
        else:
            self._page.ask("Emulation.clearDeviceMetricsOverride")

    def picture(self, name):
        """Keep what is seen, the whole page, under this name."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        shot = self._page.ask("Page.captureScreenshot", captureBeyondViewport=True)
        (PICTURES / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))

    def _loaded(self):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            time.sleep(0.08)
            if self.run("document.readyState") == "complete":
                return
        raise TimeoutError("the page did not load")


@contextmanager
def window(console, folder, who, role="viewer"):
    """A browser in which somebody is logged in; the console is served beside it."""
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from airflow.api_fastapi.core_api.security import get_user
    from fastapi import HTTPException, Request

    def by_cookie(request: Request):
        name, _, role = request.cookies.get("_token", "").partition(".")
        if not name:
            raise HTTPException(401)
        return SimpleAuthManagerUser(username=name, role=role)

    console.app.dependency_overrides = {get_user: by_cookie}
    server = uvicorn.Server(uvicorn.Config(console.whole, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive()
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        with browser(folder, url, f"{who}.{role}") as page:
            yield Window(page, url, who)
    finally:
        server.should_exit = True
        thread.join(10)
        console.app.dependency_overrides = {}
