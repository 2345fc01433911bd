"""What stands before the books: tokens, tenant, limits, remembered keys, and bad days.

Who is hurt if this breaks: nobody at once. The client that was tested against a kinder gate stops at night.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import httpx
import pytest
from xero_desk import Desk, an_invoice, messages

from include.sandbox.town import Town

FORM = {"grant_type": "client_credentials", "scope": "accounting.invoices"}
WHO = ("sandbox-client", "sandbox-secret")


class TestTokens:
    def test_the_right_id_and_secret_get_half_an_hour(self, town: Town) -> None:
        answer = Desk(town).call("POST", "/connect/token", data=FORM, auth=WHO)

        body = answer.json()
        assert (body["expires_in"], body["token_type"], body["scope"]) == (1800, "Bearer", "accounting.invoices")

    @pytest.mark.parametrize(
        ("how", "error"),
        [
            ({"data": FORM, "auth": ("sandbox-client", "wrong")}, "invalid_client"),
            ({"data": FORM, "auth": ("somebody", "sandbox-secret")}, "invalid_client"),
            ({"data": FORM, "auth": ("", "sandbox-secret")}, "invalid_request"),
            ({"json": FORM, "auth": WHO}, "invalid_request"),
            ({"data": FORM}, "invalid_request"),
            ({"data": FORM | {"scope": "accounting.everything"}, "auth": WHO}, "invalid_scope"),
        ],
    )
    def test_anything_else_gets_the_documented_error(self, town: Town, how: dict[str, object], error: str) -> None:
        answer = Desk(town).call("POST", "/connect/token", **how)

        assert (answer.status_code, answer.json()) == (400, {"error": error})

    def test_a_token_ends_after_thirty_minutes_and_says_when(self, town: Town) -> None:
        town.clock.set(datetime(2026, 1, 23, 17, 51, 16, tzinfo=UTC))
        desk = Desk(town)
        desk.sign_in()
        town.clock.advance(29 * 60)
        assert desk.get("Organisation").status_code == 200

        town.clock.advance(60)

        answer = desk.get("Organisation")
        assert answer.status_code == 401
        assert answer.json()["Detail"] == "TokenExpired: token expired at 01/23/2026 18:21:16"

    def test_a_revoked_token_is_refused_until_a_new_one_is_taken(self, town: Town) -> None:
        desk = Desk(town)
        desk.sign_in()
        town.stories.revoke_the_token("xero")

        assert desk.get("Organisation").status_code == 401
        desk.sign_in()
        assert desk.get("Organisation").status_code == 200

    def test_no_token_no_answer(self, town: Town) -> None:
        assert Desk(town).get("Organisation").status_code == 401

    def test_a_reading_scope_does_not_write(self, town: Town) -> None:
        desk = Desk(town)
        desk.sign_in("accounting.invoices.read accounting.contacts")

        assert desk.get("Invoices").status_code == 200
        assert desk.write("PUT", "Invoices", {"Invoices": [an_invoice()]}).status_code == 403
        assert desk.get("Accounts").status_code == 403


def test_a_wrong_tenant_is_forbidden_and_none_is_the_connections_own(xero: Desk) -> None:
    wrong = xero.call("GET", "/api.xro/2.0/Organisation", headers={"xero-tenant-id": "somebody-else"})
    assert (wrong.status_code, wrong.json()["detail"]) == (403, "AuthenticationUnsuccessful")

    assert xero.call("GET", "/api.xro/2.0/Organisation", headers={"xero-tenant-id": ""}).status_code == 200
    assert xero.call("GET", "/connections").json()[0]["tenantId"] == xero.town.books.tenant_id


def test_without_accept_json_xero_would_answer_xml_and_the_sandbox_says_so(xero: Desk) -> None:
    answer = xero.call("GET", "/api.xro/2.0/Organisation", headers={"accept": "*/*"})

    assert answer.status_code == 501
    assert "XML" in answer.json()["unknown"]


def test_an_invoice_that_nobody_issued_is_404_in_empty_html(xero: Desk) -> None:
    answer = xero.get("Invoices/d4ad8fd6-5c72-4924-91b1-07f1472eb4c3")

    assert (answer.status_code, answer.text) == (404, "")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


class TestLimits:
    def test_the_sixty_first_call_of_a_minute_waits_until_the_first_is_a_minute_old(self, town: Town) -> None:
        town.clock.set(datetime(2026, 5, 13, 12, tzinfo=UTC))
        desk = Desk(town)
        desk.sign_in()
        for _ in range(60):
            assert desk.get("Organisation").status_code == 200
        town.clock.advance(34)

        refused = desk.get("Organisation")

        assert (refused.status_code, refused.content) == (429, b"")
        assert "content-type" not in refused.headers
        assert refused.headers["x-rate-limit-problem"] == "minute"
        assert refused.headers["retry-after"] == "26"
        assert refused.headers["x-minlimit-remaining"] == "0"
        assert int(refused.headers["x-daylimit-remaining"]) == 5000 - 61
        town.clock.advance(26)
        assert desk.get("Organisation").status_code == 200

    def test_the_day_has_its_own_limit_and_a_long_wait(self, town: Town) -> None:
        town.limits.figures["xero_day"] = 3
        desk = Desk(town)
        desk.sign_in()
        left = [desk.get("Organisation").headers["x-daylimit-remaining"] for _ in range(3)]

        refused = desk.get("Organisation")

        assert left == ["2", "1", "0"]
        assert refused.headers["x-rate-limit-problem"] == "day"
        assert 86_000 < int(refused.headers["retry-after"]) <= 86_400

    def test_a_spent_minute_and_a_spent_day_can_be_told(self, town: Town) -> None:
        desk = Desk(town)
        desk.sign_in()
        town.stories.spend_the_minute("xero")
        assert desk.get("Organisation").headers["x-rate-limit-problem"] == "minute"
        town.clock.advance(60)
        town.stories.spend_the_day("xero", retry_after_s=66_975)
        refused = desk.get("Organisation")
        assert (refused.headers["x-rate-limit-problem"], refused.headers["retry-after"]) == ("day", "66975")

    def test_the_sixth_call_in_flight_is_refused(self, town: Town, base: str) -> None:
        desk = Desk(town)
        desk.sign_in()
        town.stories.answer_slowly("xero", seconds=0.2)

        async def ask() -> list[httpx.Response]:
            async with httpx.AsyncClient(base_url=base, headers=desk.headers) as client:
                return await asyncio.gather(*(client.get("/api.xro/2.0/Organisation") for _ in range(6)))

        answers = asyncio.run(ask())

        refused = [answer for answer in answers if answer.status_code == 429]
        assert [answer.headers["x-rate-limit-problem"] for answer in refused] == ["concurrent"]
        assert "retry-after" not in refused[0].headers
        assert town.calls.most_at_once("xero") == 6

    def test_a_throttle_can_come_without_any_header(self, xero: Desk) -> None:
        xero.town.stories.throttle_next("xero", with_headers=False)

        answer = xero.get("Organisation")

        assert answer.status_code == 429
        assert "x-rate-limit-problem" not in answer.headers


class TestIdempotency:
    def test_the_same_key_gives_the_first_answer_again_for_six_minutes(self, xero: Desk) -> None:
        xero.town.clock.set(datetime(2026, 5, 13, tzinfo=UTC))
        xero.sign_in()
        body = {"Invoices": [an_invoice(InvoiceNumber=None)]}

        first = xero.write("PUT", "Invoices", body, key="k1")
        again = xero.write("PUT", "Invoices", body, key="k1")
        xero.town.clock.advance(6 * 60)
        later = xero.write("PUT", "Invoices", body, key="k1")

        assert first.content == again.content
        assert later.json()["Invoices"][0]["InvoiceID"] != first.json()["Invoices"][0]["InvoiceID"]
        assert len(xero.town.books.invoices()) == 2
        assert xero.town.calls.count(vendor="xero", method="PUT") == 3

    def test_an_error_is_remembered_too(self, xero: Desk) -> None:
        body = {"Contacts": [{"Name": "Jane Doe"}]}
        taken = xero.town.books.add_contact({"Name": "Jane Doe"})

        first = xero.write("PUT", "Contacts", body, key="k1")
        xero.town.books.archive_contact(taken)
        again = xero.write("PUT", "Contacts", body, key="k1")

        assert (first.status_code, again.status_code) == (400, 400)

    @pytest.mark.parametrize("change", ["body", "address", "query"])
    def test_the_same_key_for_another_request_is_refused(self, xero: Desk, change: str) -> None:
        body = {"Contacts": [{"Name": "Jane Doe"}]}
        xero.write("PUT", "Contacts", body, key="k1")

        answer = {
            "body": lambda: xero.write("PUT", "Contacts", {"Contacts": [{"Name": "Bob"}]}, key="k1"),
            "address": lambda: xero.write("POST", "Contacts", body, key="k1"),
            "query": lambda: xero.write("PUT", "Contacts", body, key="k1", summarizeErrors="false"),
        }[change]()

        assert answer.status_code == 400
        assert "Idempotency Key: k1 is used with a different request." in answer.text

    @pytest.mark.parametrize("key", ["k" * 129, " "])
    def test_a_key_that_is_too_long_or_blank_is_refused(self, xero: Desk, key: str) -> None:
        assert xero.write("PUT", "Contacts", {"Contacts": [{"Name": "Jane"}]}, key=key).status_code == 400


class TestBadDays:
    def test_a_lost_answer_leaves_the_work_done(self, xero: Desk, base: str) -> None:
        xero.town.stories.lose_the_next_answer("xero")

        with httpx.Client(base_url=base, headers=xero.headers) as client:
            with pytest.raises(httpx.TransportError):
                client.put("/api.xro/2.0/Invoices", json={"Invoices": [an_invoice()]})
            assert client.get("/api.xro/2.0/Organisation").status_code == 200

        assert xero.town.books.invoice("BC-1001")["Total"] == 22
        assert [call.status for call in xero.town.calls.writes()] == [0]

    def test_down_means_nothing_is_done(self, xero: Desk) -> None:
        xero.town.stories.be_down_for("xero", calls=2, status=503)

        assert xero.write("PUT", "Invoices", {"Invoices": [an_invoice()]}).status_code == 503
        assert xero.get("Organisation").status_code == 503
        assert xero.get("Organisation").status_code == 200
        assert xero.town.books.invoices() == []

    def test_a_cut_answer_is_no_json_and_the_work_is_done(self, xero: Desk) -> None:
        xero.town.stories.cut_the_next_answer("xero")

        answer = xero.write("PUT", "Invoices", {"Invoices": [an_invoice()]})

        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            answer.json()
        assert len(xero.town.books.invoices()) == 1

    def test_an_html_page_is_200_and_nothing_is_done(self, xero: Desk) -> None:
        xero.town.stories.answer_html_next("xero")

        answer = xero.write("PUT", "Invoices", {"Invoices": [an_invoice()]})

        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert xero.town.books.invoices() == []

    def test_refused_writes_name_every_element(self, xero: Desk) -> None:
        xero.town.stories.refuse_next_writes("xero", calls=2)
        body = {"Invoices": [an_invoice(), an_invoice(InvoiceNumber="BC-2")]}

        summarised = xero.write("PUT", "Invoices", body)
        each = xero.write("PUT", "Invoices", body, summarizeErrors="false")

        assert len(summarised.json()["Elements"]) == 2
        assert [len(messages(element)) for element in each.json()["Invoices"]] == [1, 1]
        assert xero.town.books.invoices() == []


def test_fifty_invoices_are_answered_quickly(xero: Desk) -> None:
    batch = [an_invoice(InvoiceNumber=f"BC-{n}", LineItems=an_invoice()["LineItems"] * 3) for n in range(50)]
    xero.town.dispatch.witnesses.clear()

    began = time.perf_counter()
    xero.put_each("Invoices", *batch)

    # 25 ms when nothing else runs; the limit only catches a change of kind, e.g. a walk over all contacts per line.
    assert time.perf_counter() - began < 0.5
