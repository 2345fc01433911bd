"""Real PostgreSQL, real HTTP to the sandbox: what the flow's tests stand on."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # tests of other folders use this bridge too
from flow_bridge import Bridge, without_lag

from include.checks import incoming, outgoing
from include.checks import stock as checked_stock
from include.checks.plain import judge_plainly, plain_frame
from include.database.connection import connect
from include.sandbox.town import Town
from include.settings.store import store_named

# Where Great Expectations itself is what is tested, or the whole flow as it runs in production.
JUDGED_BY_GREAT_EXPECTATIONS = ("test_checks", "test_fields", "test_orders_enter_the_books", "test_stock_flows_back")


@pytest.fixture(scope="module", autouse=True)
def judged(request) -> Iterator[None]:
    """Great Expectations takes half a second of a core a run; elsewhere its equal judges (tests/faults: both judge alike)."""
    if request.module.__name__ in JUDGED_BY_GREAT_EXPECTATIONS:
        yield
        return
    with pytest.MonkeyPatch.context() as patched:
        for module in (incoming, outgoing, checked_stock):
            patched.setattr(module, "frame_of", plain_frame)
            patched.setattr(module, "judge", judge_plainly)
        yield


@pytest.fixture(scope="session")
def new_database(postgres_server, migrated) -> Callable[[str], AbstractContextManager[str]]:
    """Gives a migrated database of a name, by its administrator's address; it is dropped at the end of the block."""

    @contextmanager
    def made(name: str) -> Iterator[str]:
        postgres_server.make_database(name, "bridge_owner", template=migrated)
        try:
            yield postgres_server.dsn("postgres", name)
        finally:
            postgres_server.drop_database(name)

    return made


@pytest.fixture
def dsn(new_database, request) -> Iterator[str]:
    with new_database(f"flow_{abs(hash(request.node.nodeid)) % 10**9}") as dsn:
        yield dsn


@pytest.fixture
def another_dsn(new_database, request) -> Iterator[str]:
    with new_database(f"other_{abs(hash(request.node.nodeid)) % 10**9}") as dsn:
        yield dsn


@pytest.fixture
def bridge(dsn, tmp_path, monkeypatch):
    monkeypatch.setenv("BRIDGE_KEY", "flow-tests")
    town = Town.demo()
    town.limits.enforced = False
    with town.serve() as base, connect(dsn) as db:
        yield Bridge(town, base, db, without_lag(tmp_path))


@pytest.fixture
def summed(bridge):
    """The demo store, which sums up its days from 6 October on."""
    bridge.set(posting="daily_summary", summary_from=date(2026, 10, 6))
    return bridge


@pytest.fixture(scope="module")
def cases(new_database, request) -> Iterator[Bridge]:
    """One town and one database for the many cases of a file, each with a store of its own."""
    town = Town()
    with (
        pytest.MonkeyPatch.context() as patched,
        town.serve() as base,
        new_database(request.module.__name__) as dsn,
        connect(dsn) as db,
    ):
        patched.setenv("BRIDGE_KEY", "flow-tests")
        yield Bridge(town, base, db, store_named("demo"))


@pytest.fixture
def desk(bridge):
    """The demo shop and books without an order and without a contact. At the end, nothing was posted to a contact."""
    from contact_desk import Contacts  # here, since others load this file from where its neighbours are not found

    for kept in list(bridge.town.shop):
        bridge.town.shop.remove(kept.order["id"])
    assert bridge.town.books.contacts() == []
    yield Contacts(bridge)
    assert [call for call in bridge.town.calls if call.method == "POST" and "/Contacts" in call.path] == []
