"""`python tests/golden/make_cases.py`: writes our golden cases. Review what it changes as a diff.

The orders come from the sandbox's order builder, which follows the shop's rules of money; the expected books are written
by hand out of the accounting rules. Nothing here calls the core.
"""

import json
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2])]  # `python FILE` puts this folder on the path, not the project's

from making import books, decisions, money, refunds, sales, status, tax  # noqa: E402

from include.sandbox.order_builder import as_json  # noqa: E402

FOLDER = Path(__file__).parent / "cases"
TOPICS = (sales, tax, money, status, refunds, books, decisions)


def main() -> None:
    """Write every case and its expected books; remove files of cases that are no more."""
    FOLDER.mkdir(exist_ok=True)
    written = set()
    for topic in TOPICS:
        for name, bundle, setting, expected in topic.cases():
            assert name not in written, f"two cases are called {name}"
            written.add(name)
            _write(FOLDER / f"{name}.json", {"case": name, **setting, **json.loads(as_json(bundle))})
            _write(FOLDER / f"{name}.expected.json", {"case": name, **expected})
    for path in FOLDER.glob("*.json"):
        if path.name.removesuffix(".json").removesuffix(".expected") not in written:
            path.unlink()


def _write(path: Path, content: dict[str, Any]) -> None:
    """One line a part, so that a diff shows which part changed without a screen for every price."""
    parts = [f" {json.dumps(key)}: {_spelled(value)}" for key, value in content.items()]
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")


def _spelled(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in value) + "\n ]"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
