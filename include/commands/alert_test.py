"""`make alert-test STORE=..`: one of each letter, to whom the store's alerts would send it. What it sends is in plugins/bridge.

The mail server is that of Airflow's Connection `smtp_default`, out of the shell, .env, or a stack that runs here.
"""

import argparse
import os
import subprocess
import sys

from include.commands.asked import store
from include.commands.stack.places import LOCAL, ROOT
from include.commands.stack.processes import StackError
from include.commands.surroundings import surroundings


def main() -> int:
    """Send them. 0: all left, 1: some did not, 2: it could not be tried."""
    parser = argparse.ArgumentParser(prog="alert-test", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    key = parser.parse_args().store.key
    try:
        around = surroundings(os.environ)
    except StackError as error:
        print(f"alert-test: {error}", file=sys.stderr)
        return 2
    ours = {
        # Airflow's own home would be made in the user's; it needs one to be imported.
        "AIRFLOW_HOME": str(LOCAL / "airflow"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "AIRFLOW__API__BASE_URL": around.airflow_url,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "plugins"))),
    }
    command = [sys.executable, "-m", "bridge.notifiers.trying", "--store", key]
    return subprocess.run(command, env={**os.environ, **ours, **around.environment}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
