"""What stands before the Accounting API: the token, the tenant, the form of the answer, the limits, the remembered key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from include.sandbox.ground import Answer, Asked, NeverSeen, Route
from include.sandbox.xero.idempotency import gateway_refusal

if TYPE_CHECKING:
    from include.sandbox.town import Town

# Which scopes open which address, the broad ones of older apps included (reference xero.md 1.4).
SCOPES_OF = {
    "Invoices": ("accounting.invoices", "accounting.transactions"),
    "CreditNotes": ("accounting.invoices", "accounting.transactions"),
    "Items": ("accounting.settings", "accounting.invoices"),
    "Payments": ("accounting.payments", "accounting.transactions"),
    "Contacts": ("accounting.contacts",),
}
_OTHERWISE = ("accounting.settings",)


def pass_through(town: Town, asked: Asked, route: Route, work: Callable[[], Answer]) -> Answer:
    """The answer to a routed call, from `work` or from the gate itself."""
    books = town.books
    if (story := town.stories.take("xero", "revoke_the_token")) is not None:
        books.tokens.revoke(for_good=bool(story.get("for_good")))
        if story.get("for_good"):
            books.consents.revoke_all()
    if route.is_token_call:
        return work()
    if town.stories.take("xero", "spend_the_minute") is not None:
        books.allowance.spend_the_minute()
    if (story := town.stories.take("xero", "spend_the_day")) is not None:
        wait_s = story.get("retry_after_s")
        books.allowance.spend_the_day(None if wait_s is None else int(wait_s))
    token = asked.headers.get("authorization", "").partition(" ")[2]
    if (refused := _token_refusal(town, token)) is not None:
        return refused
    if route.path.lower() == "/connections":
        return work()
    tenant, consent = asked.headers.get("xero-tenant-id", ""), books.tokens.consents.get(token)
    if tenant not in ("", books.tenant_id) or (consent is not None and tenant not in consent.tenants):
        # Recorded in xeroizer-403-wrong-tenant, in lower case. A Custom Connection alone may leave the header out.
        detail = {"title": "Forbidden", "status": 403, "detail": "AuthenticationUnsuccessful", "instance": str(uuid4())}
        return Answer(403, detail)
    if not _may(asked, books.tokens.scopes.get(token, frozenset())):
        # [S]: 403, insufficient scope (SK-LV); the body is not confirmed.
        return gateway_refusal(403, "Forbidden", "insufficient_scope")
    if "application/json" not in asked.headers.get("accept", ""):
        raise NeverSeen("an answer in XML, which Xero gives without Accept: application/json")
    refused = books.allowance.count(asked.together, town.limits)
    if refused is not None:
        return refused
    answer = books.remembered.answer(asked, work)
    return replace(answer, headers={**answer.headers, **books.allowance.remaining(town.limits)})


def _token_refusal(town: Town, token: str) -> Answer | None:
    if not token:
        # [U]: the detail of a call without any token is not recorded; that of an unknown one neither.
        return gateway_refusal(401, "Unauthorized", "AuthenticationUnsuccessful")
    try:
        expired_at = town.books.tokens.expired_at(token)
    except KeyError:
        return gateway_refusal(401, "Unauthorized", "AuthenticationUnsuccessful")
    if expired_at is None:
        return None
    at = expired_at.strftime("%m/%d/%Y %H:%M:%S")
    return gateway_refusal(401, "Unauthorized", f"TokenExpired: token expired at {at}")


def _may(asked: Asked, scopes: frozenset[str]) -> bool:
    """Whether these scopes open the address. No scopes: everything. A `.read` scope opens it for reading only."""
    if not scopes:
        return True
    resource = asked.path.removeprefix("/api.xro/2.0/").partition("/")[0]
    opening = SCOPES_OF.get(resource, _OTHERWISE)
    return any(name in scopes or (asked.method == "GET" and f"{name}.read" in scopes) for name in opening)
