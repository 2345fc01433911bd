"""The shop's client: every customer of a window, with their own bytes, however the list moves while it is read.

A customer who is skipped between two pages is never looked at again until they change: their contact stays as it was.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from far_end import MAY, a_shop, in_turn

from include.clients.answers import Unreadable, members_of
from include.clients.errors import NotUnderstood, Unavailable
from include.sandbox.town import Town


def page(*ids: int, cursor: str | None = None, full: int = 2, **meta: Any) -> httpx.Response:
    rows = [{"id": each, "date_modified": "2026-05-13T02:15:00Z"} for each in ids]
    cursors = {"count": len(ids), "per_page": full, **({"end_cursor": cursor} if cursor else {}), "links": {}}
    return httpx.Response(200, json={"data": rows, "meta": {"cursor_pagination": cursors, **meta}})


def ids(pages: Any) -> list[int]:
    return [part.content["id"] for each in pages for part in each]


def test_pages_follow_the_cursor_until_one_is_not_full():
    asked: list[httpx.QueryParams] = []

    def far(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params)
        return page(9, 7, cursor="b") if "after" not in request.url.params else page(5, cursor="a")

    assert ids(a_shop(far).customers_changed(MAY)) == [9, 7, 5]
    assert dict(asked[1]) == {
        "date_modified:min": "2026-05-01T00:00:00Z",
        "date_modified:max": "2026-06-01T00:00:00Z",
        "include": "addresses,formfields",
        "limit": "250",
        "after": "b",
    }


def test_what_is_kept_of_a_customer_is_what_the_shop_said_to_the_byte():
    row = b'{"id": 5,  "first_name":"Zo\\u00eb","date_modified":"2026-05-13T02:15:00Z"}'
    body = b'{ "data" : [ ' + row + b' ], "meta" : {} }'
    far = in_turn(httpx.Response(200, content=body, headers={"content-type": "application/json"}))

    [[part]] = list(a_shop(far).customers_changed(MAY))

    assert part.body == row
    assert part.content["first_name"] == "Zoë"


@pytest.mark.parametrize(
    "answers",
    [
        [page(9, 7, cursor="b"), page(5, 4, cursor="b")],
        [httpx.Response(200, json={"data": [{"id": 5, "date_modified": "2020-01-01T00:00:00Z"}], "meta": {}})],
    ],
    ids=["a cursor that comes again", "a date from before the window"],
)
def test_an_answer_that_is_not_to_our_question_is_not_taken(answers):
    with pytest.raises(NotUnderstood):
        ids(a_shop(in_turn(*answers)).customers_changed(MAY))


def test_a_full_page_without_a_way_to_the_next_is_no_end():
    numbers = {"pagination": {"current_page": 1, "total_pages": 2, "per_page": 2}}

    with pytest.raises((Unavailable, NotUnderstood)):
        ids(a_shop(lambda request: page(9, 7, **numbers)).customers_changed(MAY))


def test_customers_by_number_are_those_or_missing():
    assert ids(a_shop(in_turn(page(7))).customers([7, 8])) == [7]
    with pytest.raises(NotUnderstood):
        ids(a_shop(in_turn(page(9))).customers([7]))


def test_all_of_a_sandbox_shop_come_once(tmp_path):
    town = Town()
    for customer_id in range(1, 602):
        town.shop.customers.put(customer_id, email=f"{customer_id}@example.com", date_modified="2026-05-13T02:15:00Z")
    from include.clients.bigcommerce import BigCommerce

    with (
        town.serve() as base,
        BigCommerce.open(base_url=base, store_hash="demo1", access_token="sandbox-bc-token") as shop,
    ):
        pages = list(shop.customers_changed(MAY))

    assert [len(each) for each in pages] == [250, 250, 101]
    assert sorted(ids(pages)) == list(range(1, 602))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"a": [1, {"b": 2}], "c": "x"}', {"a": b'[1, {"b": 2}]', "c": b'"x"'}),
        ('{"a": "tab\tinside", "b": 1.50}', {"a": b'"tab\tinside"', "b": b"1.50"}),  # what the fast reader refuses
        (" { } ", {}),
    ],
)
def test_members_are_cut_out_and_never_written_anew(text, named):
    assert members_of(text.encode()) == named


@pytest.mark.parametrize("text", ["[1]", '{"a": 1', '{"a": 1} {}', '{1: "\t"}', '{"a" "\t"}', '{"a": "\t" "b": 1}'])
def test_what_is_no_whole_object_is_refused(text):
    with pytest.raises(Unreadable):
        members_of(text.encode())
