"""`make report STORE=.. [DAY=2026-11-24] [OUT=folder]`: a day's reconciliation, printed; with OUT also as its files."""

import argparse
import sys
from datetime import date
from pathlib import Path

from include.commands.asked import database, store
from include.database.connection import Database
from include.domain.reconciliation import Paper
from include.papers.csv_file import csv_file
from include.papers.page import Around, page
from include.papers.plain import plain
from include.papers.workbook import workbook
from include.settings.store import Store
from include.stages.reconciliation import paper
from include.stages.reconciliation.listing import days


def main() -> int:
    """Print the day, the newest where none is named; 2 if there is no report."""
    parser = argparse.ArgumentParser(prog="report", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    parser.add_argument("--day", type=date.fromisoformat)
    parser.add_argument(
        "--out", type=Path, help="a folder for the page, the CSV and the workbook; made if it is not there"
    )
    asked = parser.parse_args()
    with database() as db:
        found = read(db, asked.store, asked.day)
    if found is None:
        return 2
    print(plain(found, asked.store.file.name), end="")
    if found.signature is None and not found.report.shadow:
        print(f'\nNot signed yet: make sign STORE={asked.store.key} DAY={found.report.day} WHY=".."')
    if asked.out:
        for path in written(asked.out, found, asked.store):
            print(f"Written: {path}")
    return 0


def read(db: Database, of: Store, day: date | None) -> Paper | None:
    """The paper of a day, or of the newest one; None after saying that there is none."""
    if day is None:
        newest = days(db, of, limit=1)
        day = newest[0].day if newest else None
    try:
        if day is not None:
            return paper(db, of, day)
        print(f"No day of {of.key} was reconciled yet: run reconcile_daily__{of.key}.", file=sys.stderr)
    except LookupError as unknown:
        print(unknown.args[0], file=sys.stderr)
    return None


def written(folder: Path, found: Paper, of: Store) -> list[Path]:
    """The files of a day, written into a folder: whoever prints the page has the PDF."""
    panel = of.file.bigcommerce.control_panel_url.rstrip("/")
    around = Around(of.file.name, f"{panel}/manage/orders/" if panel else "")
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "html": page(found, around).encode(),
        "csv": csv_file(found),
        "xlsx": workbook(found),
    }
    paths = []
    for ending, content in files.items():
        path = folder / f"{of.key}-{found.report.day}.{ending}"
        path.write_bytes(content)
        paths.append(path)
    return paths


if __name__ == "__main__":
    sys.exit(main())
