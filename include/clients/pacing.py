"""When the next call may start.

What is allowed is reckoned in `asking`; here is the waiting, and a budget in memory: shared by the threads of one
process, unknown to others, so it starts below the vendors' limits. What all processes share is kept in PostgreSQL
(`include/keepers/budget.py`) and uses them in full.
"""

from __future__ import annotations

import random
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from threading import Condition, Lock
from typing import Protocol

from include.clients import asking
from include.clients.after import WAIT_MAX_S
from include.clients.allowance import Allowance, Closed, Decision, Go, Lane, Reserved, Terms, Told, Wait
from include.clients.answers import Answer, NoAnswer, Unreadable, count_in, media_type_of, seconds_in
from include.clients.circuit import Open
from include.clients.errors import ApiError, DayLimitSpent, Unavailable

__all__ = ["MinuteBudget", "OpenPace", "Pace", "Paced", "QuotaBudget", "Told", "Turn"]

PLACE_WAIT_MAX_S = 65.0  # a little over Xero's window: our own pacing always frees a place within it
LOOK_FIRST_S, LOOK_MAX_S = 0.02, 0.1  # how often a call without a place looks for one

XERO_CALLS_PER_MINUTE_MAX = 55  # of 60, xero.md 2.1
XERO_VENDOR_CALLS_PER_MINUTE = 60
XERO_IN_FLIGHT_MAX = 4  # of 5, xero.md 2.1
XERO_WINDOW_S = 60.0
BIGCOMMERCE_IN_FLIGHT_MAX = 3  # bigcommerce.md 2, our inference
BIGCOMMERCE_WINDOW_S = 30.0
BIGCOMMERCE_KEPT_FREE = 3  # of the quota: other apps of the store live from it too

# What all our processes together may do.
XERO_SHARED = Terms(
    vendor="Xero",
    in_flight_max=5,
    calls_max=XERO_VENDOR_CALLS_PER_MINUTE,
    window_s=XERO_WINDOW_S,
    margin_s=0.2,
    kept_a_day=50,
    kept_a_window=6,
    kept_in_flight=1,
)
BIGCOMMERCE_SHARED = Terms(
    vendor="BigCommerce",
    in_flight_max=BIGCOMMERCE_IN_FLIGHT_MAX,
    window_s=BIGCOMMERCE_WINDOW_S,
    margin_s=0.2,
    kept_free=BIGCOMMERCE_KEPT_FREE,
    kept_a_window=10,
    kept_in_flight=1,
)


@dataclass(slots=True)
class Turn:
    """A call's turn: whoever holds the place writes in here what came of it.

    outcome   None: the call ended without one.
    told      what the answer's headers say about the allowance.
    left      whether the call may have left at all.
    """

    outcome: Answer | NoAnswer | Unreadable | None = None
    told: Told = field(default_factory=Told)
    left: bool = True

    @property
    def failure(self) -> str:
        """What makes this a failure of the vendor, to complete "Xero ..."; empty if it answered, if only to refuse."""
        match self.outcome:
            case NoAnswer(what=what) | Unreadable(what=what):
                return what
            case Answer(status=status) if status >= 500 and status != 501:
                return f"answered {status}"
            case Answer(status=status) as answer if status < 300 and media_type_of(answer) == "text/html":
                return "answered with a web page"
            case _:
                return ""


class Pace(Protocol):
    """The seam for a budget: ask for a place before a call; its end is told in the turn."""

    def place(self) -> AbstractContextManager[Turn]:
        """Hold a place while the block runs. Waits for seconds; raises Unavailable or DayLimitSpent for longer."""

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


