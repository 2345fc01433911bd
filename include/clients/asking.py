"""Whether a call may leave now, and what its end changes: functions from one `Allowance` to the next.

The rule of a minute that nobody sees begin. A vendor counts a call somewhere between its leaving and the receipt of its
answer. So a call may leave while fewer than `calls_max` others are in flight or were answered within the last
`window_s`: then no window of that length, fixed or rolling, ever holds more. It costs one latency a window, and needs
no share of the allowance kept back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from include.clients.allowance import Allowance, Closed, Decision, Go, Lane, Lease, Reserved, Terms, Told, Wait

DAY_S = 86_400.0
DAY_LOOK_S = 3_600.0  # where nobody knows when the vendor's day ends, one call asks so often
CLOCK_SET_BACK_S = 60.0  # moments that transactions saw lie no further apart than one waits for the other's lock
OTHERS_ACTIVE_S = 120.0  # so long after a call of another lane the batch lane leaves it room
FIRST_GRACE_S = 1.0  # a waiter of another lane that does not come within this is gone


def ask(
    state: Allowance, terms: Terms, now: float, *, lane: Lane, call: str, holder: str = ""
) -> tuple[Allowance, Decision]:
    """Whether this call may leave now. The state is the same object where there is nothing new to keep."""
    at_hand = _at(state, terms, now)
    decision, at_hand = _decided(at_hand, terms, now, lane, call)
    if lane != "batch":
        waits_s = decision.s + FIRST_GRACE_S if isinstance(decision, Wait) else 0.0
        at_hand = replace(at_hand, others_at=now, first_until=now + waits_s)
    if isinstance(decision, Go):
        return _sent(at_hand, terms, now, call, holder), decision
    nothing_new = lane == "batch" and at_hand.at > state.at - CLOCK_SET_BACK_S
    return (state if nothing_new else at_hand), decision


def answered(state: Allowance, terms: Terms, now: float, call: str, heard: Told) -> Allowance:
    """The call's answer is here: its place is free, the call is counted, and the vendor has said something."""
    return told(_counted(_at(state, terms, now), now, call), terms, now, heard)


def broken(state: Allowance, terms: Terms, now: float, call: str) -> Allowance:
    """The line broke under the call: the vendor may have counted it, and holds it no more."""
    return _counted(_at(state, terms, now), now, call)


def never_left(state: Allowance, terms: Terms, now: float, call: str) -> Allowance:
    """The call did not reach the vendor."""
    at_hand = _at(state, terms, now)
    return replace(at_hand, leases={name: each for name, each in at_hand.leases.items() if name != call})


def given_up(state: Allowance, terms: Terms, now: float, call: str) -> Allowance:
    """The call was not answered in time: the vendor may go on working on it for a while."""
    at_hand = _at(state, terms, now)
    if call not in at_hand.leases:
        return _counted(at_hand, now, call)
    return _lingering(at_hand, terms, now, {call})


def bereaved(state: Allowance, terms: Terms, now: float, alive: Collection[str]) -> Allowance:
    """Holders that are not alive died with their calls in flight: those linger, and end."""
    at_hand = _at(state, terms, now)
    orphans = {name for name, each in at_hand.leases.items() if each.holder and each.holder not in alive}
    return _lingering(at_hand, terms, now, orphans) if orphans else state


def in_flight(state: Allowance, terms: Terms, now: float) -> Collection[str]:
    """The calls that still run. One whose time is over stands in the kept state until somebody is let through."""
    return _at(state, terms, now).leases.keys()


def told(state: Allowance, terms: Terms, now: float, heard: Told) -> Allowance:
    """Take in what the vendor said. It may tighten what we allow ourselves, never loosen it."""
    state = _day_told(state, terms, now, heard)
    if heard.closed_for_s is not None and now + heard.closed_for_s + terms.margin_s > (state.closed_until or 0.0):
        until = now + heard.closed_for_s + terms.margin_s
        state = replace(state, closed_until=until, for_the_day=heard.for_the_day)
        if heard.for_the_day:
            state = replace(state, day_ends_at=until)
    if heard.left is None:
        return replace(state, quota=heard.quota or state.quota)
    if terms.calls_max is None:
        return _quota_told(state, terms, now, heard, heard.left)
    # What is missing from the vendor's count was spent by others. When is unknown, so count it as just now, unless the
    # vendor says when it takes calls again: the first answer after that tells how many.
    at = now if heard.closed_for_s is None else min(now, now + heard.closed_for_s - terms.window_s)
    of = terms.vendor_calls_max or terms.calls_max
    by_others = of - len(state.counted) - len(state.leases) - heard.left
    return replace(state, counted=tuple(sorted([*state.counted, *[at] * by_others])))


def used(state: Allowance, terms: Terms, now: float) -> int:
    """How many calls the present window holds, those in flight and those of others included."""
    at_hand = _at(state, terms, now)
    if terms.calls_max is None:
        quota, left = at_hand.quota, at_hand.window_left
        return 0 if quota is None or left is None or now >= at_hand.resets_at else max(0, quota - left)
    return len(at_hand.counted) + len(at_hand.leases)


def _decided(state: Allowance, terms: Terms, now: float, lane: Lane, call: str) -> tuple[Decision, Allowance]:
    if state.closed_until is not None and now < state.closed_until:
        return Closed(state.closed_until - now, state.for_the_day), state
    kept, places = terms.kept_free, terms.in_flight_max
    if lane == "batch" and state.others_at is not None and now < state.others_at + OTHERS_ACTIVE_S:
        kept, places = kept + terms.kept_a_window, max(1, places - terms.kept_in_flight)
    if len(state.leases) >= places or (lane == "batch" and now < state.first_until):
        return Wait(0.0, for_place=True), state
    if terms.calls_max is None:
        state, wait = _quota_wait(state, terms, now, kept)
    else:
        wait = _window_wait(state, terms, now, max(1, terms.calls_max - kept))
    if wait is not None:
        return wait, state
    return _day_decided(state, terms, now, lane, call)


