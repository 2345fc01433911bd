"""A store is connected from the console: to the vendor's page, back with an answer, and on to the page of Connections.

POST connections/connect    the way out: a page that leads to the vendor, since a form may not (form-action 'self')
GET  connections/callback   Xero's way back, with our state
POST connections/choose     which organisation, where the consent opens several
GET  connections/installed  BigCommerce's way back, without a state: it is of this browser, or of nobody
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response

from bridge.console.connections import (
    HERE,
    MayAct,
    Vendor,
    about_connecting,
    address,
    back,
    back_to,
    conn_id_of,
    refused,
)
from bridge.console.connections_asked import (
    COOKIE,
    NOTHING,
    app_of,
    asker_of,
    audit,
    checked,
    connection_of,
    not_asked,
    store_of,
    vault_of,
)
from bridge.console.frame import refuse_foreign_form, sheet, signing_key, token_for
from bridge.console.readers import Reader, ReaderDep

if TYPE_CHECKING:
    from include.connecting.books import Opened
    from include.database.connection import Row
    from include.keepers.tokens import KeptTokens
    from include.settings.store import Store

routes = APIRouter(dependencies=[MayAct])


@routes.post("/connections/connect")
def connect(
    request: Request,
    reader: ReaderDep,
    store: Annotated[str, Form()],
    vendor: Annotated[Vendor, Form()],
    token: Annotated[str, Form()],
) -> Response:
    """Begin: the page that leads to the vendor."""
    from include.connecting import books, shop
    from include.connecting.handshakes import LASTS_S, Asker, begin
    from include.database.connection import connect as database

    found = reader.store(store, f"../{HERE}")
    refuse_foreign_form(request, reader, token, about_connecting(found, vendor), back(found))
    connection, vault = connection_of(found, vendor), vault_of(found)
    redirect_uri = checked(address(request, vendor), vendor, found)
    asker = Asker(reader.name, secrets.token_urlsafe(32), signing_key())
    try:
        if vendor == "xero":
            books.keeper_of(connection, os.environ, found.key)
        with database() as db, db.transaction():
            begun = begin(
                db,
                vault,
                asker,
                vendor=vendor,
                store=found.key,
                connection=conn_id_of(found, vendor),
                redirect_uri=redirect_uri,
            )
        link = (
            books.link_of(connection, redirect_uri=redirect_uri, state=begun.state, verifier=begun.verifier)
            if vendor == "xero"
            else shop.link_of(connection, app_of(connection, found)[0])
        )
    except (books.NotConnectedError, ValueError) as error:
        raise refused(NOTHING, f"{error}.", found) from None
    answer = sheet(
        "connections_out.html", title="On to the vendor", link=link, host=urlsplit(link).netloc, back_url=back(found)
    )
    answer.set_cookie(
        COOKIE,
        asker.browser,
        max_age=int(LASTS_S),
        path=request.url.path.rpartition("/")[0],
        httponly=True,
        secure=request.url.scheme == "https" or redirect_uri.startswith("https://"),
        samesite="lax",  # it comes back along a link from the vendor's page
    )
    return answer


@routes.get("/connections/callback")
def callback(request: Request, reader: ReaderDep, state: str = "", code: str = "", error: str = "") -> Response:
    """Xero sends the browser back: with a code, or with the reason why not."""
    from include.connecting import books
    from include.connecting.handshakes import answered, forget, verifier_of, wait_for_a_choice
    from include.database.connection import connect as database
    from include.keepers.vault import SealedOtherwiseError

    asker = asker_of(request, reader)
    with database() as db, db.transaction():
        row = answered(db, asker, state)
    if row is None:
        raise not_asked()
    store, vault = store_of(reader, row), vault_of(None)
    if not code:
        sentence = books.refusal(error)
        audit(
            store,
            "handshake_refused",
            reader.name,
            {"vendor": "xero", "said": "".join(filter(str.isprintable, error))[:100]},
        )
        raise refused(NOTHING, sentence, store)
    connection = connection_of(store, "xero")
    opened, kept = _opened(
        reader, store, connection, row, code, lambda: verifier_of(row, vault, state), SealedOtherwiseError
    )
    if len(opened.books) == 1:
        with database() as db, db.transaction():
            forget(db, row)
        return _keep(reader, store, connection, kept, opened, next(iter(opened.books)))
    with database() as db, db.transaction():
        wait_for_a_choice(db, vault, state, opened)
    return sheet(
        "connections_choose.html",
        title="Which organisation?",
        store=store,
        names=sorted(opened.names.items(), key=lambda each: each[1].lower()),
        state=state,
        token=token_for(reader, _about_choosing(state)),
        back_url=back(store),
    )


@routes.post("/connections/choose")
def choose(
    request: Request,
    reader: ReaderDep,
    state: Annotated[str, Form()],
    tenant: Annotated[str, Form()],
    token: Annotated[str, Form()],
) -> Response:
    """The person says which organisation the store's books are in."""
    from include.connecting import books
    from include.connecting.handshakes import chosen, forget
    from include.database.connection import connect as database

    refuse_foreign_form(request, reader, token, _about_choosing(state), f"../{HERE}")
    with database() as db, db.transaction():
        waiting = chosen(db, vault_of(None), asker_of(request, reader), state)
        if waiting is not None:
            forget(db, waiting[0])
    if waiting is None or tenant not in waiting[1].books:
        raise not_asked()
    store = store_of(reader, waiting[0])
    connection = connection_of(store, "xero")
    try:
        kept = books.keeper_of(connection, os.environ, store.key)
    except (books.NotConnectedError, ValueError) as error:
        raise refused(NOTHING, f"{error}.", store) from None
    return _keep(reader, store, connection, kept, waiting[1], tenant)


