"""Break the rules of the books on purpose, one small change at a time, and see whether a test notices.

    python tools/mutants.py            every module of include/domain: half an hour on two free cores
    python tools/mutants.py tax bill   these alone

Each change is a mutant. One that fails a test is killed; one that fails none survived, and is shown: there a wrong tax
return could pass our tests. mutmut makes the mutants and runs the specification and the golden cases on each
(`[tool.mutmut]` in pyproject.toml). What survives because it changes nothing is in docs/mutants.md.
Exit code 1 if fewer than nine of ten were killed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOMAIN = ROOT / "include" / "domain"
WORK = ROOT / ".local" / "mutants"
LOG = WORK / "mutmut.log"
MUTMUT = Path(sys.executable).with_name("mutmut")
LEAST_KILLED = 90  # per cent of all mutants
# What pytest or the system answers for a test that failed, or for one that never ended (mutmut/stats.py).
KILLED = {1, 3, 24, -24, 36, 152, 255}


def main() -> int:
    """Print a row a module, then the sum, then the survivors; answer 1 if too few were killed."""
    known = sorted(path.stem for path in DOMAIN.glob("*.py") if path.stem != "__init__")
    parser = argparse.ArgumentParser(description="Whether a test notices when a rule of the books is broken.")
    parser.add_argument("modules", nargs="*", metavar="module", help="of include/domain; none means all")
    modules = parser.parse_args().modules or known
    if strangers := [name for name in modules if name not in known]:
        parser.error(f"there is no include/domain/{strangers[0]}.py; choose of {', '.join(known)}")
    make_workshop()
    run_mutmut(modules)
    found = {module: codes_of(module) for module in modules}
    print(f"{'module':<18}{'mutants':>9}{'killed':>9}{'survived':>10}{'score':>9}")
    for module in modules:
        if found[module]:  # a module of nouns has no rule to break
            print(row(module, found[module].values()))
    codes = {name: code for results in found.values() for name, code in results.items()}
    print(row("all", codes.values()))
    tell_survivors([name for name, code in codes.items() if code not in KILLED])
    return 0 if 100 * sum(code in KILLED for code in codes.values()) >= LEAST_KILLED * len(codes) else 1


def make_workshop() -> None:
    """A folder with links to what mutmut reads, so that what it writes stays below `.local`."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    for name in ("include", "tests", "pyproject.toml"):
        (WORK / name).symlink_to(ROOT / name)


def run_mutmut(modules: Iterable[str]) -> None:
    """Try every mutant of these modules; SystemExit where mutmut itself could not work, as where a test is red before."""
    command = [str(MUTMUT), "run", *(f"include.domain.{module}.*" for module in modules)]
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "mutants"}
    with (
        LOG.open("w", encoding="utf-8") as words,
        subprocess.Popen(
            command, cwd=WORK, env=environment, stdin=subprocess.DEVNULL, stdout=words, stderr=words
        ) as running,
    ):
        while running.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(timeout=60)
            with contextlib.suppress(ValueError):  # mutmut is writing the file that we read
                codes = [code for module in modules for code in codes_of(module).values()]
                print(f"{sum(code is not None for code in codes)} of {len(codes)} tried", flush=True)
    if running.returncode:
        raise SystemExit(f"mutmut could not do it. The reason is at the end of {LOG.relative_to(ROOT)}.")


def codes_of(module: str) -> dict[str, int | None]:
    """What the tests answered to every mutant of the module; None for one that was not tried yet."""
    told = WORK / "mutants" / "include" / "domain" / f"{module}.py.meta"
    answers: dict[str, int | None] = json.loads(told.read_text("utf-8"))["exit_code_by_key"] if told.exists() else {}
    return answers


def row(name: str, codes: Collection[int | None]) -> str:
    """One row of the table."""
    killed = sum(code in KILLED for code in codes)
    score = f"{100 * killed / len(codes):.1f} %" if codes else "-"
    return f"{name:<18}{len(codes):>9}{killed:>9}{len(codes) - killed:>10}{score:>9}"


def tell_survivors(names: list[str]) -> None:
    """The line as it was and as it became, for each change that no test noticed."""
    if not names:
        return
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    os.chdir(WORK)
    print("\nsurvived:")
    for name in names:
        path = Path(*name.split(".")[:3]).with_suffix(".py")
        changed = [
            line
            for line in get_diff_for_mutant(name, path=path).splitlines()
            if line.startswith(("-", "+")) and not line.startswith(("---", "+++"))
        ]
        print(f"\n{name.removeprefix('include.domain.')}", *changed, sep="\n")


if __name__ == "__main__":
    sys.exit(main())
