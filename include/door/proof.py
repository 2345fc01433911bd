"""Whether a webhook is from whom it says. Pure, but for the keys that it is given; compared in constant time.

Sources  BigCommerce: the headers that a hook was made with are sent along; its HTTPS page shows Standard Webhooks
         signatures (docs/integrations/webhooks; standardwebhooks.com), and names no header. Xero:
         developer.xero.com/documentation/webhooks/configuring-your-server. Reference bigcommerce.md 9, xero.md 9.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal

from include.settings.door_secret import HEADER

AGE_MAX_S = 300  # Standard Webhooks' own tolerance; a retry of BigCommerce is signed anew
SIGNATURES_MAX = 8  # while a secret is changed there are two

Proof = Literal["ours", "no_secret", "wrong_secret", "wrong_signature", "too_old"]


def proof_of_shop(
    headers: Mapping[str, str],
    body: bytes,
    secret: str,
    client_secret: str | None,
    now: float,
    secret_before: str | None = None,
) -> Proof:
    """Whether a webhook is from a hook that we made.

    headers        by their names in lower case
    secret         what every hook of the store carries, always asked for
    client_secret  of the app or API account: a signature that is there must be right too
    now            seconds since 1970
    secret_before  what hooks carry that were made under the key before
    """
    given = headers.get(HEADER.lower(), "")
    if not given:
        return "no_secret"
    if not any(hmac.compare_digest(given.encode(), each.encode()) for each in (secret, secret_before) if each):
        return "wrong_secret"
    if client_secret and "webhook-signature" in headers:
        return _signed(headers, body, client_secret.encode(), now)
    return "ours"


def _signed(headers: Mapping[str, str], body: bytes, key: bytes, now: float) -> Proof:
    at = headers.get("webhook-timestamp", "")
    if not (at.isascii() and at.isdigit() and len(at) < 12):
        return "wrong_signature"
    text = f"{headers.get('webhook-id', '')}.{at}.".encode() + body
    right = b"v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest())
    given = headers["webhook-signature"].split(" ")[:SIGNATURES_MAX]
    if not any(hmac.compare_digest(each.encode(), right) for each in given):
        return "wrong_signature"
    return "ours" if abs(now - int(at)) <= AGE_MAX_S else "too_old"


def is_xeros(body: bytes, signature: str, key: str) -> bool:
    """Whether Xero signed these very bytes with the webhook key. Without a key nothing is Xero's."""
    right = base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest())
    return bool(key) and hmac.compare_digest(signature.encode(), right)
