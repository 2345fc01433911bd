"""One order: found by what somebody has at hand, and told from its first day to now.

What is looked for is sent in a form and never in an address: it may be a customer's e-mail, and addresses are logged.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from bridge.console.frame import HEADERS, page
from bridge.console.readers import Reader, ReaderDep
from bridge.console.saying import Said

HERE = "order"
ASKED_MAX = 320  # an e-mail is no longer
routes = APIRouter()


@routes.get("/order")
def read(reader: ReaderDep, store: str = "", order: str = "") -> Response:
    """The page of an order; without a number, the form that finds one."""
    if not order:
        found = reader.store(store, HERE) if store or reader.stores else None
        return page("find.html", reader, here=HERE, title="Find an order", store=found, asked="", found=None)
    return _life(reader, store, order)


@routes.post("/order")
def find(reader: ReaderDep, q: Annotated[str, Form(max_length=ASKED_MAX)] = "") -> Response:
    """What was looked for: the order's page where it is one, else the list. It changes nothing, so it needs no token."""
    from include.database.connection import connect
    from include.stages.console.finding import find as look

    with connect() as db:
        found = look(db, reader.stores, q)
    if len(found.orders) == 1:
        ((store, order),) = found.orders
        return RedirectResponse(_url(store, order), status_code=303, headers=HEADERS)
    orders = [(reader.stores[store].file.name, order, _url(store, order)) for store, order in found.orders]
    return page("find.html", reader, here=HERE, title="Find an order", asked=q, found=orders)


def _life(reader: Reader, store_key: str, order: str) -> Response:
    from include.database.connection import connect
    from include.stages.console.life import life_of

    store = reader.store(store_key, HERE)
    if not (order.isascii() and order.isdigit() and len(order) < 19):
        raise Said(404, "No such order", "An order is named by its number in the shop.", HERE)
    with connect() as db:
        life = life_of(db, store, int(order), with_person=reader.sees_people(store))
    if life is None:
        raise Said(
            404,
            f"Order {order} is not known",
            f"No run of {store.file.name} has read an order {order}. It may be older than the day its books begin on "
            f"({store.file.start_from:%d %B %Y}), or not extracted yet.",
            f"{HERE}?{urlencode({'store': store.key})}",
        )
    return page(
        "order.html",
        reader,
        here=HERE,
        title=f"Order {order}, {store.file.name}",
        store=store,
        life=life,
        sees_people=reader.sees_people(store),
        review_url=f"review?{urlencode({'store': store.key, 'order': order})}",
        run_url=lambda run: f"../dags/{quote(run[0])}__{quote(store.key)}/runs/{quote(run[1], safe='')}",
    )


def _url(store: str, order: int) -> str:
    return f"{HERE}?{urlencode({'store': store, 'order': order})}"
