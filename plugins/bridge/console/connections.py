"""Connections: how a store is connected with both vendors, whether it works, and the buttons that try and connect.

Who may see Airflow's own Connections reads, who may edit them acts: it is asked of Airflow, for each route.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.core_api.security import requires_access_connection
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from bridge.console.frame import HEADERS, page, refuse_foreign_form, token_for
from bridge.console.readers import Reader, ReaderDep
from bridge.console.saying import Said

if TYPE_CHECKING:
    from bridge.hooks.trying import Tried
    from include.connecting.standing import Calls, Consent
    from include.database.connection import Database
    from include.settings.store import Store

HERE = "connections"
Vendor = Literal["bigcommerce", "xero"]
VENDORS: tuple[Vendor, Vendor] = ("bigcommerce", "xero")
NAMES = {"bigcommerce": "BigCommerce", "xero": "Xero"}
MayRead = Depends(requires_access_connection("GET"))
MayAct = Depends(requires_access_connection("PUT"))
routes = APIRouter()


@dataclass
class Card:
    """One Connection as the page shows it. needs: of each scope its name, what it is for, and how it stands."""

    vendor: Vendor
    conn_id: str
    place: str
    login: str
    calls: Calls
    consent: Consent | None = None
    seen: dict[str, Any] | None = None
    needs: list[tuple[str, str, str]] = field(default_factory=list)
    wrong: str = ""
    todo: str = ""
    button: str = ""
    test_token: str = ""
    connect_token: str = ""


@routes.get("/connections", dependencies=[MayRead])
def read(request: Request, reader: ReaderDep, store: str = "", done: str = "") -> Response:
    """Both Connections of a store."""
    from include.connecting.standing import expiring
    from include.database.connection import connect

    found = reader.store(store, HERE)
    with connect() as db:
        cards = [_card(db, reader, found, vendor) for vendor in VENDORS]
        endings = expiring(db, found, datetime.now(UTC))
    return page(
        "connections.html",
        reader,
        here=HERE,
        title=f"Connections of {found.file.name}",
        store=found,
        cards=cards,
        endings=endings,
        done=_done(done),
        now=datetime.now(UTC),
        zone="UTC",
        may_act=may_act(reader),
        addresses={vendor: address(request, vendor) for vendor in VENDORS},
    )


@routes.post("/connections/test", dependencies=[MayAct])
def test(
    request: Request,
    reader: ReaderDep,
    store: Annotated[str, Form()],
    vendor: Annotated[Vendor, Form()],
    token: Annotated[str, Form()],
) -> Response:
    """Ask the vendor for real; what came of it stands on the page."""
    from include.connecting.standing import failed, worked
    from include.database.connection import connect

    found = reader.store(store, f"../{HERE}")
    refuse_foreign_form(request, reader, token, _about("test", found, vendor), back(found))
    tried = _tried(found, vendor)
    with connect() as db:
        if tried.worked:
            worked(db, conn_id_of(found, vendor), tried.said, tried.lacks)
        else:
            failed(db, conn_id_of(found, vendor), tried.said)
    return back_to(found, f"{'tested' if tried.worked else 'refused'}-{vendor}")


def may_act(reader: Reader) -> bool:
    """Whether Airflow lets the reader edit Connections."""
    return bool(get_auth_manager().is_authorized_connection(method="PUT", user=reader.user))


def conn_id_of(store: Store, vendor: Vendor) -> str:
    """The name of the Connection that the store's file says."""
    return store.file.xero.connection if vendor == "xero" else store.file.bigcommerce.connection


def back(store: Store) -> str:
    """The page, seen from an address one below it."""
    return f"../{HERE}?{urlencode({'store': store.key})}"


def back_to(store: Store, done: str) -> Response:
    """On to the page, which says what was done."""
    return RedirectResponse(f"{back(store)}&{urlencode({'done': done})}", status_code=303, headers=HEADERS)


def address(request: Request, vendor: Vendor) -> str:
    """Where the vendor sends the browser back: it is to be registered with the app, byte for byte.

    On this machine alone it is as the browser asked, since Xero takes localhost and not 127.0.0.1 (xero.md 1.2).
    """
    from airflow.configuration import conf

    host = request.url.hostname or ""
    base = conf.get("api", "base_url", fallback="") or ""
    if host in ("localhost", "127.0.0.1") or not base:
        base = f"{request.url.scheme}://{request.url.netloc}"
    return f"{base.rstrip('/')}/bridge/{HERE}/{'callback' if vendor == 'xero' else 'installed'}"


def about_connecting(store: Store, vendor: Vendor) -> str:
    """What the form that connects would do."""
    return _about("connect", store, vendor)


def _about(what: str, store: Store, vendor: Vendor) -> str:
    return f"connections/{what}/{store.key}/{vendor}"


def _card(db: Database, reader: Reader, store: Store, vendor: Vendor) -> Card:
    from bridge.console.connections_kept import found, place
    from include.connecting.standing import calls_of

    conn_id = conn_id_of(store, vendor)
    connection, backend = found(conn_id)
    tenant = store.file.xero.organisation if vendor == "xero" else store.file.bigcommerce.store_hash
    card = Card(vendor, conn_id, place(backend), "", calls_of(db, vendor, tenant))
    card.seen = db.row("connections.seen", connection=conn_id)
    card.test_token = token_for(reader, _about("test", store, vendor))
    if connection is None:
        card.place = ""
        if backend:
            card.wrong = f"Connection {conn_id} could not be read from {place(backend)}."
            card.todo = (
                "See whether Airflow's api-server reaches it and may read it: docs/secrets.md names the settings."
            )
            return card
        card.wrong = f"There is no Connection {conn_id}."
        kind = "Xero organisation" if vendor == "xero" else "BigCommerce store"
        card.todo = f"Make it in Airflow, under Admin, Connections: Connection type {kind}, Connection ID {conn_id}."
        return card
    try:
        _books_card(db, card, connection, store) if vendor == "xero" else _shop_card(
            db, card, connection, store, backend
        )
    except ValueError as error:
        card.wrong, card.todo = f"{error}.", "Correct it in Airflow, under Admin, Connections."
    if card.button:
        card.connect_token = token_for(reader, about_connecting(store, vendor))
    return card


