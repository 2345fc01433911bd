"""How a person lets an app into Xero, and what the app's tokens are worth afterwards.

Who is hurt if this breaks: a merchant whose connection ends at night, because the client met a kinder sandbox by day.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from xero_desk import Desk
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.identity import IdentityApi

from include.sandbox.town import Town

WHO = ("sandbox-client", "sandbox-secret")
BACK = "http://localhost:8912/callback"
SCOPE = "offline_access accounting.invoices accounting.settings.read"
ASKED = {
    "response_type": "code",
    "client_id": "sandbox-client",
    "redirect_uri": BACK,
    "scope": SCOPE,
    "state": "s t&=",
}


def consent(desk: Desk, answer: str = "allow", **asked: str) -> dict[str, str]:
    """A person opens the link and presses a button: what the browser carries back to the app."""
    wanted = ASKED | asked
    page = desk.call("GET", "/identity/connect/authorize", params=wanted)
    assert page.status_code == 200, page.text
    pressed = desk.call("POST", "/identity/connect/authorize", data=wanted | {"answer": answer})
    assert pressed.status_code == 302, pressed.text
    to = pressed.headers["location"]
    assert to.startswith(f"{wanted['redirect_uri']}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(to).query).items()}


def exchange(desk: Desk, code: str, redirect_uri: str = BACK) -> Any:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return desk.call("POST", "/connect/token", data=form, auth=WHO)


def refresh(desk: Desk, token: str) -> Any:
    return desk.call("POST", "/connect/token", data={"grant_type": "refresh_token", "refresh_token": token}, auth=WHO)


def refused(answer: Any) -> bool:
    return (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})


@pytest.fixture
def desk(town: Town) -> Desk:
    return Desk(town)


class TestConsent:
    def test_the_page_names_app_scopes_and_organisation(self, town: Town, desk: Desk) -> None:
        page = desk.call("GET", "/identity/connect/authorize", params=ASKED)

        assert page.headers["content-type"].startswith("text/html")
        assert town.books.organisation["Name"] in page.text
        assert "accounting.invoices" in page.text

    def test_a_yes_comes_back_with_code_and_state(self, desk: Desk) -> None:
        back = consent(desk)

        assert back["state"] == "s t&="
        assert back["code"]
        assert back["scope"] == SCOPE

    def test_a_no_comes_back_without_a_code(self, desk: Desk) -> None:
        assert consent(desk, "deny") == {"error": "access_denied", "state": "s t&="}

    @pytest.mark.parametrize(
        "wrong",
        [
            {"client_id": "somebody"},
            {"redirect_uri": "http://localhost:8912/callback/"},
            {"redirect_uri": "http://127.0.0.1:8912/callback"},
            {"response_type": "token"},
            {"scope": "accounting.everything"},
            {"scope": ""},
        ],
    )
    def test_a_wrong_request_is_told_to_the_person_and_sends_nobody_anywhere(
        self, desk: Desk, wrong: dict[str, str]
    ) -> None:
        for answer in (
            desk.call("GET", "/identity/connect/authorize", params=ASKED | wrong),
            desk.call("POST", "/identity/connect/authorize", data=ASKED | wrong | {"answer": "allow"}),
        ):
            assert answer.status_code == 400
            assert "location" not in answer.headers

    def test_127_0_0_1_is_refused_even_where_somebody_registered_it(self, town: Town, desk: Desk) -> None:
        town.books.consents.redirect_uris.add("http://127.0.0.1:9/callback")
        told = ASKED | {"redirect_uri": "http://127.0.0.1:9/callback"}

        assert desk.call("GET", "/identity/connect/authorize", params=told).status_code == 400

    def test_what_an_id_token_holds_nobody_has_recorded(self, desk: Desk) -> None:
        told = ASKED | {"scope": "openid offline_access"}

        assert desk.call("GET", "/identity/connect/authorize", params=told).status_code == 501


class TestTheCode:
    def test_it_becomes_an_access_and_a_refresh_token(self, desk: Desk) -> None:
        answer = exchange(desk, consent(desk)["code"])

        body = answer.json()
        assert (body["expires_in"], body["token_type"]) == (1800, "Bearer")
        assert set(body["scope"].split()) == set(SCOPE.split())
        assert body["refresh_token"]

    def test_without_offline_access_there_is_no_refresh_token(self, desk: Desk) -> None:
        body = exchange(desk, consent(desk, scope="accounting.invoices")["code"]).json()

        assert "refresh_token" not in body

    def test_it_is_taken_once(self, desk: Desk) -> None:
        code = consent(desk)["code"]
        exchange(desk, code)

        assert refused(exchange(desk, code))

    def test_it_is_worth_nothing_after_five_minutes(self, town: Town, desk: Desk) -> None:
        code = consent(desk)["code"]
        town.clock.advance(5 * 60)

        assert refused(exchange(desk, code))

    def test_it_is_bound_to_its_redirect(self, desk: Desk) -> None:
        assert refused(exchange(desk, consent(desk)["code"], "http://localhost:8912/callback/"))


class TestRefreshing:
    def test_each_refresh_gives_a_new_refresh_token(self, desk: Desk) -> None:
        first = exchange(desk, consent(desk)["code"]).json()["refresh_token"]
        second = refresh(desk, first).json()["refresh_token"]
        third = refresh(desk, second).json()["refresh_token"]

        assert len({first, second, third}) == 3

    def test_the_one_before_works_again_for_half_an_hour(self, town: Town, desk: Desk) -> None:
        first = exchange(desk, consent(desk)["code"]).json()["refresh_token"]
        lost = refresh(desk, first).json()["refresh_token"]
        town.clock.advance(29 * 60)

        again = refresh(desk, first)

        assert again.status_code == 200
        assert refresh(desk, again.json()["refresh_token"]).status_code == 200
        assert refused(refresh(desk, lost))

    def test_the_one_before_is_worth_nothing_after_half_an_hour(self, town: Town, desk: Desk) -> None:
        first = exchange(desk, consent(desk)["code"]).json()["refresh_token"]
        refresh(desk, first)
        town.clock.advance(30 * 60)

        assert refused(refresh(desk, first))

    def test_unused_it_lives_sixty_days(self, town: Town, desk: Desk) -> None:
        first = exchange(desk, consent(desk)["code"]).json()["refresh_token"]
        town.clock.advance(59 * 86_400)
        second = refresh(desk, first).json()["refresh_token"]
        town.clock.advance(60 * 86_400)

        assert refused(refresh(desk, second))

    def test_a_lost_answer_leaves_the_token_used(self, town: Town, base: str) -> None:
        desk = Desk(town)
        first = exchange(desk, consent(desk)["code"]).json()["refresh_token"]
        town.stories.lose_the_next_token("xero")

        form = {"grant_type": "refresh_token", "refresh_token": first}
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{base}/connect/token", data=form, auth=WHO, trust_env=False)
        assert httpx.post(f"{base}/connect/token", data=form, auth=WHO, trust_env=False).status_code == 200
        assert town.calls.count(path="/connect/token", status=0) == 1

    def test_an_unknown_grant_is_refused(self, desk: Desk) -> None:
        answer = desk.call("POST", "/connect/token", data={"grant_type": "password"}, auth=WHO)

        assert answer.json() == {"error": "unsupported_grant_type"}


class TestTheTenant:
    def test_only_what_the_person_chose_is_listed_and_opens(self, town: Town, desk: Desk) -> None:
        town.books.consents.organisations["5a9db0c5-0000-4000-8000-0000000000bb"] = "The other one"
        back = desk.call(
            "POST",
            "/identity/connect/authorize",
            data=ASKED | {"answer": "allow", "tenant": "5a9db0c5-0000-4000-8000-0000000000bb"},
        )
        code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
        desk.headers["authorization"] = f"Bearer {exchange(desk, code).json()['access_token']}"

        listed = desk.call("GET", "/connections").json()

        assert [each["tenantName"] for each in listed] == ["The other one"]
        desk.headers["xero-tenant-id"] = town.books.tenant_id
        assert desk.get("Organisation").status_code == 403

    def test_without_a_tenant_nothing_opens_as_it_does_for_a_custom_connection(self, town: Town, desk: Desk) -> None:
        desk.headers["authorization"] = f"Bearer {exchange(desk, consent(desk)['code']).json()['access_token']}"

        assert desk.get("Organisation").status_code == 403
        desk.headers["xero-tenant-id"] = town.books.tenant_id
        assert desk.get("Organisation").status_code == 200
        assert desk.get("Contacts").status_code == 403  # no such scope

    def test_a_revoked_consent_opens_nothing(self, town: Town, desk: Desk) -> None:
        given = exchange(desk, consent(desk)["code"]).json()
        desk.headers |= {"authorization": f"Bearer {given['access_token']}", "xero-tenant-id": town.books.tenant_id}

        ended = desk.call("POST", "/connect/revocation", data={"token": given["refresh_token"]}, auth=WHO)

        assert ended.status_code == 200
        assert desk.get("Organisation").status_code == 401
        assert refused(refresh(desk, given["refresh_token"]))


def test_the_vendors_own_sdk_lives_from_a_consent(town: Town, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """xero-python finds the tenant, reads, refreshes by itself when its token is old, and revokes."""
    for name in ("refresh_token_url", "client_credentials_token_url"):
        monkeypatch.setattr(TokenApi, name, f"{base}/connect/token")
    monkeypatch.setattr(TokenApi, "revoke_token_url", f"{base}/connect/revocation")
    desk = Desk(town)
    given = exchange(desk, consent(desk)["code"]).json()
    kept: dict[str, Any] = given | {"scope": given["scope"].split(), "expires_at": 0.0}  # as old as can be
    token = OAuth2Token(client_id="sandbox-client", client_secret="sandbox-secret")
    client = ApiClient(Configuration(oauth2_token=token), pool_threads=1)
    client.oauth2_token_getter(lambda: kept)
    client.oauth2_token_saver(kept.update)

    tenants = [each.tenant_id for each in IdentityApi(client, base_url=base).get_connections()]
    books = AccountingApi(client, base_url=f"{base}/api.xro/2.0")
    organisation = books.get_organisations(tenants[0]).organisations[0]

    assert tenants == [town.books.tenant_id]
    assert organisation.base_currency.value == "AUD"
    assert kept["refresh_token"] != given["refresh_token"]
    assert town.calls.count(path="/connect/token", status=200) == 2
    ended = kept["refresh_token"]
    assert token.revoke_access_token(client)
    assert refused(refresh(desk, ended))
