"""The letter to operations about stock: what a dry run would change, and what was held."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bridge.notifiers.mail import Letter, send, written

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.settings.store import Store

log = logging.getLogger(__name__)


def tell(db: Database, store: Store) -> int:
    """Print what the newest run would change or holds, and mail it when it is news; how many items it told of."""
    from include.database.letters import mark_told_of, only_writer, was_told
    from include.stages import stock

    rows = [
        row
        for row in stock.told(db, store)
        if row["outcome"] in ("held", "failed") or (row["decision"] == "adjust" and row["outcome"] == "skipped")
    ]
    for row in rows:
        log.info("%s", _line(row))
    if not rows or not store.file.alerts.operations:
        return len(rows)
    letter = stock_letter(rows, store)
    digest = hashlib.sha256(letter.text.encode()).hexdigest()[:32]
    with db.transaction():
        if not only_writer(db, store.key) or was_told(db, store.key, "stock", digest):
            return len(rows)
        try:
            send(letter, sender=store.file.alerts.sender, recipients=store.file.alerts.operations)
        except Exception as error:  # as for any letter: the next run tells then
            log.warning("The mail server did not take the letter about stock (%s)", type(error).__name__)
            return len(rows)
        mark_told_of(db, store.key, "stock", digest)
    return len(rows)


def stock_letter(rows: Sequence[Mapping[str, Any]], store: Store) -> Letter:
    """The letter about these rows of `stock.told`."""
    dry = [row for row in rows if row["decision"] == "adjust" and row["outcome"] == "skipped"]
    held = [row for row in rows if row not in dry]
    parts = [f"{len(dry)} levels would change"] if dry else []
    parts += [f"{len(held)} levels need a decision"] if held else []
    return written(
        "stock",
        f"Stock of {store.file.name}: {', '.join(parts)}",
        store_name=store.file.name,
        headline=" and ".join(parts),
        dry=[_shown(row) for row in dry],
        held=[_shown(row) for row in held],
        settings_file=store.path.name,
    )


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
