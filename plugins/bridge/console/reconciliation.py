"""The daily reconciliation in Airflow: the days, a day's page, its files, and the form that signs it.

Whoever may see Airflow's plugins reads. Who signs stands in the store's file, `deciders`, by the name in Airflow.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.configuration import conf
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from bridge.console import form_token

if TYPE_CHECKING:
    from include.domain.reconciliation import Paper
    from include.settings.store import Store

HERE = "reconciliation"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What is read here is of one company and one moment: no cache keeps it, no other site learns where the reader came from.
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
routes = APIRouter()


class Said(Exception):  # noqa: N818 - it is an answer to a person, not an error of ours
    """What the reader is told instead of a page."""

    def __init__(self, status: int, headline: str, sentence: str, back_url: str = HERE) -> None:
        super().__init__(headline)
        self.status, self.headline, self.sentence, self.back_url = status, headline, sentence, back_url

    def answer(self) -> Response:
        """As a page."""
        from include.papers.page import note_page

        return _answer(note_page(self.headline, self.sentence, self.back_url), self.status)


@routes.get("/reconciliation")
def read(user: GetUserDep, store: str = "", day: str = "") -> Response:
    """The list of days of a store, or the page of one day."""
    try:
        if not day:
            return _answer(_days(store))
        return _answer(_page(_store(store), _day(day), user.get_name()))
    except Said as said:
        return said.answer()


@routes.get("/reconciliation.csv")
def as_csv(store: str, day: str) -> Response:
    """The day as CSV."""
    from include.papers.csv_file import csv_file

    try:
        return _file(csv_file(_paper(_store(store), _day(day))), "text/csv; charset=utf-8", f"{store}-{_day(day)}.csv")
    except Said as said:
        return said.answer()


@routes.get("/reconciliation.xlsx")
def as_workbook(store: str, day: str) -> Response:
    """The day as a workbook."""
    from include.papers.workbook import workbook

    try:
        return _file(workbook(_paper(_store(store), _day(day))), SHEET, f"{store}-{_day(day)}.xlsx")
    except Said as said:
        return said.answer()


@routes.post("/reconciliation/sign")
def sign(
    request: Request,
    user: GetUserDep,
    store: Annotated[str, Form()],
    day: Annotated[str, Form()],
    version: Annotated[int, Form()],
    token: Annotated[str, Form()],
    note: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Sign the version that was read. A form from elsewhere, a person who may not, a newer version: 403 or 409, with why."""
    try:
        found, the_day = _store(store, f"../{HERE}"), _day(day, f"../{HERE}")
        back = f"../{_url(found.key, the_day)}"
        who = user.get_name()
        if who not in found.file.deciders:
            raise Said(403, "You may not sign", _may_not(found, who), back)
        # A browser says where a form came from; one that does not is held to the token alone.
        from_elsewhere = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
        if from_elsewhere or not form_token.is_ours(token, _key(), who, _about(found, the_day, version)):
            raise Said(
                403, "Not signed", "The form is too old, or was not ours. Read the day again, and sign then.", back
            )
        _sign(found, the_day, version, who, note, back)
        return RedirectResponse(back, status_code=303, headers=HEADERS)
    except Said as said:
        return said.answer()


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


def _days(key: str) -> str:
    from include.database.connection import connect
    from include.papers.page import DayLine, days_page
    from include.settings.store import SettingsError, read_store, store_files
    from include.stages.reconciliation.listing import days

    stores = []
    for path in store_files():
        try:
            stores.append(read_store(path))
        except SettingsError:
            continue  # its DAGs are red and say so
    if not (key or stores):
        raise Said(404, "No store", "There is no store's file that can be read.", "")
    store = _store(key, "") if key else stores[0]
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
    others = [(each.key, each.file.name, _url(each.key)) for each in stores]
    return days_page(store.file.name, store.key, lines, others)


def _page(store: Store, day: date, who: str) -> str:
    from include.papers.page import Around, SignForm, page

    found = _paper(store, day)
    panel = store.file.bigcommerce.control_panel_url.rstrip("/")
    carried = {"store": store.key, "day": str(day), "version": str(found.version)}
    form = SignForm(
        f"{HERE}/sign", who, {**carried, "token": form_token.token(_key(), who, _about(store, day, found.version))}
    )
    may = who in store.file.deciders
    around = Around(
        store_name=store.file.name,
        order_url=f"{panel}/manage/orders/" if panel else "",
        index_url=_url(store.key),
        csv_url=_url(store.key, day, ".csv"),
        xlsx_url=_url(store.key, day, ".xlsx"),
        sign=form if may else None,
        unsigned="" if may else _may_not(store, who),
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


def _store(key: str, back: str = HERE) -> Store:
    from include.settings.store import SettingsError, read_store, store_files

    path = next((each for each in store_files() if each.stem == key), None)  # never a path that somebody typed
    if path is None:
        raise Said(404, "No such store", "There is no store of that name.", back)
    try:
        return read_store(path)
    except SettingsError as mistake:
        raise Said(409, "The store's file has a mistake", str(mistake), back) from None


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


def _key() -> str:
    return conf.get("api", "secret_key", fallback="") or ""


def _answer(html: str, status: int = 200) -> Response:
    from include.papers.page import content_policy

    policy = {"Content-Security-Policy": content_policy(html)}
    return Response(html, status, {**HEADERS, **policy}, "text/html; charset=utf-8")


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, 200, {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}, kind)