@routes.get("/connections/installed")
def installed(request: Request, reader: ReaderDep) -> Response:
    """BigCommerce sends the browser back: the app was installed."""
    from bridge.console.connections_kept import CAN_WRITE, found, keep_token
    from include.clients.errors import ApiError
    from include.connecting import shop
    from include.connecting.books import NotConnectedError
    from include.connecting.handshakes import answered_without_state, forget
    from include.database.connection import connect as database

    told = dict(request.query_params)
    with database() as db, db.transaction():
        row = answered_without_state(db, asker_of(request, reader))
        if row is not None:
            forget(db, row)
    if row is None:
        raise not_asked()
    store = store_of(reader, row)
    connection, store_hash = connection_of(store, "bigcommerce"), store.file.bigcommerce.store_hash
    client_id, client_secret = app_of(connection, store)
    try:
        if wrong := shop.wrong_with(told, store_hash):
            raise NotConnectedError(wrong.rstrip("."))
        if found(row["connection"])[1] != CAN_WRITE:
            raise NotConnectedError("the Connection is not kept in Airflow's database, where the console could write")
        brought = shop.installed_by(
            connection,
            told,
            store_hash=store_hash,
            client_id=client_id,
            client_secret=client_secret,
            redirect_uri=row["redirect_uri"],
        )
        keep_token(row["connection"], store_hash, brought.access)
    except (NotConnectedError, ApiError, LookupError, ValueError) as error:
        audit(store, "handshake_failed", reader.name, {"vendor": "bigcommerce", "said": str(error)[:300]})
        raise refused(NOTHING, f"{error}.".replace("..", "."), store) from None
    with database() as db, db.transaction():
        db.run("connections.installed", connection=row["connection"], by=reader.name, scopes=brought.scopes)
    audit(
        store,
        "connected",
        reader.name,
        {"vendor": "bigcommerce", "connection": row["connection"], "shop": store_hash, "scopes": brought.scopes},
    )
    return back_to(store, "connected-bigcommerce")


def _opened(
    reader: Reader, store: Store, connection: Any, row: Row, code: str, verifier: Any, sealed_otherwise: type[Exception]
) -> tuple[Opened, KeptTokens]:
    """What the code brings. Raises Said."""
    from include.clients.errors import ApiError
    from include.connecting import books

    try:
        kept = books.keeper_of(connection, os.environ, store.key)
        return books.opened_by(connection, kept, code=code, redirect_uri=row["redirect_uri"], verifier=verifier()), kept
    except (books.NotConnectedError, ApiError, ValueError, sealed_otherwise) as error:
        audit(store, "handshake_failed", reader.name, {"vendor": "xero", "said": str(error)[:300]})
        sentence = str(error).rstrip(".")
        raise refused(NOTHING, f"{sentence[:1].upper()}{sentence[1:]}.", store) from None


def _keep(reader: Reader, store: Store, connection: Any, kept: KeptTokens, opened: Opened, tenant_id: str) -> Response:
    from include.clients.errors import ApiError
    from include.connecting import books

    try:
        books.keep(connection, kept, opened, tenant_id, by=reader.name)
    except ApiError as error:
        raise refused(NOTHING, str(error), store) from None
    told = {"organisation": opened.names[tenant_id], "tenant_id": tenant_id, "scopes": opened.token.scopes}
    audit(store, "connected", reader.name, {"vendor": "xero", "connection": conn_id_of(store, "xero"), **told})
    return back_to(store, "connected-xero")


def _about_choosing(state: str) -> str:
    return f"connections/choose/{state}"
