"""A vendor that is down costs all processes together a few calls, and then one now and then."""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace

import pytest
from processes import together

from include.clients import circuit
from include.clients.errors import Unavailable
from include.clients.pacing import XERO_SHARED, OpenPace, Pace
from include.clients.xero import Xero
from include.clients.xero_token import MemoryTokens
from include.database.connection import connect
from include.keepers.budget import SharedPace


@pytest.fixture(scope="module")
def served():
    from include.sandbox.town import Town

    town = Town()
    with town.serve() as base:
        yield town, base


@pytest.fixture
def down(served, postgres, request, monkeypatch):
    """A town whose books are down, and what opens a client of them; a circuit stays open for half a second at first."""
    town, base = served
    town.reset("empty")
    town.limits.enforced = False
    monkeypatch.setattr(circuit, "OPEN_FIRST_S", 0.5)
    tokens = MemoryTokens()

    def books(pace: Pace) -> Xero:
        return Xero.open(
            base_url=base,
            token_url=f"{base}/connect/token",
            client_id="sandbox-client",
            client_secret="sandbox-secret",
            tenant_id=town.books.tenant_id,
            pace=pace,
            tokens=tokens,
            sleep=lambda seconds: None,
        )

    def share() -> SharedPace:
        return SharedPace(postgres.writer_dsn, XERO_SHARED, vendor="xero", tenant=request.node.name)

    with books(OpenPace()) as client:
        client.organisation()  # the token service is another door: all have its token
    town.stories.be_down_for("xero", calls=100_000)
    town.calls.clear()
    yield town, share, books
    town.stories.clear()


def asked(town) -> int:
    return sum(not call.is_token_call for call in town.calls.matching(vendor="xero"))


def test_a_vendor_that_is_down_costs_all_processes_a_few_calls_and_not_one_each(down):
    town, share, books = down

    def a_batch(number: int) -> Counter[str]:
        said: Counter[str] = Counter()

        def one() -> None:
            for _ in range(6):
                try:
                    client.organisation()
                except Unavailable as error:
                    said["left alone" if "left alone" in str(error) else "down"] += 1

        with closing(share()) as pace, books(pace) as client:
            threads = [threading.Thread(target=one) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        return said

    began = time.monotonic()
    said = sum(together(a_batch, 4), Counter())
    took = time.monotonic() - began

    assert said.total() == 4 * 3 * 6
    assert said["left alone"] > 60
    # Those that open it, those in flight beside them, and a probe for each opening since.
    assert asked(town) <= circuit.FAILURES_MAX + XERO_SHARED.in_flight_max + 1 + took / 0.5


def test_of_twenty_processes_that_come_when_its_time_is_over_one_tries(down, monkeypatch):
    town, share, books = down
    with closing(share()) as pace, books(pace) as client:
        for _ in range(2):
            with pytest.raises(Unavailable):
                client.organisation()
    before = asked(town)
    assert before == circuit.FAILURES_MAX
    time.sleep(0.6)
    monkeypatch.setattr(circuit, "OPEN_FIRST_S", 30.0)  # so that no second probe is due, however slow the machine is
    town.stories.answer_slowly("xero", 1.0)

    def one(number: int) -> str:
        with closing(share()) as pace, books(pace) as client, pytest.raises(Unavailable) as raised:
            client.organisation()
        assert raised.value.retry_after_s > 0
        return str(raised.value)

    together(one, 20)

    assert asked(town) == before + 1


def test_it_closes_on_the_first_answer_and_is_seen_by_who_asks(down, postgres, request):
    town, share, books = down
    with closing(share()) as pace, books(pace) as client:
        for _ in range(2):
            with pytest.raises(Unavailable):
                client.organisation()
        with pytest.raises(Unavailable, match="left alone"):
            client.organisation()
        with connect(postgres.reader_dsn) as db:
            row = db.row("pace.seen", vendor="xero", tenant=request.node.name)
        assert row["circuit"]["said"] == "answered 503"
        assert circuit.state_of(circuit.Circuit.from_json(row["circuit"]), row["now"]) == "open"
        town.stories.clear()
        time.sleep(0.6)
        assert client.organisation()["Name"]
        assert client.organisation()["Name"]


def test_a_process_that_died_while_it_tried_keeps_nobody_out_for_good(down, postgres, request):
    """`make faults` found it: nobody was let through any more, and so nobody saw that the probe's time was over."""
    town, share, books = down
    with closing(share()) as pace, books(pace) as client:
        for _ in range(2):
            with pytest.raises(Unavailable):
                client.organisation()
    time.sleep(0.6)
    prober = share()
    place = prober.place()
    place.__enter__()
    prober.close()  # with its connection goes what says that it lives
    town.stories.clear()
    terms = replace(XERO_SHARED, linger_s=0.1)
    with (
        closing(SharedPace(postgres.writer_dsn, terms, vendor="xero", tenant=request.node.name)) as pace,
        books(pace) as client,
    ):
        with pytest.raises(Unavailable, match="left alone"):
            client.organisation()
        time.sleep(0.2)
        assert client.organisation()["Name"]
    place.__exit__(None, None, None)
    prober.close()
