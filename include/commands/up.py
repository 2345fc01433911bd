"""`make up`: the same stack, kept up until Ctrl-C, with the databases of the last time and your own Connections."""

import sys
import time

from include.commands.demo import links
from include.commands.stack.local import local_stack
from include.commands.stack.processes import StackError
from include.commands.stack.progress import Progress


def main() -> int:
    """Start everything, say where it is, and stop it at Ctrl-C."""
    progress = Progress()
    try:
        with local_stack(step=progress.step, fresh=False) as stack:
            for line in links(stack):
                progress.say(line)
            progress.say("It stays up until Ctrl-C. DAGs are paused until you unpause them.")
            while True:
                stack.check()
                time.sleep(2)
    except StackError as error:
        print(f"up: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
