"""How much may be asked of a vendor, as values: what it allows, what is known and spent, and what may follow.

The functions over them are in `asking`. Nothing here waits, reads a clock or keeps anything: a keeper does, in memory
(`pacing`) or in PostgreSQL (`include/keepers/budget.py`). Moments are seconds on the keeper's one clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, Self

Lane = Literal["batch", "seconds", "operations"]  # whose call it is: what is kept is kept from the batch lane


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


@dataclass(frozen=True, slots=True)
class Terms:
    """What a vendor allows, and what we keep of it.

    in_flight_max     calls at once.
    calls_max         calls in any `window_s`; None where the vendor's headers alone say how many are left.
    vendor_calls_max  the vendor's own count, from which its headers count down; None: `calls_max`.
    margin_s          how far our clock and the vendor's may be apart within a window.
    kept_free         of a window that headers describe: for other apps of the shop.
    kept_a_day        of the day: for every lane but "batch".
    kept_a_window, kept_in_flight   the same of a window and of the places, while another lane is active.
    lease_s           for how long a call can be in flight at most: all its time-outs, one after the other.
    linger_s          for how long the vendor may go on working on a call that we gave up, or whose process died.
    """

    vendor: str
    in_flight_max: int
    calls_max: int | None = None
    vendor_calls_max: int | None = None
    window_s: float = 60.0
    margin_s: float = 0.0
    kept_free: int = 0
    kept_a_day: int = 0
    kept_a_window: int = 0
    kept_in_flight: int = 0
    lease_s: float = 250.0
    linger_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Lease:
    """A place that a call in flight holds, at the latest until this moment."""

    until: float
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is known and spent.

    at             when this was so.
    leases         the calls in flight, by name.
    counted        when calls were answered, the oldest first; what others spent stands among them.
    closed_until   the vendor closed its door, `for_the_day` or for less.
    left_day       calls left today as last heard; looked at again from `day_look_at`, by the call `looking`; the day ends
                   at `day_ends_at`.
    window_left    calls left as headers said, less those since; of `quota`, until `resets_at`.
    others_at      when another lane than "batch" last asked; one of them waits until `first_until`.
    """

    at: float = 0.0
    leases: Mapping[str, Lease] = field(default_factory=dict)
    counted: tuple[float, ...] = ()
    closed_until: float | None = None
    for_the_day: bool = False
    left_day: int | None = None
    day_look_at: float = 0.0
    looking: str = ""
    day_ends_at: float | None = None
    window_left: int | None = None
    quota: int | None = None
    resets_at: float = 0.0
    others_at: float | None = None
    first_until: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The state as JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The state out of `as_json`; what an older or newer version kept besides is left out."""
        known = {name: kept[name] for name in (each.name for each in fields(cls)) if name in kept}
        known["leases"] = {name: Lease(**lease) for name, lease in known.get("leases", {}).items()}
        known["counted"] = tuple(known.get("counted", ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Go:
    """The call may leave now; its place is taken."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask again in `s` seconds, or as soon as a place may be free (`for_place`, and `s` is nothing)."""

    s: float
    for_place: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """The vendor asked us to stay away for so long."""

    s: float
    for_the_day: bool = False


@dataclass(frozen=True, slots=True)
class Reserved:
    """What is left of the day is kept for others, or nothing is left. `known`: the day ends then; else ask again then."""

    s: float
    left: int
    known: bool


Decision = Go | Wait | Closed | Reserved
