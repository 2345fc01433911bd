"""The shop's stock: what a page of it must look like, and what an adjustment may say (bigcommerce.md 8)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from include.clients.answers import Answer, Unreadable, json_in
from include.clients.bigcommerce_calls import ADJUST_ABSOLUTE, ADJUST_RELATIVE
from include.clients.bigcommerce_parts import RawPart
from include.clients.errors import NotUnderstood
from include.clients.paging import Page
from include.clients.sending import Call

How = Literal["absolute", "relative"]

STOCK_ROWS = 1000  # of a page of items or locations, bigcommerce.md 8
ADJUSTED_ROWS_MAX = 2000  # of one adjustment
QUANTITY_MAX = 2_147_483_647  # of an item at a location; over it the vendor saves nothing
REASON_CHARS_MAX = 255  # ours: no limit is documented
_IDENTITIES = ("sku", "variant_id", "product_id")
_ROW = {"location_id", "quantity"}


def adjustment(how: How) -> Call:
    """The call that sets stock, or the one that adds to it."""
    return ADJUST_ABSOLUTE if how == "absolute" else ADJUST_RELATIVE


def adjustment_body(rows: Sequence[Mapping[str, Any]], how: How, reason: str) -> bytes:
    """The bytes of an adjustment. Raises ValueError for rows that the vendor must refuse or could misread.

    Two rows on one item and location are refused here: in which order the vendor takes them is not known.
    """
    if not 0 < len(rows) <= ADJUSTED_ROWS_MAX:
        raise ValueError(f"an adjustment has 1 to {ADJUSTED_ROWS_MAX} rows, not {len(rows)}")
    if not 0 < len(reason) <= REASON_CHARS_MAX:
        raise ValueError(f"the reason of an adjustment has 1 to {REASON_CHARS_MAX} characters")
    seen: set[tuple[object, ...]] = set()
    for at, row in enumerate(rows):
        named = _ROW ^ row.keys()
        if len(named) != 1 or not named <= {*_IDENTITIES}:
            raise ValueError(f"row {at}: location_id, quantity and one of {', '.join(_IDENTITIES)} make a row")
        [identity] = named
        _check_row(at, row, identity, how)
        item = (row["location_id"], identity, row[identity])
        if item in seen:
            raise ValueError(f"row {at}: this item of this location has a row already")
        seen.add(item)
    return json.dumps({"reason": reason, "items": [dict(row) for row in rows]}, separators=(",", ":")).encode()


def transaction_in(answer: Answer) -> str:
    """The id of the adjustment that was taken. Raises Unreadable for any other answer: it may have been taken or not."""
    if answer.status != 200:
        raise Unreadable(f"answered {answer.status} where 200 is the one answer that says it was done")
    content = json_in(answer)
    found = content.get("transaction_id") if isinstance(content, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int) or not str(found):
        raise Unreadable("took the adjustment without naming its transaction")
    return str(found)


def stock_checked(page: Page[RawPart], location_id: int | None) -> Page[RawPart]:
    """The same page. Raises NotUnderstood when it holds stock of a location that was not asked for."""
    rows = page.content.content.get("data", []) if location_id is not None else []
    for row in rows:
        places = row.get("locations") if isinstance(row, Mapping) else None
        for place in places if isinstance(places, list) else ():
            found = place.get("location_id") if isinstance(place, Mapping) else None
            if isinstance(found, int) and found != location_id:
                raise NotUnderstood(
                    f"BigCommerce ignores the location in our question: stock of location {found} came for {location_id}."
                )
    return page


def _check_row(at: int, row: Mapping[str, Any], identity: str, how: How) -> None:
    if not _is_whole(row["location_id"]):
        raise ValueError(f"row {at}: location_id is a whole number")
    least = 0 if how == "absolute" else -QUANTITY_MAX
    if not _is_whole(row["quantity"]) or not least <= row["quantity"] <= QUANTITY_MAX:
        raise ValueError(f"row {at}: a quantity is a whole number from {least} to {QUANTITY_MAX}")
    named = row[identity]
    if not (isinstance(named, str) and named.strip() if identity == "sku" else _is_whole(named)):
        raise ValueError(
            f"row {at}: {identity} is {'text that is not blank' if identity == 'sku' else 'a whole number'}"
        )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
