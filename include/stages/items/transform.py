"""Transform: each SKU has its code, reserved for good, and the fields that its item should have; no call to anybody."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from include.database.connection import Database, Row, json_value
from include.domain.item import ItemPolicy, Sellable, stopped, wanted
from include.domain.item_code import code_of, codes_for, folded
from include.domain.outcome import Hold, Skip
from include.settings.store import Store
from include.stages.items.reading import LONG_AGO, Catalogued, read_batch
from include.stages.orders.run import each_batch
from include.stages.reference import shop_content, stored
from include.stages.settings import as_decided
from include.wire.xero_documents import digest

CODES_LOOKED_AT = 4  # a SKU's first choices; a fifth would need four digests alike


def transform(db: Database, store: Store, batch_ids: Sequence[int]) -> None:
    """One line a SKU. Raises LookupError where the batch's snapshot of the organisation is gone."""
    store = as_decided(db, store)

    def planned(batch: Row) -> None:
        reference = stored(db, batch["reference_id"])
        policy = _policy(db, store, reference.base_currency)
        found = read_batch(db, batch["batch_id"])
        odd = _held_by_check(db, batch["batch_id"])
        why = {each.key: odd.get(each.key) or stopped(each, policy, reference) for each in found.sellables}
        with db.transaction():
            codes = _reserve(db, store.key, [each for each in found.sellables if why[each.key] is None])
            rows = [_line(batch, each, why[each.key], codes.get(each.sku), policy) for each in found.sellables]
            rows += _lines_of_the_rest(db, batch, found)
            db.run("items.forget_lines", batch_id=batch["batch_id"])
            db.insert("items.store_lines", rows)

    each_batch(db, batch_ids, stage="transform", takes=("checked",), leaves="transformed", work=planned)


def _policy(db: Database, store: Store, base_currency: str) -> ItemPolicy:
    """The store's; without a price where the shop's prices are in another currency than the items'."""
    policy = store.item_policy()
    priced_in = shop_content(db, store).get("currency")
    if priced_in and priced_in != base_currency:
        return ItemPolicy(policy.account, policy.tax_types, "none", policy.description, policy.visible_only)
    return policy


def _held_by_check(db: Database, batch_id: int) -> dict[str, Hold]:
    rows = db.rows("plans.findings", batch_id=batch_id, checked="incoming")
    db.rollback()
    return {row["figures"]["key"]: Hold(row["reason"], row["sentence"]) for row in rows if row["order_key"] is not None}


def _reserve(db: Database, store: str, sellables: Sequence[Sellable]) -> dict[str, str]:
    """The code of each SKU: the one it has, or one that it gets now. Inside the caller's transaction."""
    skus = [each.sku for each in sellables]
    codes = {row["sku"]: str(row["code"]) for row in db.rows("items.links", store=store, skus=skus)}
    new = [sku for sku in skus if sku not in codes]
    choices = sorted({folded(code_of(sku, nth)) for sku in new for nth in range(CODES_LOOKED_AT)})
    taken = {row["folded_code"]: row["sku"] for row in db.rows("items.taken", store=store, folded_codes=choices)}
    codes |= codes_for(new, taken)
    rows = [
        (store, each.sku, codes[each.sku], folded(codes[each.sku]), each.product_id, each.variant_id)
        for each in sellables
    ]
    db.insert("items.reserve", rows)
    return codes


def _line(
    batch: Row, sellable: Sellable, why: Skip | Hold | None, code: str | None, policy: ItemPolicy
) -> tuple[Any, ...]:
    fields = wanted(sellable, policy) if why is None else {}
    place = (sellable.product_id, sellable.variant_id, sellable.sku, sellable.modified_at)
    return _row(batch, sellable.key, place, code if why is None else None, fields, digest(sellable.facts), why)


def _lines_of_the_rest(db: Database, batch: Row, found: Catalogued) -> list[tuple[Any, ...]]:
    """Products that cannot be read, and linked SKUs that their product, or the shop, has no more."""
    rows = [
        _row(
            batch,
            each.key,
            (each.product_id, None, "", each.modified_at),
            None,
            {},
            "",
            Hold(each.problem.reason, each.problem.sentence, {"field": each.problem.field}),
        )
        for each in found.misread
    ]
    unread = {each.product_id for each in found.misread}
    here = {each.sku for each in found.sellables}
    products = sorted({each.product_id for each in found.sellables} | set(found.gone) - unread)
    for link in db.rows("items.links_of_products", store=batch["store"], product_ids=products):
        if link["sku"] not in here:
            place = (link["product_id"], link["variant_id"], link["sku"], None)
            words = f"The shop sells {link['sku']} no more. Item {link['code']} stays in Xero as it is."
            rows.append(_row(batch, link["sku"], place, None, {}, "", Skip("gone_from_shop", words)))
    return rows


def _row(
    batch: Row,
    key: str,
    place: tuple[int, int | None, str, datetime | None],
    code: str | None,
    fields: Mapping[str, str],
    source_hash: str,
    why: Skip | Hold | None,
) -> tuple[Any, ...]:
    product_id, variant_id, sku, modified_at = place
    return (
        batch["batch_id"],
        key,
        batch["store"],
        product_id,
        variant_id,
        sku,
        modified_at or LONG_AGO,
        code,
        json_value(fields),
        source_hash,
        "bring" if why is None else "skip" if isinstance(why, Skip) else "hold",
        why and why.reason,
        why and why.sentence,
        (why.remedy or None) if isinstance(why, Hold) else None,
        json_value(dict(why.figures) if isinstance(why, Hold) else {}),
    )
