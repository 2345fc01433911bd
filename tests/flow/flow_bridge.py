"""The bridge between a sandbox and a database, as a DAG would run it; `conftest` makes one for each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from include.clients.bigcommerce import BigCommerce
from include.clients.xero import Xero
from include.database.connection import Database
from include.sandbox.town import Town
from include.settings.store import Store, read_store, store_named
from include.stages import orders


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


def without_lag(folder) -> Store:
    """The demo store, whose moving window ends now: a test does not wait half a minute for the shop to settle."""
    path = folder / "demo.yaml"
    path.write_text(f"{store_named('demo').text}\nwindow: {{lag_seconds: 0}}\n", "utf-8")
    return read_store(path)