def _window_wait(state: Allowance, terms: Terms, now: float, calls_max: int) -> Wait | None:
    over = len(state.counted) + len(state.leases) - calls_max
    if over < 0:
        return None
    if over >= len(state.counted):  # so few calls are allowed that those in flight are all of them
        return Wait(0.0, for_place=True)
    return Wait(max(0.001, state.counted[over] + terms.window_s + terms.margin_s - now))


def _quota_wait(state: Allowance, terms: Terms, now: float, kept: int) -> tuple[Allowance, Wait | None]:
    left = state.window_left
    if left is None:
        return state, None
    if now >= state.resets_at:
        # A new window, of which nothing was heard yet: at least one call must go to hear of it.
        left = max(state.quota or 0, kept + 1)
        state = replace(state, window_left=left, resets_at=now + terms.window_s)
        return state, None
    return state, None if left > kept else Wait(max(0.001, state.resets_at - now))


def _day_decided(state: Allowance, terms: Terms, now: float, lane: Lane, call: str) -> tuple[Decision, Allowance]:
    if state.left_day is None:
        return Go(), state
    kept = terms.kept_a_day if lane == "batch" else 0
    if state.left_day - len(state.leases) > kept:
        return Go(), state
    if state.left_day > kept and state.leases:
        return Wait(0.0, for_place=True), state  # those in flight may spend it
    heard_at = state.day_look_at - DAY_LOOK_S
    known = state.day_ends_at is not None and heard_at < state.day_ends_at  # nothing was heard since the day ended
    look_at = state.day_ends_at if known and state.day_ends_at is not None else state.day_look_at
    if state.looking in state.leases:
        return Wait(0.0, for_place=True), state  # its answer tells whether there is a new day
    if now >= look_at:
        return Go(), replace(state, day_look_at=now + DAY_LOOK_S, looking=call)  # one call goes, to hear of a new day
    return Reserved(look_at - now, state.left_day, known), state


def _day_told(state: Allowance, terms: Terms, now: float, heard: Told) -> Allowance:
    if heard.left_day is None:
        return state
    look_at, before = now + DAY_LOOK_S, state.left_day
    if before is None:
        return replace(state, left_day=heard.left_day, day_look_at=look_at)
    if heard.left_day <= before + terms.in_flight_max:  # answers overtake one another: the lower count holds
        return replace(state, left_day=min(before, heard.left_day), day_look_at=look_at)
    ends_at = state.day_ends_at
    if ends_at is None or not 0 <= now - ends_at < DAY_S:
        ends_at = now  # it began at some moment before this answer, so it ends a day later at the latest
    return replace(state, left_day=heard.left_day, day_look_at=look_at, day_ends_at=ends_at + DAY_S)


def _quota_told(state: Allowance, terms: Terms, now: float, heard: Told, left: int) -> Allowance:
    resets_at = now + (terms.window_s if heard.resets_in_s is None else heard.resets_in_s) + terms.margin_s
    left -= len(state.leases)  # calls in flight may not be in the vendor's count yet
    if state.window_left is not None and now < state.resets_at and resets_at < state.resets_at + 1.0:
        left = min(left, state.window_left)  # within one window the lower count holds
    return replace(state, window_left=left, quota=heard.quota or state.quota, resets_at=resets_at)


def _sent(state: Allowance, terms: Terms, now: float, call: str, holder: str) -> Allowance:
    left = None if state.window_left is None else state.window_left - 1
    leases = {**state.leases, call: Lease(now + terms.lease_s, holder)}
    return replace(state, leases=leases, window_left=left)


def _counted(state: Allowance, now: float, call: str) -> Allowance:
    leases = {name: each for name, each in state.leases.items() if name != call}
    return replace(state, leases=leases, counted=tuple(sorted([*state.counted, now])))


def _lingering(state: Allowance, terms: Terms, now: float, calls: Collection[str]) -> Allowance:
    latest = now + terms.linger_s
    leases = {
        name: replace(lease, until=min(lease.until, latest), holder="") if name in calls else lease
        for name, lease in state.leases.items()
    }
    return replace(state, leases=leases)


def _at(state: Allowance, terms: Terms, now: float) -> Allowance:
    """The state as it is now: leases that ended are counted when they did, and what left the window is forgotten."""
    state = _moved(state, now)
    leases = {name: each for name, each in state.leases.items() if each.until > now}
    ended = [each.until for each in state.leases.values() if each.until <= now]
    counted: tuple[float, ...] = ()
    if terms.calls_max is not None:
        since = now - terms.window_s - terms.margin_s
        counted = tuple(sorted(min(at, now) for at in [*state.counted, *ended] if at > since))
    return replace(state, at=now, leases=leases, counted=counted)


def _moved(state: Allowance, now: float) -> Allowance:
    """The same state, all its moments moved, where the keeper's clock was set back: or we would wait for it to catch up."""
    by = now - state.at
    if by > -CLOCK_SET_BACK_S:
        return state
    return replace(
        state,
        at=now,
        leases={name: replace(each, until=each.until + by) for name, each in state.leases.items()},
        counted=tuple(at + by for at in state.counted),
        closed_until=None if state.closed_until is None else state.closed_until + by,
        day_look_at=state.day_look_at + by,
        day_ends_at=None if state.day_ends_at is None else state.day_ends_at + by,
        resets_at=state.resets_at + by,
        others_at=None if state.others_at is None else state.others_at + by,
        first_until=state.first_until + by,
    )
