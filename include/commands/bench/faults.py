"""`make bench-faults`: the given harness's faults, and a kill of ours at every call, also where keys have expired.

Each trial is a small run of ours against the stand-in with one fault; it is run again until it is done, as Airflow
would; then the books are read and held against our ledger: lost + doubled + wrongly reported must be 0. Xero's own SDK
goes through the same faults beside it, with stock settings and its own word for what it believes.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from include.commands.bench.given import WORK, AbsentError, Given, given_at
from include.commands.bench.ours import fresh_database, prepare, the_store
from include.commands.bench.trial import Invoice, Place, Verdict, age, judged, until_done
from include.commands.stack.places import LOCAL
from include.database.connection import connect

EVERY = range(2, 14)
KINDS = ("throttle_every", "lose_every", "reject_every")
SDK = ("xero-sdk-batch", "xero-sdk-batchkey", "xero-sdk-single", "xero-sdk-numberless")
SDK_EVERY = (3, 7, 13)


@dataclass
class Row:
    """One line of the table: trials of one kind."""

    fault: str
    trials: int = 0
    tries: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    words: list[str] = field(default_factory=list)

    def add(self, verdict: Verdict, what: str) -> None:
        """Count one trial."""
        self.trials += 1
        self.tries += verdict.tries
        self.lost += verdict.lost
        self.doubled += verdict.doubled
        self.wrong += len(verdict.wrong)
        if verdict.bad:
            self.words.append(f"{what}: {verdict.lost} lost, {verdict.doubled} doubled; {'; '.join(verdict.wrong[:3])}")

    def __str__(self) -> str:
        return f"| {self.fault} | {self.trials} | {self.tries} | {self.lost} | {self.doubled} | {self.wrong} |"


class Bench:
    """The stand-in, and a server with a fresh database for each trial."""

    def __init__(self, given: Given, base_url: str, dsn: str, orders: int, folder: Path) -> None:
        self.given, self.base_url, self.orders = given, base_url, orders
        self.store = the_store(in_full=True)
        self._dsn, self._folder, self._number = dsn, folder, 0

    def control(self, verb: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask the stand-in's control."""
        answer: dict[str, Any] = self.given.run.control(self.base_url, verb, body)
        return answer

    @contextmanager
    def place(self) -> Iterator[Place]:
        """A stand-in without a document, and a database of ours where nothing happened yet."""
        self._number += 1
        self.control("reset", {"orders": self.orders, "latency_ms": 0, "limits": "none"})
        place = Place(self.base_url, fresh_database(self._dsn), self.store, self._folder / f"{self._number}.json")
        with connect(place.dsn) as db:
            prepare(db, self.store)
        yield place

    def verdict(self, place: Place, tries: int, reject_every: int = 0) -> Verdict:
        """What came of it."""
        books = {
            number: Invoice(found["id"], found["total"], found["paid"])
            for number, found in self.control("books").items()
        }
        doubled = self.control("stats")["books"]["doubled_invoices"]
        refused = [f"BC-{n}" for n in range(1, self.orders + 1) if reject_every and n % reject_every == 0]
        with connect(place.dsn) as db:
            found = judged(db, self.store, books, self.orders, refused)
        return replace(found, doubled=found.doubled + doubled, tries=tries)

    def under(self, faults: dict[str, int]) -> Verdict:
        """A run under a fault that stays."""
        with self.place() as place:
            self.control("faults", faults)
            tries = until_done(place)
            return self.verdict(place, tries, faults.get("reject_every", 0))

    def calls(self) -> int:
        """How many calls a run without faults makes."""
        with self.place() as place:
            until_done(place)
            return int(self.control("stats")["calls"])

    def killed(self, at: int, *, done: bool, expired: bool) -> Verdict:
        """A run that is killed at this call, once its work is done or before, and then run again until it is done."""
        with self.place() as place:
            gate, go = os.pipe()
            child = os.fork()
            if not child:
                os.close(go)
                os.read(gate, 1)  # until the stand-in knows whom to kill
                os._exit(0 if until_done(place) else 1)
            os.close(gate)
            self.control("faults", {"kill_at": at, "pid": child, "done": done})
            os.close(go)
            _, status = os.waitpid(child, 0)
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGKILL:
                raise AssertionError(f"ended by signal {os.WTERMSIG(status)}")
            self.control("faults", {})
            self._pass_time(place, expired)
            return self.verdict(place, 1 + until_done(place))

    def cut_off(self, at: int, *, expired: bool) -> Verdict:
        """From this call on every answer is lost, until the run gives up; then the line is mended."""
        with self.place() as place:
            self.control("faults", {"lose_from": at})
            tries = 0
            try:
                until_done(place, tries_max=1)
            except TimeoutError:
                tries = 1
            self.control("faults", {})
            self._pass_time(place, expired)
            return self.verdict(place, tries + until_done(place))

    def _pass_time(self, place: Place, expired: bool) -> None:
        if not expired:
            return
        self.control("forget", {})
        with connect(place.dsn) as db:
            age(db)


