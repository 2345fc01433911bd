"""Backfill: choose days, see what they will cost, start Airflow's own backfill, watch it, pause and resume it.

Whoever may start runs of the store's flows in Airflow may do so here; nobody else.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from bridge.console import airflow_backfills
from bridge.console.airflow_backfills import Kept, NotStarted
from bridge.console.frame import HEADERS, page, refuse_foreign_form, token_for
from bridge.console.readers import Reader, ReaderDep
from bridge.console.saying import Said

if TYPE_CHECKING:
    from include.settings.store import Store
    from include.stages.console.backfill import Plan

HERE = "backfill"
FLOW = "orders_of_the_day"
routes = APIRouter()


@routes.get("/backfill")
def read(reader: ReaderDep, store: str = "") -> Response:
    """The form, and the backfills that run or ran."""
    return _page(reader, reader.store(store, HERE))


@routes.post("/backfill")
def count(
    request: Request,
    reader: ReaderDep,
    store: Annotated[str, Form()],
    first: Annotated[str, Form()],
    last: Annotated[str, Form()],
    token: Annotated[str, Form()],
) -> Response:
    """Count what the days would cost. It asks the shop, so only who may start them may ask."""
    found = reader.store(store, HERE)
    _may(request, reader, found, token)
    days = _days(first, last, found)
    return _page(reader, found, plan=_counted(found, *days))


@routes.post("/backfill-start")
def begin(
    request: Request,
    reader: ReaderDep,
    store: Annotated[str, Form()],
    first: Annotated[str, Form()],
    last: Annotated[str, Form()],
    token: Annotated[str, Form()],
    unpause: Annotated[str, Form()] = "",
) -> Response:
    """Start Airflow's own backfill of these days."""
    found = reader.store(store, HERE)
    _may(request, reader, found, token)
    days = _days(first, last, found)
    try:
        if unpause == "yes":
            airflow_backfills.unpause(_dag_id(found))
        airflow_backfills.start(_dag_id(found), *days, reader.name)
    except NotStarted as refused:
        raise Said(409, "Nothing was started", str(refused), _url(found.key)) from None
    return RedirectResponse(_url(found.key), status_code=303, headers=HEADERS)


@routes.post("/backfill-turn")
def turn(
    request: Request,
    reader: ReaderDep,
    store: Annotated[str, Form()],
    backfill: Annotated[int, Form()],
    how: Annotated[str, Form()],
    token: Annotated[str, Form()],
) -> Response:
    """Pause, resume or cancel."""
    found = reader.store(store, HERE)
    _may(request, reader, found, token)
    if how not in ("pause", "resume", "cancel"):
        raise Said(409, "Nothing was done", "It can be paused, resumed or cancelled.", _url(found.key))
    try:
        airflow_backfills.turn(_dag_id(found), backfill, how)
    except NotStarted as refused:
        raise Said(409, "Nothing was done", str(refused), _url(found.key)) from None
    return RedirectResponse(_url(found.key), status_code=303, headers=HEADERS)


def _page(reader: Reader, store: Store, plan: Plan | None = None) -> Response:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    dag_id = _dag_id(store)
    return page(
        "backfill.html",
        reader,
        here=HERE,
        title=f"Backfill, {store.file.name}",
        store=store,
        may=reader.may_run(store),
        plan=plan,
        first=plan.first if plan else yesterday - timedelta(days=6),
        last=plan.last if plan else yesterday,
        paused=airflow_backfills.is_paused(dag_id),
        dag_id=dag_id,
        token=token_for(reader, _about(store)),
        backfills=[_shown(store, each) for each in airflow_backfills.listed(dag_id)],
        minutes=_minutes,
    )


def _shown(store: Store, kept: Kept) -> dict[str, Any]:
    """A backfill with what it did so far, and how long it will go on, as far as that can be said."""
    from include.database.connection import connect
    from include.domain.estimate import remaining_s
    from include.papers.words import many
    from include.stages.console.backfill import progress_of

    with connect() as db:
        did = progress_of(db, store, FLOW, kept.run_ids, kept.started)
    running_s = (datetime.now(UTC) - kept.began).total_seconds() if kept.began else 0.0
    left = kept.runs - kept.done
    rest = remaining_s(kept.done, running_s, left, airflow_backfills.AT_ONCE) if kept.ended is None else None
    if kept.ended is not None:
        red = kept.states.get("failed")
        words = f"ended; {many(red, 'run is red', 'runs are red')}" if red else "ended"
    elif kept.paused:
        words = "paused: what runs ends, nothing new begins"
    elif rest is None:
        words = "running; how long it takes cannot be said before two days are done"
    else:
        words = f"running; about {_minutes(rest[0])} to {_minutes(rest[1])} more"
    return {"kept": kept, "did": did, "words": words}


def _counted(store: Store, first: date, last: date) -> Plan:
    from bridge.wiring import shop
    from include.clients.errors import ApiError
    from include.database.connection import connect
    from include.stages.console.backfill import plan_of

    try:
        with shop(store.key, "operations") as client, connect() as db:
            return plan_of(client, db, store, first, last)
    except (ApiError, ValueError) as error:
        raise Said(503, "The shop could not be asked", str(error), _url(store.key)) from None


def _may(request: Request, reader: Reader, store: Store, token: str) -> None:
    if not reader.may_run(store):
        raise Said(
            403,
            "You may not start runs",
            f"{reader.name} may read. Who backfills needs the right to start runs of {_dag_id(store)} in Airflow.",
            _url(store.key),
        )
    refuse_foreign_form(request, reader, token, _about(store), _url(store.key))


def _days(first: str, last: str, store: Store) -> tuple[date, date]:
    from include.stages.console.backfill import DAYS_MAX

    back = _url(store.key)
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise Said(409, "No such days", "A day is written as 2026-11-24.", back) from None
    if begin > end or (end - begin).days >= DAYS_MAX:
        raise Said(409, "No such days", f"The first day is not after the last, and they are at most {DAYS_MAX}.", back)
    # The interval of a day ends at 02:00 UTC of the next.
    if datetime.combine(end, datetime.min.time(), UTC) + timedelta(hours=26) > datetime.now(UTC):
        raise Said(
            409,
            "That day is not over",
            f"{end} ends at 02:00 UTC of the next day: the runs by the clock bring it.",
            back,
        )
    if datetime.combine(end, datetime.max.time(), UTC) < store.file.start_from:
        raise Said(409, "Before the books begin", f"The store's books begin on {store.file.start_from:%d %B %Y}.", back)
    return begin, end


def _minutes(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _dag_id(store: Store) -> str:
    return f"{FLOW}__{store.key}"


def _about(store: Store) -> str:
    return f"backfill/{store.key}"


def _url(store_key: str) -> str:
    return f"{HERE}?{urlencode({'store': store_key})}"
