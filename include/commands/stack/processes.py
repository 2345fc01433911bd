"""Start one process so that it cannot outlive us, and wait for it with a limit."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from include.commands.stack.places import ROOT, shown
from include.commands.stack.state import Known, State

PR_SET_PDEATHSIG = 1  # linux/prctl.h
POLL_S = 0.1


class StackError(Exception):
    """The stack cannot do what was asked. The text says why, and which log to read."""


@dataclass
class Service:
    """One running part."""

    name: str
    process: subprocess.Popen[bytes]
    known: Known
    log: Path
    begin_again: Callable[[], Service]

    def start_again(self) -> None:
        """Start it anew after it has ended, told the same as before; what it says follows in the same log.

        Whoever holds this service sees the new process: so an API that watches its processes goes on watching.
        """
        begun = self.begin_again()
        self.process, self.known = begun.process, begun.known

    def alive_or_raise(self) -> None:
        """Raise StackError, with the end of its log, if it has ended."""
        code = self.process.poll()
        if code is not None:
            raise StackError(f"{self.name} ended ({_how(code)}). {last_words(self.log)}")


def start(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    state: State,
    env: Mapping[str, str] | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    become: Callable[[], None] | None = None,
) -> Service:
    """Start a process in the checkout, in a session of its own, its words in `log`; the state file knows it.

    become   called in the new process before the program begins: PostgreSQL gives up being root there.
    Call it from the main thread: the kernel ties a child to the thread that started it.
    """

    def begin(how: str) -> Service:
        process = _spawn(command, log=log, env=env, become=become, death_signal=stop_signal, how=how)
        known = Known.of(name, process.pid, int(stop_signal))
        state.add(known)
        return Service(name, process, known, log, lambda: begin("ab"))

    return begin("wb")


def run(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    limit_s: float,
    env: Mapping[str, str] | None = None,
    become: Callable[[], None] | None = None,
) -> None:
    """Run a process to its end. Raises StackError if it fails or takes longer than the limit."""
    process = _spawn(command, log=log, env=env, become=become, death_signal=signal.SIGKILL)
    finish(name, process, log=log, limit_s=limit_s)


def begin(command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Begin a short process that goes on while we do something else; `finish` waits for it."""
    return _spawn(command, log=log, env=env, become=None, death_signal=signal.SIGKILL)


def finish(name: str, process: subprocess.Popen[bytes], *, log: Path, limit_s: float) -> None:
    """Wait for a process to end well. Raises StackError if it fails or takes longer than the limit."""
    try:
        code = process.wait(limit_s)
    except subprocess.TimeoutExpired:
        raise StackError(f"{name} took more than {limit_s:.0f} s. {last_words(log)}") from None
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if code != 0:
        raise StackError(f"{name} failed ({_how(code)}). {last_words(log)}")


def wait_until(
    what: str, ready: Callable[[], bool], *, limit_s: float, services: Sequence[Service], every_s: float = POLL_S
) -> None:
    """Wait until `ready` says so. Raises StackError at the limit, or as soon as one of the services has ended."""
    deadline = time.monotonic() + limit_s
    while not ready():
        for service in services:
            service.alive_or_raise()
        if time.monotonic() > deadline:
            logs = ", ".join(shown(service.log) for service in services)
            raise StackError(f"{what} was not there after {limit_s:.0f} s. Read {logs}")
        time.sleep(every_s)


def last_words(log: Path, lines_max: int = 8) -> str:
    """Where to read on, and how the log ends."""
    text = log.read_text(errors="replace") if log.exists() else ""
    ending = "\n".join(f"    {line[:200]}" for line in text.splitlines()[-lines_max:])
    return f"Read {shown(log)}, which ends:\n{ending or '    (nothing)'}"


def _spawn(
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None,
    become: Callable[[], None] | None,
    death_signal: signal.Signals,
    how: str = "wb",
) -> subprocess.Popen[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None

    def prepare() -> None:
        if become is not None:
            become()
        # After `become`, since changing the user clears it.
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # killed meanwhile: nobody would ever signal us
                os._exit(1)

    with log.open(how) as words:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            env=dict(os.environ if env is None else env),
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=prepare,
        )


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
