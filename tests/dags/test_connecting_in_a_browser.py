"""A real Airflow, a real browser, and the sandbox's consent pages: a store is connected without a terminal.

Business risk: a journey that works in a test's own client and not in a browser: a cookie that does not come back along the
vendor's link, a policy that stops the way out, a token that Airflow's database does not keep.
"""

import json
import re
import time

import httpx
import pytest
from looking import BROWSER, browser, token

from include.commands.stack.local import local_stack
from include.sandbox.town import Town

pytestmark = [pytest.mark.airflow, pytest.mark.slow]
LIMIT_S = 120


def press(page, words):
    """Press the button, or open the link, of these words; the first on the page."""
    found = f"[...document.querySelectorAll('button, a')].find(each => each.textContent.trim() === {json.dumps(words)})"
    script = f"{found}.click()"
    told = page.ask("Runtime.evaluate", expression=script)
    assert "exceptionDetails" not in told, (words, told)


def press_of(page, vendor, words):
    """The same on one vendor's card."""
    script = (
        f"[...document.querySelectorAll('section[aria-labelledby={vendor}] button')]"
        f".find(each => each.textContent.trim() === {json.dumps(words)}).click()"
    )
    assert "exceptionDetails" not in page.ask("Runtime.evaluate", expression=script), words


def reads(page, text):
    """Wait until the text stands on the page that is open."""
    deadline, seen = time.monotonic() + LIMIT_S, ""
    while time.monotonic() < deadline:
        asked = "location.href + '\\n' + (document.body ? document.body.innerText : '')"
        seen = page.ask("Runtime.evaluate", expression=asked)["result"].get("value", "")
        if text in seen:
            return seen
        time.sleep(0.2)
    raise AssertionError(f"{text!r} was not seen, but: {seen}")


def picture(page, path):
    import base64

    size = page.ask("Page.getLayoutMetrics")["cssContentSize"]
    clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
    told = page.ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
    path.write_bytes(base64.b64decode(told["data"]))


@pytest.mark.skipif(BROWSER is None, reason="no browser on this machine")
def test_a_person_connects_both_vendors_and_tests_them_without_a_terminal(tmp_path):
    town = Town.demo()
    with town.serve() as vendors, local_stack(("postgres", "airflow"), tmp_path / "stack") as stack:
        airflow = stack.airflow.url.replace("127.0.0.1", "localhost")
        town.books.consents.redirect_uris.add(f"{airflow}/bridge/connections/callback")
        town.shop.app.callback = f"{airflow}/bridge/connections/installed"
        shop = {"store_hash": "demo1", "access_token": "typed-before", "login_url": vendors, "client_id": "sandbox-app",
                "client_secret": "sandbox-app-secret"}  # fmt: skip
        books = {"grant": "authorization_code", "client_id": "sandbox-client", "client_secret": "sandbox-secret",
                 "identity_url": vendors, "login_url": None, "tenant_id": None, "scopes": None,
                 "webhook_secret": "planted-webhooks-key"}  # fmt: skip
        for kind, extra in (("bigcommerce", shop), ("xero", books)):
            told = {"connection_id": f"{kind}_demo", "conn_type": kind, "host": vendors, "port": 0}
            stack.airflow.call("POST", "/connections", told | {"extra": json.dumps(extra)})

        # Airflow's own list and Test button, over its REST API.
        shown = json.dumps(stack.airflow.call("GET", "/connections/xero_demo"))
        assert "planted-webhooks-key" not in shown
        assert "sandbox-secret" not in shown
        tried = stack.airflow.call("POST", "/connections/test", {"connection_id": "xero_demo", "conn_type": "xero",
                                   "host": vendors, "port": 0, "extra": json.dumps(books)})  # fmt: skip
        assert tried["status"] is False
        assert "Nobody has consented yet" in tried["message"]

        held = token(airflow, "ops", stack.keys.ops_password)
        assert httpx.get(f"{airflow}/bridge/connections", follow_redirects=False).status_code in (303, 401)
        with browser(tmp_path, airflow, held) as page:
            page.ask("Page.enable")
            page.ask("Page.navigate", url=f"{airflow}/bridge/connections?store=demo")
            reads(page, "Nobody has consented yet.")
            picture(page, tmp_path / "before.png")

            press_of(page, "xero", "Connect")
            assert vendors in reads(page, "An app asks to be let into Xero")
            picture(page, tmp_path / "at_the_vendor.png")
            press(page, "Deny")
            reads(page, "Access was not allowed")
            picture(page, tmp_path / "denied.png")
            press(page, "Back")
            reads(page, "Nobody has consented yet.")

            press_of(page, "xero", "Connect")
            reads(page, "An app asks to be let into Xero")
            press(page, "Allow access")
            reads(page, "Connected with Xero.")
            press_of(page, "xero", "Test")
            seen = reads(page, "Xero was asked, and it works.")
            assert re.search(r"All 4 scopes are there\. [\d,]+ calls are left today\.", seen)

            press_of(page, "bigcommerce", "Consent again")
            reads(page, "An app asks to be installed")
            press(page, "Confirm")
            reads(page, "Connected with BigCommerce.")
            press_of(page, "bigcommerce", "Test")
            seen = reads(page, "BigCommerce was asked, and it")
            assert "BigCommerce answers for" in seen
            picture(page, tmp_path / "after.png")
            assert not [each for each in (town.shop.app.token, "sandbox-secret", "planted") if each in seen]

            assert page.shows(f"{airflow}/connections", "xero_demo", tmp_path / "airflows_own_list.png")
            dark = [{"name": "prefers-color-scheme", "value": "dark"}]
            page.ask("Emulation.setEmulatedMedia", features=dark)
            page.ask("Page.navigate", url=f"{airflow}/bridge/connections?store=demo")
            reads(page, "Consent again")
            picture(page, tmp_path / "dark.png")

        # The other fields of the Connection are as they were.
        kept = json.loads(stack.airflow.call("GET", "/connections/bigcommerce_demo")["extra"])
        assert kept["client_secret"] == "***"
        assert kept["client_id"] == "sandbox-app"
