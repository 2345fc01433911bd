"""Processes that share a budget, and what they saw: on the machine's one clock."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

FORK = multiprocessing.get_context("fork")


def together(work: Callable[[int], Any], processes: int) -> list[Any]:
    """What `work(number)` gives in each of so many processes that run at once. An exception fails the test."""
    said = FORK.SimpleQueue()

    def body(number: int) -> None:
        try:
            said.put(("gave", work(number)))
        except BaseException as error:
            said.put(("raised", f"{type(error).__name__}: {error}"))

    running = [FORK.Process(target=body, args=(number,)) for number in range(processes)]
    for process in running:
        process.start()
    outcomes = [said.get() for _ in running]
    for process in running:
        process.join(10)
    assert [what for kind, what in outcomes if kind == "raised"] == []
    return [what for _, what in outcomes]


@contextmanager
def holding(work: Callable[[], Any]) -> Iterator[int]:
    """The id of a process that did `work` and now waits to be killed; it is, at the latest at the end."""
    ready = FORK.Event()

    def body() -> None:
        kept = work()  # kept alive: a context manager that is let go would end
        ready.set()
        while kept is not ready:
            time.sleep(60)

    process = FORK.Process(target=body)
    process.start()
    try:
        assert ready.wait(10)
        assert process.pid
        yield process.pid
    finally:
        process.kill()
        process.join(10)


def kill(process_id: int) -> None:
    os.kill(process_id, signal.SIGKILL)
