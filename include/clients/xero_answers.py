"""What Xero said: what became of each element of a write, and the rows of a list.

With `summarizeErrors=false` Xero answers 200 and says element by element what was stored and what was not; without
it, one bad element turns everything into a 400 (xero.md 3.2). Elements are matched by position, and where both sides
carry our own number it must be the same one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from include.clients.answers import Answer, Unreadable, json_in
from include.clients.errors import ApiError, NotUnderstood, OutcomeUnknown, Refused, cut
from include.clients.problems import messages_in, problems_of, validation_messages
from include.clients.xero_questions import folded

ELEMENTS_MAX = 50  # xero.md 2.3
WRITE_BYTES_MAX = 3_000_000  # xero.md 2.3
_NO_ID = "00000000-0000-0000-0000-000000000000"

# For each kind of element: its id, and the number of our own by which we know it.
_ID_AND_NUMBER: Mapping[str, tuple[str, str]] = {
    "Contacts": ("ContactID", "ContactNumber"),
    "Items": ("ItemID", "Code"),
    "Invoices": ("InvoiceID", "InvoiceNumber"),
    "CreditNotes": ("CreditNoteID", "CreditNoteNumber"),
    "Payments": ("PaymentID", "Reference"),
    "Allocations": ("AllocationID", ""),
}


@dataclass(frozen=True, slots=True)
class Element:
    """One element's fate in a bulk write.

    position   its place in the body that was sent, from 0.
    ok         stored. If not, `problems` says why, in Xero's words.
    xero_id    its id in Xero, None when not stored. An allocation may have none.
    number     its number as Xero says it (ContactNumber, InvoiceNumber, CreditNoteNumber, an item's Code, a payment's Reference).
    warnings   what Xero stored with a doubt, in its words.
    content    all that Xero said of it. For one not stored: an echo of what was sent.
    """

    position: int
    ok: bool
    xero_id: str | None
    number: str | None
    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    content: Mapping[str, Any] = field(repr=False)


def elements_in(body: bytes, kind: str) -> list[Mapping[str, Any]]:
    """The elements of a body that is about to be sent. Raises ValueError for one that must not leave."""
    if len(body) > WRITE_BYTES_MAX:
        raise ValueError(f"a body of {len(body)} bytes is more than Xero takes: send fewer elements")
    content = json.loads(body, parse_float=Decimal)
    elements = content.get(kind, [content]) if isinstance(content, dict) else content
    if not isinstance(elements, list) or not all(isinstance(element, dict) for element in elements):
        raise ValueError(f"the body holds no list of {kind}")
    if not 0 < len(elements) <= ELEMENTS_MAX:
        raise ValueError(f"a body holds 1 to {ELEMENTS_MAX} elements, not {len(elements)}")
    return elements


def fates_in(answer: Answer, kind: str, sent: Sequence[Mapping[str, Any]]) -> list[Element]:
    """What became of each element sent, in the order sent.

    Raises Refused when all were refused together, OutcomeUnknown when Xero's words do not settle each one's fate,
    Unreadable when it is no answer of Xero's.
    """
    if answer.status == 400:
        return _fates_in_refusal(answer, kind, sent)
    content = json_in(answer)
    found = content.get(kind) if isinstance(content, dict) else None
    if not isinstance(found, list) or not all(isinstance(element, dict) for element in found):
        raise Unreadable(f"sent no {kind} where they are documented")
    if len(found) != len(sent):
        raise OutcomeUnknown(
            f"Xero answered with {len(found)} {kind} to {len(sent)} sent: which are stored is unknown."
        )
    return [
        _fate(kind, position, ours, theirs) for position, (ours, theirs) in enumerate(zip(sent, found, strict=True))
    ]


def rows_in(answer: Answer, kind: str) -> tuple[list[Mapping[str, Any]], int | None]:
    """The rows of a list, and how many pages there are if the answer says so. Raises Unreadable."""
    content = json_in(answer)
    rows = content.get(kind) if isinstance(content, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable(f"sent no {kind} where they are documented")
    pagination = content.get("pagination")
    pages = pagination.get("pageCount") if isinstance(pagination, dict) else None
    return rows, pages if isinstance(pages, int) else None


def only(
    rows: list[Mapping[str, Any]], is_wanted: Callable[[Mapping[str, Any]], bool], what: str
) -> list[Mapping[str, Any]]:
    """The rows. Raises NotUnderstood if one was not asked for: a filter that is ignored would give us all the books."""
    if not all(is_wanted(row) for row in rows):
        raise NotUnderstood(f"Xero ignores the filter in our question: it sent {what} that were not asked for.")
    return rows


def _fates_in_refusal(answer: Answer, kind: str, sent: Sequence[Mapping[str, Any]]) -> list[Element]:
    try:
        content = json_in(answer)
    except Unreadable:
        content = None
    problems = problems_of(answer)
    elements = content.get("Elements") if isinstance(content, dict) else None
    refused = isinstance(elements, list) and [element for element in elements if isinstance(element, dict)]
    if refused:
        why = [cut(list(validation_messages(element))) for element in refused]
        if len(refused) == len(sent) and all(why):
            return [
                Element(
                    position,
                    False,
                    None,
                    _text(element, _ID_AND_NUMBER[kind][1]),
                    messages,
                    _warnings(element),
                    element,
                )
                for position, (element, messages) in enumerate(zip(refused, why, strict=True))
            ]
        if len(sent) > 1:
            # Xero may list only the bad ones, and whether it stored the others is not known (xero.md 3.2).
            raise OutcomeUnknown(
                f"Xero refused {len(refused)} of {len(sent)} {kind}; the fate of the others is unknown."
            )
    # The only refusal that is told by its words: Xero gives it no status of its own (xero.md 10).
    if any("idempotency key" in problem.lower() and "different request" in problem.lower() for problem in problems):
        raise OutcomeUnknown("Xero has seen this key with other bytes: what it stored then must be read back.")
    raise refusal_in(answer)


def refusal_in(answer: Answer) -> ApiError:
    """The error for a 400 as a whole, with Xero's messages."""
    problems = problems_of(answer)
    said = f": {problems[0][:200]}" if problems else " without a reason"
    return Refused(f"Xero refused the call (400){said}", status=400, problems=problems)


