"""The shop's client: every order of a window, once, with its bytes; every part read, and "none" told from "not read".

If paging loses an order it is never invoiced; if a part that was not read passes for "none", an order is booked
without its tax or as unpaid.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from far_end import IN_MAY, MAY, a_shop, an_order, in_turn, json_bytes

from include.clients.bigcommerce import BigCommerce, Window
from include.clients.errors import NotAllowed, NotUnderstood, Refused, Unavailable

JSON = {"content-type": "application/json"}


class Orders:
    """A shop that lists its orders as the vendor documents: filtered by date, from min_id on, 204 for none."""

    def __init__(self, orders: Iterable[dict[str, Any]], cap: int = 250) -> None:
        self.orders = {order["id"]: order for order in orders}
        self.cap = cap
        self.asked: list[httpx.QueryParams] = []
        self.after_each_page = lambda: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        self.asked.append(asked)
        rows = [
            self.orders[key]
            for key in sorted(self.orders)
            if key >= int(asked["min_id"]) and self.orders[key]["date_modified"] == IN_MAY
        ]
        rows = rows[: min(int(asked["limit"]), self.cap)]
        body = json_bytes(rows)
        self.after_each_page()
        return httpx.Response(200, content=body, headers=JSON) if rows else httpx.Response(204)


def ids(shop: BigCommerce, **changes: Any) -> list[int]:
    return [part.content["id"] for page in shop.orders(MAY, by="modified", **changes) for part in page]


def test_the_question_for_orders_is_the_documented_one():
    orders = Orders([])
    window = Window(datetime(2026, 5, 1, 10, 0, 0, 900_000, UTC), datetime(2026, 5, 1, 12, 0, 0, 100_000, UTC))
    assert list(a_shop(orders).orders(window, by="created", after_id=6)) == []

    assert dict(orders.asked[0]) == {
        "min_date_created": "2026-05-01T10:00:00+00:00",
        "max_date_created": "2026-05-01T12:00:01+00:00",
        "include": "consignments.line_items,fees",
        "consignment_structure": "object",
        "sort": "id:asc",
        "limit": "250",
        "page": "1",
        "min_id": "7",
    }


def test_a_plus_in_a_date_is_not_sent_as_a_space():
    seen = []
    shop = a_shop(lambda request: seen.append(request.url.query) or httpx.Response(204))
    list(shop.orders(MAY, by="modified"))

    assert b"%2B00%3A00" in seen[0]


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (1, 1), (49, 1), (50, 2), (250, 2), (251, 2), (501, 3), (600, 4)])
def test_every_order_comes_once_and_few_calls_are_made(count, calls):
    orders = Orders(an_order(key) for key in range(1, count + 1))
    shop = a_shop(orders)

    assert ids(shop) == list(range(1, count + 1))
    assert shop.calls == calls


@pytest.mark.parametrize("cap", [50, 100, 249])
def test_a_vendor_that_gives_shorter_pages_than_asked_loses_no_order(cap):
    assert ids(a_shop(Orders((an_order(key) for key in range(1, 601)), cap=cap))) == list(range(1, 601))


def test_an_order_that_changes_while_paging_is_neither_lost_nor_doubled():
    orders = Orders(an_order(key) for key in range(1, 601))

    def somebody_edits() -> None:
        # Orders that were read and orders that were not leave the window: with offsets, others would be skipped.
        for key in (3, 100, 400):
            orders.orders[key]["date_modified"] = "Mon, 01 Jun 2026 08:00:00 +0000"

    orders.after_each_page = somebody_edits

    assert ids(a_shop(orders)) == [key for key in range(1, 601) if key != 400]  # 400 comes in the next window


def test_reading_goes_on_where_an_earlier_run_stopped():
    assert ids(a_shop(Orders(an_order(key) for key in range(1, 11))), after_id=7) == [8, 9, 10]


def test_an_order_is_kept_byte_for_byte_and_its_fractions_are_decimals():
    first = '{ "id":1 ,"date_modified" : "Wed, 13 May 2026 02:15:00 +0000",\n "name":"Zoë 🚲 \\u00e9", "rate": 10.50}'
    second = '{"id":2,"date_modified":"Wed, 13 May 2026 02:15:00 +0000","n":1.10}'
    page = f"[{first},\r\n\t{second} ]\n".encode()
    [[one, two]] = a_shop(in_turn(httpx.Response(200, content=page, headers=JSON))).orders(MAY, by="modified")

    assert (one.name, one.body, two.body) == ("order", first.encode(), second.encode())
    assert one.body in page
    assert str(one.content["rate"]) == "10.50"
    assert two.content["n"] == Decimal("1.10")


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([an_order(1, date_modified="Fri, 01 Jan 2016 00:00:00 +0000")], "far outside"),
        ([an_order(1, date_modified="Mon, 01 Jun 2026 00:15:00 +0000")], "far outside"),
        ([an_order(1, date_modified="Thu, 30 Apr 2026 23:45:00 +0000")], "far outside"),
        ([an_order(2), an_order(1)], "order asked for"),
        ([an_order(1), an_order(1)], "come again"),
        ([an_order(0)], "come again"),
    ],
)
def test_a_filter_or_an_order_of_rows_that_was_ignored_stops_the_run(rows, what):
    page = httpx.Response(200, content=json_bytes(rows), headers=JSON)

    with pytest.raises(NotUnderstood, match=what):
        list(a_shop(in_turn(page)).orders(MAY, by="modified"))


def test_a_page_that_comes_again_stops_the_run():
    page = json_bytes([an_order(key) for key in range(1, 251)])
    shop = a_shop(lambda request: httpx.Response(200, content=page, headers=JSON))

    with pytest.raises(NotUnderstood, match="come again"):
        list(shop.orders(MAY, by="modified"))
    assert shop.calls == 2


@pytest.mark.parametrize("order_id", [2**63, -(2**63), True, 1.5, "1e3", None])
def test_an_id_that_no_table_can_hold_is_no_id(order_id):
    rows = json_bytes([an_order(1), an_order(2) | {"id": order_id}])
    shop = a_shop(lambda request: httpx.Response(200, content=rows, headers=JSON))

    with pytest.raises(NotUnderstood, match=r"an order without an id, after order 1\."):
        list(shop.orders(MAY, by="modified"))


@pytest.mark.parametrize(
    "date",
    [
        "Thu, 30 Apr 2026 23:50:00 +0000",
        "Mon, 01 Jun 2026 00:05:00 -0000",
        "no date",
        "",
        None,
        7,
        f"Wed, 13 May {9**30} 02:15:00 +0000",
    ],
)
def test_a_date_at_the_edge_or_beyond_reading_is_left_to_the_checks(date):
    page = httpx.Response(200, content=json_bytes([an_order(1, date_modified=date)]), headers=JSON)

    [[part]] = a_shop(in_turn(page)).orders(MAY, by="modified")
    assert part.content["date_modified"] == date


def test_an_order_without_an_id_stops_the_run_since_paging_goes_by_it():
    page = httpx.Response(200, content=json_bytes([{"date_modified": IN_MAY}]), headers=JSON)
    again = httpx.Response(200, content=json_bytes([{"date_modified": IN_MAY}]), headers=JSON)

    with pytest.raises(NotUnderstood, match="without an id"):
        list(a_shop(in_turn(page, again)).orders(MAY, by="modified"))


def test_an_id_as_text_is_an_id():
    page = httpx.Response(200, content=json_bytes([an_order(1) | {"id": "41"}]), headers=JSON)
    [[part]] = a_shop(in_turn(page)).orders(MAY, by="modified")
    assert part.content["id"] == "41"


def test_a_page_cut_in_the_middle_is_asked_for_once_more():
    whole = json_bytes([an_order(1), an_order(2)])
    cut, again = (httpx.Response(200, content=body, headers=JSON) for body in (whole[:-40], whole))
    assert ids(a_shop(in_turn(cut, again))) == [1, 2]


@pytest.mark.parametrize(
    ("part", "nothing", "empty"),
    [
        ("products", [], [[], "products/1"]),
        ("taxes", [], [[], "taxes/1"]),
        ("shipping_addresses", [], [[], "shipping_addresses/1"]),
        ("coupons", [], [[], "coupons/1"]),
        ("fees", [], [[], "fees/1"]),
        ("transactions", {}, [{"data": []}, "transactions"]),
        ("refunds", {}, [{"data": []}, "refunds/1"]),
    ],
)
def test_read_and_none_differs_from_not_read(part, nothing, empty):
    content, name = empty
    [told_by_204] = getattr(a_shop(in_turn(httpx.Response(204))), part)(7)
    [told_by_list] = getattr(a_shop(in_turn(httpx.Response(200, json=content))), part)(7)

    assert (told_by_204.name, told_by_204.body, told_by_204.content) == (name, b"", nothing)
    assert (told_by_list.name, json.loads(told_by_list.body), told_by_list.content) == (name, content, content)


def test_an_order_with_more_lines_than_a_page_loses_none():
    lines = [{"id": key} for key in range(1, 521)]

    def far(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/stores/abc123/v2/orders/7/products"
        page, limit = int(request.url.params["page"]), int(request.url.params["limit"])
        rows = lines[(page - 1) * limit : page * limit]
        return httpx.Response(200, json=rows) if rows else httpx.Response(204)

    parts = a_shop(far).products(7)

    assert [part.name for part in parts] == ["products/1", "products/2", "products/3"]
    assert [row for part in parts for row in part.content] == lines


def test_a_sixty_line_order_is_read_whole_from_a_vendor_that_gives_fifty_at_most():
    lines = [{"id": key} for key in range(1, 61)]

    def far(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        return httpx.Response(200, json=lines[(page - 1) * 50 : page * 50]) if page < 3 else httpx.Response(204)

    assert [row for part in a_shop(far).products(7) for row in part.content] == lines


def test_rows_of_tax_that_have_no_id_still_show_when_a_page_comes_again():
    rows = [{"name": "GST", "line_amount": str(key)} for key in range(50)]

    with pytest.raises(NotUnderstood, match="page 2 is page 1 again"):
        a_shop(lambda request: httpx.Response(200, json=rows)).taxes(7)


def test_fees_come_as_a_list_or_in_their_envelope():
    for content in ([{"id": 1}], {"fees": [{"id": 1}]}):
        [part] = a_shop(in_turn(httpx.Response(200, json=content))).fees(7)
        assert part.content == content


def enveloped(rows: list[dict[str, Any]], page: int = 1, pages: int = 1) -> httpx.Response:
    return httpx.Response(
        200, json={"data": rows, "meta": {"pagination": {"current_page": page, "total_pages": pages}}}
    )


def test_transactions_of_a_second_page_are_read_when_the_envelope_counts_one():
    asked = []

    def far(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.url.params))
        page = int(request.url.params.get("page", 1))
        return enveloped([{"id": page, "amount": 1.1}], page, 2)

    parts = a_shop(far).transactions(7)

    assert [part.name for part in parts] == ["transactions", "transactions/2"]
    assert asked == [{}, {"page": "2"}]
    assert parts[0].content["data"][0]["amount"] == Decimal("1.1")


def test_refunds_of_the_store_since_a_moment():
    since = datetime(2026, 5, 1, tzinfo=UTC)
    asked = []

    def far(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.url.params))
        page = int(request.url.params["page"])
        return enveloped([{"id": page, "order_id": 100 + page, "created": "2026-05-02T00:00:00+00:00"}], page, 2)

    parts = list(a_shop(far).refunds_since(since))

    assert [row["order_id"] for part in parts for row in part.content["data"]] == [101, 102]
    assert asked[0] == {"created:min": "2026-05-01T00:00:00+00:00", "page": "1", "limit": "250"}


def test_refunds_from_before_the_moment_stop_the_run():
    old = enveloped([{"id": 1, "created": "2020-01-01T00:00:00+00:00"}])

    with pytest.raises(NotUnderstood, match="ignores the date"):
        list(a_shop(in_turn(old)).refunds_since(datetime(2026, 5, 1, tzinfo=UTC)))


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (49, 1), (50, 2), (120, 3)])
def test_refunds_end_with_a_page_that_is_surely_not_full_since_the_list_does_not_count_itself(count, calls):
    rows = [{"id": key, "order_id": 7, "created": "2026-05-02T00:00:00+00:00"} for key in range(1, count + 1)]

    def far(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        return httpx.Response(200, json={"data": rows[(page - 1) * 50 : page * 50], "meta": {}})  # caps our 250

    shop = a_shop(far)
    parts = list(shop.refunds_since(datetime(2026, 5, 1, tzinfo=UTC)))

    assert [row["id"] for part in parts for row in part.content["data"]] == list(range(1, count + 1))
    assert shop.calls == calls


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(500), Unavailable),
        (httpx.Response(403, json={"status": 403, "title": "no"}), NotAllowed),
        (httpx.Response(422, json={"status": 422, "title": "no"}), Refused),
        (httpx.Response(200, json=[]), NotUnderstood),
        (httpx.Response(200, json={"data": {"id": 1}, "meta": {}}), NotUnderstood),
        (httpx.Response(200, text="<html>"), NotUnderstood),
    ],
)
def test_an_answer_that_is_no_list_of_refunds_is_an_error_and_never_none(answer, error):
    with pytest.raises(error):
        list(a_shop(lambda request: answer).refunds_since(datetime(2026, 5, 1, tzinfo=UTC)))


def test_refunds_of_a_page_that_comes_again_stop_the_run():
    rows = [{"id": key, "created": "2026-05-02T00:00:00+00:00"} for key in range(1, 251)]

    with pytest.raises(NotUnderstood, match="page 2 is page 1 again"):
        list(
            a_shop(lambda request: httpx.Response(200, json={"data": rows, "meta": {}})).refunds_since(
                datetime(2026, 5, 1, tzinfo=UTC)
            )
        )


def test_rows_that_are_no_refunds_are_left_to_the_reader():
    rows = [None, {"id": None}, {"id": 3, "created": "noon"}]
    [part] = a_shop(in_turn(httpx.Response(200, json={"data": rows, "meta": {}}))).refunds_since(MAY.start)

    assert part.content["data"] == rows


def test_the_shops_clock_is_read_as_a_moment_in_utc():
    assert a_shop(in_turn(httpx.Response(200, json={"time": 1529512970}))).time() == datetime(
        2018, 6, 20, 16, 42, 50, tzinfo=UTC
    )


@pytest.mark.parametrize("time", [None, "noon", 0, -1, 10**18])
def test_a_clock_that_tells_no_time_is_not_understood(time):
    with pytest.raises(NotUnderstood):
        a_shop(lambda request: httpx.Response(200, json={"time": time})).time()


def test_a_window_without_time_zones_or_backwards_is_our_own_mistake():
    for start, end in [(datetime(2026, 5, 1), MAY.end), (MAY.end, MAY.start), (MAY.start, MAY.start)]:  # noqa: DTZ001  (the mistake)
        with pytest.raises(ValueError, match="window"):
            Window(start, end)
    with pytest.raises(ValueError, match="time zone"):
        list(a_shop(in_turn()).refunds_since(datetime(2026, 5, 1)))  # noqa: DTZ001  (the mistake)
    assert MAY.end - MAY.start == timedelta(days=31)
