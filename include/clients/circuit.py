"""A circuit breaker, as values: a vendor that is down is left alone, and asked by one call now and then.

    closed      calls flow; `FAILURES_MAX` failures in a row open it
    open        nobody calls, for a time that doubles with each opening
    half-open   the time is over: one call of all processes may try. It closes the circuit, or opens it for longer.

A failure is an exchange that brought nothing of the vendor's: no answer, 5xx, a proxy's page. A refusal (4xx, and 429)
is an answer. A call whose end nobody tells of is the keeper's to notice: `in_flight` are the calls that still run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self

FAILURES_MAX = 5  # one more than a call has attempts: one call that the vendor always trips over opens nothing
OPEN_FIRST_S = 30.0  # then doubled
OPEN_MAX_S = 600.0
SAID_CHARS_MAX = 200

State = Literal["closed", "open", "half-open"]


@dataclass(frozen=True, slots=True)
class Circuit:
    """What is known of a vendor's health.

    failures   in a row, the latest included; `said` is what the latest was, in words without a secret.
    openings   how often it opened without closing between; `since` is when it first did, `until` when it may be tried.
    probe      the call that tries, while half-open.
    """

    failures: int = 0
    said: str = ""
    openings: int = 0
    since: float | None = None
    until: float | None = None
    probe: str = ""

    def as_json(self) -> dict[str, Any]:
        """The circuit as JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The circuit out of `as_json`; what another version kept besides is left out."""
        return cls(**{each.name: kept[each.name] for each in fields(cls) if each.name in kept})


@dataclass(frozen=True, slots=True)
class Open:
    """Nobody may call for so long; or somebody tries just now, and it is worth asking again then."""

    s: float


def state_of(circuit: Circuit, now: float) -> State:
    """The state in the usual word for it."""
    if circuit.until is None:
        return "closed"
    return "open" if now < circuit.until else "half-open"


def opening_s(openings: int) -> float:
    """For how long the circuit stays open when it opens for this time in a row; 1 is the first."""
    return min(OPEN_FIRST_S * 2.0 ** min(openings - 1, 30), OPEN_MAX_S)


def way(circuit: Circuit, now: float, *, in_flight: Collection[str]) -> Open | None:
    """None: a call may pass."""
    if circuit.until is None:
        return None
    until = min(circuit.until, now + OPEN_MAX_S)  # a clock that was set back keeps nobody out
    if now < until:
        return Open(until - now)
    return Open(OPEN_FIRST_S) if circuit.probe in in_flight else None


def passing(circuit: Circuit, call: str) -> Circuit:
    """A call passes; while half-open it is the one that tries."""
    return circuit if circuit.until is None else replace(circuit, probe=call)


def succeeded(circuit: Circuit, call: str) -> Circuit:
    """The vendor answered. A call that left before the circuit opened says nothing of today."""
    return Circuit() if circuit.until is None or circuit.probe == call else circuit


def failed(circuit: Circuit, now: float, call: str, said: str) -> Circuit:
    """The vendor did not answer, or what came was not its answer: `said` completes the sentence "Xero ..."."""
    said = said[:SAID_CHARS_MAX]
    if circuit.until is not None and circuit.probe != call:
        return circuit
    failures = circuit.failures + 1
    if circuit.until is None and failures < FAILURES_MAX:
        return replace(circuit, failures=failures, said=said)
    openings = circuit.openings + 1
    since = now if circuit.since is None else circuit.since
    return Circuit(failures, said, openings, since, now + opening_s(openings))


def not_tried(circuit: Circuit, call: str) -> Circuit:
    """The call ended without having asked the vendor: if it was the one to try, another may."""
    return replace(circuit, probe="") if circuit.probe == call else circuit
