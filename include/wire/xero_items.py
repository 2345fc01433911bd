"""Items as Xero spells them: what is sent of one, what stands there, and whether it is what was sent (reference xero.md 7)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from include.domain.item import FIELDS, PRICE, as_compared
from include.domain.item_decision import Standing
from include.wire.xero_documents import encoded

Json = Mapping[str, Any]
DETAILS = "SalesDetails"


def item_body(code: str, fields: Mapping[str, str], standing: Standing | None = None) -> str:
    """An item as Xero's body. Never its purchase side and no quantity.

    standing  the item that is changed. Whether Xero keeps a price whose account alone is sent is not known, so the sales
              details go whole: ours where they changed, Xero's own elsewhere.
    """
    body: dict[str, Any] = {"Code": code} if standing is None else {"ItemID": standing.item_id, "Code": standing.code}
    whole = dict(fields)
    if standing is not None and any(name.startswith(DETAILS) for name in fields):
        theirs = {name: text for name, text in standing.fields.items() if name.startswith(DETAILS) and text}
        whole = {**theirs, **fields}
    details: dict[str, Any] = {}
    for name in FIELDS:
        if name in whole:
            _, nested, last = name.rpartition(".")
            (details if nested else body)[last] = Decimal(whole[name]) if name == PRICE else whole[name]
    return encoded(body | ({DETAILS: details} if details else {}))


def standing_of(row: Json) -> Standing:
    """An item of Xero's list. A field that it has not is empty text."""
    return Standing(str(row["ItemID"]).lower(), str(row.get("Code") or ""), dict(_fields(row)))


def sent_of(body: Json) -> dict[str, str]:
    """The fields that a stored body sent, as they are remembered."""
    return {name: text for name, text in _fields(body) if text}


def unlike_item(sent: Mapping[str, str], kept: Json) -> list[str]:
    """What Xero keeps otherwise than it was sent, in words, a field each."""
    there = dict(_fields(kept))
    return [
        f"{name} was sent as {text!r} and is {there[name]!r}"
        for name, text in sent.items()
        if as_compared(name, there[name]) != text
    ]


def is_item(sent: Json, kept: Json) -> bool:
    """Whether an item stands as it was sent, each field that was."""
    return not unlike_item(sent_of(sent), kept)


def _fields(row: Json) -> Iterator[tuple[str, str]]:
    details = row.get(DETAILS) or {}
    for name in FIELDS:
        _, nested, last = name.rpartition(".")
        value = (details if nested else row).get(last)
        yield name, "" if value is None else _price(value) if name == PRICE else str(value)


def _price(value: Any) -> str:
    price = Decimal(str(value)).normalize()
    return f"{price or abs(price):f}"
