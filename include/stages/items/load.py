"""Load: items that are missing are created, fields that the shop alone changed are updated, all else is left as it is.

Written ahead like documents (design 4.2), by one run at a time for a whole organisation: two of its stores may sell the same
SKU. What Xero lists is asked once a batch, right before it is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from include.clients.xero import Xero
from include.database.connection import Database, Row
from include.domain.item_decision import ItemDecided, decided
from include.settings.store import Store
from include.stages.items.extract import is_whole
from include.stages.items.links import is_as_noted, learn_what_arrived, linked_of, note_decided, note_gone
from include.stages.items.outcomes import ends_as_decided, ends_as_planned, ends_in_shadow, posted_or_not
from include.stages.items.shelf import Shelf
from include.stages.orders.locks import Locks, LocksBusy, locked
from include.stages.orders.run import each_batch
from include.stages.orders.settling import settle_unknown
from include.stages.orders.writing import Fate, Verb, Write, write_all
from include.stages.settings import as_decided
from include.wire.xero_items import item_body

BUSY_RETRY_S = 60.0


@dataclass(frozen=True, slots=True)
class _Planned:
    """One line with what is done about it. `is_news`: the shop, or a person who asked, wants it otherwise than before."""

    row: Row
    link: Row
    wanted: Mapping[str, str]
    what: ItemDecided
    is_news: bool


def load(books: Xero, db: Database, store: Store, batch_ids: Sequence[int], *, as_settings: bool = False) -> None:
    """Bring every line of the batches into the books, and record each one's outcome; in shadow, what it would become.

    as_settings  a person asked that items be brought to today's settings too (T7): else a line whose product did not
                 change is left as it is.
    Raises LocksBusy while another run writes items of the organisation, and the clients' transient errors.
    """
    store = as_decided(db, store)

    def loaded(batch: Row) -> None:
        calls = books.calls
        try:
            if store.file.mode == "shadow":
                _shadow(books, db, batch, as_settings)
                return
            name = f"{store.file.xero.organisation}/items"
            with locked(db, [name]) as locks:
                if name not in locks.got:
                    raise LocksBusy("Another run is writing this organisation's items.", retry_after_s=BUSY_RETRY_S)
                _settle(books, db, locks, store)
                _load_batch(books, db, locks, batch, as_settings)
        finally:
            with db.transaction():
                db.run("batches.add_calls", batch_id=batch["batch_id"], calls=books.calls - calls)

    each_batch(db, batch_ids, stage="load", takes=("transformed",), leaves="loaded", work=loaded)


def _settle(books: Xero, db: Database, locks: Locks, store: Store) -> None:
    """What became of writes whose answer was lost, in whatever run: learnt before anything else is written."""
    skus = [str(row["sku"]) for row in db.rows("items.open_writes", store=store.key)]
    db.rollback()
    if skus:
        settle_unknown(books, db, locks, store.key, "item", skus)


def _load_batch(books: Xero, db: Database, locks: Locks, batch: Row, as_settings: bool) -> None:
    rows = _without_outcome(db, batch)
    _end_the_rest(db, rows)
    planned = _decide(books, db, batch, [row for row in rows if row["decision"] == "bring"], as_settings)
    for act in ("create", "update"):
        _write(books, db, locks, batch, act, [each for each in planned if each.what.act == act])
    with db.transaction():
        for each in planned:
            if each.what.act == "nothing":
                if each.is_news or not is_as_noted(each.link, each.what):
                    note_decided(db, each.row, each.what, each.wanted, is_news=each.is_news)
                ends_as_decided(db, each.row, each.link, each.what)


def _shadow(books: Xero, db: Database, batch: Row, as_settings: bool) -> None:
    rows = _without_outcome(db, batch)
    _end_the_rest(db, rows)
    planned = _decide(books, db, batch, [row for row in rows if row["decision"] == "bring"], as_settings)
    with db.transaction():
        for each in planned:
            ends_in_shadow(db, each.row, each.link, each.what)


def _without_outcome(db: Database, batch: Row) -> list[Row]:
    """What a load that was restarted still has to do."""
    done = {row["subject_key"] for row in db.rows("ledger.postings_of_batch", batch_id=batch["batch_id"])}
    rows = [row for row in db.rows("items.lines", batch_id=batch["batch_id"]) if row["line_key"] not in done]
    db.rollback()
    return rows


def _end_the_rest(db: Database, rows: Sequence[Row]) -> None:
    with db.transaction():
        note_gone(db, rows)
        for row in rows:
            if row["decision"] != "bring":
                ends_as_planned(db, row)


def _decide(books: Xero, db: Database, batch: Row, rows: Sequence[Row], as_settings: bool) -> list[_Planned]:
    """What is done about each line. Xero is asked where a product changed, or the whole catalogue was read."""
    learn_what_arrived(db, batch["store"], [row["sku"] for row in rows])
    links = {row["sku"]: row for row in db.rows("items.links", store=batch["store"], skus=[row["sku"] for row in rows])}
    window = db.row("items.window_of_batch", batch_id=batch["batch_id"])
    db.rollback()
    if not rows:
        return []
    changed = {row["sku"] for row in rows if _is_news(row, links[row["sku"]], as_settings)}
    if not changed and (window is None or not is_whole(window)):  # none: of what was due
        return [_Planned(row, links[row["sku"]], {}, ItemDecided("nothing"), is_news=False) for row in rows]
    shelf = Shelf(books.items())
    planned = []
    for row in rows:
        link = links[row["sku"]]
        linked = linked_of(link)
        # Settings make no difference by themselves: of a product that did not change, its item is wanted as it was (T7).
        is_news = row["sku"] in changed
        fields = row["wanted"] if is_news else linked.wanted
        what = decided(fields, linked, shelf.with_id(link["item_id"]), shelf.coded(linked.code))
        planned.append(_Planned(row, link, fields, what, is_news))
    return planned


def _is_news(row: Row, link: Row, as_settings: bool) -> bool:
    """Whether the line may lead to a write. An older word of the shop than the one that was decided by never does."""
    if link["item_id"] is None:
        return True
    if link["revision"] is not None and row["modified_at"] < link["revision"]:
        return False
    return as_settings or bool(row["source_hash"] != link["source_hash"])


def _write(books: Xero, db: Database, locks: Locks, batch: Row, act: Verb, planned: Sequence[_Planned]) -> None:
    by_sku = {each.row["sku"]: each for each in planned}

    def keep(fate: Fate) -> None:
        each = by_sku[fate.write.subject_key]
        if posted_or_not(db, each.row, each.what, fate.element):
            note_decided(db, each.row, each.what, each.wanted, is_news=each.is_news)

    writes = [
        Write(
            "item", each.row["sku"], "item", "1", act, item_body(each.link["code"], each.what.send, each.what.standing)
        )
        for each in planned
    ]
    write_all(books, db, locks, batch, "PUT" if act == "create" else "POST", "Items", writes, keep)
