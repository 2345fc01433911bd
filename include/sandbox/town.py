"""One shop, one organisation, one warehouse, and the server that they answer from."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import RLock, Thread
from typing import Literal, Self

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from include.sandbox import admin, demo
from include.sandbox.bigcommerce.service import service as shop_service
from include.sandbox.bigcommerce.shop import Shop
from include.sandbox.dispatch import Dispatch
from include.sandbox.ground import Calls, Clock, Limits, Stories
from include.sandbox.warehouse.service import service as warehouse_service
from include.sandbox.warehouse.shelves import Shelves
from include.sandbox.xero.books import Books
from include.sandbox.xero.service import service as books_service

START_MAX_S = 10.0


class Town:
    """A BigCommerce shop, a Xero organisation and a warehouse that know nothing of each other, on one clock.

    `Town()` is empty: a shop without orders, an Australian organisation with accounts and tax rates, empty shelves.
    `Town.demo()` is furnished. All state is in memory, behind `lock`.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self.calls = Calls()
        self.stories = Stories()
        self.limits = Limits()
        self.lock = RLock()
        self.shop = Shop(self.clock)
        self.books = Books(self.clock)
        self.warehouse = Shelves(self.clock)
        # A service reads `town.shop`, `town.books` and `town.warehouse` anew for each call: `reset` replaces them.
        self.services = [shop_service(self), books_service(self), warehouse_service(self)]
        self._figures = dict(self.limits.figures)
        self.dispatch = Dispatch(self.services, self.clock, self.calls, self.stories, self.lock)
        self.app = Starlette(
            routes=[
                *admin.routes(self),
                *_page_routes(self),
                Mount("/", app=self.dispatch),
            ]
        )

    @classmethod
    def demo(cls) -> Self:
        """A town with the demo shop and the demo books."""
        town = cls()
        demo.furnish(town)
        return town

    def reset(self, to: Literal["demo", "empty"]) -> None:
        """Everything as it was at the start, the clock included. Tokens that were given out stop working."""
        with self.lock:
            self.stories.clear()
            self.calls.clear()
            self.limits.enforced = True
            self.limits.figures.update(self._figures)
            self.clock.set_back()
            self.shop.postman.close()
            self.shop = Shop(self.clock)
            self.books.messenger.close()
            self.books = Books(self.clock)
            self.warehouse = Shelves(self.clock)
            if to == "demo":
                demo.furnish(self)

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[str]:
        """Serve over HTTP from a thread while the block runs. Gives the base address, e.g. http://127.0.0.1:49152."""
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        server = uvicorn.Server(server_config(self))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            latest = time.monotonic() + START_MAX_S
            while not server.started:
                if not thread.is_alive() or time.monotonic() > latest:
                    raise RuntimeError("the sandbox did not start")
                time.sleep(0.005)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            server.force_exit = True
            thread.join(START_MAX_S)
            listening.close()


def _page_routes(town: Town) -> list[BaseRoute]:
    """The pages that a person sees. They are no part of a vendor: without them both still answer."""
    try:
        pages = import_module("include.sandbox.pages")
    except ModuleNotFoundError:
        return []
    return list(pages.routes(town)) if hasattr(pages, "routes") else []


def server_config(town: Town, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """How uvicorn serves a town: no headers of its own, no lifespan, quiet."""
    return uvicorn.Config(
        town.app,
        host=host,
        port=port,
        lifespan="off",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
    )
