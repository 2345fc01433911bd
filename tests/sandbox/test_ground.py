"""The ground of both halves: what is unknown is refused, calls are counted, the clock is set, the books are reset.

Who is hurt if this breaks: every other test here, silently.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from vendors_description import specs_path
from xero_desk import Desk, an_invoice

from include.sandbox.field_tables import Tables
from include.sandbox.ground import Answer, Clock, route
from include.sandbox.town import Town


def test_a_route_without_a_source_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="a guess"):
        route("GET", "/anything", lambda asked: Answer(), source=" ")


def test_every_route_names_its_source_and_the_shape_of_its_answer(town: Town) -> None:
    routes = [known for service in town.services for known in service.routes]

    assert len(routes) > 30
    assert [f"{known.method} {known.path}" for known in routes if not known.source or known.shape is None] == []


@pytest.mark.parametrize("path", ["/api.xro/2.0/Quotes", "/stores/demo1/v9/orders", "/somewhere/else"])
def test_what_nobody_recorded_is_answered_501_with_what_to_do(xero: Desk, path: str) -> None:
    answer = xero.call("GET", path)

    assert answer.status_code == 501
    assert answer.json()["asked"] == f"GET {path}"
    assert "source" in answer.json()["todo"]


def test_an_unknown_field_in_a_request_is_501_and_stores_nothing_of_the_call(xero: Desk) -> None:
    body = {"Invoices": [an_invoice(), an_invoice(InvoiceNumber="2", Colour="red")]}

    answer = xero.write("PUT", "Invoices", body, summarizeErrors="false")

    assert answer.status_code == 501
    assert "Colour" in answer.json()["unknown"]
    assert xero.town.books.invoices() == []


class TestTheClock:
    def test_it_runs_until_it_is_set_and_then_stands(self) -> None:
        clock = Clock()
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)

        clock.set(datetime(2026, 6, 30, 14, tzinfo=UTC))
        clock.advance(seconds=1.5)

        assert clock.now() == datetime(2026, 6, 30, 14, 0, 1, 500_000, tzinfo=UTC)

    def test_set_running_it_goes_on_from_there(self) -> None:
        clock = Clock()
        clock.set(datetime(2026, 6, 30, 14, tzinfo=UTC), running=True)

        first, second = clock.now(), clock.now()

        assert first <= second < datetime(2026, 6, 30, 14, 1, tzinfo=UTC)


class TestCalls:
    def test_calls_are_counted_by_what_they_were(self, xero: Desk) -> None:
        xero.put_one("Invoices", an_invoice())
        xero.get("Invoices/d4ad8fd6-5c72-4924-91b1-07f1472eb4c3")
        calls = xero.town.calls

        assert calls.count(vendor="xero", method="PUT") == 1
        assert calls.count(path="/api.xro/2.0/Invoices/{InvoiceID}", status=404) == 1
        assert [call.path for call in calls.writes()] == ["/api.xro/2.0/Invoices"]
        assert calls.count(is_token_call=True) == 1
        calls.clear()
        assert len(calls) == 0


class TestFieldTables:
    TABLES = Tables("test")
    TABLES.add(
        "Mug",
        """
        name    text            always      ours
        price   number|null     always      ours
        parts   [Part]          sometimes   ours
        """,
    )
    TABLES.add("Part", "id   integer   always   ours")

    @pytest.mark.parametrize(
        ("mug", "wrong"),
        [
            ({"name": "A", "price": None}, []),
            ({"name": "A", "price": 1.5, "parts": [{"id": 1}]}, []),
            ({"name": None, "price": 1}, ["Mug.name: null is not text"]),
            ({"name": "A"}, ["Mug.price: missing"]),
            ({"name": "A", "price": "1"}, ["Mug.price: str '1' is not number|null"]),
            ({"name": "A", "price": 1, "colour": "red"}, ["Mug.colour: this field is in no table"]),
            ({"name": "A", "price": 1, "parts": [{"id": True}]}, ["Mug.parts[0].id: bool 'True' is not integer"]),
        ],
    )
    def test_an_answer_is_held_against_its_table(self, mug: dict[str, Any], wrong: list[str]) -> None:
        assert self.TABLES.differences(mug, "Mug") == wrong

    def test_a_line_that_lacks_a_column_is_refused(self) -> None:
        with pytest.raises(ValueError, match="needs name, type"):
            Tables("test").add("Mug", "name   text   ours")

    def test_an_own_answer_that_no_table_allows_becomes_a_500_that_explains(self, xero: Desk) -> None:
        xero.town.books.organisation["Colour"] = "red"
        xero.town.dispatch.witnesses.clear()

        answer = xero.get("Organisation")

        assert answer.status_code == 500
        assert answer.json()["differences"] == ["Organisations.Organisations[0].Colour: this field is in no table"]


class TestOperatingIt:
    def test_stories_clock_limits_and_calls_over_http(self, xero: Desk) -> None:
        told = xero.call("POST", "/_sandbox/stories", json={"story": "be_down_for", "vendor": "xero", "calls": 1})
        assert told.status_code == 200
        assert xero.get("Organisation").status_code == 503
        assert xero.call("POST", "/_sandbox/stories", json={"story": "rain", "vendor": "xero"}).status_code == 400

        now = xero.call("POST", "/_sandbox/clock", json={"now": "2026-06-30T14:00:00Z"}).json()["now"]
        assert now.startswith("2026-06-30T14:00")
        assert xero.call("POST", "/_sandbox/limits", json={"enforced": True, "xero_day": 7}).json()["xero_day"] == 7
        assert xero.call("POST", "/_sandbox/limits", json={"xero_week": 7}).status_code == 400
        counted = xero.call("GET", "/_sandbox/calls").json()["calls"]
        assert {
            "vendor": "xero",
            "method": "GET",
            "path": "/api.xro/2.0/Organisation",
            "status": 503,
            "count": 1,
        } in counted

    def test_a_reset_empties_the_books_and_their_tokens(self, xero: Desk) -> None:
        xero.put_one("Invoices", an_invoice())

        assert xero.call("POST", "/_sandbox/reset", json={"to": "empty"}).json() == {"reset": "empty"}

        assert xero.town.books.invoices() == []
        assert xero.get("Organisation").status_code == 401

    def test_it_runs_as_a_process_and_ends_when_told(self) -> None:
        root = Path(__file__).resolve().parents[2]
        command = [sys.executable, "-m", "include.sandbox", "--port", "0", "--empty"]
        with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                line = process.stdout.readline()
                assert line.startswith("sandbox ready on http://127.0.0.1:")
                answer = httpx.get(line.split()[-1] + "/_sandbox/calls", timeout=10)
                assert answer.json()["calls"] == []
            finally:
                process.terminate()
            assert process.wait(timeout=10) in (0, -15)


def test_the_vendors_description_can_say_no(xero: Desk) -> None:
    if specs_path() is None:
        pytest.skip("the vendors' descriptions are not on this machine")
    xero.town.dispatch.strict = False
    xero.town.books.organisation["FinancialYearEndDay"] = "thirty"

    with pytest.raises(AssertionError, match="differs from Xero's description"):
        xero.get("Organisation")
