"""Business risk: from the shop's own webhook to the invoice something is missing that each part's tests cannot see.

The sandbox's shop sends, Airflow's api-server takes it in, the triggerer rings, a task posts.
"""

from datetime import UTC, datetime

import httpx
import pytest
from troubled_stack import demo_store, troubled_stack

from include.database.connection import connect
from include.sandbox.order_builder import an_order, as_json

SECONDS, REFERENCE = "orders_within_seconds__demo", "refresh_reference__demo"
DOOR = "https://bridge.example.com"
SOON_S = 120  # it takes some seconds on an idle machine

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A real Airflow, whose webhooks were registered by its own hourly look, and a shop that finds the door."""
    folder = tmp_path_factory.mktemp("rings") / "stack"
    store = f"{demo_store()}\nwebhooks: {{url: {DOOR}/bridge}}\n"
    with troubled_stack(folder, others={"demo": store}) as place:
        place.unpause(REFERENCE)
        place.stack.airflow.unpause(SECONDS)
        place.stack.sandbox.post("webhooks", {"reach": {DOOR: place.stack.airflow.url}})
        yield place


def sells(place, key):
    now = datetime.now(UTC)
    order = an_order(key).placed(now).bought_by(f"Jo Park {key}", customer=key).line("SKU-0", price="22.00")
    text = as_json(order.paid("card", at=now).build()).replace("jo.park", f"jo.park.{key}")
    httpx.post(f"{place.stack.sandbox.url}/_sandbox/orders", content=text, trust_env=False).raise_for_status()


def booked(place):
    """The orders whose invoice is paid, by our tables: Xero has sixty calls a minute, and they are not for waiting."""
    with connect(place.stack.dsn) as db:
        return {
            row["order_key"] for row in db.rows("audit.order_outcomes", store="demo") if row["invoice_status"] == "PAID"
        }


def in_xero(place):
    numbers = [each["InvoiceNumber"] for each in place.stack.sandbox.documents("Invoices")]
    assert len(numbers) == len(set(numbers))
    return set(numbers)


def sent(place):
    return httpx.get(f"{place.stack.sandbox.url}/_sandbox/webhooks", trust_env=False).json()["sent"]


def test_an_order_that_the_shop_tells_of_is_in_the_books_by_itself(place):
    sells(place, 8001)

    place.until("its invoice", lambda: 8001 in booked(place), SOON_S)

    assert {each["status"] for each in sent(place)} == {200}


def test_what_is_told_while_the_triggerer_is_dead_is_in_the_books_once_it_is_back(place):
    place.kill("triggerer")
    for key in (8002, 8003):
        sells(place, key)

    place.until("their invoices", lambda: {8002, 8003} <= booked(place), SOON_S)  # it starts what has ended

    assert {"sealed"} == set(place.batches())


def test_what_is_told_while_no_scheduler_runs_is_answered_at_once_and_posted_later(place):
    place.kill("scheduler")
    sells(place, 8004)
    taken = place.until(
        "the door's answer", lambda: [each for each in sent(place) if each["scope"] == "store/order/created"]
    )
    assert {each["status"] for each in taken} == {200}

    place.until("its invoice", lambda: 8004 in booked(place), SOON_S)
    assert {f"BC-{key}" for key in range(8001, 8005)} <= in_xero(place)
