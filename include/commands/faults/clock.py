"""The simulated time that the flow, PostgreSQL and the sandbox share: the machine's, and so many seconds ahead.

The seconds are text in a file of the database's folder, so that PostgreSQL reads them too: `now()` is found in `public`
before `pg_catalog`, for the statements of the flow and for the defaults of its tables alike. Nothing ever really waits.
"""

from __future__ import annotations

import fcntl
import functools
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from types import ModuleType
from typing import Any

FILE = "seconds_ahead"  # in the folder of PostgreSQL's data, from which it may read
_WIDTH = 32

# Given to the superuser, whose rights it runs with: reading a file is not everybody's.
NOW_SQL = f"""
CREATE FUNCTION public.now() RETURNS TIMESTAMPTZ LANGUAGE sql STABLE SECURITY DEFINER
    AS $$ SELECT pg_catalog.now() + pg_catalog.pg_read_file('{FILE}')::FLOAT8 * INTERVAL '1 second' $$;
CREATE FUNCTION public.clock_timestamp() RETURNS TIMESTAMPTZ LANGUAGE sql VOLATILE SECURITY DEFINER
    AS $$ SELECT pg_catalog.clock_timestamp() + pg_catalog.pg_read_file('{FILE}')::FLOAT8 * INTERVAL '1 second' $$;
"""

_real_monotonic, _real_time = time.monotonic, time.time


class SharedClock:
    """Seconds ahead of the machine, for all processes that know the file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        os.fchmod(self._file, 0o644)
        if not os.fstat(self._file).st_size:
            self._write(0.0)

    @property
    def ahead_s(self) -> float:
        """How far the simulated time is ahead of the machine's; negative where it is behind."""
        return float(os.pread(self._file, _WIDTH, 0))

    def now(self) -> datetime:
        """The simulated moment."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead_s)

    def monotonic(self) -> float:
        """A clock for time-outs that goes with the simulated time."""
        return _real_monotonic() + self.ahead_s

    def seconds(self) -> float:
        """Seconds since 1970."""
        return _real_time() + self.ahead_s

    def advance(self, seconds: float) -> None:
        """Let this much time pass at once."""
        with self._alone():
            self._write(self.ahead_s + seconds)

    def be_at_least(self, moment: datetime) -> None:
        """Let time pass until this moment; never back."""
        left_s = (moment - self.now()).total_seconds()
        if left_s > 0:
            self.advance(left_s)

    def begin_at(self, moment: datetime) -> None:
        """Another shop, another time: this one may go back."""
        with self._alone():
            self._write((moment - datetime.now(UTC)).total_seconds())

    def sleep(self, seconds: float) -> None:
        """What `time.sleep` is to a run: the time passes, and another process gets its turn."""
        self.advance(max(0.0, seconds))
        _real_sleep(min(max(0.0, seconds), 0.002))

    def _write(self, seconds: float) -> None:
        os.pwrite(self._file, f"{seconds:.6f}".ljust(_WIDTH).encode(), 0)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)


_real_sleep = time.sleep


@functools.cache
def that_tell_the_time() -> tuple[ModuleType, ...]:
    """The flow's modules that know `datetime`. Asked first when all are imported, and before a child is forked."""
    return tuple(
        module
        for name, module in list(sys.modules.items())
        if name.startswith("include.")
        and not name.startswith(("include.commands.faults", "include.sandbox"))
        and getattr(module, "datetime", None) is datetime
    )


def live_by(clock: SharedClock) -> None:
    """Make this process, which ends soon, live in the simulated time: `datetime.now` of the flow's modules, and `time`."""

    class OfDatetime(type):
        def __instancecheck__(cls, thing: object) -> bool:
            return isinstance(thing, datetime)

        def __subclasscheck__(cls, kind: type) -> bool:
            return issubclass(kind, datetime)

    class Simulated(datetime, metaclass=OfDatetime):
        """Shows the simulated time; all that it makes are plain moments."""

        def __new__(cls, *given: Any, **named: Any) -> Any:
            return datetime(*given, **named)  # noqa: DTZ001 as it was asked for

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            moment = clock.now()
            return moment.astimezone(tz) if tz is not None else moment.replace(tzinfo=None)

    for module in that_tell_the_time():
        vars(module)["datetime"] = Simulated
    time.sleep = clock.sleep  # type: ignore[assignment]
    time.time = clock.seconds
