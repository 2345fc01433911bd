"""Today: every store that the reader may see, what is wrong first, then what came and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from bridge.console.charts import HEIGHT, WIDTH, Chart, chart
from bridge.console.frame import HEADERS, page, refuse_foreign_form, token_for
from bridge.console.readers import Reader, ReaderDep
from bridge.console.saying import Said

if TYPE_CHECKING:
    from include.settings.store import Store
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
        tokens={each.key: token_for(reader, _about(each)) if _may_take(reader, each) else "" for each in chosen},
        now=now,
        width=WIDTH,
        height=HEIGHT,
        url=_url,
    )


@routes.post("/today-take")
def take(
    request: Request,
    reader: ReaderDep,
    store: Annotated[str, Form()],
    alert: Annotated[int, Form()],
    token: Annotated[str, Form()],
) -> Response:
    """Say that one looks after something: nobody is reminded of it for a week."""
    from include.database.connection import connect
    from include.stages.alerts import keeping

    found = reader.store(store, HERE)
    back = _url(HERE, store=found.key)
    if not _may_take(reader, found):
        raise Said(403, "You may not", "Who looks after something may start the store's runs, or decides.", back)
    refuse_foreign_form(request, reader, token, _about(found), back)
    with connect() as db:
        taken = keeping.take(db, found.key, alert, reader.name)
    if not taken:
        raise Said(409, "Nothing was done", "It is over, or somebody looks after it already.", back)
    return RedirectResponse(back, status_code=303, headers=HEADERS)


def _may_take(reader: Reader, store: Store) -> bool:
    return reader.may_run(store) or reader.decides(store)


def _about(store: Store) -> str:
    return f"take/{store.key}"


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
