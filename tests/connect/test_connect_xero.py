"""A person lets our app into Xero: the whole hand-shake against the sandbox, over HTTP, with the page on this machine.

Business risk: a connection that only its developer can make; a stranger's answer that is taken for the merchant's; a token in a
terminal that somebody copies into a ticket.
"""

from __future__ import annotations

import socket
import threading
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from include.clients.xero import Xero
from include.commands.connect import asking, xero
from include.keepers.tokens import tokens_of
from include.sandbox.bigcommerce import apps as bigcommerce_apps
from include.sandbox.xero import consents as xero_consents
from include.settings.connections import books_arguments, read

OTHER = "5a9db0c5-0000-4000-8000-0000000000bb"


def fields(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


def allow(link: str, browser: httpx.Client, **more: str) -> httpx.Response:
    """Open the page, press the button, and end where the browser is sent."""
    assert browser.get(link).status_code == 200
    return browser.post(link, data=fields(link) | {"answer": "allow"} | more)


def test_a_person_consents_and_the_store_can_run(desk):
    pages = []

    desk.run(xero.main, lambda link, browser: pages.append(allow(link, browser)))

    [last] = pages
    assert str(last.url).startswith(f"{desk.redirect}?code=")
    assert (last.status_code, last.headers["cache-control"]) == (200, "no-store")
    assert "Go on in the terminal" in last.text
    assert "Connected: " in desk.said
    for line in ("ok    consent to Xero", "ok    scopes of the consent", "ok    connection xero_demo"):
        assert line in desk.said
    assert desk.row()["state"] == "good"
    assert desk.row()["tenant_id"] == desk.town.books.tenant_id
    assert desk.tells_nothing_secret()
    for secret in (*desk.town.books.tokens.scopes, parse_qs(last.url.query.decode())["code"][0]):
        assert secret not in last.text


def test_what_is_kept_is_what_a_run_opens_the_books_with(desk):
    desk.run(xero.main, allow)
    environment = desk.surroundings().environment

    arguments = books_arguments(read("xero_demo", environment))
    with Xero.open(**arguments, tokens=tokens_of("xero_demo", environment)) as books:
        assert books.organisation()["Name"] == desk.town.books.organisation["Name"]


def test_by_default_the_page_is_where_the_sandboxs_apps_are_registered():
    asked = asking.arguments("xero", "").parse_args(["--store", "demo"])

    assert asking.redirect_of(asked) == xero_consents.REDIRECT_URI == bigcommerce_apps.CALLBACK


def test_the_link_asks_for_what_the_flow_needs_and_a_state_that_nobody_guesses(desk):
    links = []

    def look(link, browser):
        links.append(fields(link))
        allow(link, browser)

    desk.run(xero.main, look)
    desk.run(xero.main, look)

    assert links[0]["scope"].split() == [
        "offline_access",
        "accounting.invoices",
        "accounting.payments",
        "accounting.contacts",
        "accounting.settings.read",
    ]
    assert links[0]["redirect_uri"] == desk.redirect
    assert links[0]["state"] != links[1]["state"]
    assert len(links[0]["state"]) >= 32


def test_a_no_connects_nothing_and_says_so(desk):
    code = desk.run(xero.main, lambda link, browser: browser.post(link, data=fields(link) | {"answer": "deny"}))

    assert code == 1
    assert "nothing was connected: access was not allowed (access_denied)" in desk.said
    assert desk.row() is None


def test_a_strangers_answer_is_refused_and_the_merchants_still_taken(desk):
    seen = []

    def clicks(link, browser):
        for told in ({"code": "x", "state": "guessed"}, {"code": "x"}, {"code": "x", "state": "ü"}):
            seen.append(browser.get(desk.redirect, params=told).status_code)
        seen.append(browser.get(f"http://localhost:{desk.port}/favicon.ico").status_code)
        allow(link, browser)

    desk.run(xero.main, clicks)

    assert seen == [400, 400, 400, 404]
    assert desk.row()["state"] == "good"


def test_after_one_answer_the_page_is_gone(desk):
    desk.run(xero.main, allow)

    with pytest.raises(httpx.ConnectError):
        httpx.get(desk.redirect, trust_env=False)


def test_of_several_organisations_one_is_named(desk):
    desk.town.books.consents.organisations[OTHER] = "The other one"
    desk.town.books.connected[OTHER] = "The other one"

    assert desk.run(xero.main, allow) == 1
    assert "The other one" in desk.said
    assert desk.row() is None

    desk.run(xero.main, allow, "--tenant", desk.town.books.organisation["Name"])
    assert desk.row()["tenant_id"] == desk.town.books.tenant_id


def test_an_organisation_that_the_connection_does_not_mean_is_refused(desk):
    desk.books["tenant_id"] = OTHER

    assert desk.run(xero.main, allow) == 1
    assert "not for the Connection's tenant_id" in desk.said
    assert desk.row() is None


def test_a_custom_connection_needs_no_person(desk):
    desk.books["grant"] = "client_credentials"

    assert desk.run(xero.main, lambda *_: pytest.fail("a link was shown")) == 2
    assert "set its grant to authorization_code" in desk.said


def test_without_a_place_to_keep_it_nobody_is_asked(desk):
    desk.environment["BRIDGE_KEY"] = ""

    assert desk.run(xero.main, lambda *_: pytest.fail("a link was shown")) == 2
    assert "BRIDGE_KEY" in desk.said


def test_a_port_that_is_taken_is_named(desk):
    with socket.socket() as other:
        other.bind(("127.0.0.1", desk.port))
        other.listen()
        assert desk.run(xero.main, lambda *_: pytest.fail("a link was shown")) == 1

    assert f"port {desk.port} is taken" in desk.said


def test_nobody_who_comes_back_is_waited_for_no_longer_than_that(desk, monkeypatch):
    monkeypatch.setattr(asking, "WAIT_S", 0.1)

    assert desk.run(xero.main, lambda *_: None) == 1
    assert "nobody came back" in desk.said


def test_on_a_machine_without_a_browser_the_address_is_pasted(desk, monkeypatch):
    given, there = [], threading.Event()

    class Person:
        """Types once the link is there: here, what the browser would have shown."""

        def isatty(self):
            return False

        def readline(self):
            there.wait(10)
            return given[0] + "\n"

    monkeypatch.setattr("sys.stdin", Person())

    def clicks(link, browser):
        to = browser.post(link, data=fields(link) | {"answer": "allow"}, follow_redirects=False)
        given.append(to.headers["location"])
        there.set()

    desk.run(xero.main, clicks, "--paste")

    assert desk.row()["state"] == "good"
