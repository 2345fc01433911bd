"""A vendor's limits on paper, and callers that keep an allowance against them: time passes from event to event."""

from __future__ import annotations

import heapq
import itertools
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from include.clients import asking
from include.clients.allowance import Allowance, Go, Lane, Terms, Told, Wait

Latency = Callable[[int], float]


@dataclass
class Vendor:
    """Counts each call when it arrives. `rolling`: over the last minute; else in fixed windows with a phase."""

    rolling: bool
    phase: float = 0.0
    calls_max: int = 60
    together_max: int = 5
    window_s: float = 60.0
    refused: list[str] = field(default_factory=list)
    counted: deque[float] = field(default_factory=deque)
    together: int = 0

    def arrives(self, now: float) -> int:
        """Count a call; what its answer says is left."""
        since = now - self.window_s if self.rolling else self._window_began(now)
        while self.counted and (self.counted[0] <= since if self.rolling else self.counted[0] < since):
            self.counted.popleft()
        self.counted.append(now)
        if len(self.counted) > self.calls_max:
            self.refused.append(f"minute at {now}")
        if self.together > self.together_max:
            self.refused.append(f"concurrent at {now}")
        return max(0, self.calls_max - len(self.counted))

    def _window_began(self, now: float) -> float:
        return math.floor((now - self.phase) / self.window_s) * self.window_s + self.phase


@dataclass
class Caller:
    """One thread that makes calls one after the other, each after `pause_s`."""

    calls: int
    lane: Lane = "batch"
    pause_s: float = 0.0
    begins_at: float = 0.0
    waited: list[float] = field(default_factory=list)


def run(
    vendor: Vendor,
    terms: Terms,
    callers: list[Caller],
    latency: Latency,
    counted_after: Callable[[int], float] = lambda number: 0.5,
) -> float:
    """Let all callers make their calls; when the last answer was received.

    latency        of the call of this number, in seconds.
    counted_after  which share of it passes before the vendor counts the call.
    """
    state, numbers, order = Allowance(), itertools.count(), itertools.count()
    events: list[tuple[float, int, Callable[[], None]]] = []
    waiting_for_place: list[Callable[[], None]] = []
    finished = 0.0
    now = 0.0

    def at(moment: float, what: Callable[[], None]) -> None:
        heapq.heappush(events, (moment, next(order), what))

    def begin(caller: Caller) -> None:
        if caller.calls:
            caller.calls -= 1
            since = now
            try_to(caller, since)

    def try_to(caller: Caller, since: float) -> None:
        nonlocal state
        number = next(numbers)
        state, decision = asking.ask(state, terms, now, lane=caller.lane, call=str(number))
        if isinstance(decision, Wait) and decision.for_place:
            waiting_for_place.append(lambda: try_to(caller, since))
        elif isinstance(decision, Wait):
            at(now + decision.s, lambda: try_to(caller, since))
        else:
            assert isinstance(decision, Go), decision
            caller.waited.append(now - since)
            takes = latency(number)
            vendor.together += 1
            left: list[int] = []
            at(now + takes * counted_after(number), lambda: left.append(vendor.arrives(now)))
            at(now + takes, lambda: end(caller, str(number), left))

    def end(caller: Caller, call: str, left: list[int]) -> None:
        nonlocal state, finished
        vendor.together -= 1
        state = asking.answered(state, terms, now, call, Told(left=left[0]))
        finished = now
        at(now + caller.pause_s, lambda: begin(caller))
        waiters, waiting_for_place[:] = waiting_for_place[:], []
        for again in waiters:
            again()

    for caller in callers:
        at(caller.begins_at, lambda caller=caller: begin(caller))
    while events or waiting_for_place:
        if not events:  # nothing will happen by itself: look again, as a keeper does
            at(now + 0.25, lambda: None)
        now, _, what = heapq.heappop(events)
        what()
        if waiting_for_place and (not events or events[0][0] > now + 0.25):
            waiters, waiting_for_place[:] = waiting_for_place[:], []
            at(now + 0.25, lambda waiters=waiters: [again() for again in waiters] and None)
    return finished
