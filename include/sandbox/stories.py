"""Bad days: what an operator or a test tells the sandbox to go through next."""

from __future__ import annotations

from threading import Lock
from typing import Any

VENDORS = ("xero", "bigcommerce", "warehouse")


class Stories:
    """Bad days to come. Each is told once, waits for a call that it concerns, and is used up by it."""

    NAMES = (
        "lose_the_next_answer",
        "be_down_for",
        "spend_the_minute",
        "spend_the_day",
        "answer_html_next",
        "cut_the_next_answer",
        "throttle_next",
        "revoke_the_token",
        "lose_the_next_token",
        "refuse_next_writes",
        "answer_slowly",
        "break_off_the_next_answer",
        "deliver_twice",
        "arrive_late",
        "fail_after_work",
        "refuse_some_next",
    )

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._lock = Lock()

    def tell(self, story: str, vendor: str, **arguments: Any) -> None:
        """Tell any story by its name. Raises LookupError or TypeError for what nobody knows."""
        if story not in self.NAMES:
            raise LookupError(f"no story {story!r}; stories: {', '.join(self.NAMES)}")
        getattr(self, story)(vendor, **arguments)

    def _add(self, story: str, vendor: str, calls: int = 1, **arguments: Any) -> None:
        if vendor not in VENDORS:
            raise LookupError(f"no vendor {vendor!r}; vendors: {', '.join(VENDORS)}")
        with self._lock:
            self._waiting.setdefault((vendor, story), []).extend([arguments] * calls)

    def take(self, vendor: str, story: str) -> dict[str, Any] | None:
        """The arguments of the next such story, which is thereby used up, or None when none waits."""
        with self._lock:
            waiting = self._waiting.get((vendor, story))
            return waiting.pop(0) if waiting else None

    def standing(self, vendor: str, story: str) -> dict[str, Any] | None:
        """The latest such story without using it up: for days that last until `clear`."""
        with self._lock:
            waiting = self._waiting.get((vendor, story))
            return waiting[-1] if waiting else None

    def clear(self) -> None:
        """From now on all is well."""
        with self._lock:
            self._waiting.clear()

    def lose_the_next_answer(self, vendor: str, calls: int = 1, *, writes_only: bool = False) -> None:
        """The work of the next call is done, and the connection breaks before a byte of the answer is sent."""
        self._add("lose_the_next_answer", vendor, calls=calls, writes_only=writes_only)

    def be_down_for(self, vendor: str, calls: int = 3, status: int = 503) -> None:
        """The next calls are answered with `status`, and nothing is done."""
        self._add("be_down_for", vendor, calls=calls, status=status)

    def spend_the_minute(self, vendor: str) -> None:
        """The short-term allowance is used up now; it comes back by the clock."""
        self._add("spend_the_minute", vendor)

    def spend_the_day(self, vendor: str, retry_after_s: int | None = None) -> None:
        """The day's allowance is used up now. `retry_after_s`: when the vendor says it comes back."""
        self._add("spend_the_day", vendor, retry_after_s=retry_after_s)

    def answer_html_next(self, vendor: str, calls: int = 1) -> None:
        """Something before the vendor answers 200 with an HTML page; nothing is done."""
        self._add("answer_html_next", vendor, calls=calls)

    def cut_the_next_answer(self, vendor: str, calls: int = 1) -> None:
        """The work is done, and the answer's body stops half-way while its length says that it is whole."""
        self._add("cut_the_next_answer", vendor, calls=calls)

    def throttle_next(self, vendor: str, calls: int = 1, *, with_headers: bool = True) -> None:
        """The next calls are answered 429, with or without the headers that say how long to wait."""
        self._add("throttle_next", vendor, calls=calls, with_headers=with_headers)

    def revoke_the_token(self, vendor: str, *, for_good: bool = False) -> None:
        """The token in use stops working. `for_good`: no new one is given either."""
        self._add("revoke_the_token", vendor, for_good=for_good)

    def lose_the_next_token(self, vendor: str, calls: int = 1) -> None:
        """A token is given, and the connection breaks before a byte of the answer is sent."""
        self._add("lose_the_next_token", vendor, calls=calls)

    def refuse_next_writes(self, vendor: str, calls: int = 1) -> None:
        """The next writing calls are refused as the vendor refuses a record that breaks its rules."""
        self._add("refuse_next_writes", vendor, calls=calls)

    def answer_slowly(self, vendor: str, seconds: float) -> None:
        """Every call takes at least this long, until `clear`: makes calls overlap, and time-outs happen."""
        self._add("answer_slowly", vendor, seconds=float(seconds))  # over HTTP a fraction arrives as Decimal

    def break_off_the_next_answer(self, vendor: str, calls: int = 1) -> None:
        """The work is done, and the connection breaks in the middle of the answer's body."""
        self._add("break_off_the_next_answer", vendor, calls=calls)

    def deliver_twice(self, vendor: str, calls: int = 1) -> None:
        """The next call arrives twice, one after the other; the answer is that to the second."""
        self._add("deliver_twice", vendor, calls=calls)

    def arrive_late(self, vendor: str, after_calls: int = 1, within_s: float = 50.0) -> None:
        """The next call is not answered, and is carried out later: before so many calls more, or once the time is over."""
        self._add("arrive_late", vendor, after_calls=after_calls, within_s=within_s)

    def fail_after_work(self, vendor: str, calls: int = 1, status: int = 500) -> None:
        """The work of the next call is done, and it is answered with `status` all the same."""
        self._add("fail_after_work", vendor, calls=calls, status=status)

    def refuse_some_next(self, vendor: str, calls: int = 1, *, every: int = 2) -> None:
        """Of the elements of the next writing call each `every`-th is refused; the others are stored."""
        self._add("refuse_some_next", vendor, calls=calls, every=every)
