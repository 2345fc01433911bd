"""How the pages write amounts, dates and quantities, whichever way the vendors spelled them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from include.sandbox.bigcommerce.moments import read

#: Currencies without cents.
_WHOLE = {"JPY", "KRW", "VND"}


def money(value: Any, currency: str = "") -> str:
    """An amount with its thousands apart: two decimals, more only where the figure has more; a true minus sign."""
    amount = Decimal(str(value if value not in (None, "") else 0))
    exponent = amount.normalize().as_tuple().exponent
    least = 0 if currency in _WHOLE else 2
    places = max(least, -exponent if isinstance(exponent, int) else 0)
    return f"{amount:,.{places}f}".replace("-", "\u2212")


def count(value: Any) -> str:
    """A quantity without idle zeros."""
    amount = Decimal(str(value if value is not None else 0)).normalize()
    return f"{amount:,f}"


def xero_date(value: Any) -> str:
    """A date of the books, `24 Nov 2026`, from Xero's `/Date(…)/` or a date-time text; empty stays empty."""
    text = str(value or "")
    if found := re.match(r"/Date\((-?\d+)", text):
        moment = datetime.fromtimestamp(int(found[1]) / 1000, UTC)
    elif text:
        moment = datetime.fromisoformat(text)
    else:
        return ""
    return _day(moment)


def moment(value: Any, zone: str) -> str:
    """A moment of the shop in its own zone, `24 Nov 2026, 12:15`; empty stays empty."""
    found = read(str(value or ""))
    if found is None:
        return ""
    local = found.astimezone(ZoneInfo(zone))
    return f"{_day(local)}, {local:%H:%M}"


def _day(value: datetime) -> str:
    return f"{value.day} {value:%b %Y}"


def segment(value: Any) -> str:
    """A text as one part of an address."""
    return quote(str(value), safe="")


def tone(status: Any) -> str:
    """The colour family of a status: done, open, off or plain. The words always stand beside it."""
    word = str(status).lower()
    if word in ("paid", "completed", "shipped", "captured", "ok"):
        return "done"
    if word in ("draft", "submitted", "authorised", "pending", "awaiting payment", "authorized", "partially refunded"):
        return "open"
    if word in ("voided", "deleted", "cancelled", "declined", "archived", "error", "refunded", "incomplete"):
        return "off"
    return "plain"


FILTERS: dict[str, Callable[..., str]] = {
    "money": money,
    "count": count,
    "xero_date": xero_date,
    "moment": moment,
    "segment": segment,
    "tone": tone,
}
