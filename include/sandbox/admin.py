"""`/_sandbox/...`: what operates the sandbox over HTTP. No vendor has these addresses."""

from __future__ import annotations

import json
from asyncio import to_thread
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from include.sandbox.town import Town


def routes(town: Town) -> list[Route]:
    """Stories, clock, orders, stock, the warehouse, products, calls, reset and limits of one town."""

    async def stories(request: Request) -> JSONResponse:
        told = await _body(request)
        if told.get("story") == "all_is_well":
            town.stories.clear()
            return JSONResponse({"told": "all_is_well"})
        try:
            story, vendor = told.pop("story"), told.pop("vendor")
            town.stories.tell(story, vendor, **told)
        except (KeyError, LookupError, TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"told": story, "vendor": vendor})

    async def clock(request: Request) -> JSONResponse:
        wanted = await _body(request)
        if "now" in wanted:
            moment = datetime.fromisoformat(str(wanted["now"]))
            # Over HTTP the clock runs on: a stack whose minute never ends would be throttled for ever.
            town.clock.set(moment if moment.tzinfo else moment.replace(tzinfo=UTC), running=True)
        if "advance_s" in wanted:
            town.clock.advance(float(wanted["advance_s"]))
        return JSONResponse({"now": town.clock.now().isoformat()})

    async def orders(request: Request) -> JSONResponse:
        bundle = await _body(request)
        with town.lock:
            town.shop.put(bundle)
        return JSONResponse({"order": bundle["order"]["id"]}, 201)

    async def stock(request: Request) -> JSONResponse:
        """`{"sku": "MUG", "on_hand": 3, "safety_stock": 0, "location": 1}`, and `delay_s`; gives what is settled."""
        wanted = await _body(request)
        shop = town.shop
        with town.lock:
            shop.inventory_delay_s = float(wanted.pop("delay_s", shop.inventory_delay_s))
            try:
                if "sku" in wanted:
                    shop.set_stock(**wanted)
            except (KeyError, TypeError) as error:
                return JSONResponse({"error": str(error)}, 400)
            settled = {
                item.sku: {at: shop.stock_of(item.sku, at) for at in shop.stock.locations} for item in shop.stock
            }
        return JSONResponse({"delay_s": shop.inventory_delay_s, "stock": settled})

    async def warehouse(request: Request) -> JSONResponse:
        """`{"sku": "MUG", "on_hand": "12", "location": "main"}` or `{"sku": "MUG", "gone": true}`; gives what is stated."""
        wanted = await _body(request)
        with town.lock:
            try:
                if wanted.pop("gone", False):
                    town.warehouse.forget(**wanted)
                elif "sku" in wanted:
                    town.warehouse.set(**wanted)
            except (KeyError, TypeError, ValueError) as error:
                return JSONResponse({"error": str(error)}, 400)
            return JSONResponse(town.warehouse.stated())

    async def products(request: Request) -> JSONResponse:
        """`{"name": "Mug", "sku": "MUG", "price": "22.00", "variants": [..]}` puts one; with an `id` that is there, edits it."""
        wanted = await _body(request)
        catalogue = town.shop.catalogue
        with town.lock:
            try:
                if wanted.get("id") in {each["id"] for each in catalogue}:
                    catalogue.edit(product_id := int(wanted.pop("id")), **wanted)
                else:
                    variants = tuple(wanted.pop("variants", ()))
                    product_id = catalogue.put(variants=variants, **wanted)
            except (KeyError, TypeError, ValueError) as error:
                return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"product": product_id}, 201)

    async def calls(request: Request) -> JSONResponse:
        counted = Counter((call.vendor, call.method, call.template, call.status) for call in town.calls)
        names = ("vendor", "method", "path", "status")
        return JSONResponse(
            {
                "calls": [dict(zip(names, key, strict=True)) | {"count": n} for key, n in sorted(counted.items())],
                "most_at_once": {service.vendor: town.calls.most_at_once(service.vendor) for service in town.services},
            }
        )

    async def forget_calls(request: Request) -> JSONResponse:
        town.calls.clear()
        return JSONResponse({"calls": []})

    async def reset(request: Request) -> JSONResponse:
        to = (await _body(request)).get("to", "demo")
        if to not in ("demo", "empty"):
            return JSONResponse({"error": "to: demo or empty"}, 400)
        town.reset(to)
        return JSONResponse({"reset": to})

    async def limits(request: Request) -> JSONResponse:
        for name, value in (await _body(request)).items():
            if name == "enforced":
                town.limits.enforced = bool(value)
            elif name in town.limits.figures:
                town.limits.figures[name] = int(value)
            else:
                return JSONResponse({"error": f"no limit {name!r}; known: {sorted(town.limits.figures)}"}, 400)
        return JSONResponse({"enforced": town.limits.enforced, **town.limits.figures})

    async def webhooks(request: Request) -> JSONResponse:
        """`{"reach": {"https://bridge.example.com": "http://127.0.0.1:8080"}, "twice": 0.1, "lost": 0.2, "shuffled": true}`.

        `{"xero": {"url": .., "key": ..}}` is what a person enters in Xero's developer portal.
        """
        wanted, postman, messenger = await _body(request), town.shop.postman, town.books.messenger
        try:
            for name in ("twice", "lost", "shuffled"):
                if name in wanted:
                    kind = bool if name == "shuffled" else float
                    setattr(postman.luck, name, kind(wanted[name]))
            for destination, address in dict(wanted.get("reach", {})).items():
                postman.reach(str(destination), str(address))
            if "xero" in wanted:
                await to_thread(messenger.subscribe, str(wanted["xero"]["url"]), str(wanted["xero"]["key"]))
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
        counted = Counter((scope, status) for scope, _, status in postman.sent)
        sent = [{"scope": scope, "status": status, "count": n} for (scope, status), n in sorted(counted.items())]
        xero = {"is_on": messenger.is_on, "sent": [{"events": n, "status": status} for n, status in messenger.sent]}
        return JSONResponse({"sent": sent, "lost": postman.lost, "blocked": postman.blocked_domains(), "xero": xero})

    return [
        Route("/_sandbox/stories", stories, methods=["POST"]),
        Route("/_sandbox/clock", clock, methods=["POST", "GET"]),
        Route("/_sandbox/orders", orders, methods=["POST"]),
        Route("/_sandbox/stock", stock, methods=["POST", "GET"]),
        Route("/_sandbox/warehouse", warehouse, methods=["POST", "GET"]),
        Route("/_sandbox/products", products, methods=["POST"]),
        Route("/_sandbox/webhooks", webhooks, methods=["POST", "GET"]),
        Route("/_sandbox/calls", calls, methods=["GET"]),
        Route("/_sandbox/calls", forget_calls, methods=["DELETE"]),
        Route("/_sandbox/reset", reset, methods=["POST"]),
        Route("/_sandbox/limits", limits, methods=["POST", "GET"]),
    ]


async def _body(request: Request) -> dict[str, Any]:
    content = await request.body()
    return dict(json.loads(content, parse_float=Decimal)) if content else {}
