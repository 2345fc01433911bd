"""The sandbox of both vendors as a process of its own, which a worker moves by words through a pipe."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from include.commands.faults.clock import SharedClock
from include.sandbox.stories import Stories
from include.sandbox.town import Town

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with(parent: int) -> None:
    """End this process as soon as its parent does."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


class Noted(Stories):
    """Stories that are noted in a file when they are used: what was told is not yet what came."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def tell(self, story: str, vendor: str, **arguments: Any) -> None:
        """See `Stories.tell`; `kind` is what the story is noted as when it comes."""
        kind = arguments.pop("kind", story)
        super().tell(story, vendor, **arguments)
        self._waiting[vendor, story][-1]["kind"] = kind

    def take(self, vendor: str, story: str) -> dict[str, Any] | None:
        """See `Stories.take`."""
        found = super().take(vendor, story)
        if (
            found is not None and (kind := found.pop("kind", None)) is not None
        ):  # one that lasts for some calls comes once
            os.write(self._file, f"fired {kind}\n".encode())
        return found


class TownProcess:
    """The sandbox that serves until its worker ends. `base` is its address."""

    def __init__(self, clock: SharedClock, noted: Path) -> None:
        """Fork it: the caller has no other threads."""
        self._pipe, theirs = Pipe()
        parent = os.getpid()
        self.pid = os.fork()
        if not self.pid:
            end_with(parent)
            self._pipe.close()
            _serve(theirs, clock, noted)
            os._exit(0)
        theirs.close()
        self.base = str(self._pipe.recv())

    def ask(self, what: str, *given: Any) -> Any:
        """Have it done, and its answer. Raises RuntimeError with the town's own words where it cannot be done."""
        self._pipe.send((what, given))
        good, answer = self._pipe.recv()
        if not good:
            raise RuntimeError(f"the town could not {what}: {answer}")
        return answer

    def end(self) -> None:
        """Stop it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def _serve(pipe: Connection, clock: SharedClock, noted: Path) -> None:
    town = Town()
    town.stories = town.dispatch.stories = Noted(noted)
    town.clock.now = clock.now  # type: ignore[method-assign]
    gc.freeze()
    with town.serve() as base:
        pipe.send(base)
        while True:
            try:
                what, given = pipe.recv()
            except EOFError:
                return
            try:
                with town.lock:
                    answer = getattr(_Moves(town), what)(*given)
                pipe.send((True, answer))
            except Exception as error:
                pipe.send((False, f"{type(error).__name__}: {error}"))


class _Moves:
    """What a worker may have done."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def begin(self, organisation: Mapping[str, Any]) -> None:
        """An empty shop and empty books at the present moment."""
        town = self._town
        town.reset("empty")
        town.dispatch.late.clear()
        town.limits.enforced = False
        town.books.set_up(**organisation)

    def put(self, bundle: Mapping[str, Any]) -> None:
        """An order as the shop states it from now on."""
        self._town.shop.put(bundle)

    def put_now(self, bundle: Mapping[str, Any]) -> None:
        """The same, changed this very moment."""
        self._town.shop.put(bundle)
        self._town.shop.touch(int(bundle["order"]["id"]))

    def mend(self) -> None:
        """All is well from now on: stories end, a person has connected both vendors again."""
        town = self._town
        town.stories.clear()
        town.books.tokens.is_closed = False
        town.shop.add_token(town.shop.token)

    def written(self) -> int:
        """How many calls may have changed the books so far."""
        return len(self._town.calls.writes("xero"))

    def credentials(self) -> dict[str, str]:
        """What the connections need beside the address."""
        books, shop = self._town.books, self._town.shop
        return {
            "client_id": books.client_id,
            "client_secret": books.client_secret,
            "tenant_id": books.tenant_id,
            "store_hash": shop.store_hash,
            "access_token": shop.token,
        }
