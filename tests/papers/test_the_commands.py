"""Business risk: finance signs a day by the command line, and not the day that it read."""

import sys
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from day_papers import AGREES, ASKED, DAY, DIFFERS
from page_reader import PageReader

from include.commands import report, sign
from include.database.connection import connect
from include.settings.store import store_named
from include.stages.reconciliation.kept import keep
from include.stages.reconciliation.listing import days


@pytest.fixture
def kept(postgres, monkeypatch):
    """Keeps reports of the demo store, each test on days of its own; gives the database."""
    monkeypatch.setenv("BRIDGE_DSN", postgres.writer_dsn)
    with connect(postgres.writer_dsn) as db:
        yield lambda *reports: [keep(db, store_named("demo"), each) for each in reports]


@pytest.fixture
def run(monkeypatch, capsys):
    def made(command, *words):
        monkeypatch.setattr(sys, "argv", [command.__name__, *words])
        code = command.main()
        said = capsys.readouterr()
        return code, said.out, said.err

    return made


def a_day(report, ago):
    return replace(report, day=DAY - timedelta(days=ago))


def test_a_store_without_a_report_says_how_to_get_one(kept, run, tmp_path, monkeypatch):
    (tmp_path / "new.yaml").write_text(store_named("demo").text.replace("store: demo\n", "store: new\n"))
    monkeypatch.setenv("BRIDGE_STORES", str(tmp_path))

    assert run(report, "--store", "new") == (2, "", "No day of new was reconciled yet: run reconcile_daily__new.\n")
    code, _, told = run(sign, "--store", "new", "--day", "2020-01-01")
    assert code == 2
    assert "There is no report of 2020-01-01 for new" in told


def test_the_newest_day_is_printed_and_its_files_are_written(kept, run, tmp_path):
    kept(DIFFERS, a_day(AGREES, 1))

    code, said, _ = run(report, "--store", "demo", "--out", str(tmp_path / "new" / "folder"))

    assert code == 0
    assert said.startswith("Demo shop, Tuesday, 24 November 2026: 4 differences need you\n")
    assert 'make sign STORE=demo DAY=2026-11-24 WHY=".."' in said
    html, workbook = (tmp_path / "new" / "folder" / f"demo-2026-11-24.{ending}" for ending in ("html", "xlsx"))
    assert "4 differences need you" in PageReader(html.read_text("utf-8")).words
    assert (tmp_path / "new" / "folder" / "demo-2026-11-24.csv").read_bytes().startswith(b"\xef\xbb\xbfRow,")
    assert len(pd.read_excel(workbook, sheet_name="Differences")) == 5


def test_a_signed_day_is_locked_and_a_later_change_is_its_addendum(kept, run):
    day = str(DAY - timedelta(days=10))
    kept(a_day(AGREES, 10))

    code, said, _ = run(sign, "--store", "demo", "--day", day, "--by", "ann", "--why", "Read.")
    assert code == 0
    assert said.startswith("Demo shop, Saturday, 14 November 2026: They agree\nSigned by ann, ")

    kept(replace(a_day(DIFFERS, 10), asked_at=ASKED + timedelta(hours=1)))
    _, shown, _ = run(report, "--store", "demo", "--day", day)
    assert "4 differences need you since it was signed" in shown
    assert "Signed by ann" in shown
    assert "Addendum, version 2" in shown
    assert run(sign, "--store", "demo", "--day", day, "--by", "bob")[0] == 1

    with connect() as db:
        [listed] = [each for each in days(db, store_named("demo")) if str(each.day) == day]
    assert (listed.version, listed.agrees, listed.differences) == (2, False, 4)
    assert (listed.signature.by, listed.signature.version, listed.changed_after) == ("ann", 1, True)


def test_open_differences_are_signed_with_a_reason_only(kept, run):
    kept(a_day(DIFFERS, 11))
    asked = ("--store", "demo", "--day", str(DAY - timedelta(days=11)))

    code, _, told = run(sign, *asked)
    assert (code, "say in a note why" in told) == (1, True)
    code, said, _ = run(sign, *asked, "--why", "Order 1042 was a test.", "--by", "ann")
    assert (code, "4 differences need you" in said) == (0, True)


def test_a_version_that_came_while_finance_read_is_not_signed_unread(kept, run, monkeypatch):
    kept(a_day(AGREES, 12))
    asked = ("--store", "demo", "--day", str(DAY - timedelta(days=12)))
    read = sign.read

    def slow_reader(*about):
        found = read(*about)
        kept(a_day(DIFFERS, 12))
        return found

    monkeypatch.setattr(sign, "read", slow_reader)
    code, _, told = run(sign, *asked, "--why", "Read.")

    assert (code, "A newer version came just now" in told) == (1, True)
    with connect() as db:
        [listed] = [each for each in days(db, store_named("demo")) if each.day == DAY - timedelta(days=12)]
    assert listed.signature is None
