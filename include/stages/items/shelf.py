"""What Xero lists of items at one moment, found by id and by code."""

from collections.abc import Mapping, Sequence
from typing import Any

from include.domain.item_code import folded
from include.domain.item_decision import Standing
from include.wire.xero_items import standing_of


class Shelf:
    """All items of the organisation. Whether an archived one is listed is not known: what is missing is never made anew."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        standing = [standing_of(row) for row in rows]
        self._by_id = {each.item_id: each for each in standing}
        # Of two codes that differ by letter case alone neither is ours for sure; the first is taken.
        self._by_code = {folded(each.code): each for each in reversed(standing)}

    def with_id(self, item_id: object) -> Standing | None:
        """The item of this id."""
        return self._by_id.get(str(item_id).lower()) if item_id is not None else None

    def coded(self, code: str) -> Standing | None:
        """The item of this code, in whatever letter case."""
        return self._by_code.get(folded(code))
