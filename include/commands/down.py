"""`make down`: end what a demo or `make up` started, and only that."""

import sys

from include.commands.stack.local import STOP_PATIENCE_S
from include.commands.stack.places import LOCAL
from include.commands.stack.state import State, end


def main() -> int:
    """End the processes that the state file names, newest first."""
    state = State.read(LOCAL / "stack.json")
    running = [known for known in reversed(state.processes) if known.leader() is not None]
    if state.owner is not None and state.owner.leader() is not None:
        end([state.owner], STOP_PATIENCE_S)
    end(running, STOP_PATIENCE_S)
    state.forget()
    print(f"{len(running)} processes ended." if running else "Nothing was running.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