def _fate(kind: str, position: int, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Element:
    id_name, number_name = _ID_AND_NUMBER[kind]
    number = _text(theirs, number_name)
    if number and (asked := _text(ours, number_name)) and folded(asked) != folded(number):
        raise OutcomeUnknown(f"Xero's {kind} came in another order than they were sent: read them back.")
    xero_id = _text(theirs, id_name)
    xero_id = None if xero_id == _NO_ID else xero_id
    # Xero has been seen to say OK beside validation errors (xero.md 11.8), so each sign of trouble counts.
    failed = (
        str(theirs.get("StatusAttributeString", "")).upper() == "ERROR"
        or bool(theirs.get("HasErrors"))
        or bool(theirs.get("HasValidationErrors"))
        or any(messages_in(theirs.get("ValidationErrors")))
    )
    if failed:
        problems = cut(list(validation_messages(theirs))) or ("Xero gave no reason",)
        # A failed update echoes the id of a record that is there all the same; it says nothing of this write.
        return Element(position, False, None, number, problems, _warnings(theirs), theirs)
    if xero_id is None and kind != "Allocations":
        raise OutcomeUnknown(f"Xero gave neither an id nor a reason for one of the {kind}: read it back.")
    return Element(position, True, xero_id, number, (), _warnings(theirs), theirs)


def _warnings(element: Mapping[str, Any]) -> tuple[str, ...]:
    return cut(list(validation_messages(element, "Warnings")))


def _text(element: Mapping[str, Any], name: str) -> str | None:
    found = element.get(name) if name else None
    return found if isinstance(found, str) and found else None
