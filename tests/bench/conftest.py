"""A sandbox in which every n-th call has a bad day, and a place where ours runs against it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from include.commands.bench.ours import contact_id, fresh_database, prepare, the_store
from include.commands.bench.serve import fill, know_shoppers
from include.commands.bench.trial import Invoice, Place, Verdict, age, judged, until_done
from include.database.connection import connect
from include.sandbox.stories import Stories
from include.sandbox.town import Town

ORDERS = 60  # two chunks of invoices, two of payments


class EveryNth(Stories):
    """Bad days by count: the n-th call and its multiples, as the harness of the peers has them."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = self.lose = self.throttle = self.kill_at = self.pid = 0
        self.done = False

    def take(self, vendor: str, story: str) -> dict[str, Any] | None:
        if story == "be_down_for":  # the first that every call asks for
            self.calls += 1
            if self.calls == self.kill_at and not self.done:
                self._kill()
                return {"status": 503}
        if story == "throttle_next" and self.throttle and self.calls % self.throttle == 0:
            return {"with_headers": True}
        return super().take(vendor, story)

    def standing(self, vendor: str, story: str) -> dict[str, Any] | None:
        if story == "lose_the_next_answer":  # asked for once a call, when its work is done
            if self.calls == self.kill_at and self.done:
                self._kill()
            if self.lose and self.calls % self.lose == 0:
                self._add("lose_the_next_answer", vendor, writes_only=False)
        return super().standing(vendor, story)

    def _kill(self) -> None:
        self.kill_at = 0
        os.kill(self.pid, signal.SIGKILL)


@dataclass
class Trial:
    """One run of ours in a town of its own, from its orders to the verdict."""

    town: Town
    days: EveryNth
    place: Place
    refused: tuple[str, ...] = ()

    def run(self) -> Verdict:
        return self._verdict(until_done(self.place))

    def run_killed(self, at: int, *, done: bool) -> Verdict:
        """Run in a process of its own that is killed at this call; ten minutes later it is run again."""
        gate, go = os.pipe()
        child = os.fork()
        if not child:
            os.close(go)
            os.read(gate, 1)
            os._exit(0 if until_done(self.place) else 1)
        os.close(gate)
        self.days.kill_at, self.days.pid, self.days.done = at, child, done
        os.close(go)
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
        with connect(self.place.dsn) as db:
            age(db)
        self.town.clock.advance(600)
        return self._verdict(1 + until_done(self.place))

    def _verdict(self, tries: int) -> Verdict:
        books: dict[str, Invoice] = {}
        for document in self.town.books.invoices():
            books[document["InvoiceNumber"]] = Invoice(document["InvoiceID"], float(document["Total"]))
        for payment in self.town.books.payments():
            books[payment["Invoice"]["InvoiceNumber"]].paid.append(float(payment["Amount"]))
        assert len(books) == len(self.town.books.invoices())
        with connect(self.place.dsn) as db:
            verdict = judged(db, self.place.store, books, ORDERS, self.refused)
        verdict.tries = tries
        return verdict

    def refuse_every(self, n: int) -> None:
        """The contact of every n-th order is archived, so that Xero refuses what is billed to it."""
        numbers = range(n, ORDERS + 1, n)
        for number in numbers:
            self.town.books.archive_contact(contact_id(str(number)))
        self.refused = tuple(f"BC-{1_000_000 + number}" for number in numbers)


@contextmanager
def a_trial(server_dsn: str, folder: Path) -> Iterator[Trial]:
    """A town with paid orders, each of a customer of its own, and a database where nothing happened yet."""
    town = Town()
    town.limits.enforced = False
    town.stories = town.dispatch.stories = days = EveryNth()
    fill(town, ORDERS, customers=ORDERS)
    know_shoppers(town, ORDERS)
    store = the_store(in_full=True)
    with town.serve() as base_url:
        place = Place(base_url, fresh_database(server_dsn), store, folder / "handed.json", sandbox=True)
        with connect(place.dsn) as db:
            prepare(db, store)
        yield Trial(town, days, place)


@pytest.fixture
def trial(postgres_server, tmp_path, monkeypatch) -> Iterator[Trial]:
    monkeypatch.setenv("BRIDGE_KEY", "bench-tests")
    with a_trial(postgres_server.dsn("postgres", "postgres"), tmp_path) as one:
        yield one
        database = one.place.dsn.rpartition("/")[2]
    postgres_server.drop_database(database)
