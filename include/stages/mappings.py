"""Mappings that died: an account that was archived, a rate that was deleted, a tracking option that is gone.

Looked for after each refresh of the reference, so that it is known before the next order is held or refused for it.
"""

from collections.abc import Iterator
from dataclasses import replace

from include.database.connection import Database
from include.settings.finding import Finding
from include.settings.mapped import (
    account_findings,
    currency_findings,
    item_findings,
    stock_findings,
    tax_findings,
    tracking_findings,
)
from include.settings.store import Store
from include.stages.reference import newest_content, shop_content
from include.stages.settings import as_decided
from include.wire.xero_reference import reference_of


def look_for_dead_mappings(db: Database, store: Store) -> int:
    """Compare the settings with the newest snapshots and keep what does not fit; how many mappings are dead now."""
    store = as_decided(db, store)
    dead: dict[str, Finding] = {}
    for each in _findings(db, store):
        if each.state == "FAIL":
            known = dead.get(each.check)  # two options of one category, two accounts of one way of paying
            if known is not None:
                remedies = " ".join(dict.fromkeys((known.remedy, each.remedy)))
                each = replace(each, sentence=f"{known.sentence} {each.sentence}", remedy=remedies)
            dead[each.check] = each
    with db.transaction():
        db.insert("mappings.died", [(store.key, name, each.sentence, each.remedy) for name, each in dead.items()])
        db.run("mappings.mended", store=store.key, still_dead=list(dead))
    return len(dead)


def _findings(db: Database, store: Store) -> Iterator[Finding]:
    content = newest_content(db, store)
    if content is None:
        return
    reference, policy = reference_of(content), store.policy()
    currency = str(shop_content(db, store).get("currency") or "")
    yield from currency_findings(reference, currency)
    yield from account_findings(store, policy, reference, currency)
    yield from tax_findings(store, policy, reference)
    yield from item_findings(store, reference)
    yield from stock_findings(store, reference)
    if "tracking" in content:
        yield from tracking_findings(store, content["tracking"])
