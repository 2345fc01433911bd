"""Each bad day of a warehouse feed by its story, against the sandbox over a real socket.

Who is hurt: a shop that sells what is not there, and whoever's token is sent to a stranger.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest
from far_end import WAREHOUSE_TOKEN, a_warehouse, in_turn

from include.clients.errors import NotAllowed, NotUnderstood, Unavailable
from include.clients.warehouse import BODY_BYTES_MAX, Warehouse, WarehouseLevel

TOKEN = "sandbox-warehouse-token"


@pytest.fixture
def stocked(place):
    place.town.warehouse.set("MUG", 12, location="main")
    place.town.warehouse.set("MUG", "3.5", location="shop")
    place.town.warehouse.set("CUP, BLUE", 0)
    return place


def told(client: Warehouse) -> dict[tuple[str, str | None], Decimal]:
    return {(level.sku, level.location): level.on_hand for level in client.levels().levels}


SHELVES = {("MUG", "main"): Decimal(12), ("MUG", "shop"): Decimal("3.5"), ("CUP, BLUE", None): Decimal(0)}


def at(place, name: str, **changes) -> Warehouse:
    settings = {"token": TOKEN, "now": place.town.clock.now, "clock": place.time.clock, "sleep": place.time.sleep}
    return Warehouse.open(url=f"{place.base}/warehouse/{name}", **{**settings, **changes})


@pytest.mark.parametrize(("separator", "with_bom"), [(",", False), (";", True)])
def test_json_and_csv_say_the_same(stocked, separator, with_bom):
    stocked.town.warehouse.separator, stocked.town.warehouse.with_bom = separator, with_bom

    assert told(stocked.warehouse) == SHELVES
    for name in ("levels.json", "levels.csv"):
        with at(stocked, name) as client:
            assert told(client) == SHELVES
    assert stocked.town.calls.count(vendor="warehouse", status=200) == 3


def test_a_level_says_when_it_was_so(place):
    place.town.clock.set(datetime(2026, 11, 24, 8, tzinfo=UTC))
    place.town.warehouse.set("MUG", 12, as_of=datetime(2026, 11, 24, 6, tzinfo=UTC))
    place.town.warehouse.set("CUP", 1)

    feed = place.warehouse.levels()

    assert feed.levels == (
        WarehouseLevel("MUG", None, Decimal(12), datetime(2026, 11, 24, 6, tzinfo=UTC)),
        WarehouseLevel("CUP", None, Decimal(1), datetime(2026, 11, 24, 8, tzinfo=UTC)),
    )


def test_a_feed_that_is_no_longer_written_is_not_taken(place):
    place.town.warehouse.set("MUG", 12, as_of=place.town.clock.now())
    place.town.clock.advance(25 * 3600)

    with pytest.raises(NotUnderstood, match=r"is old: .* more than 24 h ago"):
        place.warehouse.levels()
    with at(place, "levels", as_of_max_age=timedelta(hours=48)) as patient:
        assert told(patient) == {("MUG", None): Decimal(12)}


def test_empty_shelves_are_not_believed(place):
    for name in ("levels.json", "levels.csv"):
        with at(place, name) as client, pytest.raises(NotUnderstood, match="is empty"):
            client.levels()


def test_what_the_warehouse_states_wrongly_is_in_doubt(stocked):
    stocked.town.warehouse.set("TEA", -4)

    feed = stocked.warehouse.levels()

    assert {level.sku for level in feed.levels} == {"MUG", "CUP, BLUE"}
    assert feed.in_doubt == {"TEA"}


@pytest.mark.parametrize("name", ["levels.json", "levels.csv"])
@pytest.mark.parametrize(
    "story", ["lose_the_next_answer", "break_off_the_next_answer", "answer_html_next", "cut_the_next_answer"]
)
def test_a_bad_answer_is_asked_for_again(stocked, story, name):
    stocked.town.stories.tell(story, "warehouse")

    with at(stocked, name) as client:
        assert told(client) == SHELVES
        assert client.calls == 2


@pytest.mark.parametrize("name", ["levels.json", "levels.csv"])
def test_a_feed_that_stays_cut_is_not_taken(stocked, name):
    stocked.town.stories.cut_the_next_answer("warehouse", calls=9)

    with at(stocked, name) as client, pytest.raises(NotUnderstood, match="Nothing was taken from it"):
        client.levels()


def test_a_web_page_that_stays_is_not_taken(stocked):
    stocked.town.stories.answer_html_next("warehouse", calls=9)

    with pytest.raises(NotUnderstood, match="answered with text/html"):
        stocked.warehouse.levels()
    assert stocked.warehouse.calls == 2


def test_a_warehouse_that_is_down_longer_is_left_to_the_scheduler(stocked):
    stocked.town.stories.be_down_for("warehouse", calls=99)

    with pytest.raises(Unavailable, match="The warehouse answered 503 4 times"):
        stocked.warehouse.levels()


def test_a_warehouse_that_throttles_is_waited_for_when_it_says_nothing_and_left_when_it_asks_for_half_a_minute(stocked):
    stocked.town.stories.throttle_next("warehouse", calls=2, with_headers=False)
    assert told(stocked.warehouse) == SHELVES
    assert sum(stocked.time.slept) == 1.5

    stocked.town.stories.throttle_next("warehouse")
    with pytest.raises(Unavailable, match="asks for 30 s") as raised:
        stocked.warehouse.levels()
    assert raised.value.retry_after_s == 30


@pytest.mark.parametrize("how", ["never given", "revoked"])
def test_a_token_that_does_not_open_is_for_the_operator(stocked, how):
    if how == "revoked":
        stocked.town.stories.revoke_the_token("warehouse")
    with at(stocked, "levels", token=TOKEN if how == "revoked" else "another") as client:
        with pytest.raises(NotAllowed, match=r"does not let us in \(401\): check the token") as raised:
            client.levels()
        assert client.calls == 1
    assert str(raised.value).endswith("(GET the warehouse feed)")


def test_an_address_without_a_feed_is_for_the_operator(stocked):
    far = in_turn(httpx.Response(404, text="not here"))

    with pytest.raises(NotUnderstood, match=r"no feed at this address \(404\)"):
        a_warehouse(far).levels()


def test_no_redirect_is_followed_since_the_token_would_go_along():
    asked = []

    def far(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(302, headers={"location": "https://stranger.test/stock.csv"})

    with pytest.raises(NotUnderstood, match=r"sends us elsewhere \(302, to stranger.test\)"):
        a_warehouse(far).levels()
    assert asked == ["warehouse.test"]


def test_the_token_goes_in_its_header_and_nowhere_else():
    asked: list[httpx.Request] = []

    def far(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"levels": [{"sku": "MUG", "on_hand": 1}]})

    a_warehouse(far).levels()

    [request] = asked
    assert request.headers["authorization"] == f"Bearer {WAREHOUSE_TOKEN}"
    assert request.headers["accept"] == "application/json, text/csv;q=0.9"
    assert WAREHOUSE_TOKEN not in str(request.url)


def test_a_feed_that_never_ends_is_not_read_to_its_end():
    given = []

    class Endless(httpx.SyncByteStream):
        def __iter__(self):
            yield b"sku,on_hand\n"
            while len(given) < 1024:
                given.append(2**20)
                yield b"MUG,1\n" * (2**20 // 6)

    far = in_turn(httpx.Response(200, headers={"content-type": "text/csv"}, stream=Endless()))

    with pytest.raises(NotUnderstood, match="more than 32 MiB"):
        a_warehouse(far).levels()
    assert sum(given) <= BODY_BYTES_MAX + 2 * 2**20


@pytest.mark.parametrize(
    "url",
    [
        "http://warehouse.example/stock.csv",
        "http://127.0.0.1.example/stock.csv",
        "http://localhost.example/",
        "http://10.0.0.1/",
        "https://warehouse.example/stock.csv?token=planted",
        "https://user:planted@warehouse.example/",
        "ftp://warehouse.example/",
        "warehouse.example/stock.csv",
        "",
    ],
)
def test_an_address_to_which_no_token_may_be_sent_is_refused_and_not_shown(url):
    with pytest.raises(ValueError, match="URL") as raised:
        Warehouse.open(url=url, token="t")
    assert "planted" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8900/a", "http://localhost/a", "http://[::1]/a", "https://w.test/a/"]
)
def test_https_and_this_very_machine_are_addresses(url):
    Warehouse.open(url=url, token="t").close()


def test_a_large_feed_is_read_whole():
    levels = [{"sku": f"SKU-{n}", "on_hand": n, "as_of": "2026-11-24T06:00:00Z"} for n in range(20_000)]
    far = in_turn(
        httpx.Response(200, content=json.dumps({"levels": levels}), headers={"content-type": "application/json"})
    )

    feed = a_warehouse(far, now=lambda: datetime(2026, 11, 24, 8, tzinfo=UTC)).levels()

    assert len(feed.levels) == 20_000
    assert feed.levels[-1].on_hand == 19_999
