"""What the organisation is: accounts, tax rates, lock dates, items, kept as dated snapshots (design 4.16)."""

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from include.clients.xero import Xero
from include.database.connection import Database
from include.domain.policy import Reference
from include.settings.store import Store
from include.wire.xero_documents import encoded
from include.wire.xero_reference import reference_of

FRESH_FOR_S = 2 * 3600  # twice the hourly refresh: one missed refresh costs nothing


def refresh(books: Xero, db: Database, store: Store) -> int:
    """Ask Xero anew; the id of the snapshot. One that says the same as the last is confirmed, not stored again."""
    snapshot = {
        "organisation": dict(books.organisation()),
        "accounts": books.accounts(),
        "tax_rates": books.tax_rates(),
        "currencies": books.currencies(),
        "items": [{"Code": item["Code"]} for item in books.items()],
    }
    body = encoded(snapshot).encode()
    sha256 = hashlib.sha256(body).hexdigest()
    with db.transaction():
        found = db.value("reference.confirm", store=store.key, sha256=sha256)
        return int(found or db.value("reference.keep", store=store.key, sha256=sha256, body=body))


def reference_for(open_books: Callable[[], Any], db: Database, store: Store) -> tuple[int, Reference]:
    """The newest snapshot and its id; asked anew only where there is none or it is older than `FRESH_FOR_S`."""
    newest = db.row("reference.newest", store=store.key)
    if newest is None or newest["age_s"] > FRESH_FOR_S:
        with open_books() as books:
            reference_id = refresh(books, db, store)
        return reference_id, stored(db, reference_id)
    return int(newest["reference_id"]), _read(newest["body"])


def stored(db: Database, reference_id: int) -> Reference:
    """A snapshot by its id. Raises LookupError where it is gone."""
    row = db.row("reference.by_id", reference_id=reference_id)
    if row is None:
        raise LookupError(f"reference snapshot {reference_id} is not in the database")
    return _read(row["body"])


def _read(body: Any) -> Reference:
    return reference_of(json.loads(bytes(body), parse_float=Decimal))
