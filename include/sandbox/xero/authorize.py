"""Where a person lets an app into Xero: /identity/connect/authorize, and back to the app with a code.

Parameters: developer.xero.com/documentation/oauth2/auth-flow. What comes back: code, scope, state and session_state, as
seen in foxbytehq/laravel-xero-oauth2 #10; a refusal as RFC 6749 4.1.2.1 has it. PKCE as RFC 7636 has it; that Xero holds an
app with a secret to it as well is not confirmed [U].
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from include.sandbox.consent_page import asking, back_to, page
from include.sandbox.ground import Answer, Asked, NeverSeen
from include.sandbox.xero.tokens import SCOPES

if TYPE_CHECKING:
    from include.sandbox.xero.ledger import Ledger

PARAMETERS = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")
LASTING = "offline_access"


def question(books: Ledger, asked: Asked) -> Answer:
    """GET: the page that asks."""
    told = {name: asked.query.get(name, "") for name in PARAMETERS}
    wrong = _mistake(books, told)
    if wrong:
        return _refused(wrong)
    scopes = told["scope"].split()
    choices = {books.tenant_id: str(books.organisation["Name"])} | books.consents.organisations
    buttons = {"allow": "Allow access", "deny": "Deny"}
    return asking("An app asks to be let into Xero", scopes, told, choices, buttons)


def answered(books: Ledger, asked: Asked) -> Answer:
    """POST: what the person pressed; the browser goes back to the app."""
    form = asked.form()
    told = {name: form.get(name, "") for name in PARAMETERS}
    wrong = _mistake(books, told)
    if wrong:
        return _refused(wrong)
    state = {"state": told["state"]} if told["state"] else {}
    if form.get("answer") != "allow":
        return back_to(told["redirect_uri"], {"error": "access_denied", **state})
    tenant = form.get("tenant", books.tenant_id)
    if tenant != books.tenant_id and tenant not in books.consents.organisations:
        return _refused("no such organisation")
    books.connected[tenant] = books.consents.organisations.get(tenant, str(books.organisation["Name"]))
    code = books.consents.give_code(
        told["scope"].split(), told["redirect_uri"], list(books.connected), told["code_challenge"]
    )
    return back_to(
        told["redirect_uri"],
        {"code": code, "scope": told["scope"], **state, "session_state": secrets.token_urlsafe(16)},
    )


def _mistake(books: Ledger, told: Mapping[str, str]) -> str:
    """What is wrong with the request. Nobody is sent back to an address that is not the app's (RFC 6749 3.1.2.4)."""
    scopes = set(told["scope"].split())
    if scopes & {"openid", "profile", "email"}:
        raise NeverSeen("openid, profile or email: what an id_token holds is not recorded")
    if told["client_id"] != books.client_id:
        return "unauthorized_client"
    if not books.consents.may_redirect_to(told["redirect_uri"]):
        return "invalid redirect_uri"
    if told["response_type"] != "code":
        return "unsupported_response_type"
    if told["code_challenge"] and told["code_challenge_method"] != "S256":
        raise NeverSeen("a code_challenge by another method than S256")
    return "" if scopes and scopes <= SCOPES | {LASTING} else "invalid_scope"


def _refused(why: str) -> Answer:
    # [U]: Xero shows a page of its own; neither its words nor its status are recorded.
    return page("Xero does not let this app ask", f"<p>{why}</p>", 400)
