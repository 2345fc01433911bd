"""The three ways in which BigCommerce writes time: RFC 2822 in V2, ISO 8601 in V3, Unix seconds in /time."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime


def rfc(moment: datetime) -> str:
    """V2's form, always in UTC and of whole seconds: `Tue, 28 Apr 2026 13:06:44 +0000` (captured order 519)."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0))


def iso(moment: datetime) -> str:
    """The form of V3's locations, in UTC and of whole seconds: `2022-05-30T12:18:02Z` (locations.v3.yml)."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def read(text: str) -> datetime | None:
    """A moment from RFC 2822 or ISO 8601 text with an offset, in UTC; None for anything else.

    A date alone, or a time without a zone, is None too: no source says what the vendor makes of it. A `+` that was not
    encoded arrives as a blank and is not repaired here.
    """
    try:
        moment = (
            datetime.fromisoformat(text.replace("Z", "+00:00")) if text[:4].isdigit() else parsedate_to_datetime(text)
        )
    except (ValueError, TypeError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None
