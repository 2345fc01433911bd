"""Pages that a bookkeeper can read: what the shop states, what the books hold, and the way from one to the other.

    /                         both sides in figures
    /shop, /shop/{order}      the orders and the stock, and one order with its lines, tax, tenders, refunds and documents
    /books                    invoices and what is on hand; also /books/payments, /books/credit-notes, /books/contacts
    /books/invoices/{number}  one document by number or id, likewise /books/credit-notes/{number}, /books/contacts/{id}

Everything is rendered here, from what the vendors would answer; nothing is loaded from elsewhere. An order and a document
belong together when the first number in the document's reference (else in its own number) is the order's id.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from include.sandbox.pages import ledger, orders, spelling

if TYPE_CHECKING:
    from include.sandbox.town import Town

HERE = Path(__file__).parent

#: A page is a template's name and what it shows, or None when there is no such thing.
Page = tuple[str, dict[str, Any]] | None


def routes(town: Town) -> list[Route]:
    """The pages of one town. They read under the town's lock and change nothing."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(spelling.FILTERS)

    def page(path: str, read: Callable[[Town, Request], Page]) -> Route:
        def endpoint(request: Request) -> Response:
            with town.lock:
                found = read(town, request)
                if found is None:
                    return _rendered("missing.html", {"path": request.url.path}, HTTPStatus.NOT_FOUND)
                return _rendered(*found)

        return Route(path, endpoint, methods=["GET"])

    def _rendered(template: str, shown: dict[str, Any], status: int = HTTPStatus.OK) -> HTMLResponse:
        shop, organisation = town.shop.settings["name"], ledger.organisation_name(town)
        text = environment.get_template(template).render(shop_name=shop, books_name=organisation, **shown)
        return HTMLResponse(text, status)

    style = (HERE / "style.css").read_text()

    def stylesheet(request: Request) -> Response:
        return Response(style, media_type="text/css")

    return [
        Route("/pages.css", stylesheet, methods=["GET"]),
        page("/", orders.front),
        page("/shop", orders.order_list),
        page("/shop/{order_id:int}", orders.one_order),
        page("/books", ledger.invoice_list),
        page("/books/invoices/{key:path}", ledger.one_invoice),
        page("/books/payments", ledger.payment_list),
        page("/books/credit-notes", ledger.credit_note_list),
        page("/books/credit-notes/{key:path}", ledger.one_credit_note),
        page("/books/contacts", ledger.contact_list),
        page("/books/contacts/{key}", ledger.one_contact),
    ]
