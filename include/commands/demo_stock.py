"""The demo's second act: the shop's shelf is set from what Xero has, less what is sold and not yet there."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from include.commands.stack.local import Stack
from include.commands.stack.processes import StackError
from include.commands.stack.progress import Progress
from include.database.connection import connect
from include.sandbox.demo.stock import EXPECTED_ON_THE_SHELF
from include.settings.store import store_named
from include.stages import stock

DAG = "stock_to_store__demo"
RUN_MAX_S = 120.0
COLUMNS = ("SKU", "in Xero", "pending", "the shop had", "and has now", "outcome")


def run_stock(stack: Stack, progress: Progress) -> list[dict[str, Any]]:
    """Trigger the DAG and wait for it; a row a SKU."""
    with progress.step("stock, from the books to the shop") as note:
        stack.airflow.wait_for_dag(DAG)
        # Before the run that unpausing starts, as for the orders.
        run_id = stack.airflow.trigger(DAG, run_after=datetime.now(UTC) - timedelta(days=1))
        stack.airflow.unpause(DAG)
        state = stack.airflow.wait(DAG, run_id, RUN_MAX_S)
        if state != "success":
            raise StackError(f"the stock run ended {state}; its logs are in .local/airflow/logs")
        note(run_id)
    with connect(stack.dsn) as db:
        return stock.told(db, store_named("demo"))


def stock_table(rows: Sequence[Mapping[str, Any]], levels: Mapping[str, int]) -> list[str]:
    """The rows as people read them. levels: what the shop itself says after the run, by SKU."""
    cells = [
        (
            row["sku"],
            f"{row['in_xero'].normalize():f}",
            str(row["pending"]),
            "" if row["in_store"] is None else str(row["in_store"]),
            str(levels.get(row["sku"], "")),
            str(row["outcome"]),
        )
        for row in rows
    ]
    widths = [max(len(line[index]) for line in (COLUMNS, *cells)) for index in range(len(COLUMNS))]
    return [
        "  ".join(
            text.ljust(width) if at in (0, len(COLUMNS) - 1) else text.rjust(width)
            for at, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in (COLUMNS, tuple("-" * width for width in widths), *cells)
    ]


def stock_differences(levels: Mapping[str, int]) -> list[str]:
    """What should lie on the shelf and does not, a sentence each. levels: what the shop itself says, by SKU."""
    return [
        f"the shop has {levels.get(sku)} of {sku}, and should have {expected}"
        for sku, expected in EXPECTED_ON_THE_SHELF.items()
        if levels.get(sku) != expected
    ]
