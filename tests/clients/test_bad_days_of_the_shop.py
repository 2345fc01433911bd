"""Each bad day of the shop by its story, against the sandbox over a real socket.

Who is hurt: the shop's owner by an order that was never read, and every other app of the store by calls that
do not keep their distance.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from include.clients.bigcommerce import BigCommerce, Window
from include.clients.errors import NotAllowed, Unavailable
from include.sandbox.order_builder import an_order

MAY = Window(datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))


def put(place, *order_ids: int) -> None:
    for order_id in order_ids:
        place.town.shop.put(an_order(order_id).line("MUG", price="22.00").paid("card").build())


def ids(place, window: Window = MAY, **changes) -> list[int]:
    return [part.content["id"] for page in place.shop.orders(window, by="modified", **changes) for part in page]


def test_an_empty_shop_says_so_with_a_204_and_no_body(place):
    assert ids(place) == []
    assert place.town.calls.count(vendor="bigcommerce", status=204) == 1


def test_orders_come_with_their_lines_and_byte_for_byte(place):
    put(place, 1001, 1002)
    [page] = place.shop.orders(MAY, by="created")

    assert [part.content["id"] for part in page] == [1001, 1002]
    [line] = page[0].content["consignments"]["shipping"][0]["line_items"]
    assert line["sku"] == "MUG"
    assert isinstance(page[0].content["fees"], list)
    assert place.shop.calls == 1


def test_an_order_edited_while_we_page_is_neither_lost_nor_doubled(place):
    put(place, *range(1, 301))
    seen: list[int] = []
    for page in place.shop.orders(MAY, by="modified"):
        seen += [part.content["id"] for part in page]
        place.town.shop.touch(5, staff_notes="seen")
        place.town.shop.touch(280, staff_notes="not yet seen")

    assert seen == [order_id for order_id in range(1, 301) if order_id != 280]
    now = place.town.clock.now()
    assert ids(place, Window(now - timedelta(minutes=5), now + timedelta(minutes=5))) == [5, 280]


def test_each_part_of_an_order_is_read(place):
    order = (
        an_order(1001).line("MUG", price="22.00", quantity=2).coupon("TEN", percent="10").shipping("11.00").paid("card")
    )
    place.town.shop.put(order.refunded({"MUG": 1}, to="store_credit").build())
    shop = place.shop

    assert shop.products(1001)[0].content[0]["sku"] == "MUG"
    assert shop.taxes(1001)[0].content[0]["line_item_type"] in ("item", "shipping")
    assert len(shop.shipping_addresses(1001)[0].content) == 1
    assert shop.coupons(1001)[0].content[0]["code"] == "TEN"
    assert shop.fees(1001)[0].name == "fees/1"
    assert isinstance(shop.transactions(1001)[0].content["data"][0]["amount"], Decimal | int)
    [refund] = shop.refunds(1001)[0].content["data"]
    since = datetime.fromisoformat(refund["created"]) - timedelta(days=1)
    assert [row["id"] for part in shop.refunds_since(since) for row in part.content["data"]] == [refund["id"]]
    assert shop.order(1001).content["id"] == 1001
    assert shop.order(404) is None
    assert abs(shop.time() - place.town.clock.now()) < timedelta(seconds=5)
    assert shop.store().content["timezone"]


def test_an_order_with_none_of_a_part_is_read_all_the_same(place):
    place.town.shop.put(an_order(1001).unpaid().build())

    [coupons], [transactions] = place.shop.coupons(1001), place.shop.transactions(1001)
    assert (coupons.name, coupons.content) == ("coupons/1", [])
    assert transactions.content in ({}, {"data": [], "meta": {}})


def test_a_sixty_line_order_has_sixty_lines(place):
    order = an_order(1001)
    for number in range(60):
        order = order.line(f"SKU-{number}", price="1.10")
    place.town.shop.put(order.build())

    assert [row["sku"] for part in place.shop.products(1001) for row in part.content] == [f"SKU-{n}" for n in range(60)]


@pytest.mark.parametrize("story", ["lose_the_next_answer", "answer_html_next", "cut_the_next_answer"])
def test_a_bad_answer_of_the_shop_is_asked_for_again(place, story):
    put(place, 1001, 1002)
    place.town.stories.tell(story, "bigcommerce")

    assert ids(place) == [1001, 1002]
    assert place.shop.calls == 2


def test_a_shop_that_is_down_longer_is_left_to_the_scheduler(place):
    place.town.stories.be_down_for("bigcommerce", calls=99)

    with pytest.raises(Unavailable, match="BigCommerce answered 503 4 times"):
        ids(place)


def test_a_throttled_shop_is_waited_for_when_it_says_nothing_and_left_when_it_asks_for_half_a_minute(place):
    put(place, 1001)
    place.town.stories.throttle_next("bigcommerce", calls=2, with_headers=False)
    assert ids(place) == [1001]
    assert sum(place.time.slept) == 1.5

    place.town.stories.throttle_next("bigcommerce", with_headers=True)
    place.town.clock.advance(60)
    with pytest.raises(Unavailable) as raised:
        ids(place)
    assert 20 < raised.value.retry_after_s <= 30


def test_a_revoked_shop_token_is_for_the_operator(place):
    place.town.stories.revoke_the_token("bigcommerce")

    with pytest.raises(NotAllowed, match="access token"):
        ids(place)
    assert place.shop.calls == 1


def test_a_token_without_a_scope_is_for_the_operator(place):
    put(place, 1001)
    token = place.town.shop.add_token("orders-only", ["store_v2_orders_read_only"])
    with BigCommerce.open(base_url=place.base, store_hash="demo1", access_token=token) as shop:
        assert shop.order(1001) is not None
        with pytest.raises(NotAllowed, match="scopes"):
            shop.transactions(1001)


def test_four_hundred_calls_in_a_row_meet_no_429(place):
    put(place, 1001)
    place.town.limits.enforced = True
    place.town.clock.set(datetime(2026, 5, 13, tzinfo=UTC))  # a clock that moves by our sleeping only
    for _ in range(400):
        place.shop.time()

    assert place.town.calls.count(vendor="bigcommerce", status=429) == 0
    assert 60 <= sum(place.time.slept) <= 75


def test_many_threads_stay_within_the_places(place):
    put(place, 1001)
    place.town.stories.answer_slowly("bigcommerce", 0.02)
    place.town.stories.answer_slowly("xero", 0.02)
    with ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda _: place.shop.time(), range(24)))
        list(threads.map(lambda _: place.books.organisation(), range(24)))

    assert place.town.calls.most_at_once("bigcommerce") == 3
    assert place.town.calls.most_at_once("xero") == 4
    assert place.town.calls.count(vendor="xero", is_token_call=True) == 1
