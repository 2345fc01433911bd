"""`make demo`: the main job on this machine, from an empty folder to the books.

This command may read the sandbox's data: it compares the books with what the demo shop demands.
"""

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import FrameType
from typing import Any

from include.commands.demo_day import day_differences, day_told, reconcile_a_day
from include.commands.demo_stock import run_stock, stock_differences, stock_table
from include.commands.stack.local import Stack, local_stack
from include.commands.stack.places import LOCAL
from include.commands.stack.processes import StackError
from include.commands.stack.progress import Progress
from include.database.connection import connect
from include.sandbox.demo import EXPECTED

DAG = "orders_to_books__demo"
SECONDS = "orders_within_seconds__demo"
PEOPLE = "tell_people"
RUN_MAX_S = 300.0
COLUMNS = ("order", "placed", "total", "outcome", "invoice", "paid", "reason")
RIGHT = ("total", "paid")
REASON_MAX = 60


def main() -> int:
    """Run the demo; 0 if the books are what the shop demands, 1 with the differences if they are not, 2 if it broke."""
    stop_when_told()
    progress = Progress()
    # Great Expectations keeps a scratch folder: it belongs under .local like all else.
    scratch = LOCAL / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = str(scratch)
    try:
        with local_stack(step=progress.step) as stack:
            extra = run_once(stack, progress)
            rows = outcomes(stack)
            progress.say("")
            for line in table(rows):
                progress.say(line)
            wrong = differences(rows, stack.sandbox.documents("Invoices"))
            progress.say("")
            moved = run_stock(stack, progress)
            levels = stack.sandbox.levels()
            wrong += stock_differences(levels)
            for line in stock_table(moved, levels):
                progress.say(line)
            progress.say("")
            day = reconcile_a_day(stack, progress)
            wrong += day_differences(day)
            for line in day_told(day):
                progress.say(line)
            progress.say("")
            for words in wrong or [f"The books are what the shop demands: {len(rows)} orders, {extra}."]:
                progress.say(words)
            progress.say("")
            for line in links(stack):
                progress.say(line)
            progress.say(f"\n{progress.elapsed_s():.0f} s in all.")
            if stays():
                # What somebody decides on the review desk is in the books within seconds; what lasts is told.
                for dag_id in (SECONDS, PEOPLE):
                    stack.airflow.wait_for_dag(dag_id)
                    stack.airflow.unpause(dag_id)
                progress.say("It stays up until Ctrl-C.")
                _until_interrupted(stack)
            return 1 if wrong else 0
    except StackError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def run_once(stack: Stack, progress: Progress) -> str:
    """Trigger the DAG and wait for it; how its tasks ended."""
    with progress.step("the DAG is known to Airflow"):
        stack.airflow.wait_for_dag(DAG)
    # Unpausing adds a run for the schedule's last moment. Ours gets an earlier place, or it would wait behind that one,
    # which does all the work, and be shown doing nothing.
    run_id = stack.airflow.trigger(DAG, run_after=datetime.now(UTC) - timedelta(days=1))
    stack.airflow.unpause(DAG)
    began = time.monotonic()
    state = stack.airflow.wait(
        DAG,
        run_id,
        RUN_MAX_S,
        lambda task, now: progress.say(f"    {task:<14}{now:<12}{time.monotonic() - began:6.1f} s"),
    )
    if state != "success":
        raise StackError(f"the run ended {state}; its logs are in .local/airflow/logs")
    return f"run {run_id} {state}"


def outcomes(stack: Stack) -> list[dict[str, Any]]:
    """Every order of the demo store with its outcome."""
    with connect(stack.dsn) as db:
        return db.rows("audit.order_outcomes", store="demo")


def table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The rows as people read them."""
    cells = [
        (
            str(row["order_key"]),
            row["placed_at"].strftime("%d %b %H:%M"),
            f"{row['total']:.2f} {row['currency']}",
            str(row["outcome"]),
            f"{row['invoice_number']} {row['invoice_status']}" if row["invoice_number"] else "",
            f"{row['paid']:.2f}" if row["paid"] else "",
            ": ".join(filter(None, (row["reason"], row["sentence"])))[:REASON_MAX],
        )
        for row in rows
    ]
    widths = [max(len(line[index]) for line in (COLUMNS, *cells)) for index in range(len(COLUMNS))]

    def shown(line: Sequence[str]) -> str:
        return "  ".join(
            text.rjust(width) if name in RIGHT else text.ljust(width)
            for name, text, width in zip(COLUMNS, line, widths, strict=True)
        ).rstrip()

    return [shown(COLUMNS), "  ".join("-" * width for width in widths), *map(shown, cells)]


def differences(rows: Sequence[Mapping[str, Any]], invoices: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the shop demands and the books do not show, a sentence each; empty if all is right.

    rows      what we say of each order (order_outcome)
    invoices  what the books themselves answer, in Xero's spelling, amounts as text: our own word is not believed
    """
    found = {int(row["order_key"]): row for row in rows}
    booked = {str(invoice["InvoiceNumber"]): invoice for invoice in invoices}
    wrong = []
    for order, expected in EXPECTED.items():
        row = found.get(order)
        if row is None:
            wrong.append(f"order {order} is missing")
            continue
        invoice = booked.pop(str(row["invoice_number"]), None)
        outcome = row["outcome"]
        if outcome != expected["outcome"] and not (expected.get("may_hold") and outcome == "held"):
            said = row["sentence"] or row["reason"] or ""
            wrong.append(f"order {order} is {outcome}, the shop demands {expected['outcome']}: {said}".rstrip(": "))
        elif outcome == "posted" and invoice is None:
            wrong.append(f"order {order} is said to be posted, but the books have no invoice {row['invoice_number']}")
        elif outcome == "posted" and invoice is not None:
            wrong += [
                f"order {order}: the books show {name} {invoice[field]}, the shop demands {expected[name]}"
                for name, field in (("total", "Total"), ("tax", "TotalTax"))
                if name in expected and Decimal(str(invoice[field])) != Decimal(expected[name])
            ]
    wrong += [f"the books hold an invoice {number} that no order explains" for number in booked]
    return wrong


def links(stack: Stack) -> list[str]:
    """Where to look."""
    names = {"airflow": "Airflow", "shop": "the shop", "books": "the books", "mailbox": "the mailbox"}
    said = [f"{names[key]:<14}{url}" for key, url in stack.state.links.items() if key in names]
    said.insert(0, f"{'the console':<14}{stack.airflow.url}/bridge/today")
    people = {
        "admin": stack.keys.admin_password,
        "ops": stack.keys.ops_password,
        "finance": stack.keys.finance_password,
    }
    return [*said, *(f"{'log in as':<14}{name:<9}{password}" for name, password in people.items())]


def stays() -> bool:
    """On a terminal it stays up, unless STAY=0."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("STAY") != "0"


def stop_when_told() -> None:
    """Let SIGTERM (`make down`) and a closed terminal do what Ctrl-C does: stop everything in order."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)


def _until_interrupted(stack: Stack) -> None:
    try:
        while True:
            stack.check()
            time.sleep(2)
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    sys.exit(main())
