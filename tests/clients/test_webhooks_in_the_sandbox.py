"""The client's webhooks over a real socket, against the sandbox, and answers that cannot be read.

Business risk covered: webhooks believed to be registered that are not, and the door's secret in a log.
"""

from __future__ import annotations

import httpx
import pytest
from far_end import a_shop, in_turn

from include.clients.errors import ApiError, OutcomeUnknown

DOOR = "https://bridge.example.com/bridge/hooks/bigcommerce/demo"
SECRET = {"X-Bridge-Secret": "planted-door-secret"}


def test_webhooks_beyond_one_page_are_all_listed(place):
    for number in range(60):
        place.shop.hooks.make(f"store/order/{number}", DOOR, SECRET)

    assert len({hook.id for hook in place.shop.hooks.listed()}) == 60


def test_a_webhook_that_was_switched_off_is_on_again_with_the_new_secret(place):
    made = place.shop.hooks.make("store/order/created", DOOR, {"X-Bridge-Secret": "old"})
    place.town.shop.hooks.deactivate(made.id)

    place.shop.hooks.renew(made.id, SECRET)

    [found] = place.shop.hooks.listed()
    assert (found.id, found.is_active, found.headers) == (made.id, True, SECRET)


def test_deleting_twice_is_as_good_as_once(place):
    made = place.shop.hooks.make("store/order/created", DOOR, SECRET)

    place.shop.hooks.delete(made.id)
    place.shop.hooks.delete(made.id)

    assert place.shop.hooks.listed() == []


def test_a_registration_whose_answer_is_lost_leaves_once_and_is_found_by_listing(place):
    place.town.stories.lose_the_next_answer("bigcommerce")

    with pytest.raises(OutcomeUnknown):
        place.shop.hooks.make("store/order/created", DOOR, SECRET)
    assert [hook.scope for hook in place.shop.hooks.listed()] == ["store/order/created"]


@pytest.mark.parametrize(
    "change", [{"id": "7"}, {"is_active": 1}, {"scope": ""}, {"destination": None}, {"headers": {"X": 1}}], ids=str
)
def test_a_row_that_cannot_be_read_is_an_error_that_tells_no_secret(change):
    row = {"id": 7, "scope": "s", "destination": DOOR, "is_active": True, "headers": SECRET, **change}
    shop = a_shop(lambda request: httpx.Response(200, json={"data": [row]}))

    with pytest.raises(ApiError) as raised:
        shop.hooks.listed()
    assert SECRET["X-Bridge-Secret"] not in str(raised.value)


def test_a_webhook_shows_no_secret_when_printed():
    row = {"id": 7, "scope": "s", "destination": DOOR, "is_active": True, "headers": SECRET}
    [hook] = a_shop(in_turn(httpx.Response(200, json={"data": [row]}))).hooks.listed()

    assert SECRET["X-Bridge-Secret"] not in repr(hook)
