"""Orders within seconds: what is due now goes through the same stages as by the clock, in one go (design 4.7).

The rules are the same objects, judged without Great Expectations, whose import alone takes five seconds. The next run of
`orders_to_books` reads the same orders again, since they changed after its cursor, and lets it judge them; it finds them
unchanged, and writes nothing.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from include.clients.bigcommerce import BigCommerce
from include.clients.xero import Xero
from include.database.connection import Database
from include.settings.store import Store
from include.stages.orders.audit import audit
from include.stages.orders.check import check
from include.stages.orders.extract import extract_due
from include.stages.orders.load import load
from include.stages.orders.run import Run
from include.stages.orders.transform import transform

FLOW = "orders_within_seconds"
AT_ONCE_MAX = 2000  # events


def enter_what_is_due(
    shop: BigCommerce, open_books: Callable[[], AbstractContextManager[Xero]], db: Database, store: Store, run: Run
) -> dict[str, int]:
    """Everything that is due, from the shop into the books; the counts, as the audit proves them.

    Raises what the stages raise. What was stored by then stays, and is taken up by this run again or by the next by the
    clock; what was only claimed is due again.
    """
    with db.transaction():
        db.run("door.wake", limit=AT_ONCE_MAX)  # what a door that died had kept and not yet made due
    batch_ids = extract_due(shop, open_books, db, store, run)
    if not batch_ids:
        return {}
    check(db, store, batch_ids, plainly=True)
    transform(db, store, batch_ids, plainly=True)
    with open_books() as books:
        load(books, db, store, batch_ids)
    return audit(db, store, batch_ids)
