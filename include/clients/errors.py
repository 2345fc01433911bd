"""What a vendor's API can do to us.

    ApiError
    ├── Unavailable      transient  down, slow or throttling: later may work
    ├── DayLimitSpent    transient  no calls left today: only tomorrow works
    ├── OutcomeUnknown   transient  a write left, its answer was lost: read back before anything else
    ├── Refused          record     read and rejected: the same call will be rejected again
    ├── NotAllowed       run        401 or 403: nothing works until a person mends the access
    │   └── ConsentNeeded  run      the consent has ended, or none was given: nobody is asked before there is a new one
    └── NotUnderstood    run        the answer is not what the vendor documents: stop before it does harm

`failure` says whose turn it is: "transient" the scheduler's, "record" the person's who owns that record,
"run" the operator's, before any further run. The text is one sentence for an operator. It never holds a token, a
secret, a set of headers, a URL with a query, or a body; of the vendor's own words only its validation messages.
"""

# ruff: noqa: N818  (their names say what happened; "Error" at the end of each would say nothing)

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

Failure = Literal["transient", "record", "run"]

PROBLEM_CHARS_MAX = 500
PROBLEMS_MAX = 20


class ApiError(Exception):
    """Anything that kept a vendor from doing what was asked. `str()` is one sentence for an operator, and the call.

    call   "GET /v2/orders/1001/taxes": what was asked, without its query; empty before anything was.
    """

    failure: ClassVar[Failure] = "run"
    call: str = ""

    def __init__(self, sentence: str) -> None:
        # One positional argument, all else by keyword with a default: so it survives pickling between processes.
        super().__init__(sentence)

    def __str__(self) -> str:
        return f"{self.args[0]} ({self.call})" if self.call else str(self.args[0])


class Transient(ApiError):
    """What may be gone later. Never raised itself.

    retry_after_s   seconds until it is worth trying again, as the vendor said or as is usual; None if nobody knows.
    """

    failure: ClassVar[Failure] = "transient"

    def __init__(self, sentence: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class Unavailable(Transient):
    """Down, slow or throttling. If it was a write, it surely was not carried out."""


class DayLimitSpent(Transient):
    """No calls are left today. Only waiting helps, and never inside a worker."""


class OutcomeUnknown(Transient):
    """A write may or may not have been carried out. Nothing may be concluded before a read-back."""


class Refused(ApiError):
    """The vendor read the call and rejected it; the same call will be rejected again.

    status     the HTTP status.
    problems   the vendor's own messages, at most 20 of at most 500 characters each. May be empty.
    """

    failure: ClassVar[Failure] = "record"

    def __init__(self, sentence: str, *, status: int = 400, problems: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.status = status
        self.problems = cut(problems)


class NotAllowed(ApiError):
    """The vendor does not let us in (401) or does not let us do this (403)."""


class ConsentNeeded(NotAllowed):
    """A person must consent anew. Until then the vendor's token service is not asked.

    connection   the Connection that is without a consent.
    since        when it ended, as text; empty where there never was one. With `connection`, what is told once.
    """

    def __init__(self, sentence: str, *, connection: str = "", since: str = "") -> None:
        super().__init__(sentence)
        self.connection = connection
        self.since = since


class NotUnderstood(ApiError):
    """An answer that the vendor does not document: a page of a proxy, a redirect, a filter that was ignored."""


def cut(problems: Sequence[str]) -> tuple[str, ...]:
    """The same messages, each once, in order, within the limits on number and length."""
    seen = dict.fromkeys(" ".join(problem.split())[:PROBLEM_CHARS_MAX] for problem in problems)
    return tuple(problem for problem in seen if problem)[:PROBLEMS_MAX]
