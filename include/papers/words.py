"""How figures, days and ages are written for people. A figure is never rounded away: where it has more decimals than its
currency, they are shown.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from include.domain.money import minor_digits

MINUS = "−"
NOTHING = "–"
_CONTROLS = dict.fromkeys((*range(32), 127, 0x2028, 0x2029), " ")


def money(amount: Decimal | None, currency: str) -> str:
    """The amount without its currency, thousands set apart; a dash where that side has nothing.

    >>> money(Decimal("-1234.5000"), "AUD")
    '−1,234.50'
    >>> money(Decimal("1200.0000"), "JPY")
    '1,200'
    >>> money(Decimal("0.004"), "AUD")
    '0.004'
    """
    if amount is None:
        return NOTHING
    return f"{exact(amount, currency):,f}".replace("-", MINUS)


def exact(amount: Decimal, currency: str) -> Decimal:
    """The same amount, with as many decimals as its currency has, or more where it needs them. Zero has no sign."""
    digits = minor_digits(currency)
    exponent = amount.normalize().as_tuple().exponent
    needed = max(digits, -exponent) if isinstance(exponent, int) else digits
    return amount.quantize(Decimal(1).scaleb(-needed)) + 0


def sums(amounts: Mapping[str, Decimal]) -> str:
    """Sums of several currencies, never added to each other.

    >>> sums({"AUD": Decimal(1431), "JPY": Decimal(90)})
    'AUD 1,431.00 + JPY 90'
    """
    return " + ".join(f"{currency} {money(amount, currency)}" for currency, amount in sorted(amounts.items()))


def whole(count: int) -> str:
    """A count, thousands set apart.

    >>> whole(12345)
    '12,345'
    """
    return f"{count:,}".replace("-", MINUS)


def quantity(units: Decimal | int | None) -> str:
    """A number of units, without the zeros that a database keeps.

    >>> quantity(Decimal("12.5000"))
    '12.5'
    """
    if units is None:
        return NOTHING
    return f"{Decimal(units).normalize():,f}".replace("-", MINUS)


def many(count: int, one: str, more: str = "") -> str:
    """How many of something.

    >>> many(1, "difference"), many(3, "difference")
    ('1 difference', '3 differences')
    """
    return f"{whole(count)} {one if count == 1 else more or one + 's'}"


def day(of: date, with_weekday: bool = False) -> str:
    """A day as it is said: 24 November 2026, with its weekday where it stands alone."""
    said = f"{of.day} {of:%B %Y}"
    return f"{of:%A}, {said}" if with_weekday else said


def zone(name: str) -> tzinfo:
    """The time zone of that name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def moment(at: datetime, zone_name: str) -> str:
    """A moment by the clock of a zone, which is named: two people may read it in two places."""
    here = at.astimezone(zone(zone_name))
    return f"{here.day} {here:%B %Y, %H:%M} {here.tzname()}"


def day_of(at: datetime, zone_name: str) -> str:
    """The day of a moment, by the clock of a zone."""
    return day(at.astimezone(zone(zone_name)).date())


def age(since: datetime, until: datetime) -> str:
    """How long something lasts, in whole days."""
    days = max(0, (until - since).days)
    return many(days, "day") if days else "today"


def plain(text: str) -> str:
    """The text on one line, without control characters: a shop's SKU may hold anything, and a workbook refuses them."""
    return " ".join(text.translate(_CONTROLS).split())
