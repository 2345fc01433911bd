"""`make bench-scale [ORDERS=1000000]`: the product's queries on large tables, as a table and with their plans."""

import argparse
import os
import resource
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from include.commands.bench.scale.filling import fill, sizes
from include.commands.bench.scale.measuring import TIMES, Measured, measured, of_rounds, shown
from include.commands.bench.scale.people import Page, pages
from include.commands.bench.scale.question import Question
from include.commands.bench.scale.questions import STORE, questions
from include.commands.stack.business import make_database
from include.commands.stack.local import local_stack
from include.commands.stack.places import LOCAL, ROOT
from include.database.connection import Database, connect

DOCUMENT = ROOT / "docs" / "scale.md"
GOAL_MS = 50
PAGE_GOAL_MS = 300
ROUNDS = 3
TABLE, PLANS = "measured", "plans"


@dataclass(frozen=True, slots=True)
class Round:
    """One round over all questions: the load of the machine when it began, and the most memory until its end, in MB."""

    load: float
    peak_mb: int
    found: Sequence[Measured]


def main() -> int:
    """Fill, ask, print as Markdown; 1 where a question took longer than its goal."""
    parser = argparse.ArgumentParser(prog="bench-scale", description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="how often all is asked; the median of the medians counts"
    )
    parser.add_argument("--write", action="store_true", help=f"into {DOCUMENT.relative_to(ROOT)}")
    parser.add_argument(
        "--keep", action="store_true", help="leave the database for the next time, and use the last one"
    )
    asked = parser.parse_args()
    folder = LOCAL / "bench-scale"
    try:
        with local_stack(("postgres",), folder) as stack:
            name = f"scale_{asked.orders}"
            if not (asked.keep and stack.postgres.note(name)):
                make_database(stack.postgres, name, fresh=True, logs=stack.folder / "logs")
                began = time.monotonic()
                fill(stack.postgres.dsn("postgres", name), asked.orders, told=True)
                stack.postgres.leave_note(name, f"filled in {time.monotonic() - began:.0f} s")
            else:
                make_database(stack.postgres, name, fresh=False, logs=stack.folder / "logs")
            with connect(stack.postgres.dsn("bridge_writer", name)) as db:
                filled = list(sizes(db))
                db.rollback()
                rounds = [_round(db, asked.orders) for _ in range(asked.rounds)]
                about = db.row("scale.sampled", orders=asked.orders, many=3) or {}
                read = list(pages(db, STORE, int(about["held_order"]), about["order_keys"][0]))
    finally:
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)
    found = [of_rounds(each) for each in zip(*(each.found for each in rounds), strict=True)]
    table, plans = [*report_of_pages(read), "", *report(asked.orders, filled, rounds, found)], [*plans_of(found)]
    print("\n".join((*table, "", *plans)))
    if asked.write:
        write(TABLE, table)
        write(PLANS, plans)
    return int(any(late(each) for each in found))


def _round(db: Database, orders: int) -> Round:
    load = os.getloadavg()[0]
    found = [_told(measured(db, each)) for each in questions(db, orders)]
    return Round(load, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, found)


def late(each: Measured) -> bool:
    """True where it took longer than the goal, of what has one."""
    return each.median_ms > GOAL_MS and not each.question.whole


def report_of_pages(read: Sequence[Page]) -> Iterator[str]:
    """Markdown: what a page reads, all its statements together."""
    yield "| page | median | worst |"
    yield "|---|---|---|"
    for each in read:
        mark = " **(over the goal)**" if each.median_ms > PAGE_GOAL_MS else ""
        yield f"| {each.name} | {each.median_ms:.0f} ms{mark} | {each.worst_ms:.0f} ms |"


def report(
    orders: int, filled: Sequence[tuple[str, int, str]], rounds: Sequence[Round], found: Sequence[Measured]
) -> Iterator[str]:
    """Markdown: a line a question, how it was measured, and the sizes."""
    yield "| | statement | rows | median | worst | in PostgreSQL | pages read |"
    yield "|---|---|---|---|---|---|---|"
    topic = ""
    for each in found:
        question = each.question
        head, topic = (question.topic if question.topic != topic else ""), question.topic
        mark = " **(over the goal)**" if late(each) else ""
        yield (
            f"| {head} | {_name(question)} | {each.rows:,} | {each.median_ms:.1f} ms{mark} | {each.worst_ms:.1f} ms | "
            f"{each.server_ms:.1f} ms | {each.pages():,} |"
        )
    yield ""
    loads = ", ".join(f"{each.load:.1f}" for each in rounds)
    peaks = ", ".join(f"{each.peak_mb}" for each in rounds)
    yield (
        f"{orders:,} orders; {len(rounds)} rounds of {TIMES} times each, the median of the rounds' medians and the worst of all. "
        f"The load of the machine ({os.cpu_count()} cores) when a round began: {loads}. The most memory that the asking "
        f"process had taken at the end of each: {peaks} MB."
    )
    yield ""
    yield "The tables: " + ", ".join(f"{name} {rows:,} rows {size}" for name, rows, size in filled[:12]) + "."


def plans_of(found: Sequence[Measured]) -> Iterator[str]:
    """Markdown: PostgreSQL's plan of each question, as it was run."""
    for place, each in enumerate(found):
        if place:
            yield ""
        yield from (_name(each.question), "", "```", *shown(each.plan), "```")


def write(part: str, lines: Sequence[str]) -> None:
    """Replace what was measured last in a part of the document; what people wrote around it stays."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    text = DOCUMENT.read_text("utf-8")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    DOCUMENT.write_text("\n".join((f"{before}{begin}", *lines, f"{end}{after}")), "utf-8")


def _name(question: Question) -> str:
    return f"`{question.name}`" + (f", {question.words}" if question.words else "")


def _told(each: Measured) -> Measured:
    print(f"{each.question.name}: {each.median_ms:.1f} ms", file=sys.stderr, flush=True)
    return each


if __name__ == "__main__":
    assert Path("include").is_dir(), "run it from the project's folder: make bench-scale"
    sys.exit(main())
