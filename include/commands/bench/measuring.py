"""What is said beside every measurement, and what surrounds the commands that are measured."""

import os
import platform
import subprocess
from collections.abc import Sequence

import psutil

from include.commands.bench.given import Given
from include.commands.stack.places import LOCAL


def machine() -> str:
    """What this is measured on, without its name."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def versions(given: Given, names: Sequence[str]) -> str:
    """The pinned packages of the peers that are run, and our commit."""
    known = given.run.PEERS
    packages = dict.fromkeys(known[name].packages[0] for name in names if name in known)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return ", ".join([*packages, f"ours at {commit.stdout.strip() or 'an unknown commit'}"])


def for_our_children() -> None:
    """What the commands that we measure need around them."""
    scratch = LOCAL / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = str(scratch)
    os.environ.setdefault("BRIDGE_KEY", "benchmark")
