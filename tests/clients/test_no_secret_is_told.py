"""No token, secret or personal datum leaves by an error or a log line, however the vendor misbehaves.

Errors end in Airflow's logs, which many can read; a token in one opens the books to all of them.
"""

from __future__ import annotations

import base64
import logging
import traceback
from collections.abc import Callable
from urllib.parse import quote

import httpx
import pytest
from far_end import (
    BC_TOKEN,
    MAY,
    SECRETS,
    WAREHOUSE_TOKEN,
    XERO_SECRET,
    XERO_TOKEN,
    a_shop,
    a_token,
    a_warehouse,
    invoices,
    the_books,
)

from include.clients.bigcommerce import BigCommerce
from include.clients.bigcommerce_install import Installed, token_for
from include.clients.errors import ApiError, ConsentNeeded
from include.clients.xero import Xero
from include.clients.xero_consent import consent_of, tenants_of
from include.clients.xero_token import Token
from include.clients.xero_token_service import TokenService
from include.keepers.vault import Vault

BASIC = base64.b64encode(f"client:{XERO_SECRET}".encode()).decode()
PERSON = "jane.doe@example.com"
NEVER = (
    *SECRETS,
    BASIC,
    PERSON,
    quote(PERSON),
    "secret-path",
)  # in a URL, too; an unguessable path may be a key itself


def echo(status: int, kind: str = "application/json") -> Callable[[httpx.Request], httpx.Response]:
    """A far end that repeats whatever it was told, as gateways do when they fail."""

    def far(request: httpx.Request) -> httpx.Response:
        told = {name: request.headers[name] for name in ("authorization", "x-auth-token") if name in request.headers}
        body = {"Title": str(told), "Message": str(told), "error": str(told), "Elements": [{"EmailAddress": PERSON}]}
        return httpx.Response(status, json=body, headers={"content-type": kind, "x-echo": str(told)})

    return far


