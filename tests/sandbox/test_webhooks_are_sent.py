"""The sandbox's shop tells what happens in it, as the vendor's documents and examples say (reference bigcommerce.md 9).

Business risk: our door is proved against a shop that sends otherwise than the vendor does.
"""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from vendors_description import specs_path

from include.sandbox.bigcommerce.postman import RETRIES_S
from include.sandbox.order_builder import an_order
from include.sandbox.town import Town

DOOR = "https://bridge.example.com"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def house():
    """Where the webhooks go: `.heard` are (path, headers, body), `.answer` is the status given."""

    class House(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.heard.append((self.path, dict(self.headers), json.loads(body)))
            self.send_response(self.server.answer)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), House)
    server.heard, server.answer = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def shop(house):
    town = Town()
    town.clock.set(NOW)
    town.shop.postman.reach(DOOR, f"http://127.0.0.1:{house.server_port}")
    yield town.shop
    town.shop.postman.close()


def hook(shop, scope, **changed):
    fields = {"scope": scope, "destination": f"{DOOR}/hooks/demo", "headers": {"X-Secret": "planted"}, **changed}
    return shop.hooks.make("client", shop.store_hash, fields)


def heard(shop, house):
    """What came, once all that is due was sent: scope and data."""
    assert shop.postman.idle()
    return [(body["scope"], body["data"]) for _, _, body in house.heard]


SOLD = an_order(250).line("MUG", price="22.00").paid("card")


def test_an_event_has_the_form_of_the_documents_and_bears_the_hooks_own_headers(shop, house):
    hook(shop, "store/order/created")
    shop.put(SOLD.build())

    assert heard(shop, house) == [("store/order/created", {"type": "order", "id": 250})]
    [(path, headers, body)] = house.heard
    assert path == "/hooks/demo"
    assert headers["X-Secret"] == "planted"
    assert set(body) == {"scope", "store_id", "data", "hash", "created_at", "producer"}
    assert len(body["hash"]) == 40
    assert (body["created_at"], body["producer"]) == (int(NOW.timestamp()), f"stores/{shop.store_hash}")


@pytest.mark.skipif(specs_path() is None, reason="the vendor's examples are not here")
@pytest.mark.parametrize(
    ("name", "happens"),
    [
        ("order-created", lambda shop: shop.put(SOLD.build())),
        ("order-updated", lambda shop: (shop.put(SOLD.build()), shop.touch(250))),
        ("order-statusUpdated", lambda shop: (shop.put(SOLD.build()), shop.touch(250, status_id=2))),
        ("customer-created", lambda shop: shop.customers.put(32)),
        ("product-updated", lambda shop: shop.catalogue.edit(shop.catalogue.put("Mug", "MUG"), name="Cup")),
        ("sku-inventory-updated", lambda shop: shop.set_stock("MUG", 5)),
        ("product-inventory-updated", lambda shop: shop.set_stock("MUG", 5, tracked_by="product")),
    ],
)
def test_what_is_sent_has_the_fields_of_the_vendors_own_example(shop, house, name, happens):
    path = specs_path() / "bigcommerce" / "examples" / f"webhook-store-{name}.json"
    example = json.loads(path.read_text())
    hook(shop, example["scope"])

    happens(shop)

    assert shop.postman.idle()
    sent = house.heard[-1][2]
    assert shape(sent) == shape(example)
    assert sent["data"]["type"] == example["data"]["type"]


def shape(value):
    return {name: shape(each) for name, each in value.items()} if isinstance(value, dict) else type(value).__name__


