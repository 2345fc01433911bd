"""The daily reconciliation in Airflow: the days, a day's page, its files, and the form that signs it.

Whoever may see Airflow's plugins reads. Who signs stands in the store's file, `deciders`, by the name in Airflow.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from bridge.console.frame import HEADERS, answer, refuse_foreign_form, site_around, token_for
from bridge.console.readers import Reader, ReaderDep
from bridge.console.saying import Said

if TYPE_CHECKING:
    from include.domain.reconciliation import Paper
    from include.settings.store import Store

HERE = "reconciliation"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
routes = APIRouter()


@routes.get("/reconciliation")
def read(reader: ReaderDep, store: str = "", day: str = "") -> Response:
    """The list of days of a store, or the page of one day."""
    found = reader.store(store, HERE)
    return answer(_page(reader, found, _day(day)) if day else _days(reader, found))


@routes.get("/reconciliation.csv")
def as_csv(reader: ReaderDep, store: str, day: str) -> Response:
    """The day as CSV."""
    from include.papers.csv_file import csv_file

    found, the_day = reader.store(store, HERE), _day(day)
    return _file(csv_file(_paper(found, the_day)), "text/csv; charset=utf-8", f"{found.key}-{the_day}.csv")


@routes.get("/reconciliation.xlsx")
def as_workbook(reader: ReaderDep, store: str, day: str) -> Response:
    """The day as a workbook."""
    from include.papers.workbook import workbook

    found, the_day = reader.store(store, HERE), _day(day)
    return _file(workbook(_paper(found, the_day)), SHEET, f"{found.key}-{the_day}.xlsx")


@routes.post("/reconciliation/sign")
def sign(
    request: Request,
    reader: ReaderDep,
    store: Annotated[str, Form()],
    day: Annotated[str, Form()],
    version: Annotated[int, Form()],
    token: Annotated[str, Form()],
    note: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Sign the version that was read. A form from elsewhere, a person who may not, a newer version: 403 or 409, with why."""
    found, the_day = reader.store(store, f"../{HERE}"), _day(day, f"../{HERE}")
    back = f"../{_url(found.key, the_day)}"
    if not reader.decides(found):
        raise Said(403, "You may not sign", _may_not(found, reader.name), back)
    refuse_foreign_form(request, reader, token, _about(found, the_day, version), back)
    _sign(found, the_day, version, reader.name, note, back)
    return RedirectResponse(back, status_code=303, headers=HEADERS)


def _sign(store: Store, day: date, version: int, who: str, note: str, back: str) -> None:
    from include.database.connection import connect
    from include.stages import reconciliation

    newer = Said(409, "Not signed", "There is a newer version by now. Read it, and sign then.", back)
    try:
        with connect() as db, db.transaction():
            if reconciliation.sign(db, store, day, who, note).version != version:
                raise newer  # and the transaction is undone: nobody signs what they did not read
    except reconciliation.NotSignable as refused:
        raise Said(409, "Not signed", str(refused), back) from None


def _days(reader: Reader, store: Store) -> str:
    from include.database.connection import connect
    from include.papers.page import DayLine, days_page
    from include.stages.reconciliation.listing import days

    with connect() as db:
        found = days(db, store)
    lines = [
        DayLine(
            each.day,
            each.version,
            each.agrees,
            each.differences,
            each.signature,
            _url(store.key, each.day),
            each.shadow,
        )
        for each in found
    ]
    others = [(each.key, each.file.name, _url(each.key)) for each in reader.stores.values()]
    return days_page(store.file.name, store.key, lines, others, site_around(HERE, store))


def _page(reader: Reader, store: Store, day: date) -> str:
    from include.papers.page import Around, SignForm, page

    found = _paper(store, day)
    panel = store.file.bigcommerce.control_panel_url.rstrip("/")
    carried = {"store": store.key, "day": str(day), "version": str(found.version)}
    token = token_for(reader, _about(store, day, found.version))
    form = SignForm(f"{HERE}/sign", reader.name, {**carried, "token": token})
    may = reader.decides(store)
    around = Around(
        store_name=store.file.name,
        order_url=f"{panel}/manage/orders/" if panel else "",
        index_url=_url(store.key),
        csv_url=_url(store.key, day, ".csv"),
        xlsx_url=_url(store.key, day, ".xlsx"),
        sign=form if may else None,
        unsigned="" if may else _may_not(store, reader.name),
        site=site_around(HERE, store),
    )
    return page(found, around)


def _paper(store: Store, day: date) -> Paper:
    from include.database.connection import connect
    from include.stages.reconciliation import paper

    try:
        with connect() as db:
            return paper(db, store, day)
    except LookupError as unknown:
        raise Said(404, "No report", str(unknown.args[0]), _url(store.key)) from None


def _day(day: str, back: str = HERE) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise Said(404, "No such day", "A day is written as 2026-11-24.", back) from None


def _url(store_key: str, day: date | None = None, ending: str = "") -> str:
    query = {"store": store_key} | ({"day": str(day)} if day else {})
    return f"{HERE}{ending}?{urlencode(query)}"


def _may_not(store: Store, who: str) -> str:
    return (
        f"{who} may read, and not sign. Who signs stands in {store.path.name}, `deciders`; "
        f"on the command line it is `make sign STORE={store.key}`."
    )


def _about(store: Store, day: date, version: int) -> str:
    return f"sign/{store.key}/{day}/{version}"


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, 200, {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}, kind)
