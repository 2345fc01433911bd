"""Dates as Xero writes and reads them (reference xero.md 3.5)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

# Xero's own codes are Windows zone names without blanks (reference xero.md 3.5). Only zones somebody here needed.
ZONES = {
    "AUSEASTERNSTANDARDTIME": "Australia/Sydney",
    "EAUSTRALIASTANDARDTIME": "Australia/Brisbane",
    "CENAUSTRALIASTANDARDTIME": "Australia/Adelaide",
    "WAUSTRALIASTANDARDTIME": "Australia/Perth",
    "TASMANIASTANDARDTIME": "Australia/Hobart",
    "NEWZEALANDSTANDARDTIME": "Pacific/Auckland",
    "GMTSTANDARDTIME": "Europe/London",
    "WEUROPESTANDARDTIME": "Europe/Berlin",
    "ROMANCESTANDARDTIME": "Europe/Paris",
    "EASTERNSTANDARDTIME": "America/New_York",
    "CENTRALSTANDARDTIME": "America/Chicago",
    "MOUNTAINSTANDARDTIME": "America/Denver",
    "PACIFICSTANDARDTIME": "America/Los_Angeles",
    "SINGAPORESTANDARDTIME": "Asia/Singapore",
    "TOKYOSTANDARDTIME": "Asia/Tokyo",
    "SOUTHAFRICASTANDARDTIME": "Africa/Johannesburg",
    "UTC": "UTC",
}

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T|$)")
_MS = re.compile(r"/Date\((-?\d+)([+-]\d{4})?\)/")


class UnreadableDate(ValueError):  # noqa: N818 - it names what happened, as all of ours do
    """A date that Xero does not read. The text is Xero's (reference xero.md 10, pyxero #214)."""


def stamp(moment: datetime) -> str:
    """A moment with the offset that most fields carry: `/Date(1776704054343+0000)/`."""
    return f"/Date({_ms(moment)}+0000)/"


def bare_stamp(moment: datetime) -> str:
    """A moment as envelopes and items carry it: `/Date(1777034078688)/`."""
    return f"/Date({_ms(moment)})/"


def day_stamp(day: date) -> str:
    """A calendar date: midnight UTC, whatever the organisation's zone."""
    return stamp(datetime.combine(day, time(), UTC))


def day_string(day: date) -> str:
    """The readable twin of a calendar date: `2026-09-14T00:00:00`."""
    return f"{day.isoformat()}T00:00:00"


def moment_string(moment: datetime) -> str:
    """The readable twin of a moment: `2026-09-14T09:29:59Z` (seen in docketworks-invoice-create)."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def text_day(day: date) -> str:
    """A date inside a sentence of Xero's: `30-Nov-2018`."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.day:02d}-{months[day.month - 1]}-{day.year}"


def read_day(value: object) -> date:
    """The calendar date in a request. Raises UnreadableDate with Xero's sentence."""
    text = str(value)
    if match := _MS.fullmatch(text):
        return datetime.fromtimestamp(int(match[1]) / 1000, UTC).date()
    try:
        if not isinstance(value, str) or not _ISO.match(text):
            raise ValueError(text)
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).date()
    except ValueError:
        raise UnreadableDate(f"The string '{text}' is not a valid AllXsd value.") from None


def read_modified_since(value: str | None) -> datetime | None:
    """The moment in If-Modified-Since, to the second, or None: an ill-formed one is silently ignored."""
    if not value or "T" not in value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(microsecond=0)


def zone_of(code: str) -> ZoneInfo:
    """The IANA zone of an organisation's `Timezone`. Raises LookupError for a code that nobody has mapped."""
    if code not in ZONES:
        raise LookupError(f"time zone {code}: add it to include/sandbox/xero/dates.py")
    return ZoneInfo(ZONES[code])


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
