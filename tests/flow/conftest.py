"""Real PostgreSQL, real HTTP to the sandbox: what the flow's tests stand on."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date

import pytest

from include.checks import incoming, outgoing
from include.checks import stock as checked_stock
from include.clients.bigcommerce import BigCommerce
from include.clients.xero import Xero
from include.commands.faults.plain_checks import judge_plainly, plain_frame
from include.database.connection import Database, connect
from include.sandbox.town import Town
from include.settings.store import Store, read_store, store_named
from include.stages import orders

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


@dataclass
class Bridge:
    """The bridge between a sandbox and a database, run as a DAG would run it."""

    town: Town
    base: str
    db: Database
    store: Store
    runs: int = 0

    @contextmanager
    def books(self, **terms) -> Iterator[Xero]:
        with Xero.open(
            base_url=self.base,
            token_url=f"{self.base}/connect/token",
            client_id="sandbox-client",
            client_secret="sandbox-secret",
            tenant_id=self.town.books.tenant_id,
            **terms,
        ) as client:
            yield client

    @contextmanager
    def shop(self) -> Iterator[BigCommerce]:
        with BigCommerce.open(base_url=self.base, store_hash="demo1", access_token="sandbox-bc-token") as client:
            yield client

    def run(self, window=None, run_id=None) -> dict[str, int]:
        self.runs += 1
        flow = "orders_to_books" if window is None else "orders_of_the_day"
        run = orders.Run(flow, run_id or f"run-{self.runs}", window)
        with self.shop() as shop:
            batches = orders.extract(shop, self.books, self.db, self.store, run)
        orders.check(self.db, self.store, batches)
        orders.transform(self.db, self.store, batches)
        with self.books() as books:
            orders.load(books, self.db, self.store, batches)
        return orders.audit(self.db, self.store, batches)

    def set(self, **policies: object) -> None:
        """Decide policies otherwise than the store's file does."""
        content = self.store.file.model_copy(update={"policies": self.store.file.policies.model_copy(update=policies)})
        self.store = replace(self.store, file=content)

    def a_while_later(self) -> None:
        """What waits is due, and what a run left open an hour ago is anybody's to finish."""
        with self.db.transaction(), self.db._connection.cursor() as cursor:
            cursor.execute("UPDATE due SET due_at = now()")
            cursor.execute("UPDATE batch SET touched_at = now() - INTERVAL '1 hour'")

    def outcomes(self) -> dict[int, dict]:
        rows = self.db.rows("audit.order_outcomes", store=self.store.key)
        self.db.rollback()
        return {row["order_key"]: row for row in rows}


def _without_lag(folder) -> Store:
    """The demo store, whose moving window ends now: a test does not wait half a minute for the shop to settle."""
    path = folder / "demo.yaml"
    path.write_text(f"{store_named('demo').text}\nwindow: {{lag_seconds: 0}}\n", "utf-8")
    return read_store(path)


@pytest.fixture
def bridge(dsn, tmp_path, monkeypatch):
    monkeypatch.setenv("BRIDGE_KEY", "flow-tests")
    town = Town.demo()
    town.limits.enforced = False
    with town.serve() as base, connect(dsn) as db:
        yield Bridge(town, base, db, _without_lag(tmp_path))


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
