"""Orders as the shop states them, and the books that must follow. A wrong figure here is a wrong tax return."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from include.commands.explain.case import read_case
from include.commands.explain.told import told

ROOT = Path(__file__).parents[2]
CASES = Path(os.environ.get("BRIDGE_CASES") or ROOT.parent / "shared" / "cases")
WORDS = ("why", "notes", "also_acceptable", "rounding")


def differences(expected, told_of, at=""):
    if isinstance(expected, dict):
        if not isinstance(told_of, dict):
            return [f"{at}: {expected!r} expected, {told_of!r} told"]
        return [
            line
            for key, value in expected.items()
            if key not in WORDS
            for line in differences(value, told_of.get(key), f"{at}.{key}")
        ]
    if isinstance(expected, list) and isinstance(told_of, list) and len(expected) == len(told_of):
        return [
            line
            for index, value in enumerate(expected)
            for line in differences(value, told_of[index], f"{at}[{index}]")
        ]
    return [] if expected == told_of else [f"{at}: {expected!r} expected, {told_of!r} told"]


def case_files():
    return sorted(path for path in CASES.glob("*.json") if not path.name.endswith(".expected.json"))


@pytest.mark.parametrize("path", case_files(), ids=lambda path: path.stem)
def test_the_books_show_what_the_case_demands(path):
    answer = told(read_case(path.stem, json.loads(path.read_text("utf-8"), parse_float=Decimal)))
    expected = json.loads(path.with_name(f"{path.stem}.expected.json").read_text("utf-8"))

    assert differences(expected, answer) == [], answer["why"]


def test_how_many_cases_ran(capsys):
    with capsys.disabled():
        print(f"\n{len(case_files())} cases ran" if CASES.is_dir() else "\nno cases are present: none ran")  # noqa: T201 - the run says how many
