"""What a run costs while it runs: CPU by part, how busy the machine is, connections to PostgreSQL."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import psutil

from include.commands.stack.processes import Service
from include.database.connection import Database


@dataclass
class Watch:
    """Look at it every second or so. CPU of a part that is killed is what it had used at the last look."""

    db: Database
    connections: dict[str, int] = field(default_factory=dict)  # database -> the most at once
    _begin: dict[str, float] = field(default_factory=dict)
    _now: dict[str, float] = field(default_factory=dict)
    _machine: tuple[float, float] = (0.0, 0.0)

    def begin(self, services: Iterable[Service]) -> None:
        """Count from here."""
        self._machine = machine_seconds()
        self._begin = self._now = cpu_seconds(services)

    def look(self, services: Iterable[Service]) -> None:
        """Take a reading."""
        self._now = self._now | cpu_seconds(services)
        for row in self.db.rows("workers.connections"):
            name = str(row["database"])
            self.connections[name] = max(self.connections.get(name, 0), int(row["connections"]))
        self.db.rollback()  # a transaction sees the same list until it ends

    def used(self) -> dict[str, float]:
        """Part -> seconds of CPU since the beginning."""
        return {name: seconds - self._begin.get(name, 0.0) for name, seconds in self._now.items()}

    def busy_share(self) -> float:
        """How much of the machine's CPU was used since the beginning, by anybody: 1.0 is all cores, all the time."""
        busy, everything = machine_seconds()
        return (busy - self._machine[0]) / max(everything - self._machine[1], 1e-9)


def machine_seconds() -> tuple[float, float]:
    """Seconds of CPU since the machine started: busy, and all there were."""
    times = psutil.cpu_times()
    # Linux counts a guest's time as its host's user time too.
    everything = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    return everything - times.idle - getattr(times, "iowait", 0.0), everything


def cpu_seconds(services: Iterable[Service]) -> dict[str, float]:
    """Name of each service -> seconds of CPU of it, of all that came from it, and of those of them that have ended."""
    roots = {service.known.pid: service.name for service in services if service.known.leader() is not None}
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    sessions: dict[int, int] = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            times = process.cpu_times()
            parents[process.pid], sessions[process.pid] = process.ppid(), os.getsid(process.pid)
            seconds[process.pid] = times.user + times.system + times.children_user + times.children_system
    used = dict.fromkeys(roots.values(), 0.0)
    for pid, its in seconds.items():
        root = root_of(pid, parents, sessions, roots)
        if root is not None:
            used[roots[root]] += its
    return used


def root_of(pid: int, parents: Mapping[int, int], sessions: Mapping[int, int], roots: Mapping[int, str]) -> int | None:
    """Which of the roots a process came from: by its parents, or by its session where its parent has ended."""
    at: int | None = pid
    while at is not None and at not in roots:
        at = parents.get(at)
    if at is None:
        session = sessions.get(pid)
        return session if session in roots else None
    return at
