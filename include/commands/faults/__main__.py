"""`make faults [RUNS=500] [SEED=1] [ONLY=1/17]`: does everything that can break leave the books as they must be?

Exit code 1 if a schedule ended with other books than without faults, or if a kind of fault never came.
"""

import argparse
import os
import shutil
import sys
import time

from include.commands.faults.schedule import Schedule
from include.commands.faults.tally import failing, never_came, table
from include.commands.faults.workshop import play
from include.commands.stack.places import LOCAL

WORKERS = 2


def main() -> int:
    """Play the schedules, print each that fails and the table."""
    parser = argparse.ArgumentParser(prog="faults", description="Exactly once, whatever breaks.")
    parser.add_argument("--runs", type=int, default=500, help="how many schedules")
    parser.add_argument("--seed", type=int, default=1, help="another seed is other shops and other faults")
    parser.add_argument("--only", action="append", default=[], help="SEED/NUMBER of a schedule; may be said again")
    parser.add_argument("--first", type=int, default=0, help="the number of the first schedule")
    parser.add_argument("--workers", type=int, default=WORKERS, help="processes that play at once")
    asked = parser.parse_args()
    schedules = [Schedule(asked.seed, number) for number in range(asked.first, asked.first + asked.runs)]
    if asked.only:
        schedules = [Schedule(*map(int, name.split("/"))) for name in asked.only]
    folder = LOCAL / "faults" / str(os.getpid())
    began = time.monotonic()
    verdicts = []
    try:
        for verdict in play(schedules, asked.workers, folder, say=print if asked.only else lambda words: None):
            verdicts.append(verdict)
            if verdict.wrong:
                print("\n".join(failing(verdict)), flush=True)
            if len(verdicts) % 25 == 0 or asked.only:
                took_s = time.monotonic() - began
                print(f"{len(verdicts)} of {len(schedules)} after {took_s / 60:.1f} min", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(table(verdicts, time.monotonic() - began)))
    missing = never_came(verdicts) if not asked.only else []
    return 1 if missing or any(verdict.wrong for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
