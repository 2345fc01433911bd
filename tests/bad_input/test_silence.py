"""Complaint: nothing was red, and for two days no order had reached the books. Silence is told as an error is, and once."""

from datetime import UTC, datetime, time, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from post_office import later

from bridge.notifiers import alerts as notifier
from bridge.notifiers.posting import deliver
from include.clients.errors import ApiError
from include.sandbox.order_builder import an_order
from include.stages.orders.locks import locked
from include.stages.reference import refresh_shop
from include.stages.silence import silences


def heard(bridge, *, after_hours):
    """What is still, so many hours from now, by what it is."""
    now = datetime.now(UTC) + timedelta(hours=after_hours)
    return {each.what: each for each in silences(bridge.db, bridge.store, now)}


def told_by(bridge, **changed):
    file = bridge.store.file
    told = file.alerts.model_copy(update=changed)
    object.__setattr__(bridge.store, "file", file.model_copy(update={"alerts": told}))


def test_a_store_that_never_ran_is_not_silent(bridge):
    assert heard(bridge, after_hours=1000) == {}


def test_a_cursor_that_stands_still_is_told_and_names_what_to_look_at(bridge, desk):
    bridge.run()

    assert heard(bridge, after_hours=2) == {}
    cursor = heard(bridge, after_hours=5)["cursor"]
    assert "for 5 hours" in cursor.sentence
    assert "orders_to_books__demo" in cursor.remedy


def test_a_shop_that_sells_nothing_is_told_where_its_settings_say_how_long_is_odd(bridge, desk):
    bridge.run()
    assert "orders" not in heard(bridge, after_hours=24 * 300)

    told_by(bridge, no_order_after_hours=24 * 200)

    assert "orders" in heard(bridge, after_hours=24 * 300)


def test_an_order_that_never_arrives_in_the_books_is_told_and_one_that_is_held_or_posted_is_not(bridge, desk):
    bridge.run()
    assert "unposted orders" not in heard(bridge, after_hours=30)

    bridge.town.stories.be_down_for("xero", 3600)
    desk.put(1700)
    bridge.town.shop.touch(1700)
    with pytest.raises(ApiError):
        bridge.run()

    assert "unposted orders" not in heard(bridge, after_hours=20)
    assert "unposted orders" in heard(bridge, after_hours=30)


def test_an_order_that_fails_again_and_again_is_told_by_its_first_failure_however_old_the_order_is(
    bridge, desk, monkeypatch
):
    monkeypatch.setattr(import_module("include.stages.orders.load"), "WAITS_FOR_OTHERS_S", ())
    desk.put(1700)
    since = []
    for _ in range(2):
        bridge.town.shop.touch(1700)
        with locked(bridge.db, [f"{bridge.store.key}/order/1700"]):
            bridge.run()
        assert bridge.outcomes()[1700]["outcome"] == "failed"
        assert "unposted orders" not in heard(bridge, after_hours=20)
        since.append(heard(bridge, after_hours=30)["unposted orders"].since)
    assert since[0] == since[1]

    bridge.town.shop.touch(1700)
    bridge.run()
    assert "unposted orders" not in heard(bridge, after_hours=1000)


def test_each_silence_is_told_once_told_to_be_over_and_the_next_one_told_again(bridge, desk, post_office):
    bridge.run()
    for hours in (5, 5, 0, 4):
        still(bridge, hours=hours)
        notifier.look(bridge.db, bridge.store)

    assert post_office.subjects == [
        "Demo shop: No run of orders_to_books has read the shop for 5 hours",
        "Demo shop: Over: No run of orders_to_books has read the shop for 5 hours",
        "Demo shop: No run of orders_to_books has read the shop for 4 hours",
    ]
    for part in (post_office.letters[-1].text, post_office.letters[-1].html):
        assert "orders_to_books__demo is paused" in part


def test_a_mail_server_that_is_down_loses_no_letter(bridge, desk, post_office):
    bridge.run()
    still(bridge, hours=5)
    post_office.down = True
    for _ in range(3):
        notifier.look(bridge.db, bridge.store)
    assert post_office.letters == []

    post_office.down = False
    later(bridge.db)
    deliver(bridge.db)
    assert len(post_office.letters) == 1


def still(bridge, *, hours):
    """The cursor moved last so many hours ago."""
    with bridge.db.transaction(), bridge.db._connection.cursor() as cursor:
        cursor.execute("UPDATE watermark SET moved_at = now() - make_interval(hours => %s)", (hours,))


def sell_on(bridge, desk, *days_ago):
    """One order at noon in Sydney on each of these days."""
    today = datetime.now(ZoneInfo("Australia/Sydney")).date()
    for ago in days_ago:
        noon = datetime.combine(today - timedelta(days=ago), time(12), ZoneInfo("Australia/Sydney"))
        bridge.town.shop.put(an_order(1700 + ago).placed(noon).line("MUG", price="22.00").paid("card").build())
    with bridge.shop() as shop:
        refresh_shop(shop, bridge.db, bridge.store)
    bridge.run()


def test_a_day_without_an_order_in_a_shop_that_sells_each_day_is_told(bridge, desk):
    sell_on(bridge, desk, *range(2, 16))

    silence = heard(bridge, after_hours=0)["a day without orders"]

    yesterday = datetime.now(ZoneInfo("Australia/Sydney")).date() - timedelta(days=1)
    assert f"No order of {yesterday} came" in silence.sentence
    assert silence.since == datetime.combine(yesterday, time(0), ZoneInfo("Australia/Sydney"))


@pytest.mark.parametrize(
    "sold", [range(1, 16), range(0, 16), [*range(2, 9), *range(10, 16)], range(2, 15)],
    ids=["it sold yesterday", "and today", "a day without sales before", "thirteen days only"],
)  # fmt: skip
def test_a_shop_that_sold_or_that_does_not_sell_each_day_is_not_told_of_a_day_without(bridge, desk, sold):
    sell_on(bridge, desk, *sold)

    assert "a day without orders" not in heard(bridge, after_hours=0)


def test_a_day_that_nobody_asked_the_shop_about_is_not_called_empty(bridge, desk):
    sell_on(bridge, desk, *range(2, 16))
    with bridge.db.transaction(), bridge.db._connection.cursor() as cursor:
        cursor.execute("UPDATE watermark SET moment = now() - INTERVAL '30 hours'")

    assert "a day without orders" not in heard(bridge, after_hours=0)
