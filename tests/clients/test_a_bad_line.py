"""What only a made-up far end can show: endless bodies, redirects, slow drips, broken compression, and lost time.

If a limit is missing here, one bad answer fills a worker's memory or holds it for ever, and every store behind it waits.
"""

from __future__ import annotations

import gzip
import pickle
import tracemalloc
from contextlib import contextmanager

import httpx
import pytest
from far_end import MAY, Time, a_shop, a_token, an_order, in_turn, invoices, json_bytes, stored, the_books

from include.clients.errors import NotUnderstood, OutcomeUnknown, Refused, Unavailable
from include.clients.pacing import OpenPace, Turn

JSON = {"content-type": "application/json"}
A_PAGE = {"content-type": "text/html; charset=utf-8"}


class Endless(httpx.SyncByteStream):
    """A body of one gigabyte that is made while it is read."""

    def __init__(self) -> None:
        self.given = 0
        self.is_closed = False

    def __iter__(self):
        for _ in range(1024):
            self.given += 2**20
            yield b" " * 2**20

    def close(self) -> None:
        self.is_closed = True


def test_a_gigabyte_is_not_read_to_its_end_nor_kept():
    body = Endless()
    shop = a_shop(lambda request: httpx.Response(200, headers=JSON, stream=body))

    tracemalloc.start()
    with pytest.raises(NotUnderstood, match="64 MiB"):
        shop.store()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert body.given <= 66 * 2**20
    assert body.is_closed
    assert peak < 80 * 2**20
    assert shop.calls == 1  # asking for it again would help nobody


def test_a_gigabyte_that_is_announced_is_not_begun():
    body = Endless()
    shop = a_shop(lambda request: httpx.Response(200, headers={**JSON, "content-length": str(2**30)}, stream=body))

    with pytest.raises(NotUnderstood, match="64 MiB"):
        shop.store()
    assert body.given == 0


def test_a_small_body_that_unpacks_to_a_gigabyte_is_not_unpacked():
    packed = gzip.compress(b" " * (100 * 2**20), compresslevel=1)
    shop = a_shop(
        lambda request: httpx.Response(200, headers={**JSON, "content-encoding": "gzip"}, stream=pieces(packed))
    )

    with pytest.raises(NotUnderstood, match="64 MiB"):
        shop.store()


def pieces(body: bytes) -> httpx.SyncByteStream:
    class Pieces(httpx.SyncByteStream):
        def __iter__(self):
            yield from (body[at : at + 4096] for at in range(0, len(body), 4096))

    return Pieces()


def test_a_write_whose_answer_is_too_large_may_have_been_carried_out():
    books = the_books(lambda request: httpx.Response(200, headers=JSON, stream=Endless()))

    with pytest.raises(OutcomeUnknown):
        books.write("PUT", "Invoices", invoices("BC-1"), key="k")


def test_a_body_that_drips_in_is_given_up():
    time = Time()

    class Drips(httpx.SyncByteStream):
        def __iter__(self):
            while True:
                time.now += 50  # each piece within the read time-out
                yield b" "

    shop = a_shop(lambda request: httpx.Response(200, headers=JSON, stream=Drips()), time)

    with pytest.raises(Unavailable, match="in time 4 times"):
        shop.store()


