"""The webhooks of a store: what it wants, what its shop has, and how the one becomes the other.

Business risk covered: a webhook that the vendor switched off, or whose secret the door no longer takes, is silence that
looks like a quiet day; and one of somebody else's that we delete is a fault in their house.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bridge.notifiers import webhooks
from include.clients.bigcommerce import BigCommerce
from include.clients.errors import OutcomeUnknown, Refused
from include.sandbox.order_builder import an_order
from include.sandbox.town import Town
from include.stages import hooks

DOOR = "https://bridge.example.com/bridge/hooks/bigcommerce/demo"
SECRET = {"X-Bridge-Secret": "planted"}
SCOPES = hooks.ORDER_SCOPES


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def shop(town: Town) -> Iterator[BigCommerce]:
    with (
        town.serve() as base,
        BigCommerce.open(base_url=base, store_hash=town.shop.store_hash, access_token=town.shop.token) as client,
    ):
        yield client


def now(shop: BigCommerce, headers=SECRET, scopes=SCOPES) -> hooks.Compared:
    return hooks.compared(scopes, DOOR, headers, shop.hooks.listed())


def test_registering_makes_all_that_is_missing_and_a_second_time_writes_nothing(town, shop):
    assert hooks.register(shop.hooks, now(shop), DOOR, SECRET).written == len(SCOPES)
    town.calls.clear()

    assert now(shop).is_complete
    assert hooks.register(shop.hooks, now(shop), DOOR, SECRET).written == 0
    assert town.calls.writes() == []


def test_one_that_the_vendor_switched_off_is_switched_on_again_in_its_place(town, shop):
    hooks.register(shop.hooks, now(shop), DOOR, SECRET)
    number = next(iter(town.shop.hooks.rows))
    town.shop.hooks.deactivate(number)
    assert [hook.id for hook in now(shop).off] == [number]

    hooks.register(shop.hooks, now(shop), DOOR, SECRET)

    assert now(shop).is_complete
    assert number in town.shop.hooks.rows


def test_a_new_key_renews_every_secret(shop):
    hooks.register(shop.hooks, now(shop), DOOR, SECRET)
    newer = {"X-Bridge-Secret": "newer"}
    assert len(now(shop, newer).stale) == len(SCOPES)

    hooks.register(shop.hooks, now(shop, newer), DOOR, newer)

    assert now(shop, newer).is_complete


def test_a_flow_that_was_switched_off_loses_its_webhooks(shop):
    both = (*SCOPES, *hooks.PRODUCT_SCOPES)
    hooks.register(shop.hooks, now(shop, scopes=both), DOOR, SECRET)

    hooks.register(shop.hooks, now(shop), DOOR, SECRET)

    assert {hook.scope for hook in shop.hooks.listed()} == set(SCOPES)


def test_removing_takes_ours_and_leaves_those_of_another_destination(shop):
    other = shop.hooks.make("store/order/created", "https://other.example.com/hooks", {})
    hooks.register(shop.hooks, now(shop), DOOR, SECRET)
    assert [hook.id for hook in now(shop).foreign] == [other.id]

    assert hooks.remove(shop.hooks, now(shop)) == len(SCOPES)

    assert [hook.id for hook in shop.hooks.listed()] == [other.id]


def test_a_kill_between_two_registrations_is_gone_on_from(town, shop):
    shop.hooks.make(SCOPES[0], DOOR, SECRET)
    town.stories.lose_the_next_answer("bigcommerce")
    with pytest.raises(OutcomeUnknown):
        shop.hooks.make(SCOPES[1], DOOR, SECRET)

    hooks.register(shop.hooks, now(shop), DOOR, SECRET)

    assert now(shop).is_complete
    assert len(town.shop.hooks.rows) == len(SCOPES)


def test_a_scope_that_the_shop_refuses_is_told_and_keeps_none_of_the_others_back(shop, monkeypatch):
    """In which form a shop refuses a scope is in no source, so the sandbox refuses none: the client's error stands in."""
    make = shop.hooks.make

    def refuses_one(self, scope, destination, headers):
        if scope == SCOPES[0]:
            raise Refused("BigCommerce refused this (422).", status=422, problems=("scope: not yours",))
        return make(scope, destination, headers)

    monkeypatch.setattr(type(shop.hooks), "make", refuses_one)

    done = hooks.register(shop.hooks, now(shop), DOOR, SECRET)

    assert (done.written, done.refused) == (len(SCOPES) - 1, {SCOPES[0]: "scope: not yours"})
    assert now(shop).missing == (SCOPES[0],)


# Looked after, each hour


@pytest.fixture
def hourly(bridge, post_office, monkeypatch):
    """The bridge's store, whose door is known, and an hour of `refresh_reference`; gives the subjects of what was told."""
    file = bridge.store.file
    door = file.webhooks.model_copy(update={"url": "https://bridge.example.com/bridge"})
    bridge.store = replace(bridge.store, file=file.model_copy(update={"webhooks": door}))

    def passes():
        with bridge.shop() as client:
            webhooks.look_after(client, bridge.db, bridge.store)
        return post_office.emptied()

    return bridge, passes


def test_what_the_shop_switched_off_is_on_again_within_the_hour_and_told_once(hourly):
    bridge, passes = hourly
    passes()
    assert passes() == ["Demo shop: Over: Of the shop's webhooks 11 were missing, and are mended"]
    bridge.town.calls.clear()
    assert passes() == []
    assert len(bridge.town.calls) == 1  # where all is well it costs one call

    for number in list(bridge.town.shop.hooks.rows)[:2]:
        bridge.town.shop.hooks.deactivate(number)

    assert passes() == ["Demo shop: Of the shop's webhooks 2 were switched off, and are mended"]
    assert all(row["is_active"] for row in bridge.town.shop.hooks.rows.values())
    assert passes() == ["Demo shop: Over: Of the shop's webhooks 2 were switched off, and are mended"]


def test_webhooks_that_are_silent_while_orders_change_are_told_and_over_when_one_comes(hourly):
    bridge, passes = hourly
    passes()
    passes()
    long_ago(bridge, hours=3)
    assert passes() == []  # nothing changed, so nothing is missed

    for key in range(7001, 7005):
        bridge.town.shop.put(an_order(key).line("MUG", price="22.00").paid("card").placed(datetime.now(UTC)).build())
    bridge.run()
    [told] = passes()
    assert told.startswith("Demo shop: No webhook came since")
    assert passes() == []

    with bridge.db.transaction(), bridge.db._connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inbox (store, vendor, event_hash, scope, subject_kind, subject_key) "
            "VALUES ('demo', 'bigcommerce', 'x', 'store/order/updated', 'order', '7001')"
        )
    assert [each.startswith("Demo shop: Over: No webhook came") for each in passes()] == [True]


def long_ago(bridge, *, hours):
    """The webhooks have been as they are for so long."""
    for row in bridge.town.shop.hooks.rows.values():
        row["created_at"] -= hours * 3600
        row["updated_at"] -= hours * 3600