def _books_card(db: Database, card: Card, connection: Any, store: Store) -> None:
    from include.connecting.books_scopes import NEEDED_FOR, lacking, needed_by
    from include.connecting.standing import consent_to_books
    from include.settings.connections import books_arguments, grant_of

    by_consent = grant_of(connection) == "authorization_code"
    kept = consent_to_books(db, card.conn_id)
    if kept is not None and (kept.at is not None) == by_consent:
        card.consent = kept
    granted = card.consent.scopes if card.consent else ""
    missing = set(lacking(granted, needed_by(connection)))
    for scope in needed_by(connection):
        state = "not known yet" if not granted else ("missing" if scope in missing else "granted")
        card.needs.append((scope, NEEDED_FOR.get(scope, "as the Connection's field Scopes says"), state))
    books_arguments(connection)  # which field is wrong is told now, not in the middle of a hand-shake
    if not by_consent:
        card.login = (
            "Custom Connection: with client id and secret. Whoever owns the organisation authorised it at Xero."
        )
        return
    card.login = "By a person's consent (OAuth 2.0)."
    if not (os.environ.get("BRIDGE_KEY") and os.environ.get("BRIDGE_DSN")):
        card.wrong = "BRIDGE_KEY or BRIDGE_DSN is not set where Airflow's api-server runs."
        card.todo = "Set both there; a consent is sealed with the key before it is kept."
        return
    card.button = "Connect" if card.consent is None else "Consent again"
    if card.consent is None:
        card.wrong, card.todo = "Nobody has consented yet.", "Press Connect: it leads to Xero and back."
    elif card.consent.ended_at is not None:
        card.wrong, card.todo = "The consent has ended; Xero is not asked any more.", "Press Consent again."
    elif missing:
        card.todo = "Give the app the missing scopes at developer.xero.com, then press Consent again."


def _shop_card(db: Database, card: Card, connection: Any, store: Store, backend: str) -> None:
    from bridge.console.connections_kept import CAN_WRITE
    from include.connecting.shop_scopes import SCOPES, lacking
    from include.connecting.standing import consent_of_shop
    from include.settings.connections import shop_arguments

    fields = connection.extra_dejson
    card.consent = consent_of_shop(db, card.conn_id)
    asked = card.seen is not None and card.seen["lacks"] is not None
    lacks = set(card.seen["lacks"]) if card.seen and asked else set()
    if not asked and card.consent is not None:
        asked, lacks = True, {scope.name for scope in lacking(card.consent.scopes)}
    for scope in SCOPES:
        state = "not known yet" if not asked else ("missing" if scope.name in lacks else "granted")
        is_needed = scope.is_needed(store)
        card.needs.append((scope.panel, scope.needed_for + ("" if is_needed else " (a flow that is off)"), state))
    if fields.get("client_id") and fields.get("client_secret"):
        card.login = "With the token of an app that the store's owner installed. It does not expire by time."
        if backend == CAN_WRITE:
            card.button = "Consent again" if fields.get("access_token") else "Connect"
        else:
            card.todo = (
                f"The Connection is kept in {card.place}, where the console cannot write the token: "
                f"run make connect-bigcommerce STORE={store.key}."
            )
    else:
        card.login = "With the token of a store-level API account. It does not expire; its scopes cannot be changed."
    if any(state == "missing" and "a flow that is off" not in why for _, why, state in card.needs):
        card.todo = (
            "Make a new store-level API account with the missing scopes, and paste its token into the Connection."
        )
        if card.button:
            card.todo = "Give the app the missing scopes in the Developer Portal, then press Consent again."
    if not card.button or fields.get("access_token"):
        shop_arguments(connection)


def _tried(store: Store, vendor: Vendor) -> Tried:
    from bridge.console.connections_kept import found
    from bridge.hooks.fields import masked
    from bridge.hooks.trying import Tried, try_books, try_shop
    from include.clients.errors import ApiError
    from include.clients.xero import Xero
    from include.keepers.opened import for_books
    from include.settings.connections import books_arguments

    conn_id = conn_id_of(store, vendor)
    connection, _ = found(conn_id)
    if connection is None:
        return Tried(False, f"There is no Connection {conn_id}: make it in Airflow, under Admin, Connections.")
    if vendor == "bigcommerce":
        return try_shop(connection, store)
    try:
        with for_books(store, "operations") as kept, Xero.open(**masked(books_arguments(connection)), **kept) as client:
            return try_books(connection, client)
    except (ApiError, ValueError) as error:
        return Tried(False, str(error))


def _done(done: str) -> tuple[str, bool] | None:
    """What was just done, in words, and whether it went well. Only words of ours: the address is anybody's."""
    what, _, vendor = done.partition("-")
    if vendor not in NAMES:
        return None
    name = NAMES[vendor]
    said = {
        "tested": (f"{name} was asked, and it works.", True),
        "refused": (f"{name} was asked, and it does not work. Below stands why.", False),
        "connected": (f"Connected with {name}. Below stands what was granted.", True),
    }
    return said.get(what)


def refused(headline: str, sentence: str, store: Store | None, status: int = 409) -> Said:
    """What a hand-shake that came to nothing says."""
    return Said(status, headline, sentence, back(store) if store is not None else f"../{HERE}")
