"""What a warehouse has, and how it writes that down."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from include.sandbox.ground import Clock

TOKEN = "sandbox-warehouse-token"
COLUMNS = ("sku", "on_hand", "location", "as_of")


class Shelves:
    """Levels by SKU and location, in the order in which they were first set.

    tokens      what opens the feed.
    separator   of the CSV.
    with_bom    whether the CSV begins with a byte order mark, as a spreadsheet writes it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._levels: dict[tuple[str, str | None], tuple[str, datetime | None]] = {}
        self.tokens = {TOKEN}
        self.separator = ","
        self.with_bom = False

    def set(self, sku: str, on_hand: object, location: str | None = None, as_of: datetime | str | None = None) -> None:
        """State a level, whatever it is: a warehouse may be wrong. `as_of`: without it, the moment of asking."""
        moment = datetime.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        self._levels[sku, location] = (str(on_hand), moment)

    def forget(self, sku: str, location: str | None = None) -> None:
        """Leave a level out of the feed. Raises KeyError for one that is not in it."""
        del self._levels[sku, location]

    def stated(self) -> dict[str, Any]:
        """The feed as JSON: amounts as text, `location` only where there is one."""
        return {
            "levels": [
                {name: value for name, value in zip(COLUMNS, row, strict=True) if name != "location" or value}
                for row in self._rows()
            ]
        }

    def written(self) -> str:
        """The feed as CSV, each row ended by a line break (RFC 4180)."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.separator)
        writer.writerow(COLUMNS)
        writer.writerows(self._rows())
        return ("\ufeff" if self.with_bom else "") + text.getvalue()

    def _rows(self) -> list[tuple[str, str, str, str]]:
        now = self._clock.now()
        return [
            (sku, on_hand, location or "", (as_of or now).isoformat(timespec="seconds"))
            for (sku, location), (on_hand, as_of) in self._levels.items()
        ]
