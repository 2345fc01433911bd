"""Drift: a field of the shop's orders that is new, gone or of another kind is noticed once, with an example (design 4.19).

It holds nothing: what the books need is checked by the rules. But what a vendor changes is better read of than found out.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from include.database.connection import Database, Row
from include.stages.orders.parts import content_of

ORDERS_LOOKED_AT_MAX = 200  # of a batch: the form of many is the form of all
GONE_FROM = 20  # orders: a field that none of fewer bears may be chance


def notice_drift(db: Database, store: str, batch_id: int) -> None:
    """Compare the form of the batch's orders with what was seen before. The first batch of a store is the measure."""
    rows = db.rows("drift.heads", batch_id=batch_id, limit=ORDERS_LOOKED_AT_MAX)
    known = {(row["path"], row["kind"]) for row in db.rows("drift.known", store=store)}
    gone = {row["path"] for row in db.rows("drift.known", store=store) if row["gone_at"] is not None}
    db.rollback()
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        try:
            content = content_of(row["body"])
        except ValueError:
            continue  # what cannot be read at all is held by the check
        if isinstance(content, Mapping):
            for field in fields_of(content):
                seen.setdefault(field, int(row["order_key"]))
    # The first order that has, say, a pick-up shows fields that were there all along: only a known parent can change.
    parents = {_parent(path) for path, _ in known}
    now = datetime.now(UTC)
    new = [
        (store, path, kind, order, None if _parent(path) in parents else now)
        for (path, kind), order in seen.items()
        if (path, kind) not in known
    ]
    paths = {path for path, _ in seen}
    missing = [
        path for path, _ in known if "." not in path and "[" not in path and path not in paths and path not in gone
    ]
    with db.transaction():
        db.insert("drift.see", new)
        if len(rows) >= GONE_FROM:
            db.run("drift.gone", store=store, paths=missing)
        db.run("drift.back", store=store, paths=sorted(paths & gone))


def fields_of(value: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, str]]:
    """Every field as a path with the kind of its value; null is of no kind, and rows of a list share one path."""
    for name, inner in value.items():
        path = f"{at}{name}"
        kind = _kind(inner)
        if kind is None:
            continue
        yield path, kind
        for each in inner if kind == "list" else (inner,) if kind == "object" else ():
            if isinstance(each, Mapping):
                yield from fields_of(each, f"{path}[]." if kind == "list" else f"{path}.")


def untold(db: Database, store: str) -> list[Row]:
    """What operations have not heard of."""
    return db.rows("drift.untold", store=store)


def mark_told(db: Database, store: str) -> None:
    """They have now. Inside the caller's transaction."""
    db.run("drift.told", store=store)


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def _kind(value: object) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "flag"
        case str():
            return "text"
        case int() | Decimal():
            return "number"
        case Mapping():
            return "object"
        case list():
            return "list"
    return None
