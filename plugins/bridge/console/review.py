"""The review desk: what is held, why, what would be posted, and the decision: for one order, or for many at once.

Whoever may see the store reads. Who decides stands in its file, `deciders`. A decision carries what was seen: of two people
who decide at once the second is told what the first did, and nothing of theirs is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from bridge.console.frame import HEADERS, page, refuse_foreign_form, token_for
from bridge.console.readers import Reader, ReaderDep
from bridge.console.review_fields import CHOICES, HERE, choice_of, contact_of, done_of, filter_of, number_of
from bridge.console.saying import Said

if TYPE_CHECKING:
    from include.settings.store import Store

WHY_MAX = 500
routes = APIRouter()


@routes.get("/review")
def read(
    reader: ReaderDep,
    store: str = "",
    order: str = "",
    reason: str = "",
    least: str = "",
    most: str = "",
    days: str = "",
    sort: str = "oldest",
    skip: int = 0,
    done: str = "",
) -> Response:
    """What waits for a person, or one order of it."""
    found = reader.store(store, HERE)
    if order:
        return _case(reader, found, number_of(order), done)
    asked = {"reason": reason, "least": least, "most": most, "days": days, "sort": sort}
    return _list(reader, found, asked, max(0, skip), done)


@routes.post("/review-decide")
def decide_one(
    request: Request,
    reader: ReaderDep,
    store: Annotated[str, Form()],
    order: Annotated[str, Form()],
    reason: Annotated[str, Form()],
    stand: Annotated[str, Form()],
    token: Annotated[str, Form()],
    choice: Annotated[str, Form()],
    why: Annotated[str, Form(max_length=WHY_MAX)] = "",
    contact: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Decide what is held of one order for one reason."""
    from include.database.connection import connect
    from include.stages.orders.deciding import NotDecidable, choose_contact, decide

    found, key = reader.store(store, HERE), number_of(order)
    back = _url(found.key, order=str(key))
    _may_decide(reader, found, back)
    refuse_foreign_form(request, reader, token, _about(found, key), back)
    _refuse_without_why(why, back)
    try:
        with connect() as db:
            if choice == "contact":
                choose_contact(db, found, key, contact_of(contact, back), by=reader.name, why=why.strip())
            else:
                decide(db, found, key, choice_of(choice), by=reader.name, why=why.strip(), reason=reason, seen=stand)
    except NotDecidable as refused:
        raise Said(409, "Nothing was kept", str(refused), back) from None
    return RedirectResponse(_url(found.key, order=str(key), done=choice), status_code=303, headers=HEADERS)


@routes.post("/review-many")
async def decide_many(request: Request, reader: ReaderDep) -> Response:
    """The same decision for all orders that were ticked: first what it would do, then, confirmed, the decision."""
    from starlette.concurrency import run_in_threadpool

    form = await request.form()
    fields = {name: str(value) for name, value in form.items() if name != "order"}
    orders = [str(each) for each in form.getlist("order")]
    return await run_in_threadpool(_many, request, reader, fields, orders)


@routes.post("/review-map")
def from_now_on(
    request: Request,
    reader: ReaderDep,
    store: Annotated[str, Form()],
    order: Annotated[str, Form()],
    token: Annotated[str, Form()],
    reason: Annotated[str, Form()],
    answer: Annotated[str, Form(max_length=60)] = "",
    why: Annotated[str, Form(max_length=WHY_MAX)] = "",
) -> Response:
    """Map something from now on, and have all held orders that this explains looked at again."""
    from include.database.connection import connect
    from include.stages.console.review import desk_of
    from include.stages.orders.deciding import NotDecidable
    from include.stages.orders.deciding import from_now_on as map_it

    found, key = reader.store(store, HERE), number_of(order)
    back = _url(found.key, order=str(key))
    _may_decide(reader, found, back)
    refuse_foreign_form(request, reader, token, _about(found, key), back)
    _refuse_without_why(why, back)
    if not answer.strip():
        raise Said(409, "Nothing was kept", "Say where it belongs: the field is empty.", back)
    try:
        with connect() as db:
            mapped = next((case.mapped for case in desk_of(db, found, key).cases if case.row["reason"] == reason), None)
            if mapped is None:
                raise NotDecidable(f"Nothing of order {key} is held as {reason} that a mapping would explain.")
            value = {**mapped.value, mapped.field: answer.strip()}
            released = map_it(db, found, mapped.rule, value, by=reader.name, why=why.strip())
    except NotDecidable as refused:
        raise Said(409, "Nothing was kept", str(refused), back) from None
    return RedirectResponse(_url(found.key, done=f"mapped-{released}"), status_code=303, headers=HEADERS)


