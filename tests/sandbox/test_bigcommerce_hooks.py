"""Webhooks as the vendor lets an account register them.

Business risk covered: a sandbox that takes any registration lets us go live with webhooks that the real shop refuses, or
shows us those of other apps, which we would then delete.
"""

import pytest
from shop_desk import ShopDesk

from include.sandbox.town import Town

DOOR = "https://bridge.example.com/bridge/hooks/bigcommerce/demo"
CREATED = {"scope": "store/order/created", "destination": DOOR, "headers": {"X-Secret": "s"}}


@pytest.fixture
def desk() -> ShopDesk:
    return ShopDesk(Town())


def ask(desk: ShopDesk, method: str, body=None, at: object = ""):
    path = f"/stores/{desk.town.shop.store_hash}/v3/hooks" + (f"/{at}" if at else "")
    return desk.call(method, path, **({} if body is None else {"json": body}))


def test_a_webhook_is_made_read_changed_and_deleted_and_each_answer_holds_it_whole(desk):
    made = ask(desk, "POST", CREATED)
    assert made.status_code == 200, made.text
    row = made.json()["data"]
    assert (row["scope"], row["destination"], row["is_active"]) == (CREATED["scope"], DOOR, True)
    assert ask(desk, "GET", at=row["id"]).json()["data"] == row

    desk.town.shop.hooks.deactivate(row["id"])
    assert desk.v3("hooks", {"is_active": "false"}).json()["data"][0]["id"] == row["id"]
    assert ask(desk, "PUT", {"is_active": True}, row["id"]).json()["data"]["is_active"] is True
    assert ask(desk, "DELETE", at=row["id"]).json()["data"]["id"] == row["id"]
    gone = ask(desk, "GET", at=row["id"])
    assert (gone.status_code, gone.json()["title"]) == (404, f"Webhook with id [{row['id']}] not found")


def test_an_account_sees_and_deletes_no_other_accounts_webhooks(desk):
    number = ask(desk, "POST", CREATED).json()["data"]["id"]
    other = ShopDesk(desk.town, desk.town.shop.add_token("another-app"))

    assert other.v3("hooks").json()["data"] == []
    assert ask(other, "DELETE", at=number).status_code == 404
    assert number in desk.town.shop.hooks.rows


def test_a_missing_destination_is_refused_as_the_description_shows(desk):
    refused = ask(desk, "POST", {"scope": "store/order/created"})

    assert refused.status_code == 422
    assert refused.json()["errors"] == {"destination": "error.path.missing."}


@pytest.mark.parametrize(
    "destination", ["http://bridge.example.com", "https://bridge.example.com:8443/x", "https://", "https://a:x"]
)
def test_a_destination_other_than_https_on_443_is_never_taken(desk, destination):
    assert ask(desk, "POST", {**CREATED, "destination": destination}).status_code == 501
    assert not desk.town.shop.hooks.rows


def test_one_webhook_a_scope_and_destination_and_ten_a_scope(desk):
    for number in range(10):
        assert ask(desk, "POST", {**CREATED, "destination": f"{DOOR}/{number}"}).status_code == 200

    assert ask(desk, "POST", {**CREATED, "destination": f"{DOOR}/3"}).status_code == 501
    assert ask(desk, "POST", CREATED).status_code == 501
    assert ask(desk, "POST", {**CREATED, "scope": "store/order/updated"}).status_code == 200


@pytest.mark.parametrize("body", [{}, {"is_active": "yes"}, {"headers": {"X": 1}}, {"color": "red"}], ids=str)
def test_a_change_that_no_source_describes_is_not_guessed(desk, body):
    number = ask(desk, "POST", CREATED).json()["data"]["id"]

    assert ask(desk, "PUT", body, number).status_code == 501
