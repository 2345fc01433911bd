"""The letter to operations about stock: what a dry run would change, what was held, what does not stay as it was set."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bridge.notifiers.mail import Letter, written
from bridge.notifiers.posting import deliver, post_news

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.settings.store import Store

log = logging.getLogger(__name__)
TELL_UNSTEADY_FROM = 2  # runs in a row: once may be a person who counted


def tell(db: Database, store: Store) -> int:
    """Print what the newest run would change or holds, and mail it when it is news; how many items it told of.

    It prints as well in which time a sale could have been offered twice.
    """
    from include.database.letters import last_sealed, mark_told_of, only_writer, was_told
    from include.stages import stock

    rows = [
        row
        for row in stock.told(db, store)
        if row["outcome"] in ("held", "failed")
        or (row["decision"] == "adjust" and row["outcome"] == "skipped")
        or row["unsteady"] >= TELL_UNSTEADY_FROM
    ]
    log.info("%s", stock.exposure(db, store))
    for row in rows:
        log.info("%s", _line(row))
    if not rows:
        return 0
    letter = stock_letter(rows, store)
    digest = hashlib.sha256(letter.text.encode()).hexdigest()[:32]
    with db.transaction():
        if not only_writer(db, store.key) or was_told(db, store.key, "stock", digest):
            return len(rows)
        letters = post_news(db, store, "stock", lambda: letter, since=last_sealed(db, store.key))
        if letters is None:
            return len(rows)
        mark_told_of(db, store.key, "stock", digest)
    deliver(db, letters)
    return len(rows)


def stock_letter(rows: Sequence[Mapping[str, Any]], store: Store) -> Letter:
    """The letter about these rows of `stock.told`."""
    dry = [row for row in rows if row["decision"] == "adjust" and row["outcome"] == "skipped"]
    held = [row for row in rows if row["outcome"] == "held"]
    failed = [row for row in rows if row["outcome"] == "failed"]
    moving = [row for row in rows if row not in (*dry, *held, *failed)]
    parts = [f"{_levels(dry)} would change"] if dry else []
    parts += [f"{_levels(held)} need{'s' if len(held) == 1 else ''} a decision"] if held else []
    parts += [f"{_levels(failed)} could not be set"] if failed else []
    parts += [f"{_levels(moving)} do{'es' if len(moving) == 1 else ''} not stay as set"] if moving else []
    return written(
        "stock",
        f"Stock of {store.file.name}: {', '.join(parts)}",
        store_name=store.file.name,
        headline=" and ".join(parts),
        dry=[_shown(row) for row in dry],
        held=[_shown(row) for row in held],
        failed=[_shown(row) for row in failed],
        moving=[_shown(row) for row in moving],
        release=f'make stock-release STORE={store.key} SKU="..." WHY="..."',
        settings_file=store.path.name,
    )


def _levels(rows: Sequence[Mapping[str, Any]]) -> str:
    return f"{len(rows)} level{'' if len(rows) == 1 else 's'}"


def _shown(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "sku": row["sku"],
        "from": str(row["in_store"]),
        "to": str(row["target"]),
        "move": f"{row['target'] - row['in_store']:+d}" if row["in_store"] is not None else "",
        "sentence": row["sentence"] or "",
        "to_do": row["remedy"] or "",
    }


def _line(row: Mapping[str, Any]) -> str:
    return f"{row['sku']}: {row['in_store']} -> {row['target']} ({row['outcome']}): {row['sentence']}"
