"""`make up`: the same stack in the background, with the databases of the last time and your own Connections.

Your Connections come from Airflow's own pages, or from AIRFLOW_CONN_... lines in .env or in the shell. The sandbox is
not started. A keeper process holds the stack until `make down`.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from include.commands.demo import links, stop_when_told
from include.commands.stack.local import local_stack
from include.commands.stack.places import LOCAL, ROOT, shown
from include.commands.stack.processes import StackError, last_words
from include.commands.stack.progress import Progress

START_MAX_S = 300.0
LOG = LOCAL / "logs" / "up.log"
READY = "It stays up until `make down`. DAGs are paused until you unpause them."
# From the shell only what can be meant for us: it may hold the settings of some other Airflow.
FROM_SHELL = ("AIRFLOW_CONN_", "AIRFLOW_VAR_", "BRIDGE_")
FROM_FILE = (*FROM_SHELL, "AIRFLOW__")
# The stack brings its own database; the addresses in .env are those of production.
NEVER = ("BRIDGE_DSN", "BRIDGE_OWNER_DSN", "BRIDGE_READER_DSN")


def main() -> int:
    """Start the keeper, show what it says until all is up; 0, or 2 with the reason."""
    if "--keep" in sys.argv:
        return keep()
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("wb") as words:
        command = [sys.executable, "-m", "include.commands.up", "--keep"]
        keeper = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True
        )
    deadline = time.monotonic() + START_MAX_S
    with LOG.open() as said:
        while True:
            ended = keeper.poll() is not None
            new = said.read()
            print(new, end="", flush=True)
            if READY in new:
                return 0
            if ended:
                return 2
            if time.monotonic() > deadline:
                keeper.terminate()
                print(f"up: not ready after {START_MAX_S:.0f} s. {last_words(LOG)}", file=sys.stderr)
                return 2
            time.sleep(0.1)


def keep() -> int:
    """Hold the stack until told to stop."""
    stop_when_told()
    progress = Progress()
    try:
        extra = own_settings(os.environ, ROOT / ".env")
        with local_stack(("postgres", "mail", "airflow"), step=progress.step, fresh=False, extra=extra) as stack:
            for line in links(stack):
                progress.say(line)
            progress.say(READY)
            while True:
                stack.check()
                time.sleep(2)
    except StackError as error:
        print(f"up: {error}", file=sys.stderr, flush=True)
        return 2
    except KeyboardInterrupt:
        return 0


def own_settings(shell: Mapping[str, str], file: Path) -> dict[str, str]:
    """What the user sets for Airflow and for us, of the shell and of .env; the shell wins. Empty values are left out."""
    written = {name: value for name, value in read_env(file).items() if name.startswith(FROM_FILE)}
    exported = {name: value for name, value in shell.items() if name.startswith(FROM_SHELL)}
    return {name: value for name, value in {**written, **exported}.items() if value and name not in NEVER}


def read_env(file: Path) -> dict[str, str]:
    """The NAME=value lines of a file. Quotes around a value are taken off; a `#` after a blank begins a comment."""
    found: dict[str, str] = {}
    if not file.exists():
        return found
    for number, raw in enumerate(file.read_text("utf-8").splitlines(), 1):
        line = raw.strip().removeprefix("export ")
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise StackError(f"{shown(file)}, line {number}: NAME=value is expected")
        value = value.strip()
        if value[:1] in ("'", '"') and value.endswith(value[0]) and len(value) > 1:
            value = value[1:-1]
        elif value.startswith("#"):
            value = ""
        else:
            value = value.split(" #", 1)[0].rstrip()
        found[name.strip()] = value
    return found


if __name__ == "__main__":
    sys.exit(main())
