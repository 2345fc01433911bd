"""Which order somebody means: by its number, a document's, a payment's, or a customer's e-mail.

An e-mail is looked for by its keyed digest, as it is kept: no address is a key anywhere (design 4.11).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from include.database.connection import Database
from include.domain.contact import email_key
from include.domain.person import usable_email
from include.settings.store import Store
from include.stages.orders.run import digest_key

FOUND_MAX = 100
ORDER_KEY_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Found:
    """Orders by store and number, and by what they were found: `order`, `document`, `payment`, `e-mail`."""

    orders: tuple[tuple[str, int], ...]
    by: str


def find(db: Database, stores: Mapping[str, Store], text: str) -> Found:
    """The orders that the text may mean, in any of these stores."""
    text = text.strip().lstrip("#").strip()
    keys = list(stores)
    if usable_email(text):
        found = [row for store in stores.values() for row in _by_email(db, store, text)]
        return Found(tuple(found), "e-mail")
    if text.isascii() and text.isdigit() and int(text) <= ORDER_KEY_MAX:
        rows = db.rows("life.by_order", stores=keys, order_key=int(text))
        if rows:
            db.rollback()
            return Found(_pairs(rows), "order")
    for by, name, values in (
        ("document", "life.by_number", {"number": text.partition("/")[0].upper()}),
        ("document", "life.by_number", {"number": text.partition("/")[0]}),
        ("payment", "life.by_gateway", {"gateway_id": text.rpartition(" ")[2]}),
    ):
        rows = db.rows(name, stores=keys, limit=FOUND_MAX, **values)
        if rows:
            db.rollback()
            return Found(_pairs(rows), by)
    db.rollback()
    return Found((), "order")


def _by_email(db: Database, store: Store, email: str) -> list[tuple[str, int]]:
    key = email_key(usable_email(email), digest_key(store))
    rows = db.rows("life.by_email", store=store.key, email_key=key, limit=FOUND_MAX)
    db.rollback()
    return list(_pairs(rows))


def _pairs(rows: Sequence[Mapping[str, object]]) -> tuple[tuple[str, int], ...]:
    return tuple((str(row["store"]), int(str(row["order_key"]))) for row in rows)
