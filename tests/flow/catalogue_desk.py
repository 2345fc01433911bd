"""A shop with a catalogue, and books without items: the flow between them, run as its DAG would run it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from include.stages import items
from include.stages.orders import Run

SIZES = ({"sku": "TEE-S", "options": {"Size": "S"}}, {"sku": "TEE-M", "options": {"Size": "M"}, "price": "27.50"})


def selling(bridge: Any, **products: Any) -> Any:
    """The same store, which asks for items, with an empty shop and empty books."""
    bridge.town.reset("empty")
    bridge.town.limits.enforced = False
    asked = bridge.store.file.products.model_copy(
        update={"enabled": True, "tax_types": {0: "OUTPUT", 1: "EXEMPTOUTPUT"}, **products}
    )
    return replace(bridge, store=replace(bridge.store, file=bridge.store.file.model_copy(update={"products": asked})))


def set_up(bridge: Any, **settings: Any) -> Any:
    """The bridge with other settings of items, and another version of settings, as an edited file has."""
    asked = bridge.store.file.products.model_copy(update=settings)
    file = bridge.store.file.model_copy(update={"products": asked})
    bridge.store = replace(bridge.store, file=file, text=f"{bridge.store.text}\n# {settings}")
    return bridge


def bring(bridge: Any, *, since: Any = None, whole: bool = False, as_settings: bool = False) -> dict[str, int]:
    """One run; the counts. `whole` reads all of the catalogue, as once a day."""
    if whole:
        a_day_later(bridge)
    bridge.runs += 1
    run = Run(items.FLOW, f"items-{bridge.runs}")
    with bridge.shop() as shop:
        batches = items.extract(shop, bridge.books, bridge.db, bridge.store, run, since=since)
    return finish(bridge, batches, as_settings=as_settings)


def finish(bridge: Any, batches: list[int], *, as_settings: bool = False) -> dict[str, int]:
    """The chapters after extract."""
    items.check(bridge.db, bridge.store, batches)
    items.transform(bridge.db, bridge.store, batches)
    with bridge.books() as books:
        items.load(books, bridge.db, bridge.store, batches, as_settings=as_settings)
    return items.audit(bridge.db, bridge.store, batches)


def a_day_later(bridge: Any) -> None:
    """The next run reads the whole catalogue."""
    with bridge.db.transaction(), bridge.db._connection.cursor() as cursor:
        cursor.execute("UPDATE watermark SET moment = moment - INTERVAL '1 day' WHERE flow LIKE %s", ("%/all",))


def in_xero(bridge: Any) -> dict[str, dict[str, Any]]:
    """Xero's items by code."""
    return dict(bridge.town.books.items)


def told(bridge: Any) -> dict[str, dict[str, Any]]:
    """The newest run's lines by key."""
    return {row["line_key"]: row for row in items.told(bridge.db, bridge.store)}


def fate(bridge: Any, key: str) -> tuple[str, str | None]:
    """How a line ended in the newest run: outcome and reason."""
    row = told(bridge)[key]
    return row["outcome"], row["reason"]


def writes(bridge: Any) -> list[tuple[str, str]]:
    """What was written to Xero since the calls were cleared."""
    return [(call.method, call.path.rpartition("/")[2]) for call in bridge.town.calls.writes("xero")]
