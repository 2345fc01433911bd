"""A shop without faults, then with them: do both end with the same books?"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait

import psycopg2

from include.clients.bigcommerce import Window
from include.commands.faults.books import Books, differences, read_books
from include.commands.faults.boundaries import BESIDE
from include.commands.faults.child import Job, Surroundings, run_child
from include.commands.faults.house import House
from include.commands.faults.schedule import Schedule
from include.commands.faults.shop import DAYS, ORGANISATION, Shop, begins, looked_at, shop_of
from include.commands.faults.soundness import at_rest, outcomes_of, unsound
from include.sandbox.order_builder import JsonObject
from include.settings.store import Store

RESTS_MAX = 12  # runs without faults until all is at rest
REST_STEP = timedelta(minutes=70)  # past what waits for minutes, and past the hour in which a draft is looked at again
RUN_MAX_S = 60.0  # of real time: a run that takes longer hangs
SECOND_MAX_S = 1.0  # for which the first waits until the second is done; then both go on together
FAULTS_SHOWN_MAX = 40


@dataclass(frozen=True)
class Ending:
    """How it all ended: the books, and the outcome of each order."""

    books: Books
    outcomes: Mapping[str, str]
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """One schedule.

    wrong   what is not as it must be; empty: all is well      fired   how often each kind of fault came
    came    the faults in their order, for who looks into it
    """

    schedule: Schedule
    wrong: tuple[str, ...]
    fired: Mapping[str, int]
    came: tuple[str, ...] = ()
    runs: int = 0
    took_s: float = 0.0


@dataclass
class Referee:
    """Plays schedules in one house. What a shop comes to without faults is played once, and kept."""

    house: House
    store: Store
    without: dict[tuple[int, int], Ending] = field(default_factory=dict)
    say: Callable[[str], None] = lambda words: None

    def judge(self, schedule: Schedule) -> Verdict:
        """Play the schedule and compare."""
        wanted = self._without_faults(schedule)
        began = time.monotonic()
        play = _Play(self.house, self.store, schedule, say=self.say)
        found = play.to_the_end()
        wrong = list(found.wrong)
        wrong += differences(wanted.books, found.books)
        wrong += [
            f"order {key} is {found.outcomes.get(key, 'lost')}, must be {wanted.outcomes.get(key, 'unheard of')}"
            for key in sorted({*wanted.outcomes, *found.outcomes})
            if wanted.outcomes.get(key) != found.outcomes.get(key)
        ]
        fired, came = play.what_came()
        if not wrong:
            self.house.drop(play.dsn)
        return Verdict(schedule, tuple(wrong), fired, came, play.runs, time.monotonic() - began)

    def _without_faults(self, schedule: Schedule) -> Ending:
        key = (schedule.seed, schedule.shop)
        if key not in self.without:
            play = _Play(self.house, self.store, replace(schedule), faults=False, say=self.say)
            self.without = {key: play.to_the_end()}  # the schedules of a shop follow each other
            if self.without[key].wrong:
                raise RuntimeError(f"{schedule.name} without faults: {'; '.join(self.without[key].wrong[:5])}")
            self.house.drop(play.dsn)
        return self.without[key]


class _Play:
    """Ten days of one shop, with faults or without."""

    def __init__(
        self, house: House, store: Store, schedule: Schedule, *, faults: bool = True, say: Callable[[str], None]
    ) -> None:
        self._house, self._store, self._schedule, self._faults, self._say = house, store, schedule, faults, say
        self._shop: Shop = shop_of(schedule.seed, schedule.shop, schedule.orders, rests_daily=schedule.rests_daily)
        self._late: list[JsonObject] = []
        self._stated: dict[int, int] = {}  # each order, and the day on which it came
        self.runs = 0
        house.clock.begin_at(begins(0))
        house.town.ask("begin", ORGANISATION)
        self.dsn = house.fresh_database()
        self._credentials: dict[str, str] = house.town.ask("credentials")
        os.truncate(house.noted, 0)
        self._noted = os.open(house.noted, os.O_WRONLY | os.O_APPEND)

    def to_the_end(self) -> Ending:
        """Play all days, then bring all to rest."""
        wrong: list[str] = []
        for day in range(DAYS):
            self._house.clock.be_at_least(looked_at(day))
            for bundle in self._shop.of_day(day):
                if self._faults and self._may_be_late(day, int(bundle["order"]["id"])):
                    self._late.append(bundle)
                else:
                    self._house.town.ask("put", bundle)
            if self._faults:
                self._bad_day(day)
            last = day == DAYS - 1
            if last or self._schedule.rests_daily:
                wrong += self._rest(day, must_write_nothing=last)
            elif not self._faults:
                self._run(day, f"{day}.0")
        books = read_books(self._house.town.base, self._credentials)
        os.close(self._noted)
        wrong += unsound(self.dsn, self._store.key, books)
        return Ending(books, outcomes_of(self.dsn, self._store.key), tuple(wrong))

    def what_came(self) -> tuple[Counter[str], tuple[str, ...]]:
        """How often each kind fired, and the faults in the order in which they were due."""
        lines = self._house.noted.read_text().splitlines()
        fired = Counter(line.removeprefix("fired ") for line in lines if line.startswith("fired "))
        return fired, tuple(line.removeprefix("at ") for line in lines if line.startswith("at "))

    def _may_be_late(self, day: int, order: int) -> bool:
        """Where people share an e-mail, the contact bears the number of whoever comes first: new orders are not late."""
        is_new = self._stated.setdefault(order, day) == day  # also where it changes on the day on which it came
        return self._schedule.is_late(day, order) and not (is_new and self._schedule.rests_daily)

    def _what_was_late(self) -> bool:
        """Let the shop say now what it had not said yet; whether there was anything."""
        late, self._late = self._late, []
        for bundle in late:
            self._house.town.ask("put_now", bundle)
        return bool(late)

    def _bad_day(self, day: int) -> None:
        schedule = self._schedule
        for run in range(schedule.runs_of(day)):
            job = self._job(f"{day}.{run}", schedule)
            ended = self._go(day, job)
            if run == 0:
                self._what_was_late()
            if ended.killed and schedule.resumes(day, run):
                self._house.clock.advance(schedule.pause_s(day, run))
                self._go(day, replace(job, chapter=ended.chapter, batches=ended.batches, run_id=job.run_id))
            self._house.clock.advance(schedule.pause_s(day, run + 100))
            self._house.town.ask("mend")
        self._what_was_late()

    def _rest(self, day: int, *, must_write_nothing: bool) -> list[str]:
        """Runs without faults, until one leaves nothing open; at the end also until one has nothing to write."""
        self._house.town.ask("mend")
        left: str | None = None
        for run in range(RESTS_MAX):
            before = self._house.town.ask("written")
            red = self._run(day, f"{day}.rest{run}")
            left = red or at_rest(self.dsn, self._store.key)
            if left is None and must_write_nothing and self._house.town.ask("written") != before:
                left = "the last run still wrote"
            if left is None:
                return []
            self._house.clock.advance(REST_STEP.total_seconds())
        return [f"day {day} does not come to rest in {RESTS_MAX} runs: {left}"]

    def _run(self, day: int, run_id: str) -> str | None:
        ended = self._go(day, self._job(run_id, None))
        if ended.killed:
            return "a run without faults ended by itself"
        return "; ".join(f"{chapter}: {why}" for chapter, why in ended.red.items()) or None

    def _job(self, run_id: str, schedule: Schedule | None) -> Job:
        of = self._schedule
        return Job(self.dsn, self._store, run_id, schedule, shares=of.shares, in_turn=of.in_turn)

    def _go(self, day: int, job: Job) -> _Ended:
        """A run in a process of its own, and the second one beside it that a fault may call for. Ends when all have ended."""
        self.runs += 1
        first = self._fork(job)
        running = [first]
        asking: dict[int, tuple[_Running, float]] = {}  # who waits for the second to be done, and until when
        latest = time.monotonic() + RUN_MAX_S
        while running:
            ready = wait([each.pipe for each in running], 0.02 if asking else 1.0)
            for each in [each for each in running if each.pipe in ready]:
                self._hear(day, each, running, asking)
            for pid, (each, until) in list(asking.items()):
                if pid not in {other.pid for other in running} or time.monotonic() > until:
                    del asking[pid]
                    _answer(each)
            if time.monotonic() > latest:
                for each in running:
                    os.kill(each.pid, signal.SIGKILL)
                    os.waitpid(each.pid, 0)
                raise RuntimeError(f"{self._schedule.name}: run {job.run_id} hangs in {first.chapter}")
        return _Ended(first.killed, first.chapter, first.batches, first.red)

    def _hear(
        self, day: int, each: _Running, running: list[_Running], asking: dict[int, tuple[_Running, float]]
    ) -> None:
        try:
            word, more = each.pipe.recv()
        except (EOFError, OSError):
            os.waitpid(each.pid, 0)
            each.killed = not each.done
            each.pipe.close()
            running.remove(each)
            return
        if word == "chapter":
            each.chapter = more
        elif word == "batches":
            each.batches = tuple(more)
        elif word == "done":
            each.done, each.red = True, more["red"]
        elif word == "failed":
            self._say(f"  {each.job.run_id} {more}")
        elif word == "broken":
            raise RuntimeError(f"{self._schedule.name}: the child itself broke: {more}")
        elif more == "postgres restarts":
            _crash(self._house)
            _answer(each)
        elif more == "shop changes":
            if self._what_was_late():
                os.write(self._noted, f"fired {more}\n".encode())
            _answer(each)
        else:
            second = self._second(day, each.job)
            running.append(second)
            asking[second.pid] = (each, time.monotonic() + SECOND_MAX_S)

    def _second(self, day: int, job: Job) -> _Running:
        """Another run over the same orders: the next of the same flow, or a backfill of the days so far."""
        self.runs += 1
        count = self.runs
        run = replace(job, run_id=f"{job.run_id}{BESIDE}{count}", chapter="extract", batches=())
        if count % 2:
            run = replace(run, window=Window(begins(max(0, day - 3)), self._house.clock.now()))
        return self._fork(run)

    def _fork(self, job: Job) -> _Running:
        ours, theirs = Pipe()
        parent = os.getpid()
        around = Surroundings(self._house.town.base, self._credentials, self._house.clock, self._noted)
        pid = os.fork()
        if not pid:
            ours.close()
            run_child(job, around, theirs, parent)
        theirs.close()
        return _Running(pid, ours, job)


@dataclass(eq=False)
class _Running:
    pid: int
    pipe: Connection
    job: Job
    chapter: str = "extract"
    batches: tuple[int, ...] = ()
    red: dict[str, str] = field(default_factory=dict)
    done: bool = False
    killed: bool = False


@dataclass(frozen=True)
class _Ended:
    killed: bool
    chapter: str
    batches: tuple[int, ...]
    red: Mapping[str, str]


def _answer(each: _Running) -> None:
    with suppress(OSError):  # killed meanwhile
        each.pipe.send("done")


def _crash(house: House) -> None:
    """Kill one of PostgreSQL's processes: it then ends all others, recovers from its log, and takes connections again."""
    with house.postgres.admin() as db, db.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone() or (0,)
        os.kill(pid, signal.SIGKILL)
    latest = time.monotonic() + 20.0
    while True:
        try:
            with house.postgres.admin():
                return
        except psycopg2.OperationalError:
            if time.monotonic() > latest:
                raise
            time.sleep(0.01)
