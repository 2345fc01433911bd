"""What follows a failed task. Seconds were the client's; minutes are ours; days are a person's (design 4.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import RetryDecision, RetryPolicy

TRIES_AGAIN_MAX = 5
DELAY = timedelta(minutes=5)
DELAY_MAX = timedelta(hours=24)  # no limit of a vendor lasts longer


class ByWhoseTurnItIs(RetryPolicy):
    """Try again what time may cure, and at once give up what only a person can.

    | failure of the exception | whose turn  | what follows                                     |
    |--------------------------|-------------|--------------------------------------------------|
    | transient                | time's      | again after the vendor's own delay, if it named one; |
    |                          |             | for hours of it the task sleeps instead (sleeping.py) |
    | record, run              | a person's  | red now                                          |
    | StageRed                 | a person's  | red now                                          |
    | anything else            | unknown     | the task's own retries and delay                 |

    No worker is held while a task waits. Asked in the worker's process only (reference airflow.md 6).
    """

    def evaluate(self, exception: BaseException, try_number: int, max_tries: int, context: Any = None) -> RetryDecision:
        """Say what follows. It reads the exception's `failure`, never its text."""
        # Read by name: importing the clients here would put them into every process that parses a DAG.
        failure = getattr(exception, "failure", None)
        if failure == "transient":
            seconds = getattr(exception, "retry_after_s", None)
            delay = None if seconds is None else min(timedelta(seconds=max(1.0, seconds)), DELAY_MAX)
            return RetryDecision.retry(delay, reason="it may be gone later")
        if failure in ("record", "run") or any(kind.__name__ == "StageRed" for kind in type(exception).__mro__):
            return RetryDecision.fail(reason="only a person can mend this")
        return RetryDecision.default()
