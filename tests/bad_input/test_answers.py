"""Answers that are none: pages of a proxy, JSON that stops, pages that repeat, bodies without an end, other addresses.

Who is hurt: the merchant whose orders vanish behind a proxy's "one moment please", and everybody whose token is carried
to another host.
"""

import json
import re
import resource
import tracemalloc
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from bad_orders import GOOD, Desk, Line, json_answer
from far_servers import Endless, Quiet, elsewhere, serving

from include.clients.bigcommerce import BigCommerce
from include.clients.errors import NotUnderstood, OutcomeUnknown
from include.clients.xero import Xero
from include.stages.orders.gathering import UNREAD_MAX
from include.stages.orders.run import look_again

TOKEN = "planted-token-5b1d"
A_PAGE = httpx.Response(200, content=b"<html>One moment please</html>", headers={"content-type": "text/html"})
MIB = 2**20


def all_are_booked(desk: Desk, *others: int) -> None:
    counts = desk.run()
    assert {key: row["outcome"] for key, row in desk.outcomes().items()} == dict.fromkeys((*GOOD, *others), "posted")
    assert desk.invoices() == dict.fromkeys((*GOOD, *others), "22.00")
    assert counts["orders"] >= len(GOOD)


def only_to(path: str, change: Callable[[httpx.Response], httpx.Response]) -> Callable:
    """Answers to calls whose path ends so are changed, the others are as they are."""
    return lambda request, answer: change(answer) if request.url.path.endswith(path) else answer


@pytest.mark.parametrize("story", ["answer_html_next", "cut_the_next_answer"])
@pytest.mark.parametrize("vendor", ["bigcommerce", "xero"])
def test_one_bad_answer_is_asked_for_again(desk: Desk, vendor, story):
    desk.town.stories.tell(story, vendor)

    all_are_booked(desk)


@pytest.mark.parametrize(
    ("path", "change", "says"),
    [
        ("/v2/orders", lambda answer: A_PAGE, "BigCommerce answered with text/html instead of JSON"),
        ("/v2/orders", lambda answer: cut(answer), "BigCommerce sent JSON that stops in the middle or is none"),
        ("/v2/orders", lambda answer: said(b'[{"id": 1001, "total_inc_tax": NaN}]'), "sent JSON that stops"),
        (
            "/v2/orders",
            lambda answer: said(b"[" * 100_000),
            "BigCommerce sent JSON that stops in the middle or is none",
        ),
        ("/v2/orders", lambda answer: said(b'{"orders": []}'), "BigCommerce sent no JSON list where one is documented"),
        ("/v2/orders", lambda answer: said(b"\xff\xfe["), "BigCommerce sent text that is not UTF-8"),
        ("/v2/orders", lambda answer: said(b""), "BigCommerce sent an empty answer"),
        ("/v2/orders", lambda answer: nameless(answer), "BigCommerce sent an order without an id, after order 1001"),
    ],
)
def test_an_answer_that_stays_bad_stops_the_run_with_its_name_and_nothing_is_lost(desk: Desk, path, change, says):
    with desk.saying(only_to(path, change)), pytest.raises(NotUnderstood, match=says) as raised:
        desk.run()

    assert raised.value.failure == "run"
    assert desk.invoices() == {}
    all_are_booked(desk)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda answer: A_PAGE, "instead of JSON.* check the base URL.*GET /v3/orders/1001/transac"),
        (lambda answer: cut(answer), "stops in the middle.*GET /v3/orders/1001/transactions"),
        (lambda answer: json_answer([]), "sent no list where one is documented"),
        (lambda answer: json_answer({"error": "x"}), "sent no list where one is documented"),
        (lambda answer: httpx.Response(422, json={"title": "no"}), r"\(422\).*GET /v3/orders/1001/transactions"),
    ],
)
def test_an_order_whose_payments_cannot_be_read_is_held_and_the_rest_goes_on(desk: Desk, caplog, change, says):
    with desk.saying(only_to("/1001/transactions", change)):
        desk.run()

    assert desk.invoices()[9001] == "22.00"
    held = desk.outcomes()[1001]
    assert (held["outcome"], held["reason"]) == ("held", "missing_field"), held["sentence"]
    assert "payments were not read" in held["sentence"]
    assert re.search(rf"Order 1001 could not be read whole.*{says}", caplog.text, re.DOTALL)

    assert desk.invoice(1001)["AmountPaid"] == 0  # the order says that it is paid; only its payments may say so

    desk.bridge.a_while_later()
    desk.run()
    assert desk.invoices() == dict.fromkeys(GOOD, "22.00")
    assert [desk.invoice(order_id)["AmountDue"] for order_id in GOOD] == [0, 0]


def test_when_no_order_can_be_read_it_is_the_shop_and_the_run_stops(desk: Desk):
    others = range(2001, 2001 + UNREAD_MAX)
    for order_id in others:
        desk.put(order_id)

    with desk.saying(only_to("/transactions", lambda answer: A_PAGE)), pytest.raises(NotUnderstood) as raised:
        desk.run()

    assert raised.value.failure == "run"
    desk.run()
    assert set(desk.invoices()) == {*GOOD, *others}


