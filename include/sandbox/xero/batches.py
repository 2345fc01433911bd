"""Several elements in one call, judged one by one, answered as `summarizeErrors` asks (reference xero.md 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from include.sandbox.ground import Answer, Asked, NeverSeen
from include.sandbox.xero.answers import envelope
from include.sandbox.xero.dates import UnreadableDate
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.reading import Verdict, is_true
from include.sandbox.xero.records import Json


@dataclass(frozen=True)
class Outcome:
    """One element after its turn: how it is answered, and what was said about it."""

    shown: Json
    verdict: Verdict


_NAMES = ("InvoiceNumber", "CreditNoteNumber", "Name")
Work = Callable[[Mapping[str, Any], Verdict], Json]
Echo = Callable[[Mapping[str, Any]], Json]


def run(
    ledger: Ledger, asked: Asked, list_key: str, work: Work, *, may_be_bare: bool = False, echo: Echo | None = None
) -> Answer:
    """The answer to a write of a list. `work` stores an element and gives its answer, or fills the verdict and echoes.

    echo  how an element that an operator has refused comes back, where its names alone would be too little

    Without `summarizeErrors=false` one bad element makes the call a 400 that lists the bad ones only, and nothing is
    stored: whether Xero keeps the good ones then is [U], so nobody may rely on either.
    """
    elements = elements_of(asked, list_key, may_be_bare=may_be_bare)
    is_summarised = "summarizeErrors" not in asked.query or is_true(asked.query["summarizeErrors"])
    snapshot = ledger.snapshot()
    try:
        outcomes = []
        for position, element in enumerate(elements, start=1):
            verdict = Verdict()
            if asked.refuse_every and position % asked.refuse_every == 0:
                outcomes.append(refused_as_told(element, echo))
                continue
            outcomes.append(Outcome(work(element, verdict), verdict))
    except UnreadableDate as unreadable:
        ledger.restore(snapshot)
        return Answer(400, {"ErrorNumber": 14, "Type": "PostDataInvalidException", "Message": str(unreadable)})
    except NeverSeen:
        ledger.restore(snapshot)
        raise
    if is_summarised and any(outcome.verdict.errors for outcome in outcomes):
        ledger.restore(snapshot)
        return refused([_shown(outcome) for outcome in outcomes if outcome.verdict.errors])
    shown = [_shown(outcome, with_status=not is_summarised) for outcome in outcomes]
    return Answer(200, envelope(ledger, list_key, shown))


def refused_as_told(element: Mapping[str, Any], echo: Echo | None = None) -> Outcome:
    """An element that an operator has refused; the sentence is ours."""
    verdict = Verdict()
    verdict.errors.append("The sandbox was told to refuse this.")
    shown = echo(element) if echo is not None else {name: element[name] for name in _NAMES if name in element}
    return Outcome(shown, verdict)


def elements_of(asked: Asked, list_key: str, *, may_be_bare: bool = False) -> list[Any]:
    """The elements of a request's body. Raises NeverSeen for a body of another form.

    `may_be_bare`: the body may be one element without its list, where the spec says so.
    """
    if not asked.headers.get("content-type", "").startswith("application/json"):
        raise NeverSeen(f"a body of type {asked.headers.get('content-type')!r}")
    try:
        body = asked.json()
    except ValueError:
        raise NeverSeen("a body that is not JSON") from None
    if isinstance(body, dict) and isinstance(body.get(list_key), list):
        return list(body[list_key])
    if may_be_bare and isinstance(body, dict) and list_key not in body:
        return [body]
    raise NeverSeen(f'a body other than {{"{list_key}": [...]}}')


def refused(elements: list[Json]) -> Answer:
    """The summarised refusal (recorded in docketworks-400-contact-duplicate-name)."""
    body = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": elements,
    }
    return Answer(400, body)


def _shown(outcome: Outcome, *, with_status: bool = False) -> Json:
    """The element's answer with what was said about it. A status comes only with `summarizeErrors=false` (recorded)."""
    shown, verdict = dict(outcome.shown), outcome.verdict
    if with_status:
        shown["StatusAttributeString"] = "ERROR" if verdict.errors else "WARNING" if verdict.warnings else "OK"
    if verdict.errors:
        shown["ValidationErrors"] = [{"Message": sentence} for sentence in verdict.errors]
    if verdict.warnings:
        shown["Warnings"] = [{"Message": sentence} for sentence in verdict.warnings]
    return shown
