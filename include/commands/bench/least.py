"""The least time in which the vendors' limits let anyone bring paid orders to the books. Arithmetic only."""

from dataclasses import dataclass
from math import ceil

ELEMENTS_A_CALL = 50  # reference xero.md 2.3
CALLS_A_MINUTE = 60  # reference xero.md 2.1
CALLS_AT_ONCE = 5  # reference xero.md 2.1
MINUTE_S = 60.0


@dataclass(frozen=True)
class Least:
    """The terms of the least time.

    Nothing can be written before one page of the shop was read; Xero's minutes before the last one are waited out in
    full, whatever is done in them; the calls of the last one go five at a time. Work of our own is nothing, contacts are
    known, every chunk is full. The windows are those of a vendor whose minute begins with the first call.
    """

    orders: int
    latency_s: float
    scale: float = 1.0

    @property
    def calls(self) -> int:
        """An invoice call and a payment call for each 50 orders."""
        return 2 * ceil(self.orders / ELEMENTS_A_CALL)

    @property
    def minutes(self) -> int:
        """Whole minutes that are waited out before the last calls may leave."""
        return ceil(self.calls / CALLS_A_MINUTE) - 1

    @property
    def last_calls(self) -> int:
        """Calls in the last minute."""
        return self.calls - self.minutes * CALLS_A_MINUTE

    @property
    def waited_s(self) -> float:
        """What `run.py limits` of the peers' harness gives: the minutes alone."""
        return self.minutes * MINUTE_S / self.scale

    @property
    def seconds(self) -> float:
        """First page, whole minutes, last calls."""
        return self.latency_s + self.waited_s + ceil(self.last_calls / CALLS_AT_ONCE) * self.latency_s

    def __str__(self) -> str:
        last_s = ceil(self.last_calls / CALLS_AT_ONCE) * self.latency_s
        return (
            f"{self.latency_s:g} s for the first page + {self.waited_s:g} s for {self.minutes} whole "
            f"{'minute' if self.minutes == 1 else 'minutes'} + {last_s:g} s for the last {self.last_calls} of "
            f"{self.calls} calls, {CALLS_AT_ONCE} at once = {self.seconds:g} s"
        )
