"""Ends the stack if its owner is killed: `python -m include.commands.stack.guard STATE_FILE`, started by local.py.

The owner holds the other end of our standard input. However the owner dies, kill -9 included, the kernel closes it, we
read the end and stop what the state file names. In an orderly stop the owner says "done" first, and we just leave.
The kernel's own way (PR_SET_PDEATHSIG, processes.py) reaches only children, not what they started, and only on Linux.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from include.commands.stack.state import State, end

PATIENCE_S = 5.0


def main() -> int:
    """Wait for the owner's end, then clean up after it."""
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    if sys.stdin.read().strip() == "done":
        return 0
    state = State.read(Path(sys.argv[1]))
    # PostgreSQL was started first and is stopped last, or the others would fill their logs with its absence.
    others = [known for known in state.processes if known.name != "PostgreSQL"]
    end(others, PATIENCE_S)
    end([known for known in state.processes if known.name == "PostgreSQL"], PATIENCE_S)
    state.forget()
    return 0


if __name__ == "__main__":
    sys.exit(main())
