"""Which processes are ours: `stack.json`, so that whoever comes next ends these and no others.

A process is known by its number and its moment of start: the number alone is given again to a stranger, some day.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

import psutil

from include.commands.stack.places import private_files

SAME_START_S = 2.0  # clocks are corrected; the same number again within two seconds of the same start does not happen
LAST_WORDS_S = 3.0  # from SIGKILL to gone


@dataclass(frozen=True)
class Known:
    """One process as the state file names it. `stop_signal` is what asks it to end in good order."""

    name: str
    pid: int
    started: float
    stop_signal: int = int(signal.SIGTERM)

    @classmethod
    def of(cls, name: str, pid: int, stop_signal: int = int(signal.SIGTERM)) -> Known:
        """The process that has this number now."""
        return cls(name, pid, psutil.Process(pid).create_time(), stop_signal)

    def leader(self) -> psutil.Process | None:
        """The process itself, or None if it is gone or its number belongs to another by now."""
        with contextlib.suppress(psutil.Error):
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.started) < SAME_START_S
            return found if same and found.status() != psutil.STATUS_ZOMBIE else None
        return None


@dataclass
class State:
    """What stack.json says. `owner` started the stack and ends it; `links` are for people and for `make down`."""

    path: Path
    owner: Known | None = None
    processes: list[Known] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> State:
        """What the file says; an empty state if there is none, or none that can be read."""
        try:
            said = json.loads(path.read_text())
            owner = Known(**said["owner"]) if said["owner"] else None
            return cls(path, owner, [Known(**one) for one in said["processes"]], said["links"])
        except (OSError, ValueError, KeyError, TypeError):
            return cls(path)

    def write(self) -> None:
        """Save it, whole or not at all: a killed writer must leave a file that can be read."""
        said = {
            "owner": asdict(self.owner) if self.owner else None,
            "processes": [asdict(one) for one in self.processes],
            "links": self.links,
        }
        draft = self.path.with_suffix(f".{os.getpid()}.draft")
        with private_files():
            draft.write_text(json.dumps(said, indent=2))
        draft.replace(self.path)

    def add(self, known: Known) -> None:
        """Remember one more."""
        self.processes.append(known)
        self.write()

    def forget(self) -> None:
        """Nothing runs any more."""
        self.path.unlink(missing_ok=True)


def family(known: Known) -> list[psutil.Process]:
    """The process and all that came from it and still runs.

    Each of our services leads a session of its own, and what it starts stays in that session: so children whose
    parent was killed are found too. A session's number is not given again while any of its members lives.
    """
    leader = known.leader()
    if leader is None and psutil.pid_exists(known.pid) and not _is_zombie(known.pid):
        return []  # a stranger has the number now, so nobody of ours has the session
    members: dict[int, psutil.Process] = {}
    if leader is not None:
        members[leader.pid] = leader
        with contextlib.suppress(psutil.Error):
            members |= {child.pid: child for child in leader.children(recursive=True)}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getsid(process.pid) == known.pid and process.create_time() >= known.started - SAME_START_S:
                members[process.pid] = process
    members.pop(os.getpid(), None)
    return [process for process in members.values() if not _is_zombie(process.pid)]


def end(several: Iterable[Known], patience_s: float) -> None:
    """Ask all of them to stop, wait so long, then make them. Processes that are not ours are never signalled."""
    everyone = list(several)
    for known in everyone:
        leader = known.leader()
        if leader is not None:
            with contextlib.suppress(psutil.Error):
                leader.send_signal(known.stop_signal)
    deadline = time.monotonic() + patience_s
    while any(known.leader() for known in everyone) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = [process for known in everyone for process in family(known)]
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=LAST_WORDS_S)


def _is_zombie(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def lock(path: Path) -> IO[str] | None:
    """The right to run the stack of this folder, held until the file is closed or its holder dies; None if taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