class Paced(ABC):
    """The waiting of a budget, for all threads of a process. Kinds differ in where the allowance is kept.

    A kind gives `_ask` and `_end`. Only one thread asks at a time: what it waits for, the others wait for too.
    """

    def __init__(
        self, terms: Terms, lane: Lane, *, sleep: Callable[[float], None], wait_max_s: float = PLACE_WAIT_MAX_S
    ) -> None:
        self._terms = terms
        self._lane = lane
        self._sleep = sleep
        self._wait_max_s = wait_max_s
        self._asking = Lock()

    @abstractmethod
    def _ask(self, call: str) -> Decision | Open:
        """Whether this call may leave now; its place is taken if so."""

    @abstractmethod
    def _end(self, call: str, turn: Turn) -> None:
        """The call is over: free its place, take in what was heard."""

    def _pause(self, wait_s: float, *, for_place: bool) -> None:
        self._sleep(wait_s)

    @contextmanager
    def place(self) -> Iterator[Turn]:
        """Hold one of the places while the block runs, once the allowance gives a call.

        Raises Unavailable when our own pacing would take longer than a window, and Unavailable or DayLimitSpent at
        once when the vendor closed its door for longer than a worker may sleep, or does not answer anybody.
        """
        call = secrets.token_hex(6)
        self._enter(call)
        turn = Turn()
        try:
            yield turn
        except ApiError:
            turn.left = False  # nothing that an exchange does raises one: the token could not be had, or it is too late
            raise
        finally:
            self._end(call, turn)

    def _enter(self, call: str) -> None:
        nobody_leaves = Unavailable(f"No place was free for a call to {self._terms.vendor}.", retry_after_s=60.0)
        if not self._asking.acquire(timeout=self._wait_max_s):
            raise nobody_leaves
        try:
            waited_s, look_s = 0.0, LOOK_FIRST_S
            while not isinstance(decision := self._ask(call), Go):
                wait_s = self._wait_s(decision)
                if isinstance(decision, Wait) and decision.for_place:
                    wait_s, look_s = look_s * random.uniform(0.5, 1.0), min(look_s * 1.5, LOOK_MAX_S)
                    if waited_s + wait_s > self._wait_max_s:
                        raise nobody_leaves
                elif waited_s + wait_s > self._wait_max_s:
                    raise Unavailable(
                        f"Our allowance of calls to {self._terms.vendor} is used up.", retry_after_s=wait_s
                    )
                self._pause(wait_s, for_place=isinstance(decision, Wait) and decision.for_place)
                waited_s += wait_s
        finally:
            self._asking.release()

    def _wait_s(self, decision: Wait | Closed | Reserved | Open) -> float:
        """How long to sleep before asking again. Raises what a worker does not sleep for."""
        vendor = self._terms.vendor
        match decision:
            case Wait(s) | Closed(s) if isinstance(decision, Wait) or s <= WAIT_MAX_S:
                return s
            case Closed(s, for_the_day=True):
                raise DayLimitSpent(f"{vendor} has no calls left today.", retry_after_s=s)
            case Reserved(s, left, known):
                has = f"has {left or 'no'} calls left today"
                kept = f", and {self._terms.kept_a_day} of a day are kept for people and for orders within seconds"
                again = "" if known else "; nobody has said when its day ends, so it is asked again within the hour"
                raise DayLimitSpent(f"{vendor} {has}{kept if left else ''}{again}.", retry_after_s=s)
            case Open(s):
                raise Unavailable(
                    f"{vendor} failed to answer several times in a row: it is left alone for now.", retry_after_s=s
                )
        raise Unavailable(f"{vendor} asked us to stay away for {decision.s:.0f} s.", retry_after_s=decision.s)


class Budget(Paced):
    """A budget in memory, with room below the vendor's limits: so a call that is given up frees its place at once.

    Safe to share between threads.
    """

    def __init__(
        self,
        terms: Terms,
        lane: Lane = "batch",
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(terms, lane, sleep=sleep)
        self._clock = clock
        self._state = Allowance()
        self._changed = Condition()

    @property
    def left_day(self) -> int | None:
        """Calls left today as last heard, or None when the vendor has not said."""
        return self._state.left_day

    def hear(self, told: Told) -> None:
        """Take in what an answer said of the allowance. It may tighten what we allow ourselves, never loosen it."""
        with self._changed:
            self._state = asking.told(self._state, self._terms, self._clock(), told)

    def _ask(self, call: str) -> Decision:
        with self._changed:
            self._state, decision = asking.ask(self._state, self._terms, self._clock(), lane=self._lane, call=call)
            return decision

    def _end(self, call: str, turn: Turn) -> None:
        with self._changed:
            self._state = ended(self._state, self._terms, self._clock(), call, turn)
            self._changed.notify()

    def _pause(self, wait_s: float, *, for_place: bool) -> None:
        if not for_place:
            self._sleep(wait_s)
            return
        with self._changed:  # a place is freed by another thread, however long a test's clock stands still
            self._changed.wait(wait_s)


def ended(state: Allowance, terms: Terms, now: float, call: str, turn: Turn) -> Allowance:
    """What the end of a call's turn makes of the allowance."""
    outcome = turn.outcome
    if not turn.left or (isinstance(outcome, NoAnswer) and not outcome.may_have_arrived):
        return asking.never_left(state, terms, now, call)
    if isinstance(outcome, NoAnswer) and outcome.timed_out:
        return asking.given_up(state, terms, now, call)
    if isinstance(outcome, Answer):
        return asking.answered(state, terms, now, call, turn.told)
    return asking.broken(state, terms, now, call)


class MinuteBudget(Budget):
    """At most `calls_max` calls in any `window_s`: Xero's kind of limit."""

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
        terms = Terms(vendor, in_flight_max, calls_max, vendor_calls_max, window_s, linger_s=0.0)
        super().__init__(terms, clock=clock, sleep=sleep)


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
        terms = Terms(vendor, in_flight_max, window_s=window_s, kept_free=kept_free, linger_s=0.0)
        super().__init__(terms, clock=clock, sleep=sleep)


class OpenPace:
    """No pacing: for a door without a documented limit, such as the token service."""

    left_day: int | None = None

    @contextmanager
    def place(self) -> Iterator[Turn]:
        """A place, at once."""
        yield Turn()
