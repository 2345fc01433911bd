"""`make bench-scale [ORDERS=1000000]`: the product's queries on large tables, as a table and with their plans."""

import argparse
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from include.commands.bench.scale.filling import fill, sizes
from include.commands.bench.scale.measuring import Measured, measured, shown
from include.commands.bench.scale.questions import Question, questions
from include.commands.stack.business import make_database
from include.commands.stack.local import local_stack
from include.commands.stack.places import LOCAL, ROOT
from include.database.connection import connect

DOCUMENT = ROOT / "docs" / "scale.md"
GOAL_MS = 50
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def main() -> int:
    """Fill, ask, print as Markdown; 1 where a question took longer than its goal."""
    parser = argparse.ArgumentParser(prog="bench-scale", description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
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
                found = [_told(measured(db, each)) for each in questions(db, asked.orders)]
    finally:
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)
    lines = [*report(asked.orders, filled, found)]
    print("\n".join(lines))
    if asked.write:
        write(lines)
    return int(any(late(each) for each in found))


def late(each: Measured) -> bool:
    """True where it took longer than the goal, of what has one."""
    return each.median_ms > GOAL_MS and not each.question.whole


def report(orders: int, filled: Sequence[tuple[str, int, str]], found: Sequence[Measured]) -> Iterator[str]:
    """Markdown: the sizes, a line a question, and the plans."""
    yield f"{orders:,} orders: " + ", ".join(f"{name} {rows:,} rows {size}" for name, rows, size in filled[:12]) + "."
    yield ""
    yield "| | statement | rows | median | worst of 20 | in PostgreSQL | pages read |"
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
    yield "### Plans"
    for each in found:
        yield ""
        yield _name(each.question)
        yield ""
        yield "```"
        yield from shown(each.plan)
        yield "```"


def write(lines: Sequence[str]) -> None:
    """Replace what was measured last in the document; what people wrote around it stays."""
    text = DOCUMENT.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text("\n".join((f"{before}{BEGIN}", *lines, f"{END}{after}")), "utf-8")


def _name(question: Question) -> str:
    return f"`{question.name}`" + (f", {question.words}" if question.words else "")


def _told(each: Measured) -> Measured:
    print(f"{each.question.name}: {each.median_ms:.1f} ms", file=sys.stderr, flush=True)
    return each


if __name__ == "__main__":
    assert Path("include").is_dir(), "run it from the project's folder: make bench-scale"
    sys.exit(main())