def test_an_order_that_is_due_and_cannot_be_read_stops_no_other(desk: Desk):
    desk.run()
    with desk.bridge.db.transaction():
        for order_id in GOOD:
            look_again(desk.bridge.db, desk.bridge.store, str(order_id), "retry", timedelta(0))

    with desk.saying(only_to("/orders/1001", lambda answer: A_PAGE)):
        desk.run()

    assert {row["outcome"] for row in desk.outcomes().values()} == {"unchanged"}
    assert desk.ask("SELECT subject_key, cause FROM due WHERE claimed_by IS NULL") == [("1001", "unread")]


def said(body: bytes) -> httpx.Response:
    return httpx.Response(200, content=body, headers={"content-type": "application/json"})


def cut(answer: httpx.Response) -> httpx.Response:
    return said(answer.content[:-40])


def nameless(answer: httpx.Response) -> httpx.Response:
    rows = answer.json()
    del rows[1]["id"]
    return json_answer(rows)


@pytest.mark.parametrize("bad", [A_PAGE, said(b'{"Invoices": [{"InvoiceID": "')], ids=["html", "cut"])
def test_a_write_to_the_books_whose_answer_is_bad_is_read_back_and_stands_once(desk: Desk, bad):
    line = Line()
    desk.bridge.books = lambda: books_over(desk, line)

    def spoil(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        is_write = request.method != "GET" and request.url.path.endswith("/Invoices")
        return httpx.Response(200, content=bad.content, headers=bad.headers) if is_write else answer

    line.alter = spoil
    with pytest.raises(OutcomeUnknown, match="It is unknown whether the write was carried out"):
        desk.run()
    line.alter = lambda request, answer: answer
    for _ in range(3):  # one document goes alone after a change, the others follow
        desk.bridge.a_while_later()
        desk.run()

    assert desk.invoices() == dict.fromkeys(GOOD, "22.00")
    assert {row["outcome"] for row in desk.outcomes().values()} <= {"posted", "unchanged"}


@contextmanager
def books_over(desk: Desk, line: Line):
    with Xero.open(
        base_url=desk.bridge.base,
        token_url=f"{desk.bridge.base}/connect/token",
        client_id="sandbox-client",
        client_secret="sandbox-secret",
        tenant_id=desk.town.books.tenant_id,
        transport=line,
        sleep=lambda seconds: None,
    ) as client:
        yield client


def fifty(desk: Desk) -> list[int]:
    """So many orders that the list has a second page; nothing was paid, which saves calls."""
    ids = list(range(3001, 3050))
    for order_id in ids:
        desk.put(order_id, lambda order: order.unpaid().status(11))
    return ids


def test_a_page_that_repeats_stops_the_run_and_nothing_is_lost_or_doubled(desk: Desk):
    ids = fifty(desk)
    first: list[bytes] = []

    def again(answer: httpx.Response) -> httpx.Response:
        first.append(answer.content)
        return said(first[0])

    with (
        desk.saying(only_to("/v2/orders", again)),
        pytest.raises(NotUnderstood, match=r"BigCommerce's orders .* come again"),
    ):
        desk.run()
    assert desk.invoices() == {}

    all_are_booked(desk, *ids)
    assert len(set(desk.stored(ids[0]))) == 1


def test_an_order_listed_twice_on_a_page_stops_the_run_and_nothing_is_doubled(desk: Desk):
    with (
        desk.saying(only_to("/v2/orders", lambda answer: json_answer([*answer.json(), answer.json()[-1]]))),
        pytest.raises(NotUnderstood, match="come again"),
    ):
        desk.run()

    all_are_booked(desk)


def test_orders_that_change_while_paging_are_booked_once_as_they_are_in_the_end(desk: Desk):
    ids = fifty(desk)
    read, unread = ids[3], 9001  # on the page that was read, and behind it
    pages = []

    def dearer(order):
        return order.line("TEA", price="11.00", tax="10").unpaid().status(11)

    def between(answer: httpx.Response) -> httpx.Response:
        if not pages:
            for order_id in (read, unread):
                desk.put(order_id, dearer)
        pages.append(answer)
        # A vendor that gives fewer rows than were asked for: the second page starts behind the fiftieth.
        return said(json.dumps(answer.json()[:50]).encode()) if answer.content else answer

    with desk.saying(only_to("/v2/orders", between)):
        desk.run()
    assert len(pages) == 2
    desk.town.shop.touch(read)
    desk.run()

    assert desk.invoices() == {**dict.fromkeys((*GOOD, *ids), "22.00"), read: "33.00", unread: "33.00"}
    assert set(desk.outcomes()) == {*GOOD, *ids}
    assert {row["outcome"] for row in desk.outcomes().values()} <= {"posted", "unchanged"}


def test_an_order_that_changes_between_the_list_and_its_payments_is_never_booked_with_half_of_each(desk: Desk):
    changed = []

    def between(answer: httpx.Response) -> httpx.Response:
        if not changed:
            changed.append(answer)
            desk.put(1001, lambda order: order.line("TEA", price="11.00", tax="10"))  # with 33.00 paid
        return answer

    with desk.saying(only_to("/v2/orders", between)):
        desk.run()
    first = desk.outcomes()[1001]
    assert (first["outcome"], first["reason"]) == ("held", "overpaid"), first["sentence"]
    assert "33.00" in first["sentence"]
    assert desk.outcomes()[9001]["outcome"] == "posted"

    desk.town.shop.touch(1001)
    desk.run()
    second = desk.outcomes()[1001]
    assert (second["outcome"], second["reason"]) == ("held", "edited_after_payment"), second["sentence"]
    assert "the order is now worth 33.00" in second["sentence"]
    assert desk.invoices() == dict.fromkeys(GOOD, "22.00")


def test_an_order_that_is_gone_between_the_list_and_its_parts_is_no_order_and_the_rest_goes_on(desk: Desk):
    def gone(answer: httpx.Response) -> httpx.Response:
        desk.town.shop.remove(1001)
        return answer

    with desk.saying(only_to("/v2/orders", gone)):
        desk.run()

    assert set(desk.outcomes()) == {9001}
    assert desk.invoices() == {9001: "22.00"}


class NeverEnds(httpx.SyncByteStream):
    """A body that is made while it is read, and counts what was taken of it."""

    def __init__(self) -> None:
        self.taken = 0

    def __iter__(self):
        while self.taken < 1024 * MIB:
            self.taken += MIB
            yield b" " * MIB


def test_a_body_of_a_gigabyte_is_not_read_and_the_next_run_books_everything(desk: Desk):
    body = NeverEnds()
    endless = httpx.Response(200, headers={"content-type": "application/json"}, stream=body)

    with desk.saying(only_to("/v2/orders", lambda answer: endless)), pytest.raises(NotUnderstood, match="64 MiB"):
        desk.run()

    assert body.taken <= 66 * MIB
    all_are_booked(desk)


@pytest.mark.parametrize("of", ["orders", "stock", "adjustment"])
def test_the_client_hangs_up_on_a_server_that_never_stops_talking(of):
    asks = {
        "orders": lambda shop: shop.store(),
        "stock": lambda shop: list(shop.inventory_items()),
        "adjustment": lambda shop: shop.adjust_stock(
            [{"location_id": 1, "sku": "MUG", "quantity": 1}], how="absolute", reason="test"
        ),
    }
    with serving(Endless) as server, shop_at(server.base) as shop:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        tracemalloc.start()
        with pytest.raises(OutcomeUnknown if of == "adjustment" else NotUnderstood, match="more than 64 MiB"):
            asks[of](shop)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert server.hung_up.wait(10)
        assert server.sent < 96 * MIB  # what was read, and what the sockets held
        assert peak < 80 * MIB
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024
        assert shop.calls == 1


def shop_at(base: str) -> BigCommerce:
    return BigCommerce.open(base_url=base, store_hash="demo1", access_token=TOKEN, sleep=lambda seconds: None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_the_shop_is_not_followed_and_the_token_stays_here(status):
    with serving(Quiet) as other, serving(elsewhere(status, other.base)) as server, shop_at(server.base) as shop:
        for ask in (
            shop.store,
            lambda: list(shop.inventory_items()),
            lambda: shop.taxes(7),
            lambda: shop.adjust_stock([{"location_id": 1, "sku": "MUG", "quantity": 1}], how="absolute", reason="test"),
        ):
            with pytest.raises(NotUnderstood, match=rf"\({status}, to 127.0.0.1\): check the base URL") as raised:
                ask()
            assert TOKEN not in str(raised.value)

        assert len(server.asked) == 4
        assert other.asked == []


def test_a_redirect_of_the_books_is_not_followed_and_neither_token_nor_secret_goes_along():
    token = json.dumps({"access_token": TOKEN, "expires_in": 1800, "token_type": "Bearer"}).encode()
    with serving(Quiet) as other, serving(elsewhere(307, other.base, token)) as server:
        for token_url in (f"{server.base}/connect/token", f"{server.base}/moved/token"):
            with (
                Xero.open(
                    base_url=server.base,
                    token_url=token_url,
                    client_id="client",
                    client_secret="planted-secret-9a2e",
                    tenant_id=None,
                    sleep=lambda seconds: None,
                ) as books,
                pytest.raises(NotUnderstood, match="sends us elsewhere") as raised,
            ):
                books.organisation()
            assert "planted" not in str(raised.value)

        assert other.asked == []


def test_a_shop_that_redirects_stops_the_run_and_the_books_stay_as_they_are(desk: Desk):
    away = httpx.Response(302, headers={"location": "https://elsewhere.test/stores/demo1/v2/orders?token=x"})

    with (
        desk.saying(only_to("/v2/orders", lambda answer: away)),
        pytest.raises(NotUnderstood, match=r"sends us elsewhere \(302, to elsewhere\.test\): check the base URL"),
    ):
        desk.run()

    assert {url.host for url in desk.line.asked} == {"127.0.0.1"}
    assert desk.invoices() == {}
    all_are_booked(desk)
