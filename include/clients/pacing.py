"""When the next call may start.

We start at our own limits, below the vendors'. What a vendor says in its headers may only tighten them: others spend
from the same allowance. A budget here is shared by the threads of one process; one that all processes share need
only be a `Pace`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import Condition
from typing import Protocol

from include.clients.after import WAIT_MAX_S
from include.clients.answers import Answer, count_in, seconds_in
from include.clients.errors import DayLimitSpent, Unavailable

PLACE_WAIT_MAX_S = 65.0  # a little over Xero's window: our own pacing always frees a place within it

XERO_CALLS_PER_MINUTE_MAX = 55  # of 60, xero.md 2.1
XERO_VENDOR_CALLS_PER_MINUTE = 60
XERO_IN_FLIGHT_MAX = 4  # of 5, xero.md 2.1
XERO_WINDOW_S = 60.0
BIGCOMMERCE_IN_FLIGHT_MAX = 3  # bigcommerce.md 2, our inference
BIGCOMMERCE_WINDOW_S = 30.0
BIGCOMMERCE_KEPT_FREE = 3  # of the quota: other apps of the store live from it too


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer's headers say about the allowance. None: they do not say.

    left           calls left in the present window; `quota` of so many; the window ends in `resets_in_s`.
    left_day       calls left today.
    closed_for_s   no call before this many seconds have passed, and `for_the_day` if that is the day's limit.
    """

    left: int | None = None
    quota: int | None = None
    resets_in_s: float | None = None
    left_day: int | None = None
    closed_for_s: float | None = None
    for_the_day: bool = False


class Pace(Protocol):
    """The seam for a budget: ask for a place before a call, tell what the answer said after it."""

    def place(self) -> AbstractContextManager[None]:
        """Hold a place while the block runs. Waits for seconds; raises Unavailable or DayLimitSpent for longer."""

    def hear(self, told: Told) -> None:
        """Take in what the vendor said."""

    @property
    def left_day(self) -> int | None:
        """Calls left today as last heard, or None when the vendor has not said."""


def told_by_xero(answer: Answer) -> Told:
    """Xero's allowance in an answer. Source: xero.md 2.1."""
    throttled = answer.status == 429
    return Told(
        left=count_in(answer.headers, "x-minlimit-remaining"),
        left_day=count_in(answer.headers, "x-daylimit-remaining"),
        closed_for_s=seconds_in(answer.headers, "retry-after") if throttled else None,
        for_the_day=throttled and answer.headers.get("x-rate-limit-problem", "").strip().lower() == "day",
    )


def told_by_bigcommerce(answer: Answer) -> Told:
    """BigCommerce's allowance in an answer. Source: bigcommerce.md 2."""
    resets_in_s = seconds_in(answer.headers, "x-rate-limit-time-reset-ms", per_second=1000)
    throttled = answer.status == 429
    asked = seconds_in(answer.headers, "x-retry-after")
    return Told(
        left=count_in(answer.headers, "x-rate-limit-requests-left"),
        quota=count_in(answer.headers, "x-rate-limit-requests-quota"),
        resets_in_s=resets_in_s,
        closed_for_s=max(resets_in_s or 0, asked or 0) or None if throttled else None,
    )


def told_nothing(answer: Answer) -> Told:
    """For a vendor, or a door of one, that says nothing of its limits."""
    return Told()


