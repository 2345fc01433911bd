"""What organisation and shop are: accounts, tax rates, tracking, lock dates, items, kept as dated snapshots (design 4.16)."""

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from include.clients.bigcommerce import BigCommerce
from include.clients.errors import ApiError, NotAllowed, NotUnderstood, Refused
from include.clients.xero import Xero
from include.database.connection import Database
from include.domain.policy import Reference
from include.settings.store import Store
from include.wire.xero_documents import encoded
from include.wire.xero_reference import reference_of

FRESH_FOR_S = 2 * 3600  # twice the hourly refresh: one missed refresh costs nothing
# Of the shop's own page; the rest names its owner, and nothing here depends on it.
SHOP_KEPT = (
    *("status", "plan_level", "currency", "decimal_places", "timezone", "is_price_entered_with_tax", "weight_units"),
    *("multi_storefront_enabled",),
)
ASKED_JUST_NOW_S = 60.0  # the runs of a backfill begin by the dozen, and each would ask the same


def refresh(books: Xero, db: Database, store: Store) -> int:
    """Ask Xero anew; the id of the snapshot. One that says the same as the last is confirmed, not stored again."""
    snapshot = {
        "organisation": dict(books.organisation()),
        "accounts": books.accounts(),
        "tax_rates": books.tax_rates(),
        "currencies": books.currencies(),
        "actions": _actions(books),
        "tracking": books.tracking_categories() if store.file.tracking else [],  # a call that few stores need
        "items": [{"Code": item["Code"]} for item in books.items()],
    }
    body = encoded(snapshot).encode()
    sha256 = hashlib.sha256(body).hexdigest()
    with db.transaction():
        found = db.value("reference.confirm", store=store.key, sha256=sha256)
        return int(found or db.value("reference.keep", store=store.key, sha256=sha256, body=body))


def _actions(books: Xero) -> list[Any]:
    """What the plan allows; nothing where the app may not ask, since a refusal then tells it as well."""
    try:
        return list(books.actions())
    except (NotAllowed, NotUnderstood, Refused):
        return []


def reference_for(
    open_books: Callable[[], Any], db: Database, store: Store, *, asked_within_s: float = 0.0
) -> tuple[int, Reference]:
    """The newest snapshot and its id; asked anew where there is none, or it is older than `FRESH_FOR_S`.

    The organisation itself is asked in every run: an accountant who closes a period does not wait (accounting.md 7).
    asked_within_s  but not where another run asked so few seconds ago.
    While Xero does not answer, a fresh snapshot serves: the orders are kept, and Xero itself refuses a closed date.
    """
    newest = db.row("reference.newest", store=store.key)
    db.rollback()
    fresh = _content(newest["body"]) if newest is not None and newest["age_s"] <= FRESH_FOR_S else None
    if fresh is not None and newest is not None and newest["organisation_age_s"] < asked_within_s:
        return int(newest["reference_id"]), reference_of(fresh)
    try:
        with open_books() as books:
            if fresh is not None and newest is not None and fresh["organisation"] == _organisation(books):
                with db.transaction():
                    db.run("reference.confirm_organisation", reference_id=newest["reference_id"])
                return int(newest["reference_id"]), reference_of(fresh)
            reference_id = refresh(books, db, store)
    except ApiError:
        if fresh is None or newest is None:
            raise
        return int(newest["reference_id"]), reference_of(fresh)
    return reference_id, stored(db, reference_id)


def _organisation(books: Xero) -> Any:
    """The organisation as a snapshot would hold it."""
    return json.loads(encoded(dict(books.organisation())), parse_float=Decimal)


def refresh_shop(shop: BigCommerce, db: Database, store: Store) -> int:
    """Ask the shop what it says of itself; the id of the snapshot. One that says the same as the last is confirmed."""
    said = shop.store().content
    body = encoded({name: said[name] for name in SHOP_KEPT if name in said}).encode()
    sha256 = hashlib.sha256(body).hexdigest()
    with db.transaction():
        last = db.row("reference.newest_of_the_shop", store=store.key)
        if last is None or last["sha256"] != sha256:
            return int(db.value("reference.keep_the_shop", store=store.key, sha256=sha256, body=body))
        db.run("reference.confirm_the_shop", snapshot_id=last["snapshot_id"])
        return int(last["snapshot_id"])


def newest(db: Database, store: Store) -> Reference | None:
    """The newest snapshot; None before the first."""
    content = newest_content(db, store)
    return None if content is None else reference_of(content)


def newest_content(db: Database, store: Store) -> dict[str, Any] | None:
    """The newest snapshot as Xero said it; None before the first."""
    row = db.row("reference.newest", store=store.key)
    db.rollback()
    return None if row is None else _content(row["body"])


def shop_content(db: Database, store: Store) -> dict[str, Any]:
    """What the shop last said of itself; empty before it was asked."""
    row = db.row("reference.newest_of_the_shop", store=store.key)
    db.rollback()
    return {} if row is None else _content(row["body"])


def sales_tax_basis(db: Database, store: Store) -> str:
    """On which basis the organisation reports its tax (`CASH`, `ACCRUALS`, ...), as the newest snapshot has it."""
    content = newest_content(db, store) or {"organisation": {}}
    return str(content["organisation"].get("SalesTaxBasis") or "")


def stored(db: Database, reference_id: int) -> Reference:
    """A snapshot by its id. Raises LookupError where it is gone."""
    row = db.row("reference.by_id", reference_id=reference_id)
    if row is None:
        raise LookupError(f"reference snapshot {reference_id} is not in the database")
    return reference_of(_content(row["body"]))


def _content(body: Any) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(bytes(body), parse_float=Decimal)
    return content
