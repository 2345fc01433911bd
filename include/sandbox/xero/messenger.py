"""What changes in the books, sent to one webhook as Xero sends it (reference xero.md 9).

    subscribed  in the developer portal, for which there is no call: whoever runs the sandbox does it, `subscribe`
    intent      several requests without events first, some wrongly signed: 200 and 401 must come right, each within five seconds
    events      INVOICE, CONTACT and CREDITNOTE, created or updated; none of payments and items. Thin, and many in one request
    failure     whatever is not 200: tried again for 24 hours, ever more seldom (how often is in no source), then switched off

Whether a payment is told as its invoice's update is in no source: here it is, since it moves the invoice's own date.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import threading
import time
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

import httpx

from include.sandbox.ground import Clock

JsonObject = dict[str, Any]

ANSWERS_WITHIN_S = 5.0
AGAIN_FIRST_S, AGAIN_FOR = 30.0, timedelta(hours=24)
LOOKS_EVERY_S = 0.02
CALL_MAX_S = 0.2  # by then a call that stored something has ended, or took it back
RESOURCES = {"INVOICE": "Invoices", "CONTACT": "Contacts", "CREDITNOTE": "CreditNotes"}


class Messenger:
    """The webhook of one app for one organisation.

    sent      what was answered: (how many events, status; 0 for no answer in time)
    is_on     whether it was subscribed and believed
    """

    def __init__(self, clock: Clock, tenant_id: str) -> None:
        self._clock, self._tenant_id = clock, tenant_id
        self._url, self._key = "", b""
        self._touched: list[tuple[float, JsonObject]] = []
        self._waiting: list[JsonObject] = []
        self._next_try: datetime | None = None
        self._failed_since: datetime | None = None
        self._tries = 0
        self._sequence = 0
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self.is_on = False
        self.sent: list[tuple[int, int]] = []

    def subscribe(self, url: str, key: str) -> bool:
        """Give the app's webhook an address; whether its intent to receive was proved, and it is on."""
        self._url, self._key = url, key.encode()
        right = [self._post([], self._key), self._post([], b"another"), self._post([], self._key), self._post([], b"")]
        with self._lock:  # whatever failed before, its day is over
            self._next_try, self._failed_since, self._tries = None, None, 0
            self.is_on = right == [200, 401, 200, 401]
        if self.is_on and self._thread is None:
            self._thread = threading.Thread(target=self._deliver, daemon=True, name="messenger")
            self._thread.start()
        return self.is_on

    def close(self) -> None:
        """Send nothing any more."""
        self._closed.set()

    def touched(self, category: str, resource_id: str, is_new: bool, **data: Any) -> None:
        """A document or contact was stored."""
        if not self.is_on or self._closed.is_set():
            return
        event = {
            "resourceUrl": f"https://api.xero.com/api.xro/2.0/{RESOURCES[category]}/{resource_id}",
            "resourceId": resource_id,
            "eventDateUtc": self._clock.now().replace(tzinfo=None).isoformat(timespec="milliseconds"),
            "eventType": "CREATE" if is_new else "UPDATE",
            "eventCategory": category,
            "tenantId": self._tenant_id,
            "tenantType": "ORGANISATION",
        }
        with self._lock:
            # What one call stores twice is one event, and the first word is the right one.
            if all(each["resourceId"] != resource_id for _, each in self._touched):
                self._touched.append((time.monotonic(), event | ({"data": data} if data else {})))

    def mark(self) -> int:
        """How much is not sent yet, for `undo`."""
        with self._lock:
            return len(self._touched)

    def undo(self, mark: int) -> None:
        """What was stored since the mark was taken back: it is not told."""
        with self._lock:
            del self._touched[mark:]

    def idle(self, within_s: float = 10.0) -> bool:
        """Whether all that is due was sent, within a time by the machine's clock."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            with self._lock:
                waits = self.is_on and self._waiting and (self._next_try is None or self._next_try <= self._clock.now())
                if not self._touched and not waits:
                    return True
            time.sleep(LOOKS_EVERY_S)
        return False

    def _deliver(self) -> None:
        while not self._closed.is_set():
            now = self._clock.now()
            with self._lock:
                while self._touched and self._touched[0][0] <= time.monotonic() - CALL_MAX_S:
                    self._waiting.append(self._touched.pop(0)[1])
                is_time = self._next_try is None or self._next_try <= now
                events = list(self._waiting) if is_time and self.is_on else []
            if not events:
                time.sleep(LOOKS_EVERY_S)
                continue
            status = self._post(events, self._key)
            self.sent.append((len(events), status))
            with self._lock:
                if status == 200:
                    del self._waiting[: len(events)]
                    self._sequence += len(events)
                    self._next_try, self._failed_since, self._tries = None, None, 0
                    continue
                self._failed_since = self._failed_since or now
                self._next_try = now + timedelta(seconds=AGAIN_FIRST_S * 2**self._tries)
                self._tries += 1
                if now - self._failed_since >= AGAIN_FOR:
                    self.is_on = False

    def _post(self, events: list[JsonObject], key: bytes) -> int:
        """The status that is answered in time; 0 for none."""
        first = self._sequence + 1 if events else 0
        told = {
            "events": events,
            "firstEventSequence": first,
            "lastEventSequence": first + len(events) - 1 if events else 0,
            "entropy": token_hex(10).upper(),
        }
        body = json.dumps(told).encode()
        signature = base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
        headers = {"Content-Type": "application/json; charset=utf-8", "x-xero-signature": signature}
        with contextlib.suppress(httpx.HTTPError):
            return httpx.post(
                self._url, content=body, headers=headers, timeout=ANSWERS_WITHIN_S, trust_env=False
            ).status_code
        return 0
