"""The webhooks of a store: what it wants, what its shop has, and how the one becomes the other.

Business risk covered: a webhook that the vendor switched off, or whose secret the door no longer takes, is silence that
looks like a quiet day; and one of somebody else's that we delete is a fault in their house.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from include.clients.bigcommerce import BigCommerce
from include.clients.errors import OutcomeUnknown
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
    assert hooks.register(shop.hooks, now(shop), DOOR, SECRET) == len(SCOPES)
    town.calls.clear()

    assert now(shop).is_complete
    assert hooks.register(shop.hooks, now(shop), DOOR, SECRET) == 0
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
