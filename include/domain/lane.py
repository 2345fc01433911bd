"""How soon the bell for orders may ring: at once while there are calls, later as the day's run short, at last not at all.

Twelve runs a minute of four calls would be 69,000 calls a day, and Xero allows 5,000, or 1,000 (reference xero.md 7).
"""

from dataclasses import dataclass
from typing import Literal

CALLS_A_RUN = 4  # contact, invoice, payment, and now and then the organisation
BETWEEN_S = 5.0  # from ring to ring: twelve runs a minute stay within Xero's sixty calls, with some to spare for others
DAY_S = 86_400.0
LARGE_DAY, SMALL_DAY = 5_000, 1_000  # Xero's two allowances; which one it is, the calls that are left tell
WAIT_MAX_S = 900.0  # by then a run by the clock has come

State = Literal["seconds", "slower", "batch"]


@dataclass(frozen=True, slots=True)
class Budget:
    """What is known of the day's calls.

    left       as last heard; None where nobody has heard
    kept       of the day, for people; the lane of seconds leaves half of it untouched
    ends_in_s  until the day ends; None where the vendor has not said
    closed     the vendor takes no call now
    """

    left: int | None = None
    kept: int = 0
    ends_in_s: float | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """How long at least from ring to ring; None: it does not ring, and the runs by the clock take what is due."""

    state: State
    gathers_s: float | None
    why: str


def pace_of(budget: Budget, settle_s: float, calls_a_run: int = CALLS_A_RUN) -> Pace:
    """The pace that this budget allows.

    While more than half of the day's calls are left it is `BETWEEN_S`, or `settle_s` where that is more. Below, it grows towards what spreads the rest evenly
    over the rest of the day, so that however many orders come the reserve is never reached by this lane.
    """
    least_s = max(settle_s, BETWEEN_S)
    if budget.closed:
        return Pace("batch", None, "Xero takes no calls now")
    if budget.left is None:
        return Pace("seconds", least_s, "the calls that are left today are not known yet")
    reserve = budget.kept // 2
    free = budget.left - reserve
    if free < calls_a_run:
        return Pace("batch", None, f"{budget.left} calls are left today, and {reserve} are kept for people")
    half = (LARGE_DAY if budget.left > SMALL_DAY else SMALL_DAY) / 2 - reserve
    used = max(0.0, 1 - free / half) if half > 0 else 1.0
    even_s = calls_a_run * (DAY_S if budget.ends_in_s is None else max(0.0, budget.ends_in_s)) / free
    gathers_s = max(least_s, used * even_s)
    if gathers_s > WAIT_MAX_S:
        return Pace("batch", None, f"{budget.left} calls are left for the rest of the day")
    if gathers_s <= least_s:
        return Pace("seconds", least_s, f"{budget.left} calls are left today")
    return Pace("slower", gathers_s, f"{budget.left} calls are left for the rest of the day")
