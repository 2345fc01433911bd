"""Xero's webhooks as events of ours (reference xero.md 9; developer.xero.com/documentation/webhooks/overview).

Letter case differs between its description and its documents, so it does not count.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from include.domain.event import Event

CATEGORIES = ("INVOICE", "CREDITNOTE", "CONTACT")
EVENTS_MAX = 1000  # of one delivery
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def events_of(said: Any, tenant_id: str | None = None) -> list[Event] | None:
    """The events in a parsed body that are about documents and contacts; None where it is no delivery of Xero's.

    An empty list is one too: it asks whether we check signatures ("intent to receive").
    tenant_id  the organisation whose events are wanted; None: of any that the key signs for
    """
    events = said.get("events") if isinstance(said, Mapping) else None
    if not isinstance(events, Sequence) or isinstance(events, str | bytes) or len(events) > EVENTS_MAX:
        return None
    found = [_event(each) for each in events if isinstance(each, Mapping) and _is_of(each, tenant_id)]
    return [each for each in found if each is not None]


def _is_of(event: Mapping[str, Any], tenant_id: str | None) -> bool:
    return tenant_id is None or str(event.get("tenantId") or "").casefold() == tenant_id.casefold()


def _event(event: Mapping[str, Any]) -> Event | None:
    category, change = (str(event.get(name) or "").upper() for name in ("eventCategory", "eventType"))
    resource = str(event.get("resourceId") or "").lower()
    if category not in CATEGORIES or change not in ("CREATE", "UPDATE") or not _ID.fullmatch(resource):
        return None
    at = str(event.get("eventDateUtc") or "")
    what = (category, change, resource, at)
    return Event(
        vendor="xero",
        scope=f"{category}/{change}",
        kind="document",
        key=resource,
        digest=hashlib.sha256("\0".join(what).encode("utf-8", "replace")).digest(),
        happened_at=_moment(at),
    )


def _moment(text: str) -> datetime | None:
    """Xero writes UTC without saying so, with up to seven decimals of a second."""
    try:
        found = datetime.fromisoformat(text[:26].rstrip("Z"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
