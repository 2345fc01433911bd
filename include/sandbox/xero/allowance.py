"""How many calls the organisation still allows, by the sandbox's clock (reference xero.md 2.1).

The minute rolls: Xero says that its windows are fixed, older pages say that they roll; a client paced for the rolling
one passes both. Calls that are refused with 429 count as well [S].
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from math import ceil

from include.sandbox.ground import Answer, Clock, Limits

CALLS_PER_MINUTE_MAX = 60
CALLS_PER_DAY_MAX = 5000
CALLS_TOGETHER_MAX = 5
CALLS_PER_APP_MINUTE_MAX = 10_000

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class Allowance:
    """The calls of the last minute and of the running day."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._minute: deque[datetime] = deque()
        self._day_began: datetime | None = None
        self._day_calls = 0
        self._minute_spent_until: datetime | None = None
        self._day_spent_until: datetime | None = None

    def spend_the_minute(self) -> None:
        """Nothing is left for a minute from now."""
        self._minute_spent_until = self._clock.now() + _MINUTE

    def spend_the_day(self, retry_after_s: int | None) -> None:
        """Nothing is left until the day's window ends, or for `retry_after_s`."""
        now = self._clock.now()
        if retry_after_s is not None:
            self._day_spent_until = now + timedelta(seconds=retry_after_s)
        else:
            self._day_spent_until = (self._day_began or now) + _DAY

    def count(self, together: int, limits: Limits) -> Answer | None:
        """Count one call; the 429 when it is one too many. `together`: calls in flight now, this one included."""
        now = self._clock.now()
        if self._day_began is None or now - self._day_began >= _DAY:
            self._day_began, self._day_calls = now, 0
        if limits.enforced:
            self._minute.append(now)
            self._day_calls += 1
        while self._minute and now - self._minute[0] >= _MINUTE:
            self._minute.popleft()
        wait_s = self._day_wait_s(now, limits)
        if wait_s:
            return self.refused("day", limits, wait_s)
        wait_s = self._minute_wait_s(now, limits)
        if wait_s:
            return self.refused("minute", limits, wait_s)
        if limits.enforced and together > limits.figures["xero_together"]:
            return self.refused("concurrent", limits, None)
        return None

    def _day_wait_s(self, now: datetime, limits: Limits) -> int:
        if self._day_spent_until is not None and now < self._day_spent_until:
            return ceil((self._day_spent_until - now).total_seconds())
        if limits.enforced and self._day_calls > limits.figures["xero_day"] and self._day_began is not None:
            return ceil((self._day_began + _DAY - now).total_seconds())
        return 0

    def _minute_wait_s(self, now: datetime, limits: Limits) -> int:
        if self._minute_spent_until is not None and now < self._minute_spent_until:
            return ceil((self._minute_spent_until - now).total_seconds())
        most = limits.figures["xero_minute"]
        if limits.enforced and len(self._minute) > most:
            # Free again when the call that is `most` places back has left the window.
            return max(1, ceil((self._minute[-most] + _MINUTE - now).total_seconds()))
        return 0

    def remaining(self, limits: Limits) -> dict[str, str]:
        """The headers that every answer carries (reference xero.md 2.1)."""
        now = self._clock.now()
        day_is_spent = self._day_spent_until is not None and now < self._day_spent_until
        minute_is_spent = self._minute_spent_until is not None and now < self._minute_spent_until
        day = 0 if day_is_spent else max(0, limits.figures["xero_day"] - self._day_calls)
        minute = 0 if minute_is_spent else max(0, limits.figures["xero_minute"] - len(self._minute))
        return {
            "X-DayLimit-Remaining": str(day),
            "X-MinLimit-Remaining": str(minute),
            "X-AppMinLimit-Remaining": str(max(0, CALLS_PER_APP_MINUTE_MAX - len(self._minute))),
        }

    def refused(self, problem: str, limits: Limits, wait_s: int | None, *, with_headers: bool = True) -> Answer:
        """The recorded 429: no body, no content type (docketworks-429-minute). Retry-After for minute and day only."""
        headers = self.remaining(limits) if with_headers else {}
        if with_headers:
            headers["X-Rate-Limit-Problem"] = problem
            if problem == "minute":
                headers["X-MinLimit-Remaining"] = "0"
            if wait_s is not None:
                headers["Retry-After"] = str(wait_s)
        return Answer(429, None, headers, content_type="")
