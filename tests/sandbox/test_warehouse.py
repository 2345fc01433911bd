"""The sandbox's warehouse: it states what was set, in both forms, to whoever has the token.

Who is hurt if this breaks: every test of the feed, silently.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from include.sandbox.town import Town

TOKEN = {"Authorization": "Bearer sandbox-warehouse-token"}


@pytest.fixture
def wms(town: Town) -> Iterator[httpx.Client]:
    """The warehouse over real HTTP, at six in the morning."""
    town.clock.set(datetime(2026, 11, 24, 6, tzinfo=UTC))
    with town.serve() as base, httpx.Client(base_url=base, headers=TOKEN, trust_env=False) as client:
        yield client


def test_it_states_what_was_set_and_nothing_that_was_taken_away(town: Town, wms: httpx.Client) -> None:
    town.warehouse.set("MUG", 12, location="main")
    town.warehouse.set("TEA", "3.5")
    town.warehouse.set("MUG", 11, location="main", as_of="2026-11-24T05:00:00Z")
    town.warehouse.set("CUP", 1)
    town.warehouse.forget("CUP")

    assert wms.get("/warehouse/levels").json() == {
        "levels": [
            {"sku": "MUG", "on_hand": "11", "location": "main", "as_of": "2026-11-24T05:00:00+00:00"},
            {"sku": "TEA", "on_hand": "3.5", "as_of": "2026-11-24T06:00:00+00:00"},
        ]
    }
    with pytest.raises(KeyError):
        town.warehouse.forget("CUP")


def test_its_csv_ends_each_row_and_quotes_what_separates(town: Town, wms: httpx.Client) -> None:
    town.warehouse.set("CUP; BLUE", 1)
    town.warehouse.separator, town.warehouse.with_bom = ";", True

    answer = wms.get("/warehouse/levels", headers={"Accept": "text/csv"})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbfsku;on_hand;location;as_of\r\n")
    assert answer.content.endswith(b"\r\n")
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert row == {"sku": "CUP; BLUE", "on_hand": "1", "location": "", "as_of": "2026-11-24T06:00:00+00:00"}


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json, text/csv;q=0.9", "application/json"),
        ("text/csv, application/json", "text/csv"),
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        ("image/png", ""),
    ],
)
def test_accept_decides_which_form_comes(wms: httpx.Client, accept: str, kind: str) -> None:
    answer = wms.get("/warehouse/levels", headers={"Accept": accept})

    assert answer.headers.get("content-type", "").partition(";")[0] == kind
    assert answer.status_code == (200 if kind else 406)


@pytest.mark.parametrize("said", ["", "Bearer another", "Basic sandbox-warehouse-token", "Bearer"])
def test_without_the_token_nothing_is_told(wms: httpx.Client, said: str) -> None:
    answer = wms.get("/warehouse/levels", headers={"Authorization": said})

    assert (answer.status_code, answer.content) == (401, b"")


def test_a_revoked_token_stays_revoked_until_the_town_is_reset(town: Town, wms: httpx.Client) -> None:
    town.stories.revoke_the_token("warehouse")
    assert [wms.get("/warehouse/levels").status_code for _ in range(2)] == [401, 401]

    town.warehouse.set("MUG", 1)
    town.reset("empty")

    assert wms.get("/warehouse/levels").json() == {"levels": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/warehouse/levels"), ("GET", "/warehouse/orders"), ("GET", "/warehouse/levels?page=2")],
)
def test_what_the_shape_does_not_have_is_answered_501(wms: httpx.Client, method: str, path: str) -> None:
    assert wms.request(method, path).status_code == 501


def test_an_operator_sets_the_shelves_over_http(wms: httpx.Client) -> None:
    put = wms.post("/_sandbox/warehouse", json={"sku": "MUG", "on_hand": "12.5", "location": "main"})
    assert [level["on_hand"] for level in put.json()["levels"]] == ["12.5"]

    assert wms.post("/_sandbox/warehouse", json={"sku": "MUG", "location": "main", "gone": True}).json() == {
        "levels": []
    }
    assert wms.post("/_sandbox/warehouse", json={"sku": "MUG", "location": "main", "gone": True}).status_code == 400
    assert wms.post("/_sandbox/warehouse", json={"sku": "MUG"}).status_code == 400
    assert wms.get("/_sandbox/warehouse").json() == {"levels": []}
