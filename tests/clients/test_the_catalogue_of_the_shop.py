"""Products as the shop speaks of them, and items as Xero takes them.

Business risk covered: a product that is read by halves, or a filter that the shop ignores, makes items nobody asked for.
"""

from __future__ import annotations

import json
from decimal import Decimal

import httpx
import pytest
from far_end import MAY, Time, a_shop, in_turn

from include.clients.answers import Unreadable, members_of
from include.clients.errors import NotUnderstood

IN_MAY = "2026-05-13T02:15:00+00:00"


def a_page(*products: dict, total_pages: int = 1) -> httpx.Response:
    pagination = {"current_page": 1, "total_pages": total_pages}
    return httpx.Response(200, json={"data": list(products), "meta": {"pagination": pagination}})


def a_product(product_id: int, **changes) -> dict:
    return {"id": product_id, "name": "Mug", "date_modified": IN_MAY, "variants": [], **changes}


def read(far, changed=MAY) -> list:
    return [part for page in a_shop(far).catalogue(changed) for part in page]


def test_the_question_for_changed_products_is_the_documented_one():
    def far(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/stores/abc123/v3/catalog/products"
        assert dict(request.url.params) == {
            "date_modified:min": "2026-05-01T00:00:00+00:00",
            "date_modified:max": "2026-06-01T00:00:00+00:00",
            "include": "variants",
            "sort": "id",
            "direction": "asc",
            "id:greater": "0",
            "limit": "250",
        }
        return a_page()

    assert read(far) == []


def test_all_products_are_asked_for_without_dates_page_after_page_by_id():
    def second(request: httpx.Request) -> httpx.Response:
        assert "date_modified:min" not in request.url.params
        assert request.url.params["id:greater"] == "78"
        return a_page(a_product(80))

    found = read(in_turn(a_page(a_product(77), a_product(78), total_pages=2), second), None)

    assert [part.content["id"] for part in found] == [77, 78, 80]


@pytest.mark.parametrize(
    "body",
    [
        b'{"meta": {"pagination": {"current_page": 1, "total_pages": 1}}, "data": [%s]}',
        b'{ "note": "a\x01b", "data" : [%s] , "meta": {"pagination": {"current_page": 1, "total_pages": 1}}}',
    ],
)
def test_a_product_is_kept_byte_for_byte_and_its_price_is_exact(body):
    mine = b'{"id": 77,  "price": 22.10, "variants":[ ]}'
    answer = httpx.Response(200, content=body % mine, headers={"content-type": "application/json"})

    [part] = read(in_turn(answer))

    assert part.body == mine
    assert part.content["price"] == Decimal("22.10")


@pytest.mark.parametrize(
    "product",
    [a_product(77, date_modified="2024-05-13T02:15:00+00:00"), a_product(77, date_modified="2027-01-01T00:00:00Z")],
)
def test_products_from_far_outside_the_window_stop_the_run(product):
    with pytest.raises(NotUnderstood, match="product 77"):
        read(in_turn(a_page(product)))


def test_products_that_do_not_ascend_stop_the_run():
    with pytest.raises(NotUnderstood, match="order asked for"):
        read(in_turn(a_page(a_product(78), a_product(77))))


def test_a_product_without_an_id_and_an_answer_without_data_are_not_understood():
    for answer in (a_page({"name": "Mug"}), httpx.Response(200, json={"meta": {}})):
        with pytest.raises(NotUnderstood):
            list(a_shop(lambda request, answer=answer: answer, Time()).catalogue(None))


@pytest.mark.parametrize("body", [b"[1]", b'{"a" 1}', b'{"a": 1', b'{"b": "\x01"', b'{"b": "\x01"} 1', b'{1: "\x01"}'])
def test_what_is_no_whole_object_is_unreadable(body):
    with pytest.raises(Unreadable):
        members_of(body)


def test_items_are_created_and_updated_in_the_sandbox_as_the_client_sends_them(place):
    def write(method: str, key: str, *items: dict) -> list:
        return place.books.write(method, "Items", json.dumps({"Items": items}).encode(), key=key)

    [made, refused] = write(
        "PUT", "k1", {"Code": "MUG", "Name": "Mug", "SalesDetails": {"UnitPrice": 22.1234}}, {"Code": "mug"}
    )
    assert (made.ok, made.number, refused.ok) == (True, "MUG", False)
    assert "already exists" in refused.problems[0]

    [changed] = write("POST", "k2", {"ItemID": made.xero_id, "Code": "MUG", "Name": "Cup"})
    assert changed.ok
    [item] = place.books.items()
    assert (item["Name"], item["SalesDetails"]["UnitPrice"]) == ("Cup", Decimal("22.1234"))
