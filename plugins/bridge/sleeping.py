"""A vendor that is closed for hours: the run sleeps without a worker, says until when and why, and goes on by itself.

Airflow's `up_for_reschedule` holds neither worker nor pool slot, needs no triggerer, and is no try: the retries are kept
for real trouble. Clearing a task that sleeps wakes it. Source: reference airflow.md 6, and tried under a real Airflow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowRescheduleException

SLEEPS_FROM = timedelta(minutes=10)  # no vendor's short limit is longer; what is shorter, a retry waits for
UNTOLD = timedelta(hours=1)  # the day's calls are spent, and nobody said when there are new ones
SLEEPS_MAX = timedelta(hours=24)  # no limit of a vendor lasts longer
SENTENCE_MAX = 250  # what Airflow keeps of a map index

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Sleep:
    """How long, and why: "Xero has no calls left today; goes on 1 Dec 02:15 UTC"."""

    until: datetime
    sentence: str


def sleeps(chapter: Callable[P, T]) -> Callable[P, T]:
    """The same chapter, which sleeps where its vendor takes no calls for hours, and then begins from its top."""

    @wraps(chapter)
    def awake(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return chapter(*args, **kwargs)
        except Exception as error:
            sleep = sleep_after(error, datetime.now(UTC))
            if sleep is None:
                raise
            say(get_current_context(), sleep.sentence)
            raise AirflowRescheduleException(sleep.until) from error

    return awake


def sleep_after(error: BaseException, now: datetime) -> Sleep | None:
    """The sleep that follows an error; None if it is for a retry or a person.

    It reads what kind of error it is, and the vendor's own delay. The sentence is the client's, which holds no secret.
    """
    # By name: importing the clients here would put them into every process that parses a DAG.
    if getattr(error, "failure", None) != "transient":
        return None
    spent = any(kind.__name__ == "DayLimitSpent" for kind in type(error).__mro__)
    seconds = getattr(error, "retry_after_s", None)
    delay = UNTOLD if seconds is None else timedelta(seconds=seconds)
    if not spent and (seconds is None or delay < SLEEPS_FROM):
        return None
    # A second more: the vendor counts in whole ones, and too early would be one more refused call.
    until = now + min(delay, SLEEPS_MAX) + timedelta(seconds=1)
    why = str(error.args[0]).partition("; it asks for")[0].rstrip(".")
    when = f"; goes on {until.day} {until:%b %H:%M} UTC"
    return Sleep(until, why[: SENTENCE_MAX - len(when)] + when)


def say(context: Any, sentence: str) -> None:
    """Show it in Airflow, on the run's list of tasks (the column Map Index) and, by `console/asleep.js`, on every page.

    A map index is the one text of a running task that Airflow lets the task itself write and its pages show. It is
    gone when the task has ended.
    """
    context["asleep"] = sentence
    context["map_index_template"] = "{{ asleep }}"  # never the sentence itself: a template is executed
