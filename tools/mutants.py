"""Break the rules of the books on purpose, one small change at a time, and see whether a test notices.

    python tools/mutants.py            every module of include/domain: about an hour on two cores
    python tools/mutants.py tax bill   these alone

Each change is a mutant. One that fails a test is killed; one that fails none survived, and is shown: there a wrong tax
return could pass our tests. mutmut makes the mutants and runs the specification and the golden cases on each
(`[tool.mutmut]` in pyproject.toml). What survives because it changes nothing is in docs/mutants.md.
Exit code 1 if fewer than nine of ten were killed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
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
    known = sorted(path.stem for path in DOMAIN.glob("*.py") if "def " in path.read_text("utf-8"))
    parser = argparse.ArgumentParser(description="Whether a test notices when a rule of the books is broken.")
    parser.add_argument("modules", nargs="*", metavar="module", help="of include/domain; none means all")
    modules = parser.parse_args().modules or known
    if strangers := [name for name in modules if name not in known]:
        parser.error(f"include/domain has no rules in {', '.join(strangers)}; choose of {', '.join(known)}")
    make_workshop()
    print(f"{'module':<18}{'mutants':>9}{'killed':>9}{'survived':>10}{'score':>9}", flush=True)
    found: dict[str, dict[str, bool]] = {}
    for module in modules:
        found[module] = tried(module)
        if found[module]:
            print(row(module, list(found[module].values())), flush=True)
    everything = [killed for results in found.values() for killed in results.values()]
    print(row("all", everything))
    tell_survivors([name for results in found.values() for name, killed in results.items() if not killed])
    return 0 if 100 * sum(everything) >= LEAST_KILLED * len(everything) else 1


def make_workshop() -> None:
    """A folder with links to what mutmut reads, so that what it writes stays below `.local`."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    for name in ("include", "tests", "pyproject.toml"):
        (WORK / name).symlink_to(ROOT / name)


def tried(module: str) -> dict[str, bool]:
    """Every mutant of the module, and whether it was killed. SystemExit where mutmut itself could not work."""
    with LOG.open("a", encoding="utf-8") as words:
        done = subprocess.run(
            [MUTMUT, "run", f"include.domain.{module}.*"],
            cwd=WORK,
            env={**os.environ, "HYPOTHESIS_PROFILE": "mutants"},
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
        )
    if done.returncode:
        raise SystemExit(f"mutmut could not try {module}. The reason is at the end of {LOG.relative_to(ROOT)}.")
    told = json.loads((WORK / "mutants" / "include" / "domain" / f"{module}.py.meta").read_text("utf-8"))
    return {name: code in KILLED for name, code in told["exit_code_by_key"].items()}


def row(name: str, killed: list[bool]) -> str:
    """One row of the table."""
    score = f"{100 * sum(killed) / len(killed):.1f} %" if killed else "-"
    return f"{name:<18}{len(killed):>9}{sum(killed):>9}{len(killed) - sum(killed):>10}{score:>9}"


def tell_survivors(names: list[str]) -> None:
    """What was changed in each, as a difference: the line that no test misses."""
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
