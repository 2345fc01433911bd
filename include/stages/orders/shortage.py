"""Xero refuses to sell what it has not on hand: which item, and how many are missing (reference xero.md 7).

The order waits as `stock_short`. It is looked at again every few hours, and at once when a stock run sees that enough is in.
"""

import json
from decimal import Decimal
from typing import Any

from include.clients.errors import ApiError
from include.clients.xero import Xero
from include.database.connection import Row
from include.domain.money import ZERO
from include.domain.outcome import Hold


def shortage_of(row: Row, on_hand: dict[str, Decimal], words: str) -> Hold:
    """The hold that names the first item of which the invoice takes more than there is; else Xero's own words."""
    for code, needed in sorted(_taken_by(bytes(row["body"])).items()):
        there = on_hand.get(code)
        if there is not None and needed > there:
            sentence = (
                f"Xero has {there.normalize():f} of {code} on hand and the invoice takes {needed.normalize():f}: "
                f"{(needed - max(there, ZERO)).normalize():f} are missing."
            )
            figures = {"item": code, "on hand": f"{there.normalize():f}", "needed": f"{needed.normalize():f}"}
            return Hold("stock_short", sentence, figures)
    return Hold("stock_short", words)


def on_hand_in(books: Xero) -> dict[str, Decimal]:
    """What Xero has of each tracked item, in one call; nothing where it does not answer: its refusal has words too."""
    try:
        items = books.items()
    except ApiError:
        return {}
    return {
        str(item["Code"]): Decimal(str(item["QuantityOnHand"]))
        for item in items
        if item.get("IsTrackedAsInventory") and item.get("QuantityOnHand") is not None
    }


def _taken_by(body: bytes) -> dict[str, Decimal]:
    content: dict[str, Any] = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    taken: dict[str, Decimal] = {}
    for line in content.get("LineItems") or ():
        if line.get("ItemCode"):
            taken[line["ItemCode"]] = taken.get(line["ItemCode"], ZERO) + Decimal(str(line.get("Quantity") or 0))
    return taken
