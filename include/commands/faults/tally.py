"""How many schedules ran, how often each kind of fault really came, and which failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from include.commands.faults.referee import Verdict
from include.commands.faults.schedule import NAMES

WRONG_SHOWN_MAX = 12


def never_came(verdicts: Sequence[Verdict]) -> list[str]:
    """The favourites of these schedules that never came: a harness that does not do what it says has proved nothing.

    As many schedules as there are kinds have every kind among their favourites.
    """
    fired, due = fired_in(verdicts), {verdict.schedule.favourite for verdict in verdicts}
    return [name for name in NAMES if name in due and not fired[name]]


def fired_in(verdicts: Sequence[Verdict]) -> Counter[str]:
    """How often each kind came in all of them."""
    return sum((Counter(verdict.fired) for verdict in verdicts), Counter())


def failing(verdict: Verdict) -> Iterator[str]:
    """A schedule that failed, in lines: its seed first."""
    yield f"seed {verdict.schedule.name} FAILED: {len(verdict.wrong)} things are not as without faults"
    yield from (f"    {each[:300]}" for each in verdict.wrong[:WRONG_SHOWN_MAX])
    yield from (f"      {each}" for each in verdict.came)


def table(verdicts: Sequence[Verdict], took_s: float) -> Iterator[str]:
    """The whole of it."""
    fired = fired_in(verdicts)
    for name in NAMES:
        yield f"{name:28}{fired[name]:7}"
    runs, bad = sum(verdict.runs for verdict in verdicts), [each for each in verdicts if each.wrong]
    yield ""
    large = sum(1 for verdict in verdicts if verdict.schedule.orders > 20)
    yield (
        f"{len(verdicts)} schedules ({large} of 200 orders), {runs} runs, {sum(fired.values())} faults "
        f"in {took_s / 60:.1f} min: {len(verdicts) - len(bad)} ended with the books of a run without faults, {len(bad)} did not"
    )
    if bad:
        yield f"failing seeds: {' '.join(verdict.schedule.name for verdict in bad)}"
    yield from (f"never came: {name}" for name in never_came(verdicts))
