"""`make faults` in short: everything that can break is broken on purpose, and the books come out as without it."""

import subprocess
import sys
from pathlib import Path

import pytest

from include.commands.faults.schedule import NAMES, Schedule
from include.commands.stack.places import ROOT

SEEDS = Path(__file__).parent / "seeds"
TAKES_MAX_S = 1800  # on a machine that does much else; alone it is a minute
SCHEDULES = 25
HALVES = ((0, 10), (10, 15))  # first and how many: whole shops, and two workers of pytest share them


def faults(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "include.commands.faults", "--workers", "1", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TAKES_MAX_S, check=False)


def test_all_kinds_of_faults_are_favourites_of_these_schedules():
    played = [Schedule(1, first + each) for first, runs in HALVES for each in range(runs)]
    assert len(played) == SCHEDULES
    assert {schedule.favourite for schedule in played} == set(NAMES)


@pytest.mark.parametrize(("first", "runs"), HALVES)
def test_schedules_end_with_the_books_of_a_run_without_faults_and_each_ones_favourite_comes(first, runs):
    ended = faults("--first", str(first), "--runs", str(runs), "--seed", "1")
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr[-2000:]}"
    assert f"{runs} ended with the books of a run without faults, 0 did not" in ended.stdout


def test_schedules_that_failed_once_do_not_fail_again():
    seeds = [line.split()[0] for line in SEEDS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    # The first ones are played above.
    more = [seed for seed in seeds if seed not in {f"1/{number}" for number in range(SCHEDULES)}]
    if not more:
        return
    ended = faults(*(word for seed in more for word in ("--only", seed)))
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr[-2000:]}"
