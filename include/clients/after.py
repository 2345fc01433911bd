"""What follows an attempt. Decisions only: nothing here sleeps, reads a clock or opens a socket.

`after_bigcommerce`, `after_xero`, `after_xero_token` and `after_warehouse` are siblings: each knows its vendor's statuses
and headers.
They classify by status and header, never by the words of a message. What they share is the line itself.

                       read                                   write (a keyed one; an unkeyed one is sent once)
    no answer          again, at last Unavailable             again, at last OutcomeUnknown if it may have arrived
    cannot be read     once more, then NotUnderstood          once more, then OutcomeUnknown
    429, 503           again, at last Unavailable             the same: it surely was not carried out
    500, 502, 504      again, at last Unavailable             again, at last OutcomeUnknown
    a long wait        Unavailable with `retry_after_s`       the same
    redirect, 501      NotUnderstood                          the same
    401, 403           NotAllowed (Xero: one new token)       the same
    other 4xx          Refused (warehouse: NotUnderstood)     the same

And one rule over all of a write's rows: once an earlier attempt may have arrived, no later answer proves that it did
not, so every error becomes OutcomeUnknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

from include.clients.answers import Answer, NoAnswer, Unreadable, media_type_of, seconds_in, wait_in
from include.clients.errors import (
    ApiError,
    DayLimitSpent,
    NotAllowed,
    NotUnderstood,
    OutcomeUnknown,
    Refused,
    Unavailable,
)
from include.clients.problems import problems_of

Ask = Literal["read", "write", "keyed write"]
Outcome = Answer | NoAnswer | Unreadable

ATTEMPTS_MAX = 4  # of one call; the scheduler has retries of its own
WAIT_MAX_S = 20.0  # longer waits belong to the scheduler, not to a worker that sleeps
WAIT_FIRST_S = 0.5  # then doubled
DOWN_FOR_S = 60.0  # what to tell the scheduler when the vendor names no time; bigcommerce.md 2 asks for a minute
DAY_LIMIT_FROM_S = 600.0  # a 429 that asks for more than any minute window can only be the day's


@dataclass(frozen=True, slots=True)
class SoFar:
    """What the earlier attempts of one call leave behind.

    attempt            how many there were.
    unreadable         how many of them brought an answer that could not be read.
    renewed            whether a new token was already asked for.
    may_have_arrived   whether one of them may have been carried out.
    """

    attempt: int = 0
    unreadable: int = 0
    renewed: bool = False
    may_have_arrived: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """The answer is there to be read: a success, or a refusal whose body the caller must look into."""


@dataclass(frozen=True, slots=True)
class RetryIn:
    """Wait, then send the same bytes again.

    or_else      what to raise when there is no time for that.
    unreadable   whether it is because the answer could not be read, which happens once in a call.
    """

    wait_s: float
    or_else: ApiError = field(compare=False)
    unreadable: bool = field(default=False, compare=False)


Verdict = Take | RetryIn | ApiError
After = Callable[[Outcome, SoFar, Ask], Verdict]


def after_bigcommerce(outcome: Outcome, so_far: SoFar, ask: Ask) -> Verdict:
    """What follows an attempt at BigCommerce. Source: bigcommerce.md 2."""
    return _settled("BigCommerce", outcome, so_far, ask, _bigcommerce)


def after_xero(outcome: Outcome, so_far: SoFar, ask: Ask) -> Verdict:
    """What follows an attempt at Xero's accounting API. A 400 is taken: its body tells of each element.

    Source: xero.md 2.1, 3.2, 3.3, 3.6.
    """
    return _settled("Xero", outcome, so_far, ask, _xero)


def after_xero_token(outcome: Outcome, so_far: SoFar, ask: Ask) -> Verdict:
    """What follows an attempt to get a token from Xero. Source: xero.md 1.2, 1.3."""
    return _settled("Xero's token service", outcome, so_far, ask, _xero_token)


def after_warehouse(outcome: Outcome, so_far: SoFar, ask: Ask) -> Verdict:
    """What follows an attempt at a warehouse feed. Nothing is asked of it but the whole feed, so no record is refused.

    Source: docs/warehouse_feed.md, which is ours; RFC 9110 10.2.3 for a wait that is told as a moment.
    """
    return _settled("The warehouse", outcome, so_far, ask, _warehouse)


def arrives(outcome: Outcome) -> bool:
    """Whether the vendor may have carried out what this attempt asked, for all that its outcome tells.

    429, 503 and 501 are said before any work is done; other answers of 500 and above may come after it.
    """
    match outcome:
        case NoAnswer(may_have_arrived=it_may):
            return it_may
        case Unreadable():
            return True
        case Answer(status=status):
            return status >= 500 and status not in (501, 503)


def _bigcommerce(vendor: str, answer: Answer, so_far: SoFar) -> Verdict:
    match answer.status:
        case 204:
            return Take()
        case 404 if media_type_of(answer) == "text/html" and answer.body.strip():
            # Only the vendor's own 404 means "does not exist"; a web server's page means a wrong address.
            return _unreadable(vendor, Unreadable("answered with a web page instead of JSON"), so_far)
        case 401:
            return NotAllowed("BigCommerce does not accept the access token: make a new store-level API account.")
        case 403:
            return NotAllowed(
                "BigCommerce does not allow this (403): check the token's scopes, the store hash and the plan."
            )
        case 429:
            waits = [
                seconds_in(answer.headers, "x-rate-limit-time-reset-ms", per_second=1000),
                seconds_in(answer.headers, "x-retry-after"),
                seconds_in(answer.headers, "retry-after"),
            ]
            wait_s = max((wait for wait in waits if wait is not None), default=None)
            return _again(vendor, "is throttling us", so_far, wait_s)
        case 423:
            return _again(vendor, "has locked this record for now", so_far, None)
        case 507:
            return Refused("BigCommerce refuses: a limit of the store's plan is reached (507).", status=507)
        case _:
            return _any_status(vendor, answer, so_far)


def _xero(vendor: str, answer: Answer, so_far: SoFar) -> Verdict:
    match answer.status:
        case 304 | 400:  # 304: nothing changed since; only a question that named a moment can read it
            return Take()
        case 401:
            closed = NotAllowed("Xero does not accept our token: the connection was removed, or a scope is missing.")
            return closed if so_far.renewed else RetryIn(0.0, or_else=closed)
        case 403:
            return NotAllowed("Xero does not allow this (403): check the connection's scopes and the organisation.")
        case 429:
            wait_s = seconds_in(answer.headers, "retry-after")
            limit = answer.headers.get("x-rate-limit-problem", "").strip().lower()
            if limit == "day" or (not limit and (wait_s or 0) > DAY_LIMIT_FROM_S):
                return DayLimitSpent(f"Xero has no calls left today{_in_words(wait_s)}.", retry_after_s=wait_s)
            return _again(vendor, "is throttling us", so_far, wait_s)
        case _:
            return _any_status(vendor, answer, so_far)


def _xero_token(vendor: str, answer: Answer, so_far: SoFar) -> Verdict:
    match answer.status:
        case 400 | 401 | 403:
            why = "; ".join(problems_of(answer)) or str(answer.status)
            return NotAllowed(f"Xero gives no token ({why}): check the client id, its secret and the scopes.")
        case 429:
            return _again(vendor, "is throttling us", so_far, seconds_in(answer.headers, "retry-after"))
        case _:
            return _any_status(vendor, answer, so_far)


def _warehouse(vendor: str, answer: Answer, so_far: SoFar) -> Verdict:
    match answer.status:
        case 401 | 403:
            return NotAllowed(
                f"The warehouse does not let us in ({answer.status}): check the token in the Connection's password."
            )
        case 404 | 410:
            return NotUnderstood(
                f"The warehouse has no feed at this address ({answer.status}): check the Connection's URL."
            )
        case 429:
            return _again(vendor, "is throttling us", so_far, wait_in(answer.headers))
        case status if 400 <= status < 500 and status != 408:
            return NotUnderstood(f"The warehouse refuses to give the feed ({status}): check the Connection's URL.")
        case status if 500 <= status < 600 and status != 501:
            return _again(vendor, f"answered {status}", so_far, wait_in(answer.headers))
        case _:
            return _any_status(vendor, answer, so_far)


def _any_status(vendor: str, answer: Answer, so_far: SoFar) -> Verdict:
    """What a status means with every vendor."""
    match answer.status:
        case status if 200 <= status < 300:
            return Take()
        case status if 300 <= status < 400:
            host = urlsplit(answer.headers.get("location", "")).hostname or "an unnamed place"
            return NotUnderstood(f"{vendor} sends us elsewhere ({status}, to {host[:100]}): check the base URL.")
        case 501:
            return NotUnderstood(f"{vendor} does not know this call (501).")
        case 408:
            return _again(vendor, "took too long", so_far, None)
        case status if 400 <= status < 500:
            problems = problems_of(answer)
            said = f": {problems[0][:200]}" if problems else ""
            return Refused(f"{vendor} refused the call ({status}){said}", status=status, problems=problems)
        case status if 500 <= status < 600:
            return _again(vendor, f"answered {status}", so_far, seconds_in(answer.headers, "retry-after"))
        case status:
            return NotUnderstood(f"{vendor} answered with a status that does not exist ({status}).")


def _again(vendor: str, what: str, so_far: SoFar, wait_s: float | None) -> Verdict:
    """Retry while attempts are left and the wait is one that a worker may sleep."""
    tries = f" {so_far.attempt + 1} times" if so_far.attempt else ""
    later_s = DOWN_FOR_S if wait_s is None else wait_s
    given_up = Unavailable(f"{vendor} {what}{tries}{_in_words(wait_s)}.", retry_after_s=later_s)
    sleep_s = WAIT_FIRST_S * 2**so_far.attempt if wait_s is None else wait_s
    if so_far.attempt + 1 >= ATTEMPTS_MAX or sleep_s > WAIT_MAX_S:
        return given_up
    return RetryIn(sleep_s, or_else=given_up)


def _unreadable(vendor: str, outcome: Unreadable, so_far: SoFar) -> Verdict:
    error = NotUnderstood(
        f"{vendor} {outcome.what}. Nothing was taken from it; if it stays so, check the base URL and any proxy between."
    )
    last = so_far.attempt + 1 >= ATTEMPTS_MAX
    if outcome.once_more and not so_far.unreadable and not last:
        return RetryIn(WAIT_FIRST_S, or_else=error, unreadable=True)
    return error


def _settled(
    vendor: str, outcome: Outcome, so_far: SoFar, ask: Ask, of_status: Callable[[str, Answer, SoFar], Verdict]
) -> Verdict:
    match outcome:
        case NoAnswer(what=what):
            verdict = _again(vendor, what, so_far, None)
        case Unreadable():
            verdict = _unreadable(vendor, outcome, so_far)
        case Answer():
            verdict = of_status(vendor, outcome, so_far)
    if ask == "read" or isinstance(verdict, Take):
        return verdict
    may_have_arrived = so_far.may_have_arrived or arrives(outcome)
    if isinstance(verdict, RetryIn):
        if ask == "write" and may_have_arrived:
            return unknown(verdict.or_else)
        return replace(verdict, or_else=unknown(verdict.or_else)) if may_have_arrived else verdict
    return unknown(verdict) if may_have_arrived else verdict


def unknown(error: ApiError) -> OutcomeUnknown:
    """The same trouble, for a write that may have been carried out all the same."""
    if isinstance(error, OutcomeUnknown):
        return error
    sentence = f"It is unknown whether the write was carried out; the last that was heard: {error}"
    return OutcomeUnknown(sentence, retry_after_s=getattr(error, "retry_after_s", None))


def _in_words(wait_s: float | None) -> str:
    if wait_s is None:
        return ""
    if wait_s < 120:
        return f"; it asks for {wait_s:.0f} s"
    return f"; it asks for {wait_s / 3600:.1f} h" if wait_s >= 7200 else f"; it asks for {wait_s / 60:.0f} min"
