"""The secrets of a Connection are masked in every log before they are used."""

from __future__ import annotations

from typing import Any

from airflow.sdk.log import mask_secret

SECRETS = ("access_token", "client_secret", "token", "webhook_secret")


def masked(arguments: dict[str, Any]) -> dict[str, Any]:
    """The same arguments of a client; from here on their secrets are masked in every log."""
    for name in SECRETS:
        if name in arguments:
            mask_secret(arguments[name])
    return arguments
