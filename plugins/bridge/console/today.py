"""Today: every store that the reader may see, what is wrong first, then what came and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from bridge.console.charts import HEIGHT, WIDTH, Chart, chart
from bridge.console.frame import page
from bridge.console.readers import ReaderDep

if TYPE_CHECKING:
    from include.stages.console.today import Today

HERE = "today"
routes = APIRouter()


@routes.get("/today")
def read(reader: ReaderDep, store: str = "") -> Response:
    """One store, or all of them."""
    from include.database.connection import connect
    from include.stages.console.today import today_of

    chosen = [reader.store(store, HERE)] if store else list(reader.stores.values())
    now = datetime.now(UTC)
    with connect() as db:
        found = [today_of(db, each, now) for each in chosen]
    return page(
        "today.html",
        reader,
        here=HERE,
        title="Today",
        store=chosen[0] if store else None,
        found=[(each, _charts(each)) for each in found],
        now=now,
        width=WIDTH,
        height=HEIGHT,
        url=_url,
    )


def _charts(of: Today) -> list[Chart]:
    orders = [(each.day, each.came, each.held + each.failed) for each in of.days]
    invoices = [(each.day, each.booked, 0) for each in of.days]
    known = {each.day: each for each in of.reports}
    open_ones = [known[each.day].differences if each.day in known else 0 for each in of.days]
    differences = [(each.day, count, count) for each, count in zip(of.days, open_ones, strict=True)]
    return [
        chart("Orders placed", orders, "orders", "still wait"),
        chart("Invoices dated", invoices, "invoices", "voided"),
        chart("Differences between shop and books", differences, "differences", "open"),
    ]


def _url(path: str, **query: Any) -> str:
    return f"{path}?{urlencode(query)}"