def test_a_body_that_is_not_packed_as_its_headers_say_is_asked_for_once_more():
    wrong = httpx.Response(200, headers={**JSON, "content-encoding": "gzip"}, stream=pieces(b"no gzip"))
    shop = a_shop(in_turn(wrong, httpx.Response(200, json={"id": "abc"})))

    assert shop.store().content == {"id": "abc"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_only_its_host_is_named(status):
    elsewhere = {"location": "https://user:pass@elsewhere.test/login?next=secret"}
    books = the_books(lambda request: httpx.Response(status, headers=elsewhere))

    with pytest.raises(NotUnderstood) as raised:
        books.organisation()
    assert "elsewhere.test" in str(raised.value)
    assert "secret" not in str(raised.value)
    assert "pass" not in str(raised.value)
    assert books.calls == 1


def test_a_redirected_write_does_not_carry_its_body_elsewhere():
    books = the_books(in_turn(httpx.Response(307, headers={"location": "https://elsewhere.test/"})))

    with pytest.raises(NotUnderstood):
        books.write("PUT", "Invoices", invoices("BC-1"), key="k")


@pytest.mark.parametrize(
    "bad",
    [
        lambda: httpx.Response(200, headers=A_PAGE, content=b"<html>One moment</html>"),
        lambda: httpx.Response(200, headers=JSON, content=b'{"Organisations": [{"Name": "De'),
        lambda: httpx.Response(200, headers=JSON, content=b""),
        lambda: httpx.Response(200, content=b'{"Organisations": []}'),
        lambda: httpx.Response(200, headers=JSON, content=b'{"Something": []}'),
        lambda: httpx.Response(200, headers=JSON, content=b"[]"),
    ],
)
def test_an_answer_that_cannot_be_read_is_asked_for_once_more_and_then_not_understood(bad):
    good = httpx.Response(200, json={"Organisations": [{"Name": "Demo"}]})
    assert the_books(in_turn(bad(), good)).organisation() == {"Name": "Demo"}

    books = the_books(in_turn(bad(), bad()))
    with pytest.raises(NotUnderstood):
        books.organisation()
    assert books.calls == 2


def test_a_write_answered_by_a_proxys_page_is_repeated_under_its_key_and_then_unknown():
    seen: list[tuple[str, bytes]] = []

    def page(request: httpx.Request) -> httpx.Response:
        seen.append((request.headers["idempotency-key"], request.content))
        return httpx.Response(200, headers=A_PAGE, content=b"<html>")

    with pytest.raises(OutcomeUnknown):
        the_books(in_turn(page, page)).write("PUT", "Invoices", invoices("BC-1"), key="k-1")

    assert seen == [("k-1", invoices("BC-1"))] * 2


def test_a_write_that_never_reached_xero_is_said_to_be_not_done():
    far = in_turn(*[httpx.ConnectError("no route")] * 4)

    with pytest.raises(Unavailable) as raised:
        the_books(far).write("PUT", "Invoices", invoices("BC-1"), key="k")
    assert raised.value.failure == "transient"


def test_a_write_that_may_have_arrived_once_stays_unknown_however_surely_later_tries_failed():
    far = in_turn(httpx.ReadTimeout("lost"), *[httpx.ConnectError("no route")] * 3)

    with pytest.raises(OutcomeUnknown):
        the_books(far).write("PUT", "Invoices", invoices("BC-1"), key="k")


def test_a_lost_answer_that_is_repeated_tells_what_was_stored():
    far = in_turn(httpx.RemoteProtocolError("closed"), httpx.Response(502), stored("BC-1"))

    [element] = the_books(far).write("PUT", "Invoices", invoices("BC-1"), key="k")

    assert (element.ok, element.number) == (True, "BC-1")


def test_no_write_that_may_have_arrived_is_repeated_after_its_key_may_be_forgotten():
    time = Time()

    def slowly(request: httpx.Request) -> httpx.Response:
        time.now += 130
        raise httpx.ReadTimeout("lost")

    with pytest.raises(OutcomeUnknown):
        the_books(in_turn(slowly, slowly), time).write("PUT", "Invoices", invoices("BC-1"), key="k")
    assert time.slept == [0.5]  # and nobody waits for a repeat that will not be


def test_nor_is_it_repeated_when_its_turn_comes_too_late():
    time = Time()

    class SlowPace(OpenPace):
        @contextmanager
        def place(self):
            time.now += 130
            yield Turn()

    far = in_turn(httpx.ReadTimeout("lost"))
    with pytest.raises(OutcomeUnknown, match="too long for its turn"):
        the_books(far, time, pace=SlowPace()).write("PUT", "Invoices", invoices("BC-1"), key="k")


def test_a_refusal_is_no_answer_when_this_process_stood_still_on_the_way_and_the_key_may_be_forgotten():
    time = Time()

    def after_a_pause(request: httpx.Request) -> httpx.Response:
        time.now += 370  # since the clock was looked at; `make faults` found it
        return stored("BC-1")

    far = in_turn(httpx.ReadTimeout("lost"), after_a_pause)
    with pytest.raises(OutcomeUnknown, match="forgotten"):
        the_books(far, time).write("PUT", "Invoices", invoices("BC-1"), key="k")


def test_a_write_that_may_have_arrived_stays_unknown_when_no_new_token_is_given():
    lost = httpx.ReadTimeout("lost")
    no_token = [httpx.Response(400, json={"error": "invalid_client"})]

    def far(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/connect/token":
            return no_token.pop() if time.slept else a_token(life_s=60)  # so short that each call needs a new one
        raise lost

    time = Time()
    with pytest.raises(OutcomeUnknown, match="invalid_client"):
        the_books(far, time, all_calls=far).write("PUT", "Invoices", invoices("BC-1"), key="k")


def test_bytes_that_were_sent_before_are_never_said_to_be_not_done():
    far = in_turn(*[httpx.ConnectError("no route")] * 4)

    with pytest.raises(OutcomeUnknown):
        the_books(far).write("PUT", "Invoices", invoices("BC-1"), key="k", sent_before=True)


def test_bytes_that_were_sent_before_are_not_sent_when_the_pace_keeps_them_past_their_time():
    time = Time()
    books = the_books(in_turn(httpx.Response(429, headers={"retry-after": "15"})), time)

    with pytest.raises(OutcomeUnknown):
        books.write("PUT", "Invoices", invoices("BC-1"), key="k", sent_before=True, repeat_for_s=10)


def test_a_write_whose_token_cannot_be_had_has_not_left():
    def far(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/connect/token"
        return httpx.Response(503)

    books = the_books(far, all_calls=far)
    with pytest.raises(Unavailable, match="token service"):
        books.write("PUT", "Invoices", invoices("BC-1"), key="k")
    assert books.calls == 1


def test_seconds_are_slept_and_half_a_minute_is_handed_to_the_scheduler():
    time = Time()
    good = httpx.Response(200, json={"Organisations": [{}]})
    the_books(in_turn(httpx.Response(429, headers={"retry-after": "9"}), good), time).organisation()
    assert sum(time.slept) == 9.0

    with pytest.raises(Unavailable) as raised:
        the_books(in_turn(httpx.Response(429, headers={"retry-after": "26"}))).organisation()
    assert raised.value.retry_after_s == 26.0


def test_every_call_has_time_outs():
    seen = []

    def far(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        if request.url.path == "/connect/token":
            return a_token()
        return httpx.Response(200, json={"Organisations": [{}], "id": 1})

    the_books(far, all_calls=far).organisation()
    a_shop(far).store()

    assert len(seen) == 3
    assert all(limit is not None and limit <= 60 for timeout in seen for limit in timeout.values())


def test_a_404_that_is_a_web_page_is_no_proof_that_the_order_does_not_exist():
    page = httpx.Response(404, headers=A_PAGE, content=b"<h1>nginx</h1>")
    with pytest.raises(NotUnderstood):
        a_shop(in_turn(page, page)).order(7)

    theirs = httpx.Response(404, json=[{"status": 404, "message": "The requested resource was not found."}])
    assert a_shop(in_turn(theirs)).order(7) is None


def test_an_order_of_another_number_is_not_taken_for_the_one_asked_for():
    other = httpx.Response(200, content=json_bytes(an_order(8)), headers=JSON)
    with pytest.raises(NotUnderstood):
        a_shop(in_turn(other, other)).order(7)


def test_every_error_names_its_call_without_the_store_and_without_the_question():
    shop = a_shop(lambda request: httpx.Response(500), base_url="https://shop.test/gateway")
    for ask, call in (
        (lambda: shop.taxes(7), "GET /v2/orders/7/taxes"),
        (lambda: list(shop.orders(MAY, by="modified")), "GET /v2/orders"),
    ):
        with pytest.raises(Unavailable) as raised:
            ask()
        assert str(raised.value).endswith(f"({call})")
        assert raised.value.call == call
        assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)  # it crosses to another process

    books = the_books(lambda request: httpx.Response(200, headers=A_PAGE, content=b"<html>"))
    with pytest.raises(NotUnderstood, match=r"GET /api\.xro/2\.0/Contacts\)$"):
        books.contacts_where(numbers=[], emails=["jane@example.com"])


def test_a_refusal_of_the_shop_carries_its_words():
    refused = httpx.Response(400, json=[{"status": 400, "message": "The field 'sort' is invalid."}])
    with pytest.raises(Refused) as raised:
        next(a_shop(in_turn(refused)).orders(MAY, by="modified"))
    assert raised.value.problems == ("The field 'sort' is invalid.",)
    assert raised.value.status == 400


@pytest.mark.parametrize(
    "base_url", ["", "shop.test", "ftp://shop.test", "https://u:p@shop.test", "https://", "https://a?b=c"]
)
def test_an_address_that_cannot_be_right_is_refused_without_being_repeated(base_url):
    with pytest.raises(ValueError, match="base URL") as raised:
        a_shop(in_turn(), base_url=base_url)
    assert "u:p" not in str(raised.value)
