"""`python -m include.commands.explain --store KEY [--settings STORE.yaml] CASE.json ... | -`

Prints one JSON object per case (a list for several). Exit code 2 for a file that cannot be read.
"""

import argparse
import json
import os
import sys
from decimal import Decimal
from pathlib import Path

from include.commands.explain.case import CaseError, read_case
from include.commands.explain.told import told
from include.domain.policy import Policy


def main() -> int:
    """Explain each case, or say what is wrong with the file."""
    parser = argparse.ArgumentParser(prog="explain", description="What the books must show of an order, and why.")
    parser.add_argument("--store", default="demo", help="the store whose settings fill in what a case does not bring")
    parser.add_argument("--settings", type=Path, help="a store file to use instead of the store's own")
    parser.add_argument("cases", nargs="+", metavar="CASE.json", help="case files, or - for standard input")
    arguments = parser.parse_args()
    answers = []
    try:
        for path in arguments.cases:
            text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
            bundle = json.loads(text, parse_float=Decimal)
            name = "standard input" if path == "-" else Path(path).stem
            base = None if bundle.get("settings") else _base(arguments.store, arguments.settings)
            answers.append(told(read_case(name, bundle, base)))
    except (OSError, json.JSONDecodeError, CaseError) as error:
        print(f"explain: {error}", file=sys.stderr)
        return 2
    json.dump(answers[0] if len(answers) == 1 else answers, sys.stdout, indent=1, ensure_ascii=False)
    print()
    return 0


def _base(store: str, settings: Path | None) -> Policy:
    """A store's own policy. YAML is read only where a case brings no settings, since that costs time."""
    from include.settings.store import SettingsError, read_store, store_named

    try:
        found = read_store(settings) if settings is not None else store_named(store)
    except SettingsError as error:
        raise CaseError(str(error)) from None
    return found.policy(os.environ.get("BRIDGE_KEY", "explain").encode())


if __name__ == "__main__":
    sys.exit(main())
