"""The two addresses of the door, and what they answer.

| what came                               | answer | why                                                    |
|-----------------------------------------|--------|--------------------------------------------------------|
| events of a store, kept                 | 200    | after the commit, with no body                         |
| BigCommerce: junk, or from no hook of ours | 200 | counted and dropped: one refusal in ten, and it stops  |
|                                         |        | all hooks of the domain (reference bigcommerce.md 9)   |
| Xero: wrong signature                   | 401    | it sends some on purpose before it sends anything else |
| more than BODY_MAX                      | 413    | no vendor sends it                                     |
| the database is away, too much waits,   | 503    | both vendors send it again, for a day or two           |
| or no answer within ANSWER_MAX_S        |        |                                                        |
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from include.domain.event import Event
from include.door.keeping import DoorBusyError, Keeper
from include.door.known import Books, Keys, Known, Register
from include.door.proof import is_xeros, proof_of_shop
from include.wire.bigcommerce_events import event_of, producer_of
from include.wire.xero_events import events_of

BODY_MAX = 65536  # bytes; an event has some hundred
ANSWER_MAX_S = 4.0  # for all of it, also for a body that comes in drops; Xero waits for five seconds
NAMES_MAX = 20  # of headers with signatures that we do not know

log = logging.getLogger(__name__)
Handle = Callable[[Request], Awaitable[Response]]


class TooLargeError(Exception):
    """The body has more bytes than any event."""


def door(register: Register, keeper: Keeper) -> Starlette:
    """The door as an application. Whoever mounts it chooses the path before `/bigcommerce/..` and `/xero/..`."""
    seen: set[str] = set()

    async def bigcommerce(request: Request) -> Response:
        body = await _body(request)
        keys = (await _known(register)).stores.get(request.path_params["store"])
        if keys is None:
            keeper.count("", "bigcommerce", "no_such_store")
            return Response()
        found = _shop_event(request, body, keys)
        if isinstance(found, str):
            keeper.count(keys.store, "bigcommerce", found)
            return Response()
        for name in _unknown_signatures(request):
            keeper.count(keys.store, "bigcommerce", "unknown_signature")
            if name not in seen and len(seen) < NAMES_MAX:
                seen.add(name)
                log.warning("Webhooks of the store %s carry a signature that nobody verifies: %s", keys.store, name)
        return await _kept(keeper, [(keys.store, found)])

    async def xero(request: Request) -> Response:
        body = await _body(request)
        books = (await _known(register)).books.get(request.path_params["organisation"])
        if books is not None and books.webhook_key is None:
            raise DoorBusyError  # to answer 401 would tell Xero that it has another key
        signature = request.headers.get("x-xero-signature", "")
        if books is None or not is_xeros(body, signature, books.webhook_key or ""):
            keeper.count(books.stores[0] if books else "", "xero", "wrong_signature")
            return Response(status_code=401)
        return await _kept(keeper, _books_events(keeper, body, books))

    application = Starlette(
        routes=[
            Route("/bigcommerce/{store}", _answered(bigcommerce, keeper, "bigcommerce"), methods=["POST"]),
            Route("/xero/{organisation}", _answered(xero, keeper, "xero"), methods=["POST"]),
        ]
    )
    application.router.redirect_slashes = False  # no vendor follows it, and a stranger would choose the host in it
    return application


def _answered(handle: Handle, keeper: Keeper, vendor: str) -> Handle:
    """What it answers, within its time; whatever fails, the vendor is told to come again."""

    async def answer(request: Request) -> Response:
        try:
            async with asyncio.timeout(ANSWER_MAX_S):
                return await handle(request)
        except TooLargeError:
            keeper.count("", vendor, "too_large")
            return Response(status_code=413)
        except (DoorBusyError, TimeoutError, ClientDisconnect):
            pass
        except Exception as error:  # its words may quote what came
            log.error("The door failed at a webhook of %s (%s)", vendor, type(error).__name__)
        return Response(status_code=503, headers={"Retry-After": "60"})

    return answer


def _unknown_signatures(request: Request) -> list[str]:
    return [name for name in request.headers if "signature" in name and name != "webhook-signature"]


def _shop_event(request: Request, body: bytes, keys: Keys) -> Event | str:
    """The event, or what is counted instead."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    proof = proof_of_shop(headers, body, keys.secret, keys.client_secret, time.time(), keys.secret_before)
    if proof != "ours":
        return proof
    said = _parsed(body)
    if producer_of(said) != keys.producer:
        return "junk" if not producer_of(said) else "another_store"
    event = event_of(said)
    if event is None:
        return "junk"
    return event if event.kind in keys.wants else "not_wanted"


def _books_events(keeper: Keeper, body: bytes, books: Books) -> list[tuple[str, Event]]:
    events = events_of(_parsed(body), books.tenant_id)
    if events is None:
        keeper.count(books.stores[0], "xero", "junk")
    return [(store, event) for event in events or () for store in books.stores]


async def _body(request: Request) -> bytes:
    """The body, read no further than any event is long. Raises TooLargeError."""
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and (len(stated) > 9 or int(stated) > BODY_MAX):
        raise TooLargeError
    read = bytearray()
    async for piece in request.stream():
        read += piece
        if len(read) > BODY_MAX:
            raise TooLargeError
    return bytes(read)


async def _known(register: Register) -> Known:
    """Files and Connections are read in a thread, and only the first webhooks wait for it."""
    known = register.known
    if known is None:
        known = await asyncio.shield(asyncio.wrap_future(register.reading()))
    return known


async def _kept(keeper: Keeper, rows: list[tuple[str, Event]]) -> Response:
    if rows:
        # Shielded: where the time is over it is kept all the same, and comes again as one that is there.
        await asyncio.shield(asyncio.wrap_future(keeper.keep(rows)))
    return Response()


def _parsed(body: bytes) -> Any:
    """The body as JSON; None where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
