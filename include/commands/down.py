"""`make down`: end what `make demo` or `make up` started, and only that."""

import sys
import time

from include.commands.stack.local import STOP_PATIENCE_S
from include.commands.stack.places import LOCAL
from include.commands.stack.state import State, end

OWNER_MAX_S = 30.0  # for stopping everything in order: Airflow first, PostgreSQL last


def main() -> int:
    """Ask the owner to stop everything; end what is left by what the state file names."""
    path = LOCAL / "stack.json"
    state = State.read(path)
    running = [known for known in state.processes if known.leader() is not None]
    owner = state.owner.leader() if state.owner is not None else None
    if owner is not None:
        owner.terminate()
        deadline = time.monotonic() + OWNER_MAX_S
        while state.owner is not None and state.owner.leader() is not None and time.monotonic() < deadline:
            time.sleep(0.1)
    if path.exists():
        end([known for known in state.processes if known.name != "PostgreSQL"], STOP_PATIENCE_S)
        end([known for known in state.processes if known.name == "PostgreSQL"], STOP_PATIENCE_S)
        State(path).forget()
    print(f"{len(running)} processes ended." if running else "Nothing was running.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
