"""A letter as a chat takes it: its subject and the beginning of its text, posted to a webhook by a Connection of type http.

Slack, Mattermost, Rocket.Chat, Google Chat and Teams' workflows all read `{"text": ..}`. What of the webhook's address is a
secret stands in the Connection's password, which Airflow masks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.notifiers.mail import Letter

TEXT_CHARS_MAX = 3000
ANSWERS_WITHIN_S = 10.0


class ChatNotTakenError(Exception):
    """The chat answered otherwise than with a success. The text is the status, and no more."""


def message_of(letter: Letter) -> bytes:
    """The body of the request."""
    text = f"{letter.subject}\n{letter.text.strip()}"
    cut = text if len(text) <= TEXT_CHARS_MAX else f"{text[:TEXT_CHARS_MAX].rsplit(chr(10), 1)[0]}\n…"
    return json.dumps({"text": cut}).encode()


def send(connection_id: str, message: bytes) -> None:
    """Post a message. Raises ChatNotTakenError, or what the way to the chat raised: its text may hold the secret address."""
    from airflow.providers.http.hooks.http import HttpHook

    hook = HttpHook(method="POST", http_conn_id=connection_id)
    secret = (hook.get_connection(connection_id).password or "").lstrip("/")
    answer = hook.run(
        endpoint=secret,
        data=message,
        headers={"Content-Type": "application/json"},
        extra_options={"timeout": ANSWERS_WITHIN_S, "check_response": False},
    )
    if not 200 <= answer.status_code < 300:
        raise ChatNotTakenError(str(answer.status_code))
