"""A line a step; on a terminal the running step moves."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

FRAMES = "|/-\\"  # plain signs: a terminal's encoding is not ours to choose
FRAME_S = 0.12
WIDTH = 34

Note = Callable[[str], None]
Step = Callable[[str], AbstractContextManager[Note]]


@contextlib.contextmanager
def silently(title: str) -> Iterator[Note]:
    """A step that says nothing: for tests."""
    yield lambda words: None


class Progress:
    """Says what is being done, how long it took, and a word about the result."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._began = time.monotonic()

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Note]:
        """`with step("PostgreSQL") as note: ...; note("18.6 on port 15432")` prints one line when it is done."""
        noted: list[str] = []
        began = time.monotonic()
        with self._spinner(title, began):
            try:
                yield noted.append
            except BaseException:
                self._line(f"  {title:<{WIDTH}}{time.monotonic() - began:6.1f} s  not done")
                raise
        self._line(f"  {title:<{WIDTH}}{time.monotonic() - began:6.1f} s  {' '.join(noted)}".rstrip())

    def say(self, words: str) -> None:
        """A line of its own."""
        self._line(words)

    def elapsed_s(self) -> float:
        """Seconds since we began."""
        return time.monotonic() - self._began

    def _line(self, words: str) -> None:
        print(f"\r\033[K{words}" if self._terminal else words, flush=True)

    @contextlib.contextmanager
    def _spinner(self, title: str, began: float) -> Iterator[None]:
        if not self._terminal:
            yield
            return
        over = threading.Event()

        def turn() -> None:
            for frame in itertools.cycle(FRAMES):
                if over.wait(FRAME_S):
                    return
                print(f"\r\033[K{frame} {title:<{WIDTH}}{time.monotonic() - began:6.1f} s", end="", flush=True)

        thread = threading.Thread(target=turn, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            print("\r\033[K", end="", flush=True)
