"""How a store's owner lets an app in, and the code that becomes the app's permanent token (reference bigcommerce.md 1).

| fact                                                                       | source                                       |
|----------------------------------------------------------------------------|----------------------------------------------|
| a link from outside: GET login.bigcommerce.com/app/{client_id}/install     | dev-docs, "Creating an install button"       |
| then GET {callback}?account_uuid&code&context&scope, and external_install  | docs/integrations/apps/guide/auth.mdx; same  |
| POST /oauth2/token, JSON or a form; the answer's fields                    | auth.mdx; bigcommerce-api-python sends a form |
| all scopes or none; a new consent ends the app's token before              | auth.mdx                                     |

Not known, and so 501: what cancelling sends to the app; what a wrong code, secret, scope or callback is answered with; how
long a code lives; /oauth2/authorize, which many apps' code names and no page of the vendor describes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from include.sandbox.consent_page import asking, back_to
from include.sandbox.ground import Answer, Asked, NeverSeen

if TYPE_CHECKING:
    from include.sandbox.town import Town

ACCOUNT = "12345678-90ab-cdef-1234-567890abcdef"  # the vendor's own example
# The callback that the sandbox's app has registered. A developer registers his own, with https, in the portal.
CALLBACK = "http://localhost:8912/callback"
_PERSON = {"id": 24654, "username": "merchant@example.com", "email": "merchant@example.com"}


@dataclass
class App:
    """The one app that may be installed in the sandbox's store. codes: code -> whether it was spent."""

    client_id: str = "sandbox-app"
    client_secret: str = "sandbox-app-secret"
    callback: str = CALLBACK
    scopes: tuple[str, ...] = ()
    codes: dict[str, bool] = field(default_factory=dict)
    token: str = ""


def question(town: Town, asked: Asked) -> Answer:
    """GET: the page that asks the owner."""
    app = _app(town, asked)
    return asking("An app asks to be installed", app.scopes, {}, {}, {"confirm": "Confirm", "cancel": "Cancel"})


def answered(town: Town, asked: Asked) -> Answer:
    """POST: what the owner pressed; the browser goes to the app's callback."""
    app = _app(town, asked)
    if asked.form().get("answer") != "confirm":
        raise NeverSeen("what becomes of an installation that is cancelled")
    code = secrets.token_hex(8)
    app.codes[code] = False
    told = {
        "account_uuid": ACCOUNT,
        "code": code,
        "context": f"stores/{town.shop.store_hash}",
        "scope": " ".join(app.scopes),
        "external_install": "1",  # the vendor names the parameter, not its value
    }
    return back_to(app.callback, told)


def token_answer(town: Town, asked: Asked) -> Answer:
    """POST /oauth2/token: the permanent token of the app in this store."""
    app = town.shop.app
    given = asked.json() if asked.headers.get("content-type", "").startswith("application/json") else asked.form()
    wanted = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "context": f"stores/{town.shop.store_hash}",
        "scope": " ".join(app.scopes),
        "grant_type": "authorization_code",
        "redirect_uri": app.callback,
    }
    wrong = [name for name, value in wanted.items() if given.get(name) != value]
    if wrong or app.codes.get(given.get("code", ""), True):
        raise NeverSeen(f"the refusal of a wrong {' or '.join(wrong) or 'code'}")
    app.codes[given["code"]] = True
    town.shop.tokens.pop(app.token, None)
    app.token = town.shop.add_token(f"sandbox-{secrets.token_urlsafe(32)}", app.scopes)
    answer = {
        "access_token": app.token,
        "scope": wanted["scope"],
        "user": _PERSON,
        "owner": _PERSON,
        "context": wanted["context"],
        "account_uuid": ACCOUNT,
    }
    return Answer(200, answer)


def undescribed(town: Town, asked: Asked) -> Answer:
    """GET /oauth2/authorize."""
    raise NeverSeen("/oauth2/authorize: the vendor's pages begin an installation at /app/{client_id}/install")


def _app(town: Town, asked: Asked) -> App:
    if asked.params["client_id"] != town.shop.app.client_id:
        raise NeverSeen("an app that does not exist")
    return town.shop.app
