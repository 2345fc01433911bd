"""The messages inside a refusal, in whichever of the vendors' shapes it comes.

BigCommerce V2   [{"status": 404, "message": "..."}]                                    bigcommerce.md 2
BigCommerce V3   {"title": "...", "errors": {"field": "..."}}                           bigcommerce.md 2
Xero             {"Type": "ValidationException", "Elements": [{"ValidationErrors": [{"Message": "..."}]}]}   xero.md 3.2
Xero's gateway   {"Title": "...", "Detail": "..."}, in both letter cases                xero.md 3.6
OAuth            {"error": "invalid_client"}                                            xero.md 1.2

Only these fields are read. The rest of a refusal echoes what was sent, which may be somebody's address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from include.clients.answers import Answer, Unreadable, json_in
from include.clients.errors import cut

_DEPTH_MAX = 12


def problems_of(answer: Answer) -> tuple[str, ...]:
    """The vendor's messages in a refusal, without repeats and within the limits of `errors.cut`; empty if none."""
    try:
        content = json_in(answer)
    except Unreadable:
        return ()
    return cut(list(_messages(content)))


def validation_messages(content: Any, key: str = "ValidationErrors", depth: int = 0) -> Iterator[str]:
    """Every `Message` under any `ValidationErrors` inside, outermost first: Xero hangs them on lines and contacts too."""
    if depth > _DEPTH_MAX:
        return
    if isinstance(content, Mapping):
        yield from messages_in(content.get(key))
        for name, value in content.items():
            if name != key:
                yield from validation_messages(value, key, depth + 1)
    elif isinstance(content, list):
        for value in content:
            yield from validation_messages(value, key, depth + 1)


def messages_in(entries: Any) -> Iterator[str]:
    """The `Message` of each entry of a list such as `ValidationErrors` or `Warnings`."""
    if isinstance(entries, list):
        for entry in entries:
            if isinstance(entry, Mapping) and isinstance(message := entry.get("Message"), str):
                yield message


def _messages(content: Any) -> Iterator[str]:
    if isinstance(content, list):
        for entry in content:
            if isinstance(entry, Mapping) and isinstance(message := entry.get("message"), str):
                yield message
        return
    if not isinstance(content, Mapping):
        return
    found = list(validation_messages(content))
    yield from found
    if found:
        return
    by_name = {str(name).lower(): value for name, value in content.items()}
    errors = by_name.get("errors")
    if isinstance(errors, Mapping):
        yield from (f"{field}: {message}" for field, message in errors.items() if isinstance(message, str))
    for name in ("message", "title", "detail", "error"):
        if isinstance(by_name.get(name), str):
            yield by_name[name]
