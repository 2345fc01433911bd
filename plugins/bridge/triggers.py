"""The doorbell: rings where something of a store is due, and carries no data (design 4.7).

An asset's events get lost in bursts and crashes (reference airflow.md 0.2, 0.3), so who is woken asks the table `due`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

if TYPE_CHECKING:
    from bridge.ears import Ears
    from include.domain.lane import Pace

LOOKS_EVERY_S = 60.0  # for what is due and rang for nobody
REPEATS_MAX_S = 900.0  # what nobody takes is rung for less and less often: by then a run by the clock has come
AWAY_S = 2.0


class Doorbell(BaseEventTrigger):
    """Rings for what is due of one store and kind, once it has gathered a little.

    organisation  whose day of calls decides how long the bell of orders gathers; empty: it always gathers `settle_s`
    """

    def __init__(self, store: str, kind: str, settle_s: float, organisation: str = "", kept: int = 0) -> None:
        super().__init__()
        self.store, self.kind, self.settle_s, self.organisation, self.kept = store, kind, settle_s, organisation, kept

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Where Airflow finds it again. No address of a database: arguments are stored in Airflow's own."""
        told = {"store": self.store, "kind": self.kind, "settle_s": self.settle_s}
        return "bridge.triggers.Doorbell", told | {"organisation": self.organisation, "kept": self.kept}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """One event each time the bell rings."""
        import psycopg

        from bridge.ears import Ears

        name = f"{self.store}/{self.kind}"
        rung_for, rung_at, repeat_s, seen_since = 0, float("-inf"), LOOKS_EVERY_S, None
        while True:
            ears = Ears.of_this_loop()
            heard, now = ears.rings(name), time.monotonic()
            try:
                seen = await ears.ask("lane.waiting", store=self.store, kind=self.kind, organisation=self.organisation)
                pace = await self._pace(ears, seen)
            except (psycopg.Error, OSError) as error:
                self.log.warning("The doorbell cannot ask what is due (%s)", type(error).__name__)
                await asyncio.sleep(AWAY_S)
                continue
            is_new = seen["newest"] > rung_for
            if not seen["due"] or pace.gathers_s is None:
                seen_since, wait_s = None, LOOKS_EVERY_S
            else:
                seen_since = now if seen_since is None else seen_since
                ready_at = max(seen_since + self.settle_s, rung_at + pace.gathers_s)
                wait_s = (ready_at if is_new else rung_at + repeat_s) - now
            if wait_s <= 0:
                repeat_s = LOOKS_EVERY_S if is_new else min(2 * repeat_s, REPEATS_MAX_S)
                rung_for, rung_at, seen_since = seen["newest"], now, None
                yield TriggerEvent({"due": seen["due"]})
                continue
            # While it gathers, what comes in makes it neither earlier nor later.
            gathers = seen["due"] and is_new and pace.gathers_s is not None
            await (asyncio.sleep(wait_s) if gathers else ears.wait(name, heard, wait_s))

    async def _pace(self, ears: Ears, seen: dict[str, Any]) -> Pace:
        """How long it gathers now; the state of the orders' lane is kept for people."""
        from include.domain.lane import Budget, Pace, pace_of

        if not self.organisation:
            return Pace("seconds", self.settle_s, "its calls are not counted")
        allowance, now = seen["allowance"] or {}, seen["now"]
        ends_at, closed_until = allowance.get("day_ends_at"), allowance.get("closed_until")
        budget = Budget(
            left=allowance.get("left_day"),
            kept=self.kept,
            ends_in_s=ends_at - now if ends_at is not None and ends_at > now else None,
            closed=closed_until is not None and closed_until > now and bool(allowance.get("for_the_day")),
        )
        if ends_at is not None and ends_at <= now:
            budget = Budget(kept=self.kept)  # what was left yesterday says nothing of today
        pace = pace_of(budget, self.settle_s)
        await ears.ask("lane.state", store=self.store, state=pace.state, gathers_s=pace.gathers_s, why=pace.why)
        return pace
