"""How a store's owner installs an app, and what its token is worth. What no page of the vendor describes is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bigcommerce.connection import OAuthConnection
from shop_desk import ShopDesk

from include.sandbox.bigcommerce.apps import CALLBACK
from include.sandbox.town import Town

INSTALL = "/app/sandbox-app/install"


@pytest.fixture
def desk(town: Town) -> ShopDesk:
    return ShopDesk(town)


def install(desk: ShopDesk) -> dict[str, str]:
    """The owner opens the link and confirms: what the browser carries to the app."""
    assert desk.call("GET", INSTALL).status_code == 200
    to = desk.call("POST", INSTALL, data={"answer": "confirm"}).headers["location"]
    assert to.startswith(f"{CALLBACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(to).query).items()}


def asked_with(back: dict[str, str], **changes: str) -> dict[str, str]:
    told = {name: back[name] for name in ("code", "context", "scope")}
    who = {"client_id": "sandbox-app", "client_secret": "sandbox-app-secret"}
    return told | who | {"grant_type": "authorization_code", "redirect_uri": CALLBACK} | changes


def test_the_code_becomes_a_token_of_this_store(town: Town, desk: ShopDesk) -> None:
    back = install(desk)
    assert set(back) == {"account_uuid", "code", "context", "scope", "external_install"}

    given = desk.call("POST", "/oauth2/token", json=asked_with(back)).json()

    assert (given["context"], given["scope"]) == ("stores/demo1", back["scope"])
    assert ShopDesk(town, token=given["access_token"]).v2("store").status_code == 200


def test_a_second_consent_ends_the_apps_token_before_and_no_other(town: Town, desk: ShopDesk) -> None:
    first = desk.call("POST", "/oauth2/token", json=asked_with(install(desk))).json()["access_token"]
    second = desk.call("POST", "/oauth2/token", json=asked_with(install(desk))).json()["access_token"]

    assert ShopDesk(town, token=first).v2("store").status_code == 401
    assert ShopDesk(town, token=second).v2("store").status_code == 200
    assert desk.v2("store").status_code == 200


@pytest.mark.parametrize("wrong", [{"code": "0"}, {"client_secret": "x"}, {"scope": "x"}, {"redirect_uri": "x"}])
def test_no_source_shows_a_refusal_so_none_is_made_up(desk: ShopDesk, wrong: dict[str, str]) -> None:
    assert desk.call("POST", "/oauth2/token", json=asked_with(install(desk), **wrong)).status_code == 501


def test_a_code_is_taken_once(desk: ShopDesk) -> None:
    asked = asked_with(install(desk))

    assert desk.call("POST", "/oauth2/token", json=asked).status_code == 200
    assert desk.call("POST", "/oauth2/token", json=asked).status_code == 501


@pytest.mark.parametrize("path", ["/oauth2/authorize", "/app/somebody/install", "/app/sandbox-app/install/succeeded"])
def test_what_no_page_describes_is_501(desk: ShopDesk, path: str) -> None:
    assert desk.call("GET", path).status_code == 501


def test_cancelling_is_not_described_either(desk: ShopDesk) -> None:
    assert desk.call("POST", INSTALL, data={"answer": "cancel"}).status_code == 501


def test_the_vendors_own_client_fetches_its_token_here(town: Town, base: str) -> None:
    back = install(ShopDesk(town))
    theirs: Any = OAuthConnection("sandbox-app", "demo1")

    given = theirs.fetch_token(
        "sandbox-app-secret", back["code"], back["context"], back["scope"], CALLBACK, f"{base}/oauth2/token"
    )

    assert given["access_token"] in town.shop.tokens