def test_one_change_of_a_status_is_two_events_and_a_refund_one_more(shop, house):
    for scope in ("store/order/updated", "store/order/statusUpdated", "store/order/refund/created"):
        hook(shop, scope)
    shop.put(SOLD.build())
    shop.touch(250, status_id=2)

    assert [scope for scope, _ in heard(shop, house)] == ["store/order/updated", "store/order/statusUpdated"]

    house.heard.clear()
    shop.refund(SOLD.refunded({"MUG": 1}).build())

    refund = {"refund_id": int(shop.get(250).rows("refunds")[-1]["id"])}
    assert ("store/order/refund/created", {"type": "order", "id": 250, "refund": refund}) in heard(shop, house)


def test_only_active_hooks_of_the_scope_hear_and_a_destination_that_is_nowhere_is_never_called(shop, house):
    hook(shop, "store/order/updated")
    shop.hooks.deactivate(hook(shop, "store/order/created", destination=f"{DOOR}/other")["id"])
    hook(shop, "store/order/created", destination="https://elsewhere.example.com/hooks")

    shop.put(SOLD.build())

    assert heard(shop, house) == []
    assert shop.postman.sent == []


def test_what_is_not_taken_is_tried_again_on_the_vendors_schedule_and_then_the_hook_is_switched_off(shop, house):
    row = hook(shop, "store/order/created")
    house.answer = 503
    shop.put(SOLD.build())
    clock = shop.clock
    for wait in RETRIES_S:
        assert shop.postman.idle()
        before = len(house.heard)
        clock.set(clock.now() + timedelta(seconds=wait - 1))
        assert shop.postman.idle()
        assert len(house.heard) == before
        clock.set(clock.now() + timedelta(seconds=2))
        deadline = time.monotonic() + 5
        while len(house.heard) == before:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert shop.postman.idle()
    assert len(house.heard) == 1 + len(RETRIES_S)
    assert len({body["hash"] for _, _, body in house.heard}) == 1
    deadline = time.monotonic() + 5
    while row["is_active"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_second_try_that_is_taken_ends_it(shop, house):
    hook(shop, "store/order/created")
    house.answer = 500
    shop.put(SOLD.build())
    assert shop.postman.idle()
    house.answer = 200
    shop.clock.set(NOW + timedelta(seconds=61))
    time.sleep(0.1)
    assert shop.postman.idle()
    shop.clock.set(NOW + timedelta(days=3))
    time.sleep(0.1)

    assert [status for _, _, status in shop.postman.sent] == [500, 200]


def test_a_domain_that_refuses_one_in_ten_of_a_hundred_gets_nothing_for_three_minutes(shop, house):
    hook(shop, "store/order/updated")
    shop.put(SOLD.build())
    house.answer = 500
    for _ in range(12):
        shop.touch(250)
    assert shop.postman.idle()
    house.answer = 200
    for _ in range(88):
        shop.touch(250)
    assert shop.postman.idle()
    assert shop.postman.blocked_domains() == [DOOR]

    shop.touch(250)
    assert shop.postman.idle()
    assert len(house.heard) == 100  # it waits

    shop.clock.set(NOW + timedelta(minutes=4))
    time.sleep(0.2)
    assert shop.postman.idle()
    assert len(house.heard) > 100


def test_some_come_twice_under_one_hash_and_some_never_as_whoever_runs_it_says(shop, house):
    hook(shop, "store/order/updated")
    shop.put(SOLD.build())
    shop.postman.luck.twice, shop.postman.luck.lost = 0.3, 0.2
    for _ in range(200):
        shop.touch(250)
    assert shop.postman.idle()

    hashes = [body["hash"] for _, _, body in house.heard]
    assert 30 <= shop.postman.lost <= 50
    assert len(set(hashes)) == 200 - shop.postman.lost
    assert 30 <= len(hashes) - len(set(hashes)) <= 70


def test_a_shop_that_was_reset_sends_nothing_any_more():
    town = Town()
    postman = town.shop.postman
    town.reset("empty")
    postman.reach(DOOR, "http://127.0.0.1:9")
    postman.tell("store/order/created", {"type": "order", "id": 1})

    assert postman.sent == []
    assert town.shop.postman is not postman
