"""Which fault comes at which boundary: decided by the seed alone, so that a seed that failed fails again.

A boundary is a moment in a run: before or after a commit, before a request is sent, after its answer was received.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Literal

Moment = Literal["before commit", "after commit", "before request", "after answer"]
Vendor = Literal["xero", "bigcommerce", ""]

SHOPS_SHARE = 5  # schedules of one shop: its run without faults is made once
BIG_EVERY = 10  # one shop in ten is large, and with it one schedule in ten
ORDERS, ORDERS_BIG = 20, 200
RUNS_A_DAY = (0, 1, 1, 1, 1, 2)  # with faults; then a day's rest, or the next day
SHARING_EVERY = 4  # one schedule in four has the budget and the circuit that all processes share
LATE_SHARE = 0.3  # of a day's news from the shop comes in the middle of a run, or after it


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where a run is. `elements`: how many a writing request carries; 0 for a reading one."""

    moment: Moment
    vendor: Vendor = ""
    is_write: bool = False
    is_token_call: bool = False
    elements: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault.

    story   what the sandbox is told with the request; None for what the child does itself
    at      the moments at which it may come
    """

    name: str
    at: tuple[Moment, ...]
    story: str | None = None
    vendors: tuple[Vendor, ...] = ("xero", "bigcommerce")
    arguments: Mapping[str, Any] = field(default_factory=dict)
    writes_only: bool = False
    elements_min: int = 0
    weight: int = 2


EVERYWHERE: Final[tuple[Moment, ...]] = ("before commit", "after commit", "before request", "after answer")
SENT: Final[tuple[Moment, ...]] = ("before request",)
XERO: Final[tuple[Vendor, ...]] = ("xero",)
BIGCOMMERCE: Final[tuple[Vendor, ...]] = ("bigcommerce",)

KINDS: Final = (
    Kind("kill", EVERYWHERE, weight=8),
    Kind("postgres restarts", EVERYWHERE, weight=1),
    Kind("second worker", EVERYWHERE, weight=2),
    Kind("clock past the key", EVERYWHERE, weight=2),
    Kind("shop changes", EVERYWHERE, weight=2),
    Kind("answer lost", SENT, "lose_the_next_answer", weight=4),
    Kind("connection cut mid-body", SENT, "break_off_the_next_answer", weight=3),
    Kind("time-out, never arrived", SENT, weight=1),
    Kind("time-out, carried out", SENT, weight=3),
    Kind("time-out, arrives late", SENT, "arrive_late", XERO, {"after_calls": 2}, writes_only=True, weight=5),
    Kind("429 minute", SENT, "spend_the_minute", XERO, weight=1),
    Kind("429 day", SENT, "spend_the_day", XERO, {"retry_after_s": 5000}, weight=1),
    Kind("429 BigCommerce window", SENT, "spend_the_minute", BIGCOMMERCE, weight=2),
    Kind("429 BigCommerce busy", SENT, "throttle_next", BIGCOMMERCE, {"with_headers": False}, weight=2),
    Kind("500", SENT, "be_down_for", arguments={"calls": 1, "status": 500}),
    Kind("500 after the work", SENT, "fail_after_work", XERO, writes_only=True, weight=4),
    Kind("503", SENT, "be_down_for", arguments={"calls": 5, "status": 503}, weight=1),
    Kind("HTML with 200", SENT, "answer_html_next"),
    Kind("401 mid-run", SENT, "revoke_the_token", XERO, weight=1),
    Kind("token revoked", SENT, "revoke_the_token", arguments={"for_good": True}, weight=1),
    Kind("mixed batch", SENT, "refuse_some_next", XERO, {"every": 2}, writes_only=True, elements_min=2, weight=6),
    Kind("duplicate delivery", SENT, "deliver_twice", XERO, writes_only=True, weight=5),
)
BY_NAME: Final = {kind.name: kind for kind in KINDS}
NAMES: Final = tuple(BY_NAME)
# A boundary's chance of a fault, in a thousand, before the schedule's own measure. Writes are where books are made.
CHANCES: Final[Mapping[Moment, int]] = {"before commit": 6, "after commit": 6, "before request": 60, "after answer": 20}
OF_A_WRITE = 4
INSISTS_ON = (1, 4, 7)  # the days on which a schedule's favourite comes for certain, if there is a place for it
STEPS_S: Final = (5, 40, 200, 310, 350, 400, 1000, 4000)  # from one run to the next: on both sides of every time limit


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule of faults over one shop. All that it decides follows from its number and the seed."""

    seed: int
    number: int

    @property
    def name(self) -> str:
        """What a failing one is called: `SEED/NUMBER`."""
        return f"{self.seed}/{self.number}"

    @property
    def shop(self) -> int:
        """The number of its shop; some schedules share one."""
        return self.number // SHOPS_SHARE

    @property
    def orders(self) -> int:
        """How many orders its shop has."""
        return ORDERS_BIG if self.shop % BIG_EVERY == BIG_EVERY - 1 else ORDERS

    @property
    def rests_daily(self) -> bool:
        """Whether each day is completed before the next one's orders come; else what is open stays open to the end."""
        return self.shop % 2 == 0

    @property
    def favourite(self) -> str:
        """The kind of fault that this one has most of, so that a few schedules have all kinds among them."""
        return NAMES[self.number % len(NAMES)]

    def runs_of(self, day: int) -> int:
        """How many runs of this day meet faults."""
        return max(day in INSISTS_ON, self._dice(day, "runs").choice(RUNS_A_DAY))

    def is_late(self, day: int, order_id: int) -> bool:
        """Whether the shop states this of an order only while a run of the day is under way, or after it."""
        return self._dice(day, "late", order_id).random() < LATE_SHARE

    @property
    def in_turn(self) -> bool:
        """Whether its requests leave one after another: then, but for second workers, it replays to the last boundary."""
        return self.number % 2 == 0

    @property
    def shares(self) -> bool:
        """Whether its processes share one budget and one circuit a vendor, in the database."""
        return self.number % SHARING_EVERY == SHARING_EVERY - 1

    def pause_s(self, day: int, run: int) -> int:
        """How long after a run the next one begins."""
        return self._dice(day, run, "pause").choice(STEPS_S)

    def resumes(self, day: int, run: int) -> bool:
        """Whether a killed run's task is tried again; else the next run takes up what it left."""
        return self._dice(day, run, "resumes").random() < 0.5

    def fault_at(self, run: str, count: int, boundary: Boundary, places: int = 0) -> Kind | None:
        """What comes at the `count`-th boundary of a run; None for nothing, as nearly always.

        places  at how many boundaries of the run, this one included, its favourite could have come so far.
        """
        dice = self._dice(run, count)
        if places and run in {f"{day}.0" for day in INSISTS_ON} and places == self._dice(run, "place").randint(1, 3):
            return BY_NAME[self.favourite]
        measure = (1, 2, 3)[self.number % 3] / (2 if self.orders == ORDERS else 3)
        chance = CHANCES[boundary.moment] * measure * (OF_A_WRITE if boundary.is_write else 1)
        if dice.random() * 1000 >= chance:
            return None
        may = [kind for kind in KINDS if _fits(kind, boundary)]
        weights = [kind.weight * (12 if kind.name == self.favourite else 1) for kind in may]
        return dice.choices(may, weights)[0] if may else None

    def has_place(self, boundary: Boundary) -> bool:
        """Whether its favourite may come here."""
        return _fits(BY_NAME[self.favourite], boundary)

    def _dice(self, *what: object) -> Random:
        return Random("/".join(map(str, (self.seed, self.number, *what))))


def _fits(kind: Kind, boundary: Boundary) -> bool:
    if boundary.moment not in kind.at:
        return False
    if boundary.is_token_call and kind.at == SENT:
        return kind.name in ("time-out, never arrived", "503", "500")
    if kind.at == SENT and boundary.vendor not in kind.vendors:
        return False
    return (boundary.is_write or not kind.writes_only) and boundary.elements >= kind.elements_min
