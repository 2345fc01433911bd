"""Workers that play schedules: forked from one process that has imported everything, each with a house of its own."""

from __future__ import annotations

import gc
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path

from include.checks import incoming, outgoing, plain
from include.clients.sending import trusted
from include.commands.faults import kept_connections
from include.commands.faults.clock import that_tell_the_time
from include.commands.faults.house import house
from include.commands.faults.referee import Referee, Verdict
from include.commands.faults.schedule import Schedule
from include.commands.faults.town import end_with
from include.database.connection import SQL_FOLDER, statement
from include.settings.store import Store, read_store, store_named
from include.stages.orders.run import code_version

Say = Callable[[str], None]


def get_ready() -> None:
    """Import and read what every child would: a child then costs a fork."""
    import encodings.idna  # noqa: F401 the first address asks for it

    import httpcore  # noqa: F401 httpx imports it with its first transport

    os.environ.setdefault("BRIDGE_KEY", "faults")
    # Great Expectations takes half a second of CPU a run, and reads and writes nothing that a fault could come between.
    for module in (incoming, outgoing):
        vars(module).update(frame_of=plain.plain_frame, judge=plain.judge_plainly)
    trusted()
    code_version()
    that_tell_the_time()
    for file in (SQL_FOLDER / "queries").glob("*.sql"):
        for line in file.read_text("utf-8").splitlines():
            if line.startswith("-- name: "):
                statement(file.stem, line.removeprefix("-- name: "))
    if threading.active_count() > 1:
        raise RuntimeError("a fork with other threads about would be a lottery")
    gc.freeze()


@contextmanager
def referee(folder: Path, say: Say = lambda words: None) -> Iterator[Referee]:
    """A referee in a new house in this folder."""
    with house(folder) as built:
        yield Referee(built, store_in(folder), say=say)


def store_in(folder: Path) -> Store:
    """The demo store, whose moving window ends now: no run waits for the shop to settle."""
    path = folder / "demo.yaml"
    path.write_text(f"{store_named('demo').text}\nwindow: {{lag_seconds: 0}}\n", "utf-8")
    return read_store(path)


def play(schedules: Sequence[Schedule], workers: int, folder: Path, say: Say = lambda words: None) -> Iterator[Verdict]:
    """The verdict on every schedule, as they come. Raises RuntimeError with a worker's words where the harness breaks."""
    get_ready()
    shops: dict[tuple[int, int], list[Schedule]] = {}
    for schedule in schedules:
        shops.setdefault((schedule.seed, schedule.shop), []).append(schedule)
    # The large ones first, so that none of them is left alone at the end.
    queue = sorted(shops.values(), key=lambda group: -group[0].orders)
    hands = [_Hand(folder / f"worker-{number}", say) for number in range(min(workers, len(queue)))]
    try:
        for hand in hands:
            hand.give(queue.pop(0))
        while busy := [hand for hand in hands if hand.busy]:
            for hand in busy:
                if hand.pipe not in wait([each.pipe for each in busy]):
                    continue
                heard = hand.pipe.recv()
                if isinstance(heard, Verdict):
                    yield heard
                elif isinstance(heard, str):
                    raise RuntimeError(heard)
                elif queue:
                    hand.give(queue.pop(0))
                else:
                    hand.busy = False
    finally:
        for hand in hands:
            hand.end()


class _Hand:
    """A worker process."""

    def __init__(self, folder: Path, say: Say) -> None:
        self.pipe, theirs = Pipe()
        self.busy = False
        parent = os.getpid()
        self.pid = os.fork()
        if not self.pid:
            end_with(parent)
            self.pipe.close()
            _work(theirs, folder, say)
            os._exit(0)
        theirs.close()

    def give(self, group: Sequence[Schedule]) -> None:
        """Schedules of one shop to play."""
        self.busy = True
        self.pipe.send(list(group))

    def end(self) -> None:
        """Nothing more to do: it tears its house down."""
        with suppress(OSError):
            self.pipe.send(None)
        os.waitpid(self.pid, 0)


def _work(pipe: Connection, folder: Path, say: Say) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever runs us ends us in good order
    try:
        with referee(folder, say) as judge:
            kept_connections.install()
            while group := pipe.recv():
                for schedule in group:
                    pipe.send(judge.judge(schedule))
                pipe.send(None)
    except EOFError:
        pass
    except BaseException:
        pipe.send(f"{folder.name}: {traceback.format_exc()}")
