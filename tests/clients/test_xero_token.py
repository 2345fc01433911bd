"""Xero's token: one at a time, in time, and a new one when it is refused. If not, a run dies in its middle."""

from __future__ import annotations

import threading
from urllib.parse import parse_qs

import httpx
import pytest
from far_end import Time, a_token, in_turn, invoices, stored, the_books

from include.clients.errors import NotAllowed, NotUnderstood, Unavailable
from include.clients.xero_token import MemoryTokens, Token


class Identity:
    """A token service that numbers its tokens, and books that take the latest only."""

    def __init__(self, life_s: int = 1800) -> None:
        self.given = 0
        self.life_s = life_s
        self.good: set[str] = set()
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/connect/token":
            self.asked.append(request)
            self.given += 1
            self.good = {f"Bearer token-{self.given}"}
            return a_token(f"token-{self.given}", self.life_s)
        if request.headers["authorization"] not in self.good:
            return httpx.Response(401, json={"Title": "Unauthorized", "Detail": "TokenExpired"})
        if request.method == "PUT":
            return stored("BC-1")
        return httpx.Response(200, json={"Organisations": [{"Name": "Demo"}]})


def test_one_token_serves_many_calls_and_is_asked_for_as_xero_documents():
    identity = Identity()
    books = the_books(identity, all_calls=identity)
    assert identity.given == 0  # opening asks for nothing
    for _ in range(5):
        books.organisation()

    [asked] = identity.asked
    assert parse_qs(asked.content.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["accounting.invoices accounting.payments accounting.contacts accounting.settings.read"],
    }
    assert asked.headers["authorization"].startswith("Basic ")
    assert "xero-tenant-id" not in asked.headers
    assert books.calls == 5


def test_a_token_is_renewed_shortly_before_it_expires():
    time, identity = Time(), Identity()
    books = the_books(identity, time, all_calls=identity)
    books.organisation()
    time.now += 1800 - 61
    books.organisation()
    assert identity.given == 1
    time.now += 2
    books.organisation()
    assert identity.given == 2


def test_a_revoked_token_is_renewed_once_and_the_call_goes_on():
    identity = Identity()
    books = the_books(identity, all_calls=identity)
    books.organisation()
    identity.good.clear()

    assert books.organisation() == {"Name": "Demo"}
    identity.good.clear()
    [element] = books.write("PUT", "Invoices", invoices("BC-1"), key="k")
    assert element.ok
    assert identity.given == 3


def test_a_token_is_renewed_also_after_another_mishap():
    broken, refused = httpx.Response(500), httpx.Response(401, json={"Title": "Unauthorized"})
    good = httpx.Response(200, json={"Organisations": [{"Name": "Demo"}]})

    assert the_books(in_turn(broken, refused, good)).organisation() == {"Name": "Demo"}


def test_a_connection_that_was_removed_ends_after_one_new_token():
    refused = httpx.Response(401, json={"Title": "Unauthorized"})

    with pytest.raises(NotAllowed, match="connection"):
        the_books(in_turn(refused, refused)).organisation()


@pytest.mark.parametrize("error", ["invalid_client", "invalid_scope", "unauthorized_client"])
def test_a_refused_client_is_told_with_xeros_word_and_not_tried_again(error):
    books = the_books(None, all_calls=in_turn(httpx.Response(400, json={"error": error})))

    with pytest.raises(NotAllowed, match=error):
        books.organisation()


def test_a_token_service_that_is_down_is_tried_again_and_then_unavailable():
    far = in_turn(*[httpx.Response(503)] * 4)

    with pytest.raises(Unavailable, match="token service answered 503 4 times"):
        the_books(far, all_calls=far).organisation()


@pytest.mark.parametrize(
    "content", [{}, [], {"access_token": 7}, {"access_token": "t"}, {"access_token": "t", "expires_in": 0}]
)
def test_an_answer_without_a_token_is_not_understood(content):
    far = in_turn(*[httpx.Response(200, json=content)] * 2)

    with pytest.raises(NotUnderstood):
        the_books(far, all_calls=far).organisation()


def test_many_threads_fetch_one_token():
    fetched = []
    tokens = MemoryTokens(clock=lambda: 0.0)
    begin = threading.Barrier(8)

    def fetch() -> Token:
        fetched.append(1)
        return Token(f"token-{len(fetched)}", 1800.0)

    def take() -> None:
        begin.wait(5)
        tokens.take(fetch)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)

    assert fetched == [1]


def test_a_late_refusal_of_an_old_token_does_not_throw_the_new_one_away():
    tokens = MemoryTokens(clock=lambda: 0.0)
    old = tokens.take(lambda: Token("old", 1800.0))
    tokens.give_up(old)
    new = tokens.take(lambda: Token("new", 1800.0))
    tokens.give_up(old)

    assert tokens.take(lambda: pytest.fail("fetched again")) == new


def test_a_database_may_keep_the_tokens_instead():
    class Row:
        def __init__(self) -> None:
            self.token: Token | None = None

        def take(self, fetch):
            self.token = self.token or fetch()
            return self.token

        def give_up(self, token):
            self.token = None

        def now(self):
            return 5000.0

    row, identity = Row(), Identity()
    the_books(identity, all_calls=identity, tokens=row).organisation()
    the_books(identity, all_calls=identity, tokens=row).organisation()

    assert identity.given == 1
    assert (row.token.access, row.token.expires_at) == ("token-1", 6800.0)
