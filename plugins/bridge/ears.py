"""What the doorbells of one process hear with: one connection that listens, one that asks, for however many bells.

Everything is psycopg 3's asynchronous side: a call that blocks would stall all triggers of the process (design 4.20).
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import psycopg

CHANNEL = "bridge_bell"
AWAY_S = 2.0  # between two tries of a database that is away

log = logging.getLogger(__name__)


class Ears:
    """Hears for all bells of an event loop; `of_this_loop` gives the one there is."""

    _by_loop: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, Ears]] = WeakKeyDictionary()

    def __init__(self) -> None:
        self._news: defaultdict[str, asyncio.Condition] = defaultdict(asyncio.Condition)
        self._rings: defaultdict[str, int] = defaultdict(int)
        self._listening: asyncio.Task[None] | None = None
        self._asking: psycopg.AsyncConnection[Any] | None = None
        self._one_at_a_time = asyncio.Lock()

    @classmethod
    def of_this_loop(cls) -> Ears:
        """The ears of the running loop; they begin to listen with the first who asks."""
        loop = asyncio.get_running_loop()
        ears = cls._by_loop.setdefault(loop, cls())
        if ears._listening is None or ears._listening.done():
            ears._listening = loop.create_task(ears._listen())
        return ears

    def rings(self, name: str) -> int:
        """How often the bell `store/kind` was rung so far."""
        return self._rings[name]

    async def wait(self, name: str, heard: int, longest_s: float) -> None:
        """Until the bell was rung more often than `heard`, at most so long."""
        news = self._news[name]
        try:
            async with asyncio.timeout(longest_s), news:
                await news.wait_for(lambda: self._rings[name] > heard)
        except TimeoutError:
            pass

    async def ask(self, statement: str, **values: Any) -> dict[str, Any]:
        """The first row of a statement out of `include/sql/queries`, or nothing. Raises psycopg's errors."""
        import psycopg
        from psycopg.rows import dict_row

        from include.database.connection import statement as text_of

        file, _, name = statement.partition(".")
        async with self._one_at_a_time:
            if self._asking is None or self._asking.closed:
                self._asking = await psycopg.AsyncConnection.connect(_dsn(), autocommit=True, connect_timeout=10)
            try:
                async with self._asking.cursor(row_factory=dict_row) as cursor:
                    await cursor.execute(text_of(file, name), values)
                    found = await cursor.fetchone() if cursor.description else None
            except psycopg.Error:
                await self._asking.close()
                raise
        return dict(found or {})

    async def _listen(self) -> None:
        import psycopg

        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    _dsn(), autocommit=True, connect_timeout=10, keepalives_idle=30
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    for name in list(self._news):  # what was said meanwhile nobody heard
                        await self._ring(name)
                    async for each in connection.notifies():
                        await self._ring(each.payload)
            except (psycopg.Error, OSError) as error:
                # psycopg's own words may name user and host.
                log.warning("The doorbell's database is away (%s); it is tried again", type(error).__name__)
                await asyncio.sleep(AWAY_S)

    async def _ring(self, name: str) -> None:
        news = self._news[name]
        async with news:
            self._rings[name] += 1
            news.notify_all()


def _dsn() -> str:
    """Read when it is needed: a trigger's arguments are stored, and shown."""
    return os.environ.get("BRIDGE_DSN", "")