def _list(reader: Reader, store: Store, asked: dict[str, str], skip: int, done: str) -> Response:
    from include.database.connection import connect
    from include.stages.console import review

    with connect() as db:
        rows, more = review.waiting(db, store, filter_of(asked), skip)
        reasons = review.by_reason(db, store)
        others = review.others(db, store)
    kept = {name: value for name, value in asked.items() if value and (name, value) != ("sort", "oldest")}
    return page(
        "review.html",
        reader,
        here=HERE,
        title=f"Review desk, {store.file.name}",
        store=store,
        rows=rows,
        reasons=reasons,
        others=others,
        asked=asked,
        done=done_of(done),
        may=reader.decides(store),
        may_not=_may_not(reader, store),
        token=token_for(reader, f"review/{store.key}"),
        order_url=lambda key: _url(store.key, order=str(key)),
        reason_url=lambda reason: _url(store.key, reason=reason),
        all_url=_url(store.key),
        before_url=_url(store.key, **kept, skip=str(max(0, skip - review.PAGE))) if skip else "",
        next_url=_url(store.key, **kept, skip=str(skip + review.PAGE)) if more else "",
    )


def _case(reader: Reader, store: Store, key: int, done: str) -> Response:
    from include.database.connection import connect
    from include.stages.console.review import desk_of

    with connect() as db:
        desk = desk_of(db, store, key)
    return page(
        "review_order.html",
        reader,
        here=HERE,
        title=f"Order {key}, review desk",
        store=store,
        desk=desk,
        may=reader.decides(store),
        may_not=_may_not(reader, store),
        token=token_for(reader, _about(store, key)),
        done=done_of(done),
        list_url=_url(store.key),
        life_url=f"order?{urlencode({'store': store.key, 'order': key})}",
    )


def _many(request: Request, reader: Reader, fields: dict[str, str], orders: list[str]) -> Response:
    from include.database.connection import connect
    from include.stages.console import review

    store = reader.store(fields.get("store", ""), HERE)
    back = _url(store.key, reason=fields.get("reason", ""))
    _may_decide(reader, store, back)
    refuse_foreign_form(request, reader, fields.get("token", ""), f"review/{store.key}", back)
    reason = fields.get("reason", "")
    keys = sorted({number_of(each.partition("=")[0]) for each in orders})
    if not keys or not reason:
        raise Said(409, "Nothing was ticked", "Filter by one reason, and tick the orders that it is about.", back)
    if len(keys) > review.AT_ONCE_MAX:
        raise Said(409, "Too many at once", f"At most {review.AT_ONCE_MAX} orders are decided at once.", back)
    if fields.get("confirmed") == "yes":
        _refuse_without_why(fields.get("why", ""), back)
        stands = {number_of(name): stand for name, _, stand in (each.partition("=") for each in orders)}
        with connect() as db:
            refused = review.decide_many(
                db,
                store,
                stands,
                choice_of(fields.get("choice", "")),
                by=reader.name,
                why=fields["why"].strip(),
                reason=reason,
            )
        return _outcome(reader, store, len(keys), refused, fields["choice"])
    with connect() as db:
        desks = [review.desk_of(db, store, key) for key in keys]
    cases = [(desk, next((case for case in desk.cases if case.row["reason"] == reason), None)) for desk in desks]
    choices = [choice for choice in CHOICES if any(case and choice in case.choices for _, case in cases)]
    return page(
        "review_many.html",
        reader,
        here=HERE,
        title="Decide many at once",
        store=store,
        reason=reason,
        cases=cases,
        choices=choices,
        token=token_for(reader, f"review/{store.key}"),
        back=back,
        refused=None,
        decided=0,
        choice="",
    )


def _outcome(reader: Reader, store: Store, asked: int, refused: list[tuple[int, str]], choice: str) -> Response:
    return page(
        "review_many.html",
        reader,
        here=HERE,
        title="Decided",
        store=store,
        reason="",
        cases=[],
        choices=[],
        token="",
        back=_url(store.key),
        refused=refused,
        decided=asked - len(refused),
        choice=choice,
    )


def _may_decide(reader: Reader, store: Store, back: str) -> None:
    if not reader.decides(store):
        raise Said(403, "You may not decide", _may_not(reader, store), back)


def _may_not(reader: Reader, store: Store) -> str:
    return f"{reader.name} may read, and not decide. Who decides stands in {store.path.name}, `deciders`."


def _refuse_without_why(why: str, back: str) -> None:
    if not why.strip():
        raise Said(409, "Nothing was kept", "Say why: it is kept with your name, for whoever asks later.", back)


def _about(store: Store, key: int) -> str:
    return f"review/{store.key}/{key}"


def _url(store: str, **query: Any) -> str:
    return f"{HERE}?{urlencode({'store': store, **{name: value for name, value in query.items() if value}})}"
