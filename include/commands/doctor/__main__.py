"""`make doctor STORE=key`: whether a store can run, asked for real, a line each.

Exit code 0 if there is no FAIL, 1 if there is one, 2 for wrong usage.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence

from include.commands.doctor.examination import examine
from include.commands.stack.processes import StackError
from include.commands.surroundings import surroundings
from include.settings.store import store_files


def main(arguments: Sequence[str] | None = None) -> int:
    """Examine one store and print what was found."""
    parser = argparse.ArgumentParser(
        prog="doctor", description="Ask for real whether a store can run. Nothing is written."
    )
    parser.add_argument("--store", required=True, metavar="KEY", help="the store's key: the name of its file")
    parser.add_argument("--json", action="store_true", help="print a list of {check, state, sentence, remedy}")
    asked = parser.parse_args(arguments)
    known = [path.stem for path in store_files()]
    if asked.store not in known:
        print(f"doctor: there is no store {asked.store!r}; stores: {', '.join(known) or 'none'}", file=sys.stderr)
        return 2
    try:
        around = surroundings(os.environ)
    except StackError as error:
        print(f"doctor: {error}", file=sys.stderr)
        return 2
    findings = []
    if around.local_stack and not asked.json:
        print("A local stack runs: what the environment does not say is taken from it.", flush=True)
    for finding in examine(asked.store, around):
        findings.append(finding)
        if not asked.json:
            print(finding.line(), flush=True)
    failures = sum(finding.state == "FAIL" for finding in findings)
    if asked.json:
        print(json.dumps([finding.as_object() for finding in findings], indent=2, ensure_ascii=False))
    else:
        warnings = sum(finding.state == "warn" for finding in findings)
        print(f"{len(findings)} asked: {failures} FAIL, {warnings} warn.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
