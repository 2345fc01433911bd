"""Where the vendors' descriptions lie, and how many answers were held against Xero's: by this process, and by its workers."""

import os
from collections import Counter
from pathlib import Path

SEEN: Counter[str] = Counter()


def specs_path() -> Path | None:
    """Where the vendors' descriptions lie on this machine, or None."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "specs"
    path = Path(os.environ.get("BRIDGE_SPECS", beside))
    return path if path.is_dir() else None


def summary() -> str:
    """How many answers the vendor's description was asked about: nought would mean that nothing was proved."""
    where = "present" if specs_path() else "not on this machine"
    return (
        f"Xero's description ({where}): {SEEN['checked']} answers checked, {SEEN['skipped']} without a schema skipped"
    )
