"""The secret that a store's webhooks carry, so that the door knows its own.

It is derived, so there is no copy to keep or lose: whoever has `BRIDGE_KEY` can say it, and nobody else.
"""

import hmac
import os

HEADER = "X-Bridge-Secret"


def door_secret(store_key: str) -> str:
    """The value of the header `X-Bridge-Secret` in every webhook of this store; another for each. Raises ValueError."""
    key = os.environ.get("BRIDGE_KEY", "")
    if not key:
        raise ValueError("BRIDGE_KEY is not set: the webhooks' secret is made from it (see .env.example).")
    return _made(key, store_key)


def door_secret_before(store_key: str) -> str | None:
    """What hooks carry that were made before `BRIDGE_KEY` was changed, while `BRIDGE_KEY_OLD` says what it was."""
    key = os.environ.get("BRIDGE_KEY_OLD", "")
    return _made(key, store_key) if key else None


def _made(key: str, store_key: str) -> str:
    return hmac.new(key.encode(), f"bridge: door, version 1/{store_key}".encode(), "sha256").hexdigest()