class Budget:
    """Places for calls in flight, and a door that a vendor may close for a while. Safe to share between threads.

    Kinds of budget differ in `_wait_s` (how long until the allowance gives a call), `_spend` and `_heard`.
    """

    def __init__(
        self,
        *,
        vendor: str,
        in_flight_max: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._vendor = vendor
        self._in_flight_max = in_flight_max
        self._clock = clock
        self._sleep = sleep
        self._in_flight = 0
        self._closed_until = float("-inf")
        self._closed_for_the_day = False
        self._left_day: int | None = None
        self._changed = Condition()

    @property
    def left_day(self) -> int | None:
        """Calls left today as last heard, or None when the vendor has not said."""
        return self._left_day

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places while the block runs, once the allowance gives a call.

        Raises Unavailable when our own pacing would take longer than a window, and Unavailable or DayLimitSpent at
        once when the vendor closed its door for longer than a worker may sleep.
        """
        self._enter()
        try:
            yield
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify()

    def hear(self, told: Told) -> None:
        """Take in what an answer said of the allowance. It may tighten what we allow ourselves, never loosen it."""
        with self._changed:
            now = self._clock()
            if told.left_day is not None:
                self._left_day = told.left_day
            if told.closed_for_s is not None and now + told.closed_for_s > self._closed_until:
                self._closed_until = now + told.closed_for_s
                self._closed_for_the_day = told.for_the_day
            self._heard(told, now)

    def _enter(self) -> None:
        waited_s = 0.0
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: self._in_flight < self._in_flight_max, PLACE_WAIT_MAX_S):
                    raise Unavailable(
                        f"No place was free for a call to {self._vendor}.", retry_after_s=PLACE_WAIT_MAX_S
                    )
                now = self._clock()
                closed_s = self._closed_until - now
                if closed_s > WAIT_MAX_S:
                    raise self._closed(closed_s)
                wait_s = max(closed_s, self._wait_s(now))
                if wait_s <= 0:
                    self._in_flight += 1
                    self._spend(now)
                    return
            if waited_s + wait_s > PLACE_WAIT_MAX_S:
                raise Unavailable(f"Our allowance of calls to {self._vendor} is used up.", retry_after_s=wait_s)
            self._sleep(wait_s)
            waited_s += wait_s

    def _closed(self, closed_s: float) -> Unavailable | DayLimitSpent:
        if self._closed_for_the_day:
            return DayLimitSpent(f"{self._vendor} has no calls left today.", retry_after_s=closed_s)
        return Unavailable(f"{self._vendor} asked us to stay away for {closed_s:.0f} s.", retry_after_s=closed_s)

    def _wait_s(self, now: float) -> float:
        return 0.0

    def _spend(self, now: float) -> None:
        pass

    def _heard(self, told: Told, now: float) -> None:
        pass


class MinuteBudget(Budget):
    """At most `calls_max` calls in any `window_s`: Xero's kind of limit.

    Windows are fixed at Xero and begin when we cannot see; a sliding one is the stricter of the two (xero.md 2.1).
    """

    def __init__(
        self,
        *,
        vendor: str = "Xero",
        in_flight_max: int = XERO_IN_FLIGHT_MAX,
        calls_max: int = XERO_CALLS_PER_MINUTE_MAX,
        vendor_calls_max: int = XERO_VENDOR_CALLS_PER_MINUTE,
        window_s: float = XERO_WINDOW_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(vendor=vendor, in_flight_max=in_flight_max, clock=clock, sleep=sleep)
        self._calls_max = calls_max
        self._vendor_calls_max = vendor_calls_max
        self._window_s = window_s
        self._spent_at: deque[float] = deque()

    def _wait_s(self, now: float) -> float:
        self._forget(now)
        over = len(self._spent_at) - self._calls_max
        return self._spent_at[over] + self._window_s - now if over >= 0 else 0.0

    def _spend(self, now: float) -> None:
        self._spent_at.append(now)

    def _heard(self, told: Told, now: float) -> None:
        if told.left is None:
            return
        self._forget(now)
        # What is missing from the vendor's count was spent by others. When is unknown, so count it as just now, unless
        # the vendor says when it takes calls again: the first answer after that tells how many.
        at = now if told.closed_for_s is None else min(now, now + told.closed_for_s - self._window_s)
        by_others = self._vendor_calls_max - len(self._spent_at) - told.left
        self._spent_at = deque(sorted([*self._spent_at, *[at] * by_others]))

    def _forget(self, now: float) -> None:
        while self._spent_at and self._spent_at[0] <= now - self._window_s:
            self._spent_at.popleft()


class QuotaBudget(Budget):
    """As many calls as the vendor's headers leave us until they reset: BigCommerce's kind of limit."""

    def __init__(
        self,
        *,
        vendor: str = "BigCommerce",
        in_flight_max: int = BIGCOMMERCE_IN_FLIGHT_MAX,
        kept_free: int = BIGCOMMERCE_KEPT_FREE,
        window_s: float = BIGCOMMERCE_WINDOW_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(vendor=vendor, in_flight_max=in_flight_max, clock=clock, sleep=sleep)
        self._kept_free = kept_free
        self._window_s = window_s
        self._left: int | None = None
        self._quota: int | None = None
        self._resets_at = float("-inf")

    def _wait_s(self, now: float) -> float:
        if self._left is not None and now >= self._resets_at:
            # A new window, of which nothing was heard yet: at least one call must go to hear of it.
            self._left = max(self._quota or 0, self._kept_free + 1)
            self._resets_at = now + self._window_s
        if self._left is None or self._left > self._kept_free:
            return 0.0
        return self._resets_at - now

    def _spend(self, now: float) -> None:
        if self._left is not None:
            self._left -= 1

    def _heard(self, told: Told, now: float) -> None:
        self._quota = told.quota or self._quota
        if told.left is None:
            return
        resets_at = now + (self._window_s if told.resets_in_s is None else told.resets_in_s)
        # Calls still in flight are not in the vendor's count yet. Within one window the lower count holds.
        left = told.left - self._in_flight
        same_window = self._left is not None and now < self._resets_at and resets_at < self._resets_at + 1.0
        self._left = min(left, self._left) if same_window and self._left is not None else left
        self._resets_at = resets_at


class OpenPace:
    """No pacing: for a door without a documented limit, such as the token service."""

    left_day: int | None = None

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place, at once."""
        yield

    def hear(self, told: Told) -> None:
        """Nothing to take in."""