def main() -> int:
    """Run every trial and print the table as Markdown; 1 if anything was lost, doubled or wrongly reported."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", type=Path, help="the folder of peers; default: ../shared/bench")
    parser.add_argument("--orders", type=int, default=120)
    parser.add_argument("--every", type=int, nargs="+", default=list(EVERY))
    parser.add_argument("--without-peers", action="store_true")
    asked = parser.parse_args()
    try:
        given = given_at(asked.bench)
    except AbsentError as absent:
        print(absent)
        return 2
    scratch = LOCAL / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = str(scratch)
    os.environ.setdefault("BRIDGE_KEY", "benchmark")
    services: list[Any] = [given.stand_in(asked.orders), given.postgres()]
    folder = Path(tempfile.mkdtemp(prefix="bench-faults-"))
    try:
        bench = Bench(given, services[0].line.split()[-1], services[1].line, asked.orders, folder)
        rows = list(trials(bench, asked.every))
        if not asked.without_peers:
            print("\n".join(beside(bench)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        for service in reversed(services):
            service.stop()
    for words in (words for row in rows for words in row.words):
        print(f"- {words}")
    bad = sum(row.lost + row.doubled + row.wrong for row in rows)
    print(f"\n{sum(row.trials for row in rows)} trials of ours: lost + doubled + wrongly reported = {bad}")
    return 1 if bad else 0


def trials(bench: Bench, every: list[int]) -> Iterator[Row]:
    """Every kind of trial, printed as it is done."""
    print(f"Ours, {bench.orders} paid orders a trial:\n")
    print("| fault | trials | tries | lost | doubled | wrongly reported |\n|---|---|---|---|---|---|")
    for kind in KINDS:
        row = Row(f"`{kind}` {every[0]} to {every[-1]}")
        for n in every:
            row.add(bench.under({kind: n}), f"{kind} {n}")
        print(row, flush=True)
        yield row
    calls = bench.calls()
    for expired in (False, True):
        for done in (True, False):
            words = f"killed at call 1 to {calls}, {'its work done' if done else 'before its work'}"
            row = Row(words + (", keys expired" if expired else ""))
            for at in range(1, calls + 1):
                row.add(bench.killed(at, done=done, expired=expired), f"{row.fault}: call {at}")
            print(row, flush=True)
            yield row
        row = Row(f"every answer lost from call 1 to {calls} on, then mended" + (", keys expired" if expired else ""))
        for at in range(1, calls + 1):
            row.add(bench.cut_off(at, expired=expired), f"{row.fault}: call {at}")
        print(row, flush=True)
        yield row


def beside(bench: Bench, orders: int = 500) -> Iterator[str]:
    """Xero's SDK under the same faults; `wrong` is how far what it believes is from what the books have."""
    yield f"\nXero's SDK beside it, {orders} orders, stock settings:\n"
    yield "| peer | fault | lost | doubled | wrongly reported |\n|---|---|---|---|---|"
    run = bench.given.run
    (WORK / "run").mkdir(exist_ok=True)
    for name in SDK:
        peer = run.PEERS[name]
        python = run.environment(WORK, peer.environment, peer.packages)
        command = [str(python), str(bench.given.folder / "peers" / peer.script), "--variant", peer.variant]
        command += ["--base-url", bench.base_url, "--orders", str(orders), "--work", str(WORK / "run")]
        for kind in KINDS:
            for n in SDK_EVERY:
                bench.control("reset", {"orders": orders, "latency_ms": 0, "limits": "none"})
                bench.control("faults", {kind: n})
                said = run.measure(command, 900)[-1]
                books = bench.control("stats")["books"]
                refused = orders // n if kind == "reject_every" and name != "xero-sdk-numberless" else 0
                lost = orders - refused - (books["payments"] - books["doubled_payments"])
                doubled = books["doubled_invoices"] + books["doubled_payments"]
                wrong = abs(said.get("sent", 0) - books["payments"])
                yield f"| {name} | `{kind}` {n} | {lost} | {doubled} | {wrong} |"


if __name__ == "__main__":
    sys.exit(main())
