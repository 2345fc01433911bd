"""How long a statement takes as the product runs it, and what PostgreSQL read for it."""

import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from include.commands.bench.scale.question import Question
from include.database.connection import Database

TIMES = 20
TIMES_WHERE_SLOW = 3
SLOW_S = 2.0
WITHOUT_ROWS = {
    "outbox.forget",
    "summary.free_what_never_went",
    "summary.let_go",
    "door.wake",
    "door.forget",
    "door.count",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One question, asked `TIMES` times by one connection, each rolled back.

    median_ms, worst_ms  from the call to the rows in Python.
    server_ms            PostgreSQL's own part of it: planned, executed, in the run that explains.
    plan                 its root, as of EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON).
    """

    question: Question
    rows: int
    median_ms: float
    worst_ms: float
    server_ms: float
    plan: Mapping[str, Any]

    def pages(self) -> int:
        """Pages of 8 KiB that were looked at, in memory or not."""
        return int(self.plan.get("Shared Hit Blocks", 0)) + int(self.plan.get("Shared Read Blocks", 0))


def measured(db: Database, question: Question, times: int = TIMES) -> Measured:
    """Ask it `times` times, after one that warms up, and explain it. What takes seconds is asked less often."""
    began = time.perf_counter()
    rows = _asked(db, question)
    took = []
    for _ in range(times if time.perf_counter() - began < SLOW_S else TIMES_WHERE_SLOW):
        began = time.perf_counter()
        _asked(db, question)
        took.append((time.perf_counter() - began) * 1000)
    explained = db.explain(question.name, **question.values)
    db.rollback()
    server_ms = explained["Planning Time"] + explained["Execution Time"]
    return Measured(question, rows, statistics.median(took), max(took), server_ms, explained["Plan"])


def of_rounds(rounds: Sequence[Measured]) -> Measured:
    """One question that was asked in several rounds: the median of their medians, the worst of all, the quickest plan."""
    quickest = min(rounds, key=lambda each: each.server_ms)
    return replace(
        quickest,
        median_ms=statistics.median(each.median_ms for each in rounds),
        worst_ms=max(each.worst_ms for each in rounds),
    )


def _asked(db: Database, question: Question) -> int:
    found = (
        db.run(question.name, **question.values)
        if question.name in WITHOUT_ROWS
        else len(db.rows(question.name, **question.values))
    )
    if question.name == "locks.try_locks":
        db.rows("locks.release_locks")
    db.rollback()
    return found


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A plan's nodes, from the root down."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def scans(plan: Mapping[str, Any]) -> Iterator[str]:
    """The tables that the plan reads from end to end."""
    for node in nodes(plan):
        if "Seq Scan" in node["Node Type"] and node.get("Actual Loops"):
            yield node["Relation Name"]


def rows_read(plan: Mapping[str, Any]) -> float:
    """How many rows were taken out of tables and indexes, those that a filter dropped included."""
    return sum(
        float(node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * int(node["Actual Loops"])
        for node in nodes(plan)
        if "Relation Name" in node
    )


def shown(plan: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """A plan as PostgreSQL's text shows it, a line a node: what was read, by what, how many rows, in which time."""
    if not plan.get("Actual Loops"):
        return
    words = [plan["Node Type"]]
    if "Index Name" in plan:
        words.append(f"using {plan['Index Name']}")
    if "Relation Name" in plan:
        words.append(f"on {plan['Relation Name']}")
    condition = plan.get("Index Cond") or plan.get("Recheck Cond") or plan.get("Hash Cond") or plan.get("Filter") or ""
    if len(condition) > 120:
        condition = f"{condition[:117]}..."
    loops = f" x {plan['Actual Loops']:.0f}" if plan["Actual Loops"] > 1 else ""
    pages = plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0)
    yield (
        f"{'  ' * depth}{' '.join(words)}: {plan['Actual Rows']:.0f} rows{loops}, {plan['Actual Total Time']:.2f} ms, "
        f"{pages} pages {condition}".rstrip()
    )
    for below in plan.get("Plans", ()):
        yield from shown(below, depth + 1)
