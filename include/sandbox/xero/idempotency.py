"""Idempotency-Key: the first answer to a writing call, given again for six minutes (reference xero.md 3.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from include.sandbox.ground import Answer, Asked, Clock

KEY_LIVES = timedelta(minutes=6)
KEY_LENGTH_MAX = 128


@dataclass(frozen=True)
class _First:
    request: str
    answer: Answer
    at: datetime


class Remembered:
    """The answers that are remembered, by key."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._firsts: dict[str, _First] = {}

    def answer(self, asked: Asked, work: Callable[[], Answer]) -> Answer:
        """The remembered answer when this key has been used, else that of `work`, remembered. Errors are kept too.

        The shape of the two refusals is [U]: the sentence of the first is documented, its envelope is not; we take the
        gateway's. The sentence about the length is ours.
        """
        key = asked.headers.get("idempotency-key")
        if key is None or asked.method == "GET":
            return work()
        if not key.strip() or len(key) > KEY_LENGTH_MAX:
            return gateway_refusal(400, "Bad Request", f"Idempotency Key must have 1 to {KEY_LENGTH_MAX} characters.")
        now = self._clock.now()
        for old in [k for k, first in self._firsts.items() if now - first.at >= KEY_LIVES]:
            del self._firsts[old]
        request = _fingerprint(asked)
        first = self._firsts.get(key)
        if first is None:
            first = self._firsts[key] = _First(request, work(), now)
        elif first.request != request:
            return gateway_refusal(400, "Bad Request", f"Idempotency Key: {key} is used with a different request.")
        return first.answer


def gateway_refusal(status: int, title: str, detail: str) -> Answer:
    """An error of the gateway before the Accounting API (recorded in xeroizer-401-token-expired)."""
    return Answer(status, {"Title": title, "Status": status, "Detail": detail, "Instance": str(uuid4())})


def _fingerprint(asked: Asked) -> str:
    digest = hashlib.sha256(f"{asked.method} {asked.path}?{asked.raw_query}\n".encode())
    digest.update(asked.body)
    return digest.hexdigest()
