"""Xero's dates: milliseconds since 1970, already UTC, in a wrapper; often with a readable twin (xero.md 3.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

_WRAPPED = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_1970 = datetime(1970, 1, 1, tzinfo=UTC)


def moment_of(text: str) -> datetime:
    """The moment, aware, UTC. Raises ValueError for what is no date of Xero's.

    The offset in `/Date(1518685950940+1300)/` is information for people; the milliseconds are UTC whatever it says.

    >>> moment_of("/Date(1789344000000+1300)/")
    datetime.datetime(2026, 9, 14, 0, 0, tzinfo=datetime.timezone.utc)
    >>> moment_of("2026-09-14T09:29:59Z")
    datetime.datetime(2026, 9, 14, 9, 29, 59, tzinfo=datetime.timezone.utc)
    """
    found = _WRAPPED.fullmatch(text)
    if found:
        try:
            # timedelta, since a platform's own conversion refuses times before 1970 or after 2038.
            return _1970 + timedelta(milliseconds=int(found[1]))
        except OverflowError:
            raise ValueError(f"not a date of Xero's: {text[:60]!r}") from None
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def date_in(element: Mapping[str, Any], name: str) -> date | None:
    """The calendar date in `Date`, `DueDate` and the like, or None if the element has none.

    From the twin `DateString` where there is one, else the UTC date: shifting it to local time loses a day.
    Raises ValueError for what is no date of Xero's.
    """
    said = element.get(f"{name}String") or element.get(name)
    return moment_of(said).date() if isinstance(said, str) and said else None
