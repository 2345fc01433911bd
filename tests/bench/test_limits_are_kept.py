"""The short form of `make bench-limits`: counts, and no 429, where a minute is a second and has five calls.

Several runs at once in processes of their own share the one budget; the sandbox counts and refuses as Xero does.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from include.clients.pacing import BIGCOMMERCE_SHARED, XERO_SHARED
from include.commands.bench.backfill import Backfill, bring_back, prepared
from include.commands.bench.serve import PLACED, fill, know_shoppers
from include.sandbox import town as towns
from include.sandbox.ground import Clock

FASTER = 60
CALLS_A_MINUTE = 5
CUSTOMERS = 50


class FastClock(Clock):
    """A clock on which a minute passes in a second."""

    def __init__(self) -> None:
        super().__init__()
        self._began = datetime.now(UTC)

    def now(self) -> datetime:
        return self._began + FASTER * (datetime.now(UTC) - self._began)


@pytest.fixture
def town(monkeypatch):
    monkeypatch.setenv("BRIDGE_KEY", "bench-tests")
    monkeypatch.setattr(towns, "Clock", FastClock)
    town = towns.Town()
    town.limits.figures["xero_minute"] = CALLS_A_MINUTE
    know_shoppers(town, CUSTOMERS)
    return town


@pytest.fixture
def dsn(postgres_server, monkeypatch):
    monkeypatch.setenv("BRIDGE_KEY", "bench-tests")
    dsn = prepared(postgres_server.dsn("postgres", "postgres"))
    yield dsn
    postgres_server.drop_database(dsn.rpartition("/")[2])


def a_backfill(base_url: str, dsn: str, orders: int, **xero: int) -> Backfill:
    terms = replace(XERO_SHARED, window_s=1.0, calls_max=CALLS_A_MINUTE, vendor_calls_max=CALLS_A_MINUTE, **xero)
    shop = replace(BIGCOMMERCE_SHARED, window_s=0.5)
    return Backfill(base_url, dsn, orders, 100, 2, terms, shop, True, PLACED, timedelta(seconds=30))


def test_runs_at_once_spend_every_minute_and_no_call_more(town, dsn):
    fill(town, 300, customers=CUSTOMERS)
    with town.serve() as base_url:
        said = bring_back(a_backfill(base_url, dsn, 300))
    assert "error" not in said
    assert (said["sent"], said["held"]) == (300, 0)
    assert (len(town.books.invoices()), len(town.books.payments())) == (300, 300)
    assert town.calls.count(vendor="xero", is_token_call=False) == 12
    assert town.calls.count(status=429) == 0


def test_a_day_ends_with_its_reserve_and_without_a_429(town, dsn):
    town.limits.figures["xero_day"] = 10
    fill(town, 400, customers=CUSTOMERS)
    with town.serve() as base_url:
        said = bring_back(a_backfill(base_url, dsn, 400, kept_a_day=2))
    assert "error" not in said
    assert said["spent"]
    assert town.calls.count(vendor="xero", is_token_call=False) == 8
    assert town.calls.count(status=429) == 0
    assert len(town.books.payments()) == said["sent"] >= 100
