"""`make faults` in short: everything that can break is broken on purpose, and the books come out as without it."""

import subprocess
import sys
from pathlib import Path

from include.commands.stack.places import ROOT

SEEDS = Path(__file__).parent / "seeds"
TAKES_MAX_S = 1800  # on a machine that does much else; alone it is a minute or two


def faults(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "include.commands.faults", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TAKES_MAX_S, check=False)


def test_25_schedules_end_with_the_books_of_a_run_without_faults_and_every_kind_of_fault_comes():
    ended = faults("--runs", "25", "--seed", "1")
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr[-2000:]}"
    assert "25 ended with the books of a run without faults, 0 did not" in ended.stdout


def test_schedules_that_failed_once_do_not_fail_again():
    seeds = [line.split()[0] for line in SEEDS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    ended = faults(*(word for seed in seeds for word in ("--only", seed)))
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr[-2000:]}"
