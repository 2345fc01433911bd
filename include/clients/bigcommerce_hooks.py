"""The webhooks that our account registered with a shop: listed, made, changed, deleted.

The vendor shows an account its own only, so what another app registered is neither seen nor touched. Source:
webhooks.v3.yml; bigcommerce.md 9.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from include.clients.answers import Answer, Unreadable, json_in
from include.clients.bigcommerce_calls import HOOK_CHANGE, HOOK_DELETE, HOOK_MAKE, HOOKS
from include.clients.bigcommerce_parts import PAGE_ROWS_SURE
from include.clients.errors import Refused
from include.clients.paging import Page, by_page
from include.clients.sending import Call, Line

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hook:
    """One registration. `headers` bear the door's secret, so they are shown nowhere. `changed_at` is when it was last changed."""

    id: int
    scope: str
    destination: str
    is_active: bool
    headers: Mapping[str, str] = field(repr=False)
    changed_at: datetime | None = None


class Hooks:
    """The webhooks of one store, over the client's own line. Every method raises what the client's methods raise.

    Nothing tells a repeated write from a second one, so each leaves once: OutcomeUnknown is mended by listing again.
    """

    def __init__(self, line: Line, base_url: str) -> None:
        self._line = line
        self._base_url = base_url

    def listed(self) -> list[Hook]:
        """All of this account's."""

        def fetch(number: int) -> Page[list[Hook]]:
            query = {"page": number, "limit": PAGE_ROWS_SURE}
            return self._send(HOOKS, _page_in, query=query)

        return [hook for page in by_page(fetch, what="BigCommerce's webhooks") for hook in page]

    def make(self, scope: str, destination: str, headers: Mapping[str, str]) -> Hook:
        """Register one, switched on. Raises Refused where the shop has one of this scope and destination already."""
        body = {"scope": scope, "destination": destination, "is_active": True, "headers": dict(headers)}
        return self._send(HOOK_MAKE, _hook_in, body=body)

    def renew(self, hook_id: int, headers: Mapping[str, str]) -> Hook:
        """Switch one on again, with these headers."""
        body = {"is_active": True, "headers": dict(headers)}
        return self._send(HOOK_CHANGE, _hook_in, body=body, webhook_id=hook_id)

    def delete(self, hook_id: int) -> None:
        """Take one away; that it is gone already is as good."""
        try:
            self._send(HOOK_DELETE, _hook_in, webhook_id=hook_id)
        except Refused as refused:
            if refused.status != 404:
                raise

    def _send(self, call: Call, read: Callable[[Answer], T], *, query: Any = None, body: Any = None, **ids: int) -> T:
        request = self._line.http.build_request(
            call.method, self._base_url + call.at(**ids), params=query, **({} if body is None else {"json": body})
        )
        return self._line.send(request, read, ask="read" if call.method == "GET" else "write")


def _page_in(answer: Answer) -> Page[list[Hook]]:
    content = json_in(answer)
    rows = content.get("data") if isinstance(content, dict) else None
    if not isinstance(rows, list):
        raise Unreadable("sent no list of webhooks where one is documented")
    hooks = [_hook(row) for row in rows]
    return Page(hooks, tuple(hook.id for hook in hooks), len(hooks) < PAGE_ROWS_SURE)


def _hook_in(answer: Answer) -> Hook:
    content = json_in(answer)
    return _hook(content.get("data") if isinstance(content, dict) else None)


def _hook(row: Any) -> Hook:
    """One registration, strictly. Raises Unreadable; its words quote nothing, since the headers are secret."""
    if not isinstance(row, dict):
        raise Unreadable("sent no webhook where one is documented")
    number, headers = row.get("id"), row.get("headers") or {}
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise Unreadable("sent a webhook without an id")
    if not isinstance(row.get("is_active"), bool):
        raise Unreadable("sent a webhook that is neither on nor off")
    texts = (row.get("scope"), row.get("destination"))
    if not all(isinstance(each, str) and each for each in texts):
        raise Unreadable("sent a webhook without a scope or a destination")
    if not isinstance(headers, dict) or not all(isinstance(each, str) for each in headers.values()):
        raise Unreadable("sent a webhook whose headers are not texts")
    changed = row.get("updated_at") or row.get("created_at")
    changed_at = datetime.fromtimestamp(changed, UTC) if isinstance(changed, int) and changed > 0 else None
    return Hook(number, str(texts[0]), str(texts[1]), row["is_active"], headers, changed_at)