def breaks(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def far(request: httpx.Request) -> httpx.Response:
        raise type(error)(f"{error} {dict(request.headers)} {request.url}", **({"request": request}))

    return far


FAR_ENDS = [
    *(echo(status) for status in (200, 201, 302, 400, 401, 403, 404, 409, 429, 500, 501, 503, 507)),
    echo(200, "text/html"),
    echo(400, "text/html"),
    *(
        breaks(error(""))
        for error in (httpx.ConnectError, httpx.ReadTimeout, httpx.WriteError, httpx.RemoteProtocolError)
    ),
    *(
        breaks(error(""))
        for error in (httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol, httpx.LocalProtocolError)
    ),
    breaks(httpx.DecodingError("")),
]


def shop_calls(shop: BigCommerce) -> list[Callable[[], object]]:
    return [
        shop.store,
        shop.time,
        lambda: list(shop.orders(MAY, by="created")),
        lambda: shop.order(7),
        lambda: shop.taxes(7),
        lambda: list(shop.inventory_items()),
        lambda: shop.adjust_stock([{"location_id": 1, "sku": "MUG", "quantity": 3}], how="absolute", reason="test"),
    ]


def books_calls(books: Xero) -> list[Callable[[], object]]:
    return [
        books.organisation,
        lambda: books.contacts_where(numbers=["bc:1"], emails=[PERSON]),
        lambda: books.write("PUT", "Invoices", invoices("BC-1"), key="k"),
    ]


@pytest.mark.parametrize("far", FAR_ENDS)
def test_no_error_and_no_log_line_tells_a_secret_or_a_person(far, caplog):
    caplog.set_level(logging.DEBUG)

    def books_far(request: httpx.Request) -> httpx.Response:
        return a_token() if request.url.path == "/connect/token" else far(request)

    told = 0
    calls = (
        shop_calls(a_shop(far))
        + books_calls(the_books(far, all_calls=books_far))
        + books_calls(the_books(far, all_calls=far))
        + [a_warehouse(far).levels]
    )
    for call in calls:
        try:
            call()
        except ApiError as error:
            told += 1
            links = [error, error.__cause__, error.__context__]
            text = "".join(traceback.format_exception(error)) + "".join(
                f"{link} {link!r} {vars(link or told)}" for link in links if link
            )
            for secret in NEVER:
                assert secret not in text

    assert told >= 8
    for secret in NEVER:
        assert secret not in caplog.text


class OneConsent:
    """A keeper that holds one consent, in memory."""

    def for_app(self, name: str) -> None: ...

    def now(self) -> float:
        return 0.0

    def take(self, fetch):
        return fetch()

    def renew(self, refresh):
        return refresh(REFRESH)

    def give_up(self, token) -> None: ...


CODE, REFRESH, APP_SECRET = "planted-code-3c5e", "planted-refresh-token-8a7d", "planted-app-secret-2b6f"


def consent_calls(far: Callable[[httpx.Request], httpx.Response]) -> list[Callable[[], object]]:
    """Every call that carries a code, a refresh token or an app's secret."""

    def skip(seconds: float) -> None:
        """No time passes in here."""

    transport = httpx.MockTransport(far)
    token = Token(XERO_TOKEN, 1800.0, REFRESH)
    books = the_books(far, all_calls=far, grant="authorization_code", tokens=OneConsent())
    service = TokenService(
        token_url="https://identity.test/connect/token",
        client_id="client",
        client_secret=XERO_SECRET,
        http=httpx.Client(transport=transport),
        sleep=skip,
    )
    app = {"client_id": "app", "client_secret": APP_SECRET, "code": CODE, "context": "stores/abc", "scope": "s"}
    return [
        books.organisation,
        lambda: consent_of(service, CODE, "http://localhost:8912/callback"),
        lambda: tenants_of("https://books.test", token, transport, skip),
        lambda: token_for(
            "https://login.test", **app, redirect_uri="http://localhost/", transport=transport, sleep=skip
        ),
    ]


def echo_of_the_body(status: int) -> Callable[[httpx.Request], httpx.Response]:
    """A far end that repeats the form that it was sent, where codes and refresh tokens are."""

    def far(request: httpx.Request) -> httpx.Response:
        said = request.content.decode()
        return httpx.Response(status, json={"error": said, "title": said, "message": said, "errors": {"a": said}})

    return far


@pytest.mark.parametrize("far", [*FAR_ENDS, *(echo_of_the_body(status) for status in (200, 400, 401, 403, 409, 500))])
def test_no_code_refresh_token_or_app_secret_is_told_while_people_consent(far, caplog):
    caplog.set_level(logging.DEBUG)
    told = 0
    for call in consent_calls(far):
        with pytest.raises(ApiError) as raised:
            call()
        told += 1
        links = [raised.value, raised.value.__cause__, raised.value.__context__]
        text = "".join(traceback.format_exception(raised.value)) + "".join(
            f"{link} {link!r} {vars(link)}" for link in links if link
        )
        for secret in (*NEVER, CODE, REFRESH, APP_SECRET):
            assert secret not in text
            assert secret not in caplog.text
    assert told == 4


def test_what_holds_a_token_does_not_say_it():
    token = Token(XERO_TOKEN, 1800.0, REFRESH, "accounting.invoices", "tenant")
    installed = Installed(BC_TOKEN, "store_v2_orders", "stores/abc")

    for thing in (token, installed, Vault([REFRESH]), ConsentNeeded("ended", connection="xero_au")):
        assert not [secret for secret in (XERO_TOKEN, REFRESH, BC_TOKEN) if secret in f"{thing} {thing!r}"]


def test_what_the_planted_secrets_would_look_like_is_found_when_they_are_told():
    seen: list[str] = []

    def far(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.headers.raw))
        return (
            a_token()
            if request.url.path == "/connect/token"
            else httpx.Response(200, json={"Organisations": [{}], "id": 1})
        )

    the_books(far, all_calls=far).organisation()
    a_shop(far).store()
    with pytest.raises(ApiError):
        a_warehouse(far).levels()

    for secret in (BC_TOKEN, XERO_TOKEN, BASIC, WAREHOUSE_TOKEN):
        assert secret in "".join(seen)


def test_clients_and_parts_say_nothing_of_their_contents():
    def far(request: httpx.Request) -> httpx.Response:
        return a_token() if "token" in request.url.path else httpx.Response(200, json={"id": 1, "email": PERSON})

    shop, books, warehouse = a_shop(far), the_books(far), a_warehouse(far)
    part = shop.store()

    for thing in (shop, books, warehouse, part, [part], books._auth, books._auth._tokens.take(books._auth._fetch)):
        assert not any(secret in repr(thing) for secret in NEVER)


@pytest.mark.parametrize("token", ["", "two words", "new\nline", "ü", "tab\t"])
def test_a_token_that_fits_in_no_header_is_refused_without_being_shown(token):
    for client, field in ((a_shop, "access_token"), (a_warehouse, "token")):
        with pytest.raises(ValueError, match="token") as raised:
            client(lambda request: httpx.Response(200), **{field: token})
        assert not token or token not in str(raised.value)


def test_a_given_token_that_fits_in_no_header_is_not_shown():
    def far(request: httpx.Request) -> httpx.Response:
        return a_token("planted\nnew line")

    with pytest.raises(ApiError) as raised:
        the_books(far, all_calls=far).organisation()
    assert "planted" not in str(raised.value)
