"""Extract: what both sides say of every SKU, kept as a batch; and the same look without keeping anything, for a preview."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from include.clients.bigcommerce import BigCommerce
from include.database.connection import Database
from include.domain.stock import Seen
from include.settings.store import Store
from include.stages.orders.run import StageRed, code_version, digest_key
from include.stages.stock.lines import COLUMNS, lines, orders_kept, seen_in
from include.stages.stock.looking import Looked, look
from include.stages.stock.sources import Source, Supply
from include.stages.stock.terms import stock_policy

FLOW = "stock_to_store"
OPEN_FOR = timedelta(days=60)  # an order that a warehouse has not sent for so long is not waited for


def extract(shop: BigCommerce, source: Source, db: Database, store: Store, run_id: str) -> int:
    """Keep what both sides say of every SKU; the batch's id. Raises the clients' errors: nothing is half kept.

    Raises StageRed where the source names nothing at all, though it did before.
    """
    newest = int(db.value("stock.newest_attempt", store=store.key))
    db.rollback()
    looked = _look(shop, source, db, store)
    rows = lines(looked, db, store)
    if rows and not looked.supplies:
        raise StageRed(
            f"The source names no item, and we have set {len(rows)} levels from it before: nothing is changed."
        )
    with db.transaction():
        batch_id = int(
            db.value(
                "batches.open_batch",
                store=store.key,
                flow=FLOW,
                run_id=run_id,
                extraction_id=None,
                settings_version=store.version,
                code_version=code_version(),
                reference_id=None,
            )
        )
        db.insert(
            "stock.store_lines",
            [(batch_id, store.key, newest, *(row[name] for name in COLUMNS)) for row in rows],
        )
        moments = {"asked_at": looked.asked_at, "levels_at": looked.levels_at, "again_at": looked.again_at}
        db.run("stock.note_look", batch_id=batch_id, **moments)
        # A webhook that came before the look is answered by it; one that came since rings again.
        db.run("stock.claim_due", store=store.key, batch_id=batch_id, before=looked.asked_at)
        _wake_the_short(db, store, looked.supplies)
        db.run("batches.move_batch", batch_id=batch_id, state="extracted")
    return batch_id


def preview(shop: BigCommerce, source: Source, db: Database, store: Store) -> list[Seen]:
    """What a run would see now. Nothing is kept."""
    return [seen_in(row) for row in lines(_look(shop, source, db, store), db, store)]


def _look(shop: BigCommerce, source: Source, db: Database, store: Store) -> Looked:
    policy = stock_policy(db, store)
    begins = store.policy(digest_key(store)).start_from or datetime.now(UTC)
    cursor = db.value("batches.watermark", store=store.key, flow="orders_to_books")
    if source.counts_orders_of == "books":
        keys = db.rows("stock.pending_orders", store=store.key)
    else:
        keys = db.rows("stock.placed_since", store=store.key, since=datetime.now(UTC) - OPEN_FOR)
    db.rollback()
    since = begins if cursor is None else cursor - timedelta(minutes=store.file.window.overlap_minutes)
    waiting = orders_kept(db, store, [int(row["order_key"]) for row in keys])
    return look(shop, source, waiting=waiting, since=since, places=(*policy.places, *policy.elsewhere))


def _wake_the_short(db: Database, store: Store, supplies: Iterable[Supply]) -> None:
    """Orders that wait for stock in Xero are looked at as soon as it is in; inside the caller's transaction."""
    there = {supply.code: supply.on_hand for supply in supplies if supply.on_hand is not None}
    db.rows("stock.wake_the_short", store=store.key, codes=list(there), on_hand=list(there.values()))
