"""What happens in a shop, sent to the webhooks that are registered for it (reference bigcommerce.md 9).

    payload    numbers only, with `hash`, `created_at` and `producer`; a hook's own headers come with it
    order      none is promised, and an event may come twice, under the same hash
    failure    whatever is not 2xx, or no answer: tried again after RETRIES_S, by the town's clock, then the hook is switched off
    blocklist  a domain that took less than nine of ten of a hundred requests within two minutes gets nothing for three

No destination is called unless whoever runs the sandbox says where its host is found: `reach`. What the vendor's first
minute of a new hook is like, and how long it waits for an answer, is in no source: a hook works at once, and ten seconds.
"""

from __future__ import annotations

import contextlib
import hashlib
import heapq
import json
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from include.sandbox.ground import Clock

if TYPE_CHECKING:
    from include.sandbox.bigcommerce.hooks import Hooks

JsonObject = dict[str, Any]

RETRIES_S = (60, 180, 300, 600, 900, 1800, 3600, 7200, 21600, 50400, 86400)
STORE_ID = "1025646"  # of the documents' examples
ANSWERS_WITHIN_S = 10.0
WINDOW = timedelta(minutes=2)
JUDGED_FROM = 100  # requests within the window
TAKEN_MIN = 0.9
BLOCKED_FOR = timedelta(minutes=3)
LOOKS_EVERY_S = 0.02  # the town's clock may be moved at any time


@dataclass(order=True)
class Delivery:
    """One event on its way to one hook. `tries` are those that failed."""

    due: datetime
    number: int
    hook_id: int = field(compare=False)
    body: bytes = field(compare=False)
    tries: int = field(default=0, compare=False)


@dataclass
class Luck:
    """How the deliveries go: which share comes twice, which is lost, and whether they overtake each other."""

    twice: float = 0.0
    lost: float = 0.0
    shuffled: bool = False
    chance: Random = field(default_factory=lambda: Random(1))


class Postman:
    """Sends events in a thread of its own, which begins with the first destination that is reachable.

    sent     what was answered: (scope, the hook's id, status; 0 for no answer)
    lost     how many events were lost on purpose
    """

    def __init__(self, clock: Clock, hooks: Hooks) -> None:
        self._clock, self._hooks = clock, hooks
        self._reach: dict[str, str] = {}
        self._waiting: list[Delivery] = []
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()
        self._taken: dict[str, deque[tuple[datetime, bool]]] = {}
        self._blocked: dict[str, datetime] = {}
        self.luck = Luck()
        self.sent: list[tuple[str, int, int]] = []
        self.lost = 0

    def reach(self, destination: str, address: str) -> None:
        """Where a host is found from here: `https://bridge.example.com` at `http://127.0.0.1:8080`."""
        self._reach[_domain(destination)] = address.rstrip("/")
        if self._thread is None:
            self._thread = threading.Thread(target=self._deliver, daemon=True, name="postman")
            self._thread.start()

    def close(self) -> None:
        """Send nothing any more."""
        self._closed.set()

    def tell(self, scope: str, data: Mapping[str, Any]) -> None:
        """Something happened. Whoever has an active hook of this scope hears of it."""
        if self._closed.is_set() or not self._reach:
            return
        now = self._clock.now()
        event: JsonObject = {"scope": scope, "store_id": STORE_ID, "data": dict(data)}
        told = json.dumps([event, next(self._numbers)])
        event |= {
            "hash": hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest(),
            "created_at": int(now.timestamp()),
        }
        for hook_id, row in list(self._hooks.rows.items()):
            if not (row["is_active"] and row["scope"] == scope and _domain(row["destination"]) in self._reach):
                continue
            if self.luck.chance.random() < self.luck.lost:
                self.lost += 1
                continue
            body = json.dumps({**event, "producer": f"stores/{row['store_hash']}"}).encode()
            for _ in range(2 if self.luck.chance.random() < self.luck.twice else 1):
                late = timedelta(seconds=self.luck.chance.random() * 2) if self.luck.shuffled else timedelta(0)
                with self._lock:
                    heapq.heappush(self._waiting, Delivery(now + late, next(self._numbers), hook_id, body))

    def idle(self, within_s: float = 10.0) -> bool:
        """Whether all that is due was sent within a time, by the machine's clock."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            with self._lock:
                if not self._waiting or self._waiting[0].due > self._clock.now():
                    return True
            time.sleep(LOOKS_EVERY_S)
        return False

    def blocked_domains(self) -> list[str]:
        """The domains that get nothing now."""
        return [domain for domain, until in self._blocked.items() if until > self._clock.now()]

    def _deliver(self) -> None:
        with httpx.Client(timeout=ANSWERS_WITHIN_S, trust_env=False) as http:
            while not self._closed.is_set():
                with self._lock:
                    is_due = bool(self._waiting) and self._waiting[0].due <= self._clock.now()
                    delivery = self._waiting[0] if is_due else None
                if delivery is None:
                    time.sleep(LOOKS_EVERY_S)
                    continue
                again = self._attempt(http, delivery)
                with self._lock:
                    heapq.heappop(self._waiting)  # only now: `idle` means that the answer came
                    if again is not None:
                        heapq.heappush(self._waiting, again)

    def _attempt(self, http: httpx.Client, delivery: Delivery) -> Delivery | None:
        """Send it; what is to be tried again, and when."""
        row = self._hooks.rows.get(delivery.hook_id)
        if row is None or not row["is_active"]:
            return None
        domain, now = _domain(row["destination"]), self._clock.now()
        if self._blocked.get(domain, now) > now:
            return self._again(delivery, now)
        address = row["destination"].replace(domain, self._reach[domain], 1)
        headers = {"Content-Type": "application/json", **(row["headers"] or {})}
        status = 0
        with contextlib.suppress(httpx.HTTPError):
            status = http.post(address, content=delivery.body, headers=headers).status_code
        taken = 200 <= status < 300
        self.sent.append((row["scope"], delivery.hook_id, status))
        self._judge(domain, now, taken)
        return None if taken else self._again(delivery, now)

    def _again(self, delivery: Delivery, now: datetime) -> Delivery | None:
        if delivery.tries == len(RETRIES_S):
            self._hooks.deactivate(delivery.hook_id)
            return None
        due = now + timedelta(seconds=RETRIES_S[delivery.tries])
        return Delivery(due, delivery.number, delivery.hook_id, delivery.body, delivery.tries + 1)

    def _judge(self, domain: str, now: datetime, taken: bool) -> None:
        window = self._taken.setdefault(domain, deque())
        window.append((now, taken))
        while window and window[0][0] < now - WINDOW:
            window.popleft()
        if len(window) >= JUDGED_FROM and sum(ok for _, ok in window) < TAKEN_MIN * len(window):
            self._blocked[domain] = now + BLOCKED_FOR
            window.clear()


def _domain(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
