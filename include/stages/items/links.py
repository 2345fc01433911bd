"""The link table: which item a SKU is, what was sent of it last, and what the shop wanted then."""

from collections.abc import Mapping, Sequence

from include.database.connection import Database, Row, json_value
from include.domain.item_code import folded
from include.domain.item_decision import ItemDecided, Linked
from include.wire.xero_items import sent_of
from include.wire.xero_read_back import element_in


def linked_of(link: Row) -> Linked:
    """A row of the table as the core reads it."""
    item_id = link["item_id"]
    return Linked(link["code"], None if item_id is None else str(item_id).lower(), link["sent"], link["wanted"])


def learn_what_arrived(db: Database, store: str, skus: Sequence[str]) -> None:
    """Writes that are known to have arrived, though nobody lived to link them: what they sent is sent."""
    rows = db.rows("items.done_writes", store=store, skus=list(skus))
    with db.transaction():
        for row in rows:
            body = element_in(bytes(row["body"]), row["position"])
            arrived(db, store, row["sku"], str(row["xero_id"]), sent_of(body), attempt_id=row["attempt_id"])


def arrived(
    db: Database, store: str, sku: str, item_id: str, sent: Mapping[str, str], attempt_id: int | None = None
) -> None:
    """What was sent stands in Xero. Inside the caller's transaction, after the attempt was settled."""
    db.run("items.arrived", store=store, sku=sku, item_id=item_id, sent=json_value(dict(sent)), attempt_id=attempt_id)


def is_as_noted(link: Row, what: ItemDecided) -> bool:
    """Whether a line that is no news leaves the link as it is: most lines of a reading of the whole catalogue do."""
    same = what.standing is None or (what.standing.item_id, what.standing.code) == (
        linked_of(link).item_id,
        link["code"],
    )
    return same and not what.adopted and dict(what.sent) in ({}, link["sent"])


def note_decided(db: Database, row: Row, what: ItemDecided, wanted: Mapping[str, str], *, is_news: bool) -> None:
    """Keep what was decided, so that the next run sees what is new since. Inside the caller's transaction.

    wanted   the fields that it was decided by: those of an unchanged product stay what they were.
    is_news  else only what a bookkeeper did to the item is noted: its code, its id.
    """
    if what.stopped is not None or (what.standing is None and not what.sent):
        return
    standing = what.standing
    code = standing.code if standing is not None else row["code"]
    db.run(
        "items.decided",
        store=row["store"],
        sku=row["sku"],
        item_id=standing.item_id if standing is not None else None,
        adopted=what.adopted,
        sent=json_value(dict(what.sent)),
        wanted=json_value(dict(wanted)),
        source_hash=row["source_hash"] if is_news else None,
        revision=row["modified_at"] if is_news else None,
        code=code,
        folded_code=folded(code),
    )


def note_gone(db: Database, rows: Sequence[Row]) -> None:
    """The shop has these no more. Inside the caller's transaction."""
    gone = [row["sku"] for row in rows if row["reason"] == "gone_from_shop"]
    if gone:
        db.run("items.gone", store=rows[0]["store"], skus=gone)
