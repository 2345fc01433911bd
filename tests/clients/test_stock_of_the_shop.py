"""The shop's stock: every level read, and an adjustment that leaves once or is known to be unknown.

Who is hurt: the merchant who sells what is not there, because a level was set twice or a page of them was missed.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from far_end import BC_TOKEN, a_shop, in_turn

from include.clients.errors import NotAllowed, NotUnderstood, OutcomeUnknown, Refused, Unavailable

MUG = {"location_id": 1, "sku": "MUG", "quantity": 3}
JSON = {"content-type": "application/json"}
# The title that the vendor's description publishes for such a refusal.
TRACKED_BY_PRODUCT = "[Item with variant_id 106 is tracked by product, please update stock by product id]"


def item(number: int, location_id: int = 1) -> dict[str, Any]:
    """One item at one location. Say only what your test is about."""
    level = {"location_id": location_id, "available_to_sell": 3, "total_inventory_onhand": 5}
    return {"identity": {"sku": f"SKU-{number}", "variant_id": number, "product_id": number}, "locations": [level]}


def page_of(rows: list[dict[str, Any]], page: int = 1, pages: int = 1) -> httpx.Response:
    counted = {"pagination": {"current_page": page, "total_pages": pages, "total": len(rows)}}
    return httpx.Response(200, json={"data": rows, "meta": counted})


def problem(title: str, errors: dict[str, str] | None = None) -> httpx.Response:
    content = {"status": 422, "title": title, "type": "about:blank", "errors": errors or {}}
    return httpx.Response(422, json=content, headers={"content-type": "application/problem+json"})


def taken() -> httpx.Response:
    return httpx.Response(200, json={"transaction_id": "c1b2"})


def test_every_item_of_two_and_a_half_thousand_comes_once_in_three_calls():
    rows = [item(number) for number in range(2500)]
    asked = []

    def far(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, request.url.path, dict(request.url.params)))
        page = int(request.url.params["page"])
        return page_of(rows[(page - 1) * 1000 : page * 1000], page, 3)

    parts = list(a_shop(far).inventory_items())

    assert [part.name for part in parts] == ["inventory_items/1", "inventory_items/2", "inventory_items/3"]
    assert [row for part in parts for row in part.content["data"]] == rows
    assert asked[0] == ("GET", "/stores/abc123/v3/inventory/items", {"page": "1", "limit": "1000"})
    assert len(asked) == 3


def test_a_page_of_stock_is_kept_byte_for_byte():
    body = b'{ "data":[ {"identity":{"sku":"MUG"},"locations":[]} ] ,"meta":{}}'
    [part] = a_shop(in_turn(httpx.Response(200, content=body, headers=JSON))).inventory_items()

    assert part.body == body


def test_the_stock_of_one_location_is_asked_for_by_its_id_and_another_ones_stops_the_run():
    asked = []

    def far(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params.get("location_id:in"))
        return page_of([item(1, location_id=len(asked))])

    shop = a_shop(far)

    assert [part.content["data"][0]["identity"]["sku"] for part in shop.inventory_items(location_id=1)] == ["SKU-1"]
    with pytest.raises(NotUnderstood, match=r"ignores the location .* location 2 came for 1"):
        list(shop.inventory_items(location_id=1))
    assert asked == ["1", "1"]


@pytest.mark.parametrize("again", [1, 2])
def test_a_page_of_stock_that_comes_again_stops_the_run(again):
    pages = {1: [item(1)], 2: [item(2)], 3: [item(again)]}

    def far(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        return page_of(pages[page], page, 9)

    with pytest.raises(NotUnderstood, match=f"BigCommerce's stock: page 3 is page {again} again"):
        list(a_shop(far).inventory_items())


def test_a_shop_without_items_says_so():
    [told_by_204] = a_shop(in_turn(httpx.Response(204))).inventory_items()
    [told_by_list] = a_shop(in_turn(page_of([]))).inventory_items()

    assert (told_by_204.content, told_by_list.content["data"]) == ({}, [])


def test_a_bare_list_where_an_envelope_is_documented_is_not_understood():
    with pytest.raises(NotUnderstood, match="no list where one is documented"):
        list(a_shop(lambda request: httpx.Response(200, json=[item(1)])).inventory_items())


def test_the_locations_are_read_on_all_pages():
    def far(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        return page_of([{"id": page, "label": f"Shed {page}", "enabled": True}], page, 2)

    found = [row["label"] for part in a_shop(far).locations() for row in part.content["data"]]

    assert found == ["Shed 1", "Shed 2"]


@pytest.mark.parametrize(("how", "method"), [("absolute", "PUT"), ("relative", "POST")])
def test_an_adjustment_is_sent_as_documented_and_gives_its_transaction(how, method):
    seen = []

    def far(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.path, json.loads(request.content), request.headers["content-type"]))
        return taken()

    rows = [MUG, {"location_id": 1, "variant_id": 7, "quantity": 0}, {"location_id": 2, "product_id": 7, "quantity": 9}]

    assert a_shop(far).adjust_stock(rows, how=how, reason="Stock of the books") == "c1b2"
    assert seen == [
        (
            method,
            f"/stores/abc123/v3/inventory/adjustments/{how}",
            {"reason": "Stock of the books", "items": rows},
            "application/json",
        )
    ]


@pytest.mark.parametrize(
    ("refusal", "problems"),
    [
        (problem(TRACKED_BY_PRODUCT), (TRACKED_BY_PRODUCT,)),
        (
            problem("Payload contains invalid fields", {"items.0.quantity": "must be a number"}),
            ("items.0.quantity: must be a number", "Payload contains invalid fields"),
        ),
        (httpx.Response(422), ()),
    ],
)
def test_a_refused_adjustment_carries_the_vendors_words(refusal, problems):
    with pytest.raises(Refused) as raised:
        a_shop(in_turn(refusal)).adjust_stock([MUG], how="relative", reason="test")

    assert (raised.value.status, raised.value.problems, raised.value.failure) == (422, problems, "record")


@pytest.mark.parametrize(
    "lost",
    [
        httpx.ReadTimeout("lost"),
        httpx.RemoteProtocolError("closed"),
        httpx.Response(500),
        httpx.Response(502),
        httpx.Response(504),
        httpx.Response(200, headers=JSON, content=b'{"transaction_id": "c1'),
        httpx.Response(200, headers={"content-type": "text/html"}, content=b"<html>"),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"transaction_id": True}),
        httpx.Response(200, json=["c1b2"]),
        httpx.Response(204),
        httpx.Response(207, json={"transaction_id": "c1b2"}),
    ],
)
@pytest.mark.parametrize("how", ["absolute", "relative"])
def test_an_adjustment_whose_answer_is_lost_is_unknown_and_never_sent_twice(how, lost):
    shop = a_shop(in_turn(lost))

    with pytest.raises(OutcomeUnknown, match="unknown whether the write was carried out") as raised:
        shop.adjust_stock([MUG], how=how, reason="test")
    assert shop.calls == 1
    assert raised.value.failure == "transient"


@pytest.mark.parametrize(
    "not_done", [httpx.ConnectError("no route"), httpx.Response(429), httpx.Response(503), httpx.Response(423)]
)
def test_an_adjustment_that_surely_was_not_done_is_sent_again(not_done):
    shop = a_shop(in_turn(not_done, taken()))

    assert shop.adjust_stock([MUG], how="relative", reason="test") == "c1b2"
    assert shop.calls == 2


def test_an_adjustment_that_never_arrived_is_said_to_be_not_done():
    with pytest.raises(Unavailable):
        a_shop(in_turn(*[httpx.Response(503)] * 4)).adjust_stock([MUG], how="absolute", reason="test")


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_not_write_stock_is_for_the_operator(status):
    with pytest.raises(NotAllowed) as raised:
        a_shop(in_turn(httpx.Response(status))).adjust_stock([MUG], how="absolute", reason="test")
    assert BC_TOKEN not in str(raised.value)


def test_a_redirected_adjustment_goes_nowhere():
    elsewhere = httpx.Response(307, headers={"location": "https://elsewhere.test/"})
    shop = a_shop(in_turn(elsewhere))

    with pytest.raises(NotUnderstood, match=r"sends us elsewhere \(307, to elsewhere.test\)"):
        shop.adjust_stock([MUG], how="absolute", reason="test")
    assert shop.calls == 1


@pytest.mark.parametrize(
    ("rows", "how", "what"),
    [
        ([], "absolute", "1 to 2000 rows"),
        ([MUG | {"sku": f"S{at}"} for at in range(2001)], "absolute", "1 to 2000 rows"),
        ([{"location_id": 1, "quantity": 3}], "absolute", "row 0: location_id, quantity and one of"),
        ([MUG | {"variant_id": 7}], "absolute", "one of sku, variant_id, product_id"),
        ([{"sku": "MUG", "quantity": 3}], "absolute", "row 0: location_id, quantity and one of"),
        ([MUG | {"note": "x"}], "absolute", "row 0: location_id, quantity and one of"),
        ([MUG | {"sku": " "}], "absolute", "sku is text that is not blank"),
        ([MUG | {"location_id": "1"}], "absolute", "location_id is a whole number"),
        ([MUG | {"quantity": 1.5}], "absolute", "a quantity is a whole number"),
        ([MUG | {"quantity": True}], "absolute", "a quantity is a whole number"),
        ([MUG | {"quantity": -1}], "absolute", "whole number from 0 to 2147483647"),
        ([MUG | {"quantity": 2**31}], "relative", "whole number from -2147483647 to 2147483647"),
        ([MUG, MUG | {"quantity": 4}], "absolute", "row 1: this item of this location has a row already"),
    ],
)
def test_rows_that_the_shop_could_misread_are_our_own_mistake_and_are_not_sent(rows, how, what):
    shop = a_shop(in_turn())

    with pytest.raises(ValueError, match=what):
        shop.adjust_stock(rows, how=how, reason="test")
    assert shop.calls == 0


@pytest.mark.parametrize("reason", ["", "x" * 256])
def test_an_adjustment_says_why_in_a_sentence(reason):
    with pytest.raises(ValueError, match="reason"):
        a_shop(in_turn()).adjust_stock([MUG], how="absolute", reason=reason)


def test_less_stock_is_a_negative_relative_quantity():
    assert a_shop(in_turn(taken())).adjust_stock([MUG | {"quantity": -3}], how="relative", reason="test") == "c1b2"
